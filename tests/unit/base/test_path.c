/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/path.h"

static int root;

static void
open_root(void)
{
	root = open(nb_test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(root, 0);
}

static const struct {
	const char *a, *b, *joined;
} joins[] = {
	{ "a", "b", "a/b" }, { "a/", "b", "a/b" }, { "a//", "b", "a/b" },
	{ "/", "b", "/b" },  { "", "b", "b" },     { "/a", "b/c", "/a/b/c" },
};

START_TEST(paths_are_joined_with_one_slash)
{
	char *path = NULL;

	nb_assert_ok(nb_path_join(joins[_i].a, joins[_i].b, &path));
	ck_assert_str_eq(path, joins[_i].joined);
	free(path);
}
END_TEST

static const struct {
	const char *path;
	bool safe;
} safety[] = {
	{ "a", true },     { "a/b", true },    { "...", true },
	{ "a/..b", true }, { " ", true },      { "a\nb", true },
	{ "\xff", true },  { "", false },      { "/", false },
	{ "/a", false },   { "a/", false },    { "a//b", false },
	{ ".", false },    { "..", false },    { "a/..", false },
	{ "../a", false }, { "a/./b", false }, { "a/../b", false },
};

START_TEST(a_path_that_leaves_its_root_is_not_safe)
{
	ck_assert_int_eq(nb_path_is_safe(safety[_i].path), safety[_i].safe);
}
END_TEST

START_TEST(a_file_beneath_the_root_is_opened)
{
	char text[8] = "";
	int fd;

	open_root();
	nb_assert_ok(nb_path_make(root, "a/b", 0755));
	nb_test_write("a/b/f", "text", 0600);
	fd = nb_path_open(root, "a/b/f", O_RDONLY, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(read(fd, text, sizeof text), 4);
	ck_assert_str_eq(text, "text");
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	fd = nb_path_open(root, ".", O_RDONLY | O_DIRECTORY, 0);
	ck_assert_int_ge(fd, 0);
	close(fd);
	close(root);
}
END_TEST

static const char *const escapes[] = {
	"../outside", "/etc/passwd", "link", "dir/passwd", "a/../a/f", "",
};

START_TEST(nothing_is_opened_through_links_or_outside)
{
	open_root();
	nb_assert_ok(nb_path_make(root, "a", 0755));
	nb_test_write("a/f", "text", 0600);
	ck_assert_int_eq(symlink("a/f", nb_test_path("link")), 0);
	ck_assert_int_eq(symlink("/etc", nb_test_path("dir")), 0);
	ck_assert_int_eq(nb_path_open(root, escapes[_i], O_RDONLY, 0), -1);
	/* ENOTDIR: a link on the way, on kernels without openat2. */
	ck_assert(errno == ELOOP || errno == EXDEV || errno == ENOENT
		  || errno == ENOTDIR);
	close(root);
}
END_TEST

START_TEST(a_fifo_does_not_hang_the_open)
{
	int fd;

	open_root();
	ck_assert_int_eq(mkfifo(nb_test_path("fifo"), 0600), 0);
	fd = nb_path_open(root, "fifo", O_RDONLY, 0);
	ck_assert_int_ge(fd, 0);
	close(fd);
	close(root);
}
END_TEST

START_TEST(directories_are_made_where_they_are_missing)
{
	struct stat st;

	open_root();
	nb_assert_ok(nb_path_make(root, "a/b/c", 0711));
	nb_assert_ok(nb_path_make(root, "a/b/c", 0711));
	ck_assert_int_eq(stat(nb_test_path("a/b/c"), &st), 0);
	ck_assert(S_ISDIR(st.st_mode));
	close(root);
}
END_TEST

START_TEST(no_directory_is_made_through_a_link)
{
	open_root();
	ck_assert_int_eq(mkdir(nb_test_path("real"), 0755), 0);
	ck_assert_int_eq(symlink("real", nb_test_path("link")), 0);
	nb_assert_fails(nb_path_make(root, "link/x", 0755), NB_EIO,
			"error: link/x: cannot open directory: "
			"Not a directory\n");
	ck_assert_int_eq(access(nb_test_path("real/x"), F_OK), -1);
	nb_assert_fails(nb_path_make(root, "../x", 0755), NB_EUSAGE,
			"error: ../x: path is outside of its root\n");
	close(root);
}
END_TEST

static const struct {
	const char *path, *name;
	bool same; /* the directory is that of the path before */
} parents[] = {
	{ "a/b/c", "c", false },  { "a/b/d", "d", true },
	{ "a/bb/c", "c", false }, { "a/b/c", "c", false },
	{ "a/c", "c", false },    { "c", "c", false },
	{ "a/d", "d", false },
};

START_TEST(the_directory_of_a_path_is_made_and_stays_open)
{
	struct nb_parent parent = NB_PARENT_INIT;
	int before = -1, dir = -1;
	const char *name;
	struct stat st;

	open_root();
	for (size_t i = 0; i < sizeof parents / sizeof *parents; i++) {
		char *old = parent.path;

		nb_assert_ok(nb_parent_open(&parent, root, parents[i].path,
					    &dir, &name));
		ck_assert_str_eq(name, parents[i].name);
		if (parents[i].same) {
			ck_assert_int_eq(dir, before);
			ck_assert_ptr_eq(parent.path, old);
		}
		before = dir;
		close(openat(dir, name, O_WRONLY | O_CREAT, 0600));
		ck_assert_int_eq(stat(nb_test_path(parents[i].path), &st), 0);
		ck_assert(S_ISREG(st.st_mode));
	}
	ck_assert_int_eq(stat(nb_test_path("a/bb"), &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0700);
	nb_parent_close(&parent);
	close(root);
}
END_TEST

START_TEST(no_directory_is_entered_through_a_link)
{
	struct nb_parent parent = NB_PARENT_INIT;
	const char *name = NULL;
	int dir = -1;

	open_root();
	nb_assert_ok(nb_path_make(root, "real/x", 0755));
	ck_assert_int_eq(symlink("real", nb_test_path("link")), 0);
	nb_assert_fails(nb_parent_open(&parent, root, "link/x/f", &dir, &name),
			NB_EIO,
			"error: link/x: cannot open directory: "
			"Not a directory\n");
	nb_assert_fails(nb_parent_open(&parent, root, "../f", &dir, &name),
			NB_EUSAGE, "error: ..: path is outside of its root\n");
	ck_assert_int_eq(dir, -1);
	ck_assert_ptr_null(parent.path);
	close(root);
}
END_TEST

START_TEST(a_tree_is_removed_without_following_links)
{
	open_root();
	nb_assert_ok(nb_path_make(root, "gone/a/b", 0755));
	nb_assert_ok(nb_path_make(root, "kept", 0755));
	nb_test_write("gone/a/b/f", "x", 0400);
	nb_test_write("kept/f", "x", 0600);
	ck_assert_int_eq(symlink("../kept", nb_test_path("gone/link")), 0);
	nb_assert_ok(nb_path_remove(root, "gone"));
	nb_assert_ok(nb_path_remove(root, "gone"));
	ck_assert_int_eq(access(nb_test_path("gone"), F_OK), -1);
	ck_assert_int_eq(access(nb_test_path("kept/f"), F_OK), 0);
	nb_assert_ok(nb_path_remove(root, "kept/f"));
	ck_assert_int_eq(access(nb_test_path("kept/f"), F_OK), -1);
	close(root);
}
END_TEST

START_TEST(what_is_mounted_is_not_removed)
{
	const char *mounted = nb_test_path("gone/mnt");

	open_root();
	nb_assert_ok(nb_path_make(root, "gone/mnt", 0755));
	ck_assert_int_eq(mount("none", mounted, "tmpfs", 0, "size=1m"), 0);
	nb_test_write("gone/mnt/f", "x", 0600);
	nb_test_log_clear();
	ck_assert_int_eq(nb_path_remove(root, "gone"), NB_EIO);
	ck_assert_int_eq(access(nb_test_path("gone/mnt/f"), F_OK), 0);
	ck_assert_int_eq(umount(mounted), 0);
	close(root);
}
END_TEST

static const struct {
	const char *name, *encoded;
} encodings[] = {
	{ "testdb", "testdb" }, { "a b", "a%20b" },
	{ "a/b", "a%2Fb" },     { "..", "%2E." },
	{ ".x", "%2Ex" },       { "a.b", "a.b" },
	{ "100%", "100%25" },   { "\xe6\x97\xa5", "%E6%97%A5" },
	{ "a\nb", "a%0Ab" },    { "-x", "-x" },
	{ "A_z-9", "A_z-9" },
};

START_TEST(names_are_encoded_as_one_component)
{
	char *encoded = NULL;

	nb_assert_ok(nb_path_encode(encodings[_i].name, &encoded));
	ck_assert_str_eq(encoded, encodings[_i].encoded);
	ck_assert(nb_path_is_safe(encoded));
	free(encoded);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

START_TEST(a_lease_is_waited_for_until_the_deadline)
{
	const char *path = nb_test_path("leased");
	int64_t began = nb_clock_ms();
	int held;

	nb_test_write("leased", "x", 0600);
	held = open(path, O_RDONLY | O_CLOEXEC);
	signal(SIGIO, SIG_IGN);

	ck_assert_int_eq(fcntl(held, F_SETLEASE, F_RDLCK), 0);
	ck_assert_int_eq(open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC), -1);
	ck_assert(nb_path_is_leased(began));
	ck_assert_int_eq(open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC), -1);
	ck_assert(!nb_path_is_leased(began - 61000));
	ck_assert_int_eq(errno, EWOULDBLOCK);
	ck_assert_int_eq(open(nb_test_path("none"), O_RDONLY | O_CLOEXEC), -1);
	ck_assert(!nb_path_is_leased(began));
	nb_fd_close(&held);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("path");
	TCase *tc = nb_test_case("path", 10);

	tcase_add_loop_test(tc, paths_are_joined_with_one_slash, 0,
			    COUNT(joins));
	tcase_add_loop_test(tc, a_path_that_leaves_its_root_is_not_safe, 0,
			    COUNT(safety));
	tcase_add_test(tc, a_file_beneath_the_root_is_opened);
	tcase_add_loop_test(tc, nothing_is_opened_through_links_or_outside, 0,
			    COUNT(escapes));
	tcase_add_test(tc, a_fifo_does_not_hang_the_open);
	tcase_add_test(tc, directories_are_made_where_they_are_missing);
	tcase_add_test(tc, no_directory_is_made_through_a_link);
	tcase_add_test(tc, the_directory_of_a_path_is_made_and_stays_open);
	tcase_add_test(tc, no_directory_is_entered_through_a_link);
	tcase_add_test(tc, a_tree_is_removed_without_following_links);
	tcase_add_test(tc, what_is_mounted_is_not_removed);
	tcase_add_test(tc, a_lease_is_waited_for_until_the_deadline);
	tcase_add_loop_test(tc, names_are_encoded_as_one_component, 0,
			    COUNT(encodings));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
