/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/record/disc_readme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

static const char restore_script[] =
#include "restore_sh.h"
	;

static const char readme_head[] =
	"This disc was written by nightburn, a program that burns backups of a "
	"server\n"
	"to optical disc.  Nothing but common tools is needed to read it:\n"
	"\n"
	"  RESTORE.txt              how to bring the data back, step by step\n"
	"  restore.sh               a shell script that does these steps\n"
	"  index.html               this text as a page\n"
	"  SHA256SUMS               check all files with: sha256sum -c "
	"SHA256SUMS\n"
	"  nightburn/label.json     which disc this is\n"
	"  nightburn/manifest.json  every file of the newest backup: name, "
	"owner,\n"
	"                           mode, date, size and SHA-256\n"
	"  <backup>/postgres/       dumps of PostgreSQL databases\n"
	"  <backup>/tree/           directories, as they were\n"
	"  <backup>/lvm/ mirror/    directories of a snapshot, or of half a "
	"mirror\n"
	"  <backup>/bootarea/       what makes a disk boot, with its "
	"RESTORE.txt\n"
	"  <backup>/bootdisc/       what makes this disc boot\n"
	"\n"
	"The file system is ISO 9660 with Rock Ridge and Joliet.\n"
	"\n";

static const char restore_head[] =
	"How to restore from this disc\n"
	"=============================\n"
	"\n"
	"1. Check that all files are sound.  In the directory of this file:\n"
	"\n"
	"       sha256sum -c SHA256SUMS\n"
	"\n"
	"2. The short way: set PGHOST, PGPORT and PGUSER for your server and "
	"run\n"
	"\n"
	"       sh restore.sh\n"
	"\n"
	"   It brings roles and databases of the newest backup back.  For "
	"trees:\n"
	"\n"
	"       sh restore.sh --to DIRECTORY\n"
	"\n"
	"3. By hand, by the ending of a file's name:\n"
	"\n"
	"   globals.sql  roles and tablespaces, first of all:\n"
	"                psql -d postgres -f globals.sql\n"
	"   .dump        PostgreSQL's custom format:\n"
	"                createdb -T template0 NAME; pg_restore -d NAME FILE\n"
	"   .sql         SQL text: psql -d NAME -f FILE\n"
	"   directory    PostgreSQL's directory format: pg_restore -d NAME "
	"DIRECTORY\n"
	"   .zst         compressed (RFC 8878): zstd -dc FILE, then as above\n"
	"   .gz          compressed (RFC 1952): gzip -dc FILE, then as above\n"
	"\n"
	"   A tree needs no program: copy it with  cp -a <backup>/tree/NAME "
	"TARGET\n"
	"   .tar.zst     a tree in one archive; all of it, or the files "
	"named:\n"
	"                zstd -dc FILE | tar -xpf - -C TARGET [NAME/...]\n"
	"                (GNU tar: --xattrs '--xattrs-include=*' for "
	"attributes)\n"
	"   A boot area goes back to a disk as its own RESTORE.txt tells.\n"
	"\n"
	"4. When sessions were added to this disc later, and the newest cannot "
	"be\n"
	"   read, mount one before it:  mount -o ro,session=0 (1, 2, ...), or "
	"on\n"
	"   DVD+RW, DVD-RAM and BD-RE  mount -o ro,sbsector=32.\n"
	"\n"
	"What is on this disc, the newest first\n"
	"--------------------------------------\n"
	"\n";

static bool
is_globals(const struct nb_manifest_source *s)
{
	return !s->database && s->format && !strcmp(s->format, "globals");
}

static void
add_list(struct nb_str *s, const struct nb_disc_readme_facts *facts)
{
	char date[NB_CLOCK_TEXT];

	for (size_t i = 0; i < facts->count; i++) {
		const struct nb_manifest *m = facts->backups[i];

		nb_str_addf(s, "%s  generation %llu, %s, job %s, host %s\n",
			    m->backup_id, (unsigned long long)m->generation,
			    nb_clock_text(m->created, date), m->job, m->host);
		for (size_t k = 0; k < m->sources.count; k++) {
			const struct nb_manifest_source *source =
				&m->sources.at[k];

			nb_str_addf(s, "    %s %s", source->kind, source->name);
			if (source->format)
				nb_str_addf(s, " (%s%s%s)", source->format,
					    source->server_version
						    ? ", PostgreSQL "
						    : "",
					    source->server_version
						    ? source->server_version
						    : "");
			if (source->path)
				nb_str_addf(s, ": %s", source->path);
			nb_str_add(s, "\n");
		}
	}
}

static void
add_html_text(struct nb_str *s, const char *text)
{
	for (const char *p = text; *p; p++) {
		if (*p == '<')
			nb_str_add(s, "&lt;");
		else if (*p == '>')
			nb_str_add(s, "&gt;");
		else if (*p == '&')
			nb_str_add(s, "&amp;");
		else if (*p == '"')
			nb_str_add(s, "&quot;");
		else
			nb_str_add_bytes(s, p, 1);
	}
}

static void
add_word(struct nb_str *s, const char *word)
{
	nb_str_add(s, " ");
	nb_str_add_shell(s, word ? word : "");
}

/* The script decompresses what we compressed; pg_restore reads its own. */
static const char *
packing(const struct nb_manifest_source *source)
{
	if (!source->compression)
		return "none";
	if (!strcmp(source->compression, "gzip") && source->format
	    && !strcmp(source->format, "plain"))
		return "gzip-file";
	return source->compression;
}

static void
add_item(struct nb_str *s, const struct nb_manifest *m,
	 const struct nb_manifest_source *source)
{
	if (!source->path || !strcmp(source->kind, "bootdisc"))
		return;
	nb_str_add(s, "\titem ");
	if (source->format && !strcmp(source->format, "tar")) {
		nb_str_add(s, "packed");
		add_word(s, m->backup_id);
		add_word(s, source->name);
	} else if (strcmp(source->kind, "postgres")) {
		nb_str_add(s, "tree");
		add_word(s, m->backup_id);
		add_word(s, source->name);
	} else if (is_globals(source)) {
		nb_str_add(s, "globals");
		add_word(s, m->backup_id);
		add_word(s, source->name);
		add_word(s, source->path);
		add_word(s, packing(source));
		nb_str_add(s, "\n");
		return;
	} else {
		nb_str_add(s, "dump");
		add_word(s, m->backup_id);
		add_word(s, source->name);
		add_word(s, source->database);
		add_word(s, source->format);
		add_word(s, packing(source));
	}
	add_word(s, source->path);
	nb_str_add(s, "\n");
}

static void
add_items(struct nb_str *s, const struct nb_disc_readme_facts *facts)
{
	char text[NB_CLOCK_TEXT];

	for (size_t i = 0; i < facts->count; i++) {
		const struct nb_manifest *m = facts->backups[i];
		char generation[24];

		nb_str_add(s, "\titem backup");
		add_word(s, m->backup_id);
		snprintf(generation, sizeof generation, "%llu",
			 (unsigned long long)m->generation);
		add_word(s, generation);
		add_word(s, nb_clock_text(m->created, text));
		add_word(s, m->job);
		add_word(s, m->host);
		nb_str_add(s, "\n");
		for (size_t k = 0; k < m->sources.count; k++)
			add_item(s, m, &m->sources.at[k]);
	}
}

enum nb_err
nb_disc_readme_text(const struct nb_disc_readme_facts *facts, char **text)
{
	struct nb_str s = NB_STR_INIT;

	nb_str_addf(&s, "%s\n\n%s", facts->volume_id, readme_head);
	add_list(&s, facts);
	return nb_str_take(&s, text);
}

enum nb_err
nb_disc_restore_text(const struct nb_disc_readme_facts *facts, char **text)
{
	struct nb_str s = NB_STR_INIT;

	nb_str_add(&s, restore_head);
	add_list(&s, facts);
	return nb_str_take(&s, text);
}

enum nb_err
nb_disc_page_text(const struct nb_disc_readme_facts *facts, char **text)
{
	char *readme = NULL, *restore = NULL;
	struct nb_str s = NB_STR_INIT;
	enum nb_err err = nb_disc_readme_text(facts, &readme);

	if (!err)
		err = nb_disc_restore_text(facts, &restore);
	if (!err) {
		nb_str_add(&s,
			   "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
			   "<meta charset=\"utf-8\">\n<title>");
		add_html_text(&s, facts->volume_id);
		nb_str_add(&s, "</title>\n</head>\n<body>\n<h1>");
		add_html_text(&s, facts->volume_id);
		nb_str_add(&s, "</h1>\n<pre>\n");
		add_html_text(&s, readme);
		nb_str_add(&s, "</pre>\n<pre>\n");
		add_html_text(&s, restore);
		nb_str_add(&s, "</pre>\n</body>\n</html>\n");
		err = nb_str_take(&s, text);
	}
	free(readme);
	free(restore);
	return err;
}

enum nb_err
nb_disc_script_text(const struct nb_disc_readme_facts *facts, char **text)
{
	static const char mark[] = "@CONTENTS@\n";
	const char *at = strstr(restore_script, mark);
	struct nb_str s = NB_STR_INIT;

	nb_str_add_bytes(&s, restore_script, (size_t)(at - restore_script));
	add_items(&s, facts);
	nb_str_add(&s, at + strlen(mark));
	return nb_str_take(&s, text);
}
