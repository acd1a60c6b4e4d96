/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The patterns of `exclude` beside git's own matcher, on a real tree. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "model/ignore.h"

#define ROUNDS 300
#define MOST 4 /* patterns in one round */

struct names NB_ARRAY(char *);

static struct names paths; /* of the tree; directories end with a slash */

static void
add_path(const char *path)
{
	char full[512], *copy = strdup(path);

	snprintf(full, sizeof full, "repo/%s", path);
	if (path[strlen(path) - 1] == '/')
		ck_assert_int_eq(mkdir(nb_test_path(full), 0755), 0);
	else
		nb_test_write(full, "", 0644);
	ck_assert_ptr_nonnull(copy);
	nb_assert_ok(nb_array_push(&paths, copy));
}

static void
make_tree(void)
{
	static const char *const dirs[] = {
		"",       "a/",    "b/", "a/b/",     "a/b/a/",
		"b/log/", "a/ b/", "*/", "a/b/a/b/",
	};
	static const char *const files[] = {
		"a.log", "b.log", "x",  ".x", "[a]",      "a b",
		"b ",    "#x",    "!x", "\\", "a*",       "-",
		"]",     "^",     "A",  "7",  "\xc3\xa4", "\xff",
	};
	char path[512];

	ck_assert_int_eq(mkdir(nb_test_path("repo"), 0755), 0);
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
		if (*dirs[i])
			add_path(dirs[i]);
		for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
			snprintf(path, sizeof path, "%s%s", dirs[i], files[k]);
			add_path(path);
		}
	}
}

static void
free_tree(void)
{
	for (size_t i = 0; i < paths.count; i++)
		free(paths.at[i]);
	nb_array_free(&paths);
}

/* As a walk asks: from the top down, and never beneath what is left out. */
static bool
is_left_out(char *const *patterns, size_t count, const char *path)
{
	char part[512];

	for (size_t i = 1; i <= strlen(path); i++) {
		if (path[i] && path[i] != '/')
			continue;
		if (!path[i] && path[i - 1] == '/')
			break;
		snprintf(part, sizeof part, "%.*s", (int)i, path);
		if (nb_ignore_match(patterns, count, part, path[i] == '/'))
			return true;
	}
	return false;
}

/* What a line of a .gitignore has to be for the pattern to be meant. */
static void
write_line(FILE *f, const char *pattern)
{
	size_t n = strlen(pattern);

	if (*pattern == '#')
		putc('\\', f);
	for (size_t i = 0; i < n; i++) {
		size_t rest = strspn(pattern + i, " ");

		if (pattern[i] == ' ' && i + rest == n
		    && (!i || pattern[i - 1] != '\\'))
			putc('\\', f);
		putc(pattern[i], f);
	}
	putc('\n', f);
}

/* The length of PATH as git is told it. */
static size_t
bare_length(const char *path)
{
	size_t n = strlen(path);

	return n - (path[n - 1] == '/');
}

static bool
is_among(const char *text, size_t size, const char *path)
{
	size_t n = bare_length(path);

	for (size_t i = 0; i < size; i += strlen(text + i) + 1)
		if (strlen(text + i) == n && !memcmp(text + i, path, n))
			return true;
	return false;
}

/* All paths of the tree by these patterns: git's answer is ours. */
static void
compare_with_git(char *const *patterns, size_t count)
{
	static char answer[65536];
	char command[2048];
	const char *dir = nb_test_dir();
	size_t size;
	FILE *f = fopen(nb_test_path("patterns"), "w");
	int status;

	for (size_t i = 0; i < count; i++)
		write_line(f, patterns[i]);
	fclose(f);
	snprintf(command, sizeof command,
		 "git -C %s/repo "
		 "-c core.excludesFile=%s/patterns check-ignore --no-index "
		 "--stdin -z <%s/paths >%s/answer",
		 dir, dir, dir, dir);
	status = system(command);
	ck_assert_int_le(status >> 8, 1);
	ck_assert_int_eq(status & 0xff, 0);
	f = fopen(nb_test_path("answer"), "r");
	size = fread(answer, 1, sizeof answer - 1, f);
	fclose(f);
	answer[size] = '\0';
	for (size_t i = 0; i < paths.count; i++)
		ck_assert_msg(is_left_out(patterns, count, paths.at[i])
				      == is_among(answer, size, paths.at[i]),
			      "'%s' (of %zu patterns, the last '%s'): git "
			      "says %d",
			      paths.at[i], count, patterns[count - 1],
			      is_among(answer, size, paths.at[i]));
}

static void
begin(void)
{
	char command[1024];
	FILE *f;

	make_tree();
	snprintf(command, sizeof command, "git -C %s/repo init -q",
		 nb_test_dir());
	ck_assert_int_eq(system(command), 0);
	f = fopen(nb_test_path("paths"), "w");
	for (size_t i = 0; i < paths.count; i++)
		fprintf(f, "%.*s%c", (int)bare_length(paths.at[i]), paths.at[i],
			0);
	fclose(f);
}

static const char *const table[] = {
	"*.log",
	"a",
	"/a",
	"a/",
	"/a/",
	"a/b",
	"/a/b",
	"a/b/",
	"b/*",
	"a/**",
	"**/a",
	"**/a/",
	"**/a/b",
	"a/**/b",
	"a/**/x",
	"**",
	"/**",
	"**/",
	"*",
	"/*",
	"*/",
	"/*/",
	"a/*/b",
	"a/*/*",
	"*/*/x",
	"a/**/",
	"/**/x",
	"**.log",
	"a**",
	"a**b",
	"**x",
	"a/**x",
	"?",
	"??",
	"a?b",
	"?.log",
	"[ab].log",
	"[!a].log",
	"[^a].log",
	"[a-b].log",
	"[b-a].log",
	"[]]",
	"[!]]",
	"[-]",
	"[a-]",
	"[--0]",
	"[[]a]",
	"\\[a]",
	"[\\]]",
	"[\\\\]",
	"[a",
	"[",
	"[]",
	"[!",
	"[a-",
	"[[:digit:]]",
	"[[:alpha:]]",
	"[![:alpha:]]",
	"[[:upper:]x]",
	"[[:nothing:]]",
	"[[:digit:",
	"[[:alpha:]-z]",
	"[a-c-e]",
	"a[/]b",
	"a[!x]b",
	"[^]",
	"[]-a]",
	"\\a",
	"\\*",
	"a\\*",
	"\\\\",
	"\\",
	"x\\",
	"\\!x",
	"#x",
	"!",
	"/",
	"//",
	"a//",
	"//a",
	"a//b",
	" b",
	"b ",
	"a b",
	"a b/",
	" ",
	".*",
	".x",
	"A",
	"\xc3\xa4",
	"\xff",
	"[\xff]",
	"\xc3*",
	"?\xa4",
	"b/log",
	"log/",
	"log",
	"*/log",
	"a/b/a/b",
	"a/**/a/**/b",
	"**/**/x",
	"*b*",
	"**/b/**",
	"***",
	"a/***/x",
	"a/**b",
	"**/a**",
	"\\**",
	"*\\",
	"-",
	"a/b/../x",
	"./a",
	"a/.",
	"[[:punct:]]",
	"[[:space:]]",
	"b[[:space:]]",
	"[[:xdigit:]]",
	"[:alpha:]",
	"[[:]",
	"[[::]]",
	"[[:a]",
	"[[a:]",
	"\\/a",
	"a\\/b",
	"**\\/x",
	"a\\/**",
	"[*]",
	"[?]",
	"a/[*]/x",
	"[\\",
	"[\\a-\\b].log",
	"[a-\\b].log",
	"[\\-]",
	"[a\\-z]",
	"*[",
	"*]",
	"**/[",
};

START_TEST(every_kind_of_pattern_means_what_it_means_to_git)
{
	begin();
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		char *one[2] = { (char *)(uintptr_t)table[i], NULL };
		char with[64], *back[3] = { one[0], with, NULL };

		compare_with_git(one, 1);
		/* The same, taken back. */
		snprintf(with, sizeof with, "!%s",
			 table[(i + 7) % (sizeof table / sizeof *table)]);
		compare_with_git(back, 2);
	}
	free_tree();
}
END_TEST

static unsigned int
chance(unsigned int *state, unsigned int below)
{
	*state = *state * 1103515245u + 12345u;
	return (*state >> 16) % below;
}

static void
make_pattern(unsigned int *state, char *to)
{
	static const char *const parts[] = {
		"a", "b",     "x",    "/", "/",          "*",    "*",   "**",
		"?", "[a",    "]",    "!", "\\",         ".log", "log", "[!",
		"-", "[a-b]", "/**/", " ", "[[:alpha:]", "7",
	};
	unsigned int n = 1 + chance(state, 6);

	*to = '\0';
	if (!chance(state, 5))
		strcat(to, "!");
	while (n-- > 0)
		strcat(to, parts[chance(state, sizeof parts / sizeof *parts)]);
	if (!chance(state, 5))
		strcat(to, "/");
}

START_TEST(random_patterns_mean_what_they_mean_to_git)
{
	unsigned int state = 20261121;

	begin();
	for (int round = 0; round < ROUNDS; round++) {
		char texts[MOST][128], *patterns[MOST];
		size_t count = 1 + chance(&state, MOST);

		for (size_t i = 0; i < count; i++) {
			make_pattern(&state, texts[i]);
			patterns[i] = texts[i];
		}
		compare_with_git(patterns, count);
	}
	free_tree();
}
END_TEST

START_TEST(many_asterisks_do_not_take_for_ever)
{
	char text[201];

	memset(text, 'a', 200);
	text[200] = '\0';
	ck_assert(!nb_ignore_wild("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
	ck_assert(nb_ignore_wild("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a", text));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ignore");
	TCase *tc = nb_test_case("ignore", 120);

	tcase_add_test(tc, every_kind_of_pattern_means_what_it_means_to_git);
	tcase_add_test(tc, random_patterns_mean_what_they_mean_to_git);
	tcase_add_test(tc, many_asterisks_do_not_take_for_ever);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
