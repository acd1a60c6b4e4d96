/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/path.h"
#include "base/str.h"
#include "model/record/manifest.h"

#define AB8 "abababababababab"
#define AB AB8 AB8 AB8 AB8
#define CD8 "cdcdcdcdcdcdcdcd"
#define CD CD8 CD8 CD8 CD8

static struct nb_entries entries;
static struct nb_sums kept;

static void
set_up(void)
{
	entries = (struct nb_entries)NB_ARRAY_INIT;
}

static void
tear_down(void)
{
	nb_entries_free(&entries);
	nb_sums_free(&kept);
}

static struct nb_entry *
add(const char *path, enum nb_entry_type type)
{
	struct nb_entry e = { .type = type, .hashed = true };

	e.path = strdup(path);
	memset(e.sha256, 0xab, sizeof e.sha256);
	nb_assert_ok(nb_entries_add(&entries, &e));
	return &entries.at[entries.count - 1];
}

static void
keep(const char *path)
{
	struct nb_sum sum = { .path = strdup(path) };

	memset(sum.sha256, 0xcd, sizeof sum.sha256);
	nb_assert_ok(nb_array_push(&kept, sum));
}

static char *
render(size_t *n)
{
	char *text = NULL;

	nb_assert_ok(nb_sums_render(&entries, &kept, &text, n));
	ck_assert_uint_eq(strlen(text), *n);
	return text;
}

START_TEST(files_stand_by_path_without_the_sums_themselves)
{
	size_t n;
	char *text;

	add("z", NB_ENTRY_FILE);
	add("d", NB_ENTRY_DIR);
	add(NB_SUMS_PATH, NB_ENTRY_FILE);
	add("a", NB_ENTRY_FILE)->hashed = false;
	add("l", NB_ENTRY_SYMLINK);
	text = render(&n);
	ck_assert_str_eq(text,
			 "0000000000000000000000000000000000000"
			 "000000000000000000000000000  a\n" AB "  z\n");
	free(text);
}
END_TEST

START_TEST(files_that_are_kept_stand_among_the_others)
{
	size_t n;
	char *text;

	add("a", NB_ENTRY_FILE);
	add("z", NB_ENTRY_FILE);
	keep("m\n");
	keep("b");
	keep(NB_SUMS_COPY);
	text = render(&n);
	ck_assert_str_eq(text,
			 AB "  a\n" CD "  b\n\\" CD "  m\\n\n" AB "  z\n");
	free(text);
}
END_TEST

static const struct {
	const char *path, *line;
} escaped[] = {
	{ "a b", AB "  a b\n" },         { "a\nb", "\\" AB "  a\\nb\n" },
	{ "a\rb", "\\" AB "  a\\rb\n" }, { "a\\nb", "\\" AB "  a\\\\nb\n" },
	{ "\\", "\\" AB "  \\\\\n" },    { "*a", AB "  *a\n" },
	{ "\xff\t", AB "  \xff\t\n" },
};

START_TEST(odd_names_are_escaped_and_their_lines_marked)
{
	size_t n;
	char *text;

	add(escaped[_i].path, NB_ENTRY_FILE);
	text = render(&n);
	ck_assert_str_eq(text, escaped[_i].line);
	free(text);
}
END_TEST

struct seen {
	char *paths[32];
	uint8_t sums[32][NB_SHA256_SIZE];
	size_t n;
};

static enum nb_err
see(void *ctx, const char *path, const uint8_t *sha256)
{
	struct seen *seen = ctx;

	if (seen->n == 32)
		return NB_EFULL;
	memcpy(seen->sums[seen->n], sha256, NB_SHA256_SIZE);
	return nb_str_dup(path, &seen->paths[seen->n++]);
}

static void
forget(struct seen *seen)
{
	for (size_t i = 0; i < seen->n; i++)
		free(seen->paths[i]);
}

START_TEST(an_escaped_name_comes_back)
{
	const char *line = escaped[_i].line;
	struct seen seen = { .n = 0 };

	nb_assert_ok(nb_sums_parse("SUMS", line, strlen(line), see, &seen));
	ck_assert_uint_eq(seen.n, 1);
	ck_assert_str_eq(seen.paths[0], escaped[_i].path);
	ck_assert_int_eq(seen.sums[0][0], 0xab);
	ck_assert_int_eq(seen.sums[0][31], 0xab);
	forget(&seen);
}
END_TEST

#define OF(literal) literal, sizeof literal - 1

static const struct {
	const char *line;
	size_t length;
} broken[] = {
	{ OF("\n") },
	{ OF(AB "  a") }, /* no newline */
	{ OF(AB "\n") },
	{ OF(AB "  \n") },
	{ OF(AB " a\n") },
	{ OF(AB8 "  a\n") },
	{ OF("x" AB "  a\n") },
	{ OF(AB "--a\n") },
	{ OF(AB " -a\n") },
	{ OF(AB8 AB8 AB8 "abababababababxx  a\n") },
	{ OF("\\" AB "  a\\\n") },   /* ends in an escape */
	{ OF("\\" AB "  a\\tb\n") }, /* an escape GNU has not */
	{ OF(AB "  a\0b\n") },
	{ OF("\\\n") },
};

START_TEST(a_line_of_another_form_is_refused_with_its_number)
{
	struct seen seen = { .n = 0 };
	struct nb_str s = NB_STR_INIT;

	nb_str_add(&s, AB "  first\n");
	nb_str_add_bytes(&s, broken[_i].line, broken[_i].length);
	nb_assert_fails(nb_sums_parse("SUMS", s.text, s.length, see, &seen),
			NB_ECORRUPT, "error: SUMS:2: not a sha256sum line\n");
	ck_assert_uint_eq(seen.n, 1);
	forget(&seen);
	nb_str_free(&s);
}
END_TEST

static enum nb_err
stop(void *ctx, const char *path, const uint8_t *sha256)
{
	(void)path;
	(void)sha256;
	++*(int *)ctx;
	return NB_ECORRUPT;
}

START_TEST(the_callback_ends_the_reading_with_its_own_error)
{
	const char *text = AB "  a\n" AB "  b\n";
	int calls = 0;

	nb_assert_fails(nb_sums_parse("SUMS", text, strlen(text), stop, &calls),
			NB_ECORRUPT, "");
	ck_assert_int_eq(calls, 1);
}
END_TEST

START_TEST(an_empty_text_has_no_lines)
{
	int calls = 0;

	nb_assert_ok(nb_sums_parse("SUMS", "", 0, stop, &calls));
	ck_assert_int_eq(calls, 0);
}
END_TEST

static const char *const odd_names[] = {
	"plain",    "sp ace",      " lead",        "trail ",   "new\nline",
	"cr\rx",    "back\\slash", "back\\nslash", "tab\tx",   "日本",
	"\xff\xfe", "-dash",       "*star",        "q\"uo'te", "sub/dir/file",
	"\n",       "\\",          "$(id)",        "#",
};
#define ODD (sizeof odd_names / sizeof *odd_names)

/* The files of ODD_NAMES in the test's directory, hashed in ENTRIES. */
static void
make_odd_files(void)
{
	struct nb_sha256 *hash = NULL;
	int dir = open(nb_test_dir(), O_RDONLY | O_DIRECTORY);

	ck_assert_int_ge(dir, 0);
	nb_assert_ok(nb_path_make(dir, "sub/dir", 0755));
	close(dir);
	nb_assert_ok(nb_sha256_new(&hash));
	for (size_t i = 0; i < ODD; i++) {
		nb_test_write(odd_names[i], odd_names[i], 0644);
		nb_sha256_add(hash, odd_names[i], strlen(odd_names[i]));
		nb_sha256_finish(hash,
				 add(odd_names[i], NB_ENTRY_FILE)->sha256);
	}
	nb_sha256_free(hash);
}

/* COMMAND in the test's directory; its exit status. */
static int
shell(const char *command)
{
	char *text = NULL;
	int status;

	nb_assert_ok(
		nb_str_format(&text, "cd '%s' && %s", nb_test_dir(), command));
	status = system(text);
	free(text);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(sha256sum_reads_what_is_rendered)
{
	char *text;
	size_t n;

	make_odd_files();
	text = render(&n);
	nb_test_write("SUMS", text, 0644);
	free(text);
	ck_assert_int_eq(shell("sha256sum --check --strict --status SUMS"), 0);
	/* And it does find a difference. */
	nb_test_write("new\nline", "something else", 0644);
	ck_assert_int_eq(shell("sha256sum --check --strict --status SUMS"), 1);
}
END_TEST

START_TEST(what_sha256sum_writes_is_read)
{
	struct seen seen = { .n = 0 };
	char text[8192];
	ssize_t n;
	int fd;

	make_odd_files();
	ck_assert_int_eq(shell("find . -type f ! -name SUMS -printf '%P\\0' "
			       "| xargs -0 sha256sum -- > SUMS"),
			 0);
	fd = open(nb_test_path("SUMS"), O_RDONLY);
	n = read(fd, text, sizeof text);
	close(fd);
	ck_assert_int_gt(n, 0);
	nb_assert_ok(nb_sums_parse("SUMS", text, (size_t)n, see, &seen));
	ck_assert_uint_eq(seen.n, ODD);
	nb_assert_ok(nb_entries_sort(&entries));
	for (size_t i = 0; i < seen.n; i++) {
		const struct nb_entry *e =
			nb_entries_find(&entries, seen.paths[i]);

		ck_assert_msg(e != NULL, "%s", seen.paths[i]);
		ck_assert_mem_eq(e->sha256, seen.sums[i], NB_SHA256_SIZE);
	}
	forget(&seen);
}
END_TEST

START_TEST(lines_are_found_by_their_path)
{
	static const char text[] = AB "  b\n" AB "  a\n";
	struct nb_sums sums = NB_ARRAY_INIT;

	nb_assert_ok(nb_sums_load("SUMS", text, strlen(text), &sums));
	ck_assert_uint_eq(sums.count, 2);
	ck_assert_str_eq(sums.at[0].path, "a");
	ck_assert_ptr_eq(nb_sums_find(&sums, "b"), &sums.at[1]);
	ck_assert_int_eq(sums.at[1].sha256[31], 0xab);
	ck_assert_ptr_null(nb_sums_find(&sums, "c"));
	nb_sums_free(&sums);
	ck_assert_ptr_null(nb_sums_find(&sums, "a"));
}
END_TEST

START_TEST(a_path_that_is_given_twice_is_refused)
{
	static const char text[] = AB "  b\n" AB "  a\n" AB "  b\n";
	struct nb_sums sums = NB_ARRAY_INIT;

	nb_assert_fails(nb_sums_load("SUMS", text, strlen(text), &sums),
			NB_ECORRUPT, "error: SUMS: b is given twice\n");
	nb_sums_free(&sums);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

int
main(void)
{
	Suite *suite = suite_create("sums");
	TCase *tc = nb_test_case("sums", 20);

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, files_stand_by_path_without_the_sums_themselves);
	tcase_add_test(tc, files_that_are_kept_stand_among_the_others);
	tcase_add_loop_test(tc, odd_names_are_escaped_and_their_lines_marked, 0,
			    COUNT(escaped));
	tcase_add_loop_test(tc, an_escaped_name_comes_back, 0, COUNT(escaped));
	tcase_add_loop_test(tc,
			    a_line_of_another_form_is_refused_with_its_number,
			    0, COUNT(broken));
	tcase_add_test(tc, the_callback_ends_the_reading_with_its_own_error);
	tcase_add_test(tc, an_empty_text_has_no_lines);
	tcase_add_test(tc, sha256sum_reads_what_is_rendered);
	tcase_add_test(tc, what_sha256sum_writes_is_read);
	tcase_add_test(tc, lines_are_found_by_their_path);
	tcase_add_test(tc, a_path_that_is_given_twice_is_refused);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
