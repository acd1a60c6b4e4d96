/* SPDX-License-Identifier: GPL-2.0-or-later */
/* restore.sh: a text with parts that the kinds of sources know. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "model/record/disc_readme.h"

static const char restore_script[] =
#include "restore_sh.h"
	;

static void
add_word(struct nb_str *s, const char *word)
{
	nb_str_add(s, " ");
	nb_str_add_shell(s, word ? word : "");
}

void
nb_disc_item(struct nb_str *script, const char *what, const char *const *words,
	     size_t count)
{
	nb_str_addf(script, "\titem %s", what);
	for (size_t i = 0; i < count; i++)
		add_word(script, words[i]);
	nb_str_add(script, "\n");
}

static void
add_item(struct nb_str *s, const struct nb_disc_readme_facts *facts,
	 const char *id, const struct nb_manifest_source *source)
{
	const struct nb_source_kind *kind =
		nb_source_kind(facts->kinds, source->kind);
	bool archive = nb_manifest_source_is_archive(source);

	if (!source->path)
		return;
	if (kind && kind->add_item && !archive)
		kind->add_item(s, id, source);
	else
		nb_disc_item(
			s, archive ? "archive" : "directory",
			(const char *const[]){ id, source->name, source->path },
			3);
}

static void
add_items(struct nb_str *s, const struct nb_disc_readme_facts *facts)
{
	char text[NB_CLOCK_TEXT];

	for (size_t i = 0; i < facts->count; i++) {
		const struct nb_manifest *m = facts->backups[i];
		char generation[24];

		snprintf(generation, sizeof generation, "%llu",
			 (unsigned long long)m->generation);
		nb_disc_item(
			s, "backup",
			(const char *const[]){ m->backup_id, generation,
					       nb_clock_text(m->created, text),
					       m->job, m->host },
			5);
		for (size_t k = 0; k < m->sources.count; k++)
			add_item(s, facts, m->backup_id, &m->sources.at[k]);
	}
}

static bool
is_part(const char *part, const char *name, size_t n)
{
	return strlen(part) == n && !strncmp(part, name, n);
}

/* What is on the disc comes from outside, and is not expanded. */
static void
add_part(struct nb_str *s, const char *name, size_t n,
	 const struct nb_disc_readme_facts *facts)
{
	if (is_part("CONTENTS", name, n))
		add_items(s, facts);
	for (size_t i = 0; facts->kinds[i]; i++) {
		const struct nb_disc_part *part = facts->kinds[i]->parts;

		for (; part && part->name; part++)
			if (is_part(part->name, name, n))
				nb_disc_expand(s, part->text, facts);
	}
}

void
nb_disc_expand(struct nb_str *s, const char *text,
	       const struct nb_disc_readme_facts *facts)
{
	const char *from = text, *at = strchr(text, '@');

	for (; at; at = strchr(at, '@')) {
		size_t n = strspn(at + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
		bool line = at == text || at[-1] == '\n';

		if (!n || at[1 + n] != '@') {
			at++;
			continue;
		}
		nb_str_add_bytes(s, from, (size_t)(at - from));
		add_part(s, at + 1, n, facts);
		from = at + n + 2;
		from += line && *from == '\n';
		at = from;
	}
	nb_str_add(s, from);
}

enum nb_err
nb_disc_script_text(const struct nb_disc_readme_facts *facts, char **text)
{
	struct nb_str s = NB_STR_INIT;

	nb_disc_expand(&s, restore_script, facts);
	return nb_str_take(&s, text);
}
