/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every option of the configuration is in its manual, nightburn.conf(5), and
 * every option that a hint names can be written.
 */
#include "support.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/str.h"
#include "model/config/build.h"
#include "source/source.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyz_"

static char *
load(const char *path)
{
	char *text = NULL, *full = NULL;
	size_t length;

	nb_assert_ok(
		nb_str_format(&full, "%s/%s", getenv("NB_TOP_SRCDIR"), path));
	nb_assert_ok(nb_fd_load(AT_FDCWD, *path == '/' ? path : full, 1 << 20,
				&text, &length));
	free(full);
	return text;
}

/* WORD stands in the first N bytes of LINE, as a whole. */
static bool
has_word(const char *line, size_t n, const char *word)
{
	size_t length = strlen(word);

	for (const char *p = line; (p = strstr(p, word)) && p < line + n; p++)
		if ((p == line || !strchr(LETTERS, p[-1]))
		    && (!p[length] || !strchr(LETTERS, p[length])))
			return true;
	return false;
}

/* The manual has OPTION in the section of which TITLE is a word, or a part. */
static bool
has_option(const char *manual, const char *title, const char *option)
{
	bool inside = false;

	for (const char *p = manual; *p;) {
		size_t n = strcspn(p, "\n");

		if (!strncmp(p, ".S", 2))
			inside = has_word(p, n, title);
		else if (inside && !strncmp(p, ".It Cm ", 7)
			 && has_word(p, n, option))
			return true;
		p += n + (p[n] == '\n');
	}
	return false;
}

static void
assert_section(const char *manual, const char *title,
	       const struct nb_field *field)
{
	for (; field->name; field++)
		ck_assert_msg(
			has_option(manual, title, field->name)
				/* Those of ssh, which several blocks have. */
				|| (field->local
				    && has_option(manual, "other hosts",
						  field->name)),
			"nightburn.conf(5) has no option %s in %s", field->name,
			title);
}

START_TEST(every_option_is_in_the_manual)
{
	char *manual = load("man/nightburn.conf.5");
	struct nb_grammar grammar;

	nb_grammar_make(nb_source_kinds, &grammar);
	assert_section(manual, "outside of blocks", grammar.root.fields);
	for (const struct nb_section *s = grammar.blocks; s->name; s++)
		assert_section(manual, s->name, s->fields);
	for (const struct nb_section *s = grammar.job; s->name; s++)
		assert_section(manual, s->name, s->fields);
	ck_assert(!has_option(manual, "tree", "volume"));
	ck_assert(!has_option(manual, "postgres", "restore"));
	free(manual);
}
END_TEST

/* ---- hints ---- */

static struct nb_grammar grammar;
static char *command_line;
static int hints;

static bool
is_option(const char *name, size_t n)
{
	const struct nb_section *lists[] = { &grammar.root, grammar.blocks,
					     grammar.job };

	for (size_t i = 0; i < 3; i++)
		for (const struct nb_section *s = lists[i];
		     s->name && (i || s == lists[i]); s++)
			for (const struct nb_field *f = s->fields; f->name; f++)
				if (strlen(f->name) == n
				    && !strncmp(f->name, name, n))
					return true;
	return false;
}

/* "NAME = value" is of the configuration. */
static void
check_assignments(const char *file, const char *hint)
{
	for (const char *p = hint; (p = strstr(p, " = ")); p++) {
		const char *name = p;

		while (name > hint && strchr(LETTERS, name[-1]))
			name--;
		ck_assert_msg(is_option(name, (size_t)(p - name)),
			      "%s: there is no option %.*s: %s", file,
			      (int)(p - name), name, hint);
		hints++;
	}
}

/* "--name" is of nightburn, unless another program's name is there. */
static void
check_flags(const char *file, const char *hint)
{
	if (strstr(hint, "mdadm") || strstr(hint, "sfdisk"))
		return;
	for (const char *p = hint; (p = strstr(p, "--")); p++) {
		size_t n = strspn(p + 2, LETTERS "-");
		char *quoted = NULL;

		nb_assert_ok(nb_str_format(&quoted, "\"%.*s\"", (int)n, p + 2));
		ck_assert_msg(strstr(command_line, quoted)
				      || !strcmp(quoted, "\"help\""),
			      "%s: there is no option --%.*s: %s", file, (int)n,
			      p + 2, hint);
		free(quoted);
		hints++;
	}
}

/* The string that begins at *P, with those that the compiler appends to it,
 * until the next call. */
static const char *
take_string(const char **p)
{
	static char text[16384];
	const char *next;
	size_t n = 0;

	do {
		for (++*p; **p && **p != '"'; ++*p) {
			if (**p == '\\')
				text[n++] = *(*p)++;
			text[n++] = **p;
			ck_assert_uint_lt(n, sizeof text - 2);
		}
		*p += **p == '"';
		next = *p + strspn(*p, " \t\n");
		if (*next == '"')
			*p = next;
	} while (*next == '"');
	text[n] = '\0';
	return text;
}

static int
check_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	char *text;

	(void)st;
	(void)ftw;
	if (type != FTW_F || !strstr(path, ".c") || strstr(path, "/vdrive/"))
		return 0;
	text = load(path);
	for (const char *p = text; (p = strchr(p, '"'));) {
		const char *hint = strstr(take_string(&p), "hint: ");

		if (hint) {
			check_assignments(path, hint);
			check_flags(path, hint);
		}
	}
	free(text);
	return 0;
}

START_TEST(every_option_that_a_hint_names_exists)
{
	char *source = NULL;

	nb_grammar_make(nb_source_kinds, &grammar);
	command_line = load("src/cli/options.c");
	nb_assert_ok(nb_str_format(&source, "%s/src", getenv("NB_TOP_SRCDIR")));
	ck_assert_int_eq(nftw(source, check_file, 10, FTW_PHYS), 0);
	ck_assert_int_gt(hints, 20);
	free(command_line);
	free(source);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("manual");
	TCase *tc = nb_test_case("manual", 30);

	tcase_add_test(tc, every_option_is_in_the_manual);
	tcase_add_test(tc, every_option_that_a_hint_names_exists);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
