/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "source/tree/options.h"

#define AT "tree/php"

static struct nb_entries entries;
static struct nb_manifest_sources sources;
static struct nb_roots roots;

static void
forget(void)
{
	nb_entries_free(&entries);
	for (size_t i = 0; i < sources.count; i++)
		nb_manifest_source_clear(&sources.at[i]);
	nb_array_free(&sources);
	for (size_t i = 0; i < roots.count; i++)
		nb_fd_close(&roots.at[i]);
	nb_array_free(&roots);
}

static enum nb_err
collect(const char *path, const char *const *exclude, bool one_file_system)
{
	static char name[] = "php";
	struct nb_tree_options options = {
		.path = (char *)(uintptr_t)path,
		.rules.one_file_system = one_file_system,
	};
	const struct nb_config_source source = {
		.kind = &nb_source_tree.kind,
		.name = name,
		.options = &options,
	};
	const struct nb_source_context context = {
		.job = "j",
		.staging = -1,
		.date = 86400,
	};
	struct nb_source_output out = { &entries, &sources, &roots };
	enum nb_err err;

	forget();
	nb_assert_ok(nb_array_push(&roots, -1));
	for (; exclude && *exclude; exclude++)
		nb_assert_ok(nb_array_push(&options.rules.exclude,
					   (char *)(uintptr_t)*exclude));
	err = nb_source_tree.collect(&source, &context, NULL, &out);
	nb_array_free(&options.rules.exclude);
	if (!err)
		nb_assert_ok(nb_entries_sort(&entries));
	return err;
}

static const struct nb_entry *
entry(const char *path)
{
	char full[8192];

	snprintf(full, sizeof full, AT "%s%s", *path ? "/" : "", path);
	return nb_entries_find(&entries, full);
}

static const char *
make_dir(const char *name)
{
	const char *path = nb_test_path(name);

	ck_assert_int_eq(mkdir(path, 0755), 0);
	return path;
}

START_TEST(types_and_attributes_are_listed_exactly)
{
	const char *root = make_dir("r");
	const struct timespec times[2] = { { 1000, 0 }, { 1234567, 5 } };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	const struct nb_entry *e;

	nb_test_write("r/file", "words", 0640);
	nb_test_write("r/empty", "", 04755);
	ck_assert_int_eq(chown(nb_test_path("r/file"), 12, 34), 0);
	ck_assert_int_eq(utimensat(AT_FDCWD, nb_test_path("r/file"), times, 0),
			 0);
	ck_assert_int_eq(symlink("../else\xff where", nb_test_path("r/link")),
			 0);
	ck_assert_int_eq(mkfifo(nb_test_path("r/fifo"), 0600), 0);
	ck_assert_int_eq(
		mknod(nb_test_path("r/null"), S_IFCHR | 0666, makedev(1, 3)),
		0);
	snprintf(address.sun_path, sizeof address.sun_path, "%s",
		 nb_test_path("r/sock"));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address),
			 0);
	close(fd);
	make_dir("r/sub");
	ck_assert_int_eq(chmod(nb_test_path("r/sub"), 01777), 0);
	nb_assert_ok(collect(root, NULL, false));
	ck_assert_uint_eq(entries.count, 9);
	e = entry("file");
	ck_assert_int_eq(e->type, NB_ENTRY_FILE);
	ck_assert_int_eq(e->content, NB_CONTENT_ROOT);
	ck_assert_uint_eq(e->root, 1);
	ck_assert_str_eq(e->root_path, "file");
	ck_assert_uint_eq(e->mode, 0640);
	ck_assert_uint_eq(e->uid, 12);
	ck_assert_uint_eq(e->gid, 34);
	ck_assert_int_eq(e->mtime, 1234567);
	ck_assert_uint_eq(e->size, 5);
	ck_assert_uint_eq(e->ino, 0);
	ck_assert(!e->hashed);
	ck_assert_int_eq(entry("empty")->content, NB_CONTENT_NONE);
	ck_assert_uint_eq(entry("empty")->mode, 04755);
	ck_assert_int_eq(entry("link")->type, NB_ENTRY_SYMLINK);
	ck_assert_str_eq(entry("link")->target, "../else\xff where");
	ck_assert_int_eq(entry("fifo")->type, NB_ENTRY_FIFO);
	ck_assert_int_eq(entry("null")->type, NB_ENTRY_CHAR);
	ck_assert_uint_eq(entry("null")->rdev, makedev(1, 3));
	ck_assert_int_eq(entry("sock")->type, NB_ENTRY_SOCKET);
	ck_assert_int_eq(entry("sub")->type, NB_ENTRY_DIR);
	ck_assert_uint_eq(entry("sub")->mode, 01777);
	ck_assert_int_eq(entry("")->type, NB_ENTRY_DIR);
	forget();
}
END_TEST

START_TEST(the_directory_above_and_the_record_are_added)
{
	make_dir("r");
	nb_test_write("r/a", "12345", 0644);
	nb_test_write("r/b", "123", 0644);
	nb_assert_ok(collect(nb_test_path("r"), NULL, false));
	ck_assert_int_eq(nb_entries_find(&entries, "tree")->mtime, 86400);
	ck_assert_uint_eq(sources.count, 1);
	ck_assert_str_eq(sources.at[0].kind, "tree");
	ck_assert_str_eq(sources.at[0].name, "php");
	ck_assert_str_eq(sources.at[0].path, AT);
	ck_assert_uint_eq(sources.at[0].bytes, 8);
	ck_assert_uint_eq(sources.at[0].stored, 8);
	ck_assert_uint_eq(roots.count, 2);
	forget();
}
END_TEST

START_TEST(hard_links_share_a_number)
{
	const struct nb_entry *a, *b;

	make_dir("r");
	nb_test_write("r/a", "one", 0644);
	nb_test_write("r/c", "one", 0644);
	ck_assert_int_eq(link(nb_test_path("r/a"), nb_test_path("r/b")), 0);
	nb_assert_ok(collect(nb_test_path("r"), NULL, false));
	a = entry("a");
	b = entry("b");
	ck_assert_uint_ne(a->ino, 0);
	ck_assert_uint_eq(a->ino, b->ino);
	ck_assert_uint_eq(a->dev, b->dev);
	ck_assert_uint_eq(entry("c")->ino, 0);
	forget();
}
END_TEST

START_TEST(names_are_bytes)
{
	char longest[256], path[512];
	const char *const names[] = {
		" ",   "a\nb", "\xff\xfe", "\xe6\x97\xa5", "-rf",
		"...", "\\",   "'\"",      longest
	};

	memset(longest, 'x', 255);
	longest[255] = '\0';
	make_dir("r");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "r/%s", names[i]);
		nb_test_write(path, "x", 0644);
	}
	nb_assert_ok(collect(nb_test_path("r"), NULL, false));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		ck_assert_ptr_nonnull(entry(names[i]));
		ck_assert_str_eq(entry(names[i])->root_path, names[i]);
	}
	forget();
}
END_TEST

START_TEST(depth_costs_no_descriptors)
{
	struct rlimit before, few;
	char path[4096] = "";
	int at = open(make_dir("r"), O_RDONLY | O_DIRECTORY);

	for (int i = 0; i < 300; i++) {
		int next;

		ck_assert_int_eq(mkdirat(at, "d", 0755), 0);
		next = openat(at, "d", O_RDONLY | O_DIRECTORY);
		close(at);
		at = next;
		strcat(path, i ? "/d" : "d");
	}
	close(at);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = 40;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	nb_assert_ok(collect(nb_test_path("r"), NULL, false));
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	ck_assert_uint_eq(entries.count, 302);
	ck_assert_ptr_nonnull(entry(path));
	forget();
}
END_TEST

static const struct {
	const char *pattern, *kept, *dropped;
} excludes[] = {
	{ "*.log", "cache/x", "a.log" },
	{ "*.log", "cache/x", "sub/b.log" },
	{ "cache", "sub/b.log", "cache" },
	{ "cache", "a.log", "cache/x" },
	{ "cache", "a.log", "sub/cache/y" },
	{ "/cache", "sub/cache/y", "cache/x" },
	{ "sub/cache", "cache/x", "sub/cache/y" },
	{ "sub/*", "sub", "sub/b.log" },
	{ "*/y", "sub/cache/y", "cache/y" },
	{ "cache/", "sub/plain/cache", "cache/x" },
	{ "cache/", "sub/plain/cache", "sub/cache" },
	{ "[ab].log", "cache/x", "sub/b.log" },
	{ "sub/**", "sub", "sub/cache/y" },
	{ "**/y", "cache/x", "sub/cache/y" },
};

START_TEST(patterns_exclude_by_name_or_by_path)
{
	const char *const patterns[] = { excludes[_i].pattern, NULL };

	make_dir("r");
	make_dir("r/cache");
	make_dir("r/sub");
	make_dir("r/sub/cache");
	make_dir("r/sub/plain");
	nb_test_write("r/a.log", "x", 0644);
	nb_test_write("r/sub/b.log", "x", 0644);
	nb_test_write("r/cache/x", "x", 0644);
	nb_test_write("r/cache/y", "x", 0644);
	nb_test_write("r/sub/cache/y", "x", 0644);
	nb_test_write("r/sub/plain/cache", "x", 0644);
	nb_assert_ok(collect(nb_test_path("r"), patterns, false));
	ck_assert_ptr_nonnull(entry(excludes[_i].kept));
	ck_assert_ptr_null(entry(excludes[_i].dropped));
	nb_assert_ok(collect(nb_test_path("r"), NULL, false));
	ck_assert_ptr_nonnull(entry(excludes[_i].dropped));
	forget();
}
END_TEST

/* ---- rules: staging is the test's directory "s" ---- */

static struct nb_tree_rules rules;

static enum nb_err
collect_by_rules(void)
{
	static char name[] = "php";
	struct nb_tree_options options = {
		.path = (char *)(uintptr_t)nb_test_path("r"),
		.rules = rules,
	};
	const struct nb_config_source source = {
		.kind = &nb_source_tree.kind,
		.name = name,
		.options = &options,
	};
	struct nb_source_context context = {
		.job = "j",
		.date = 86400,
	};
	struct nb_source_output out = { &entries, &sources, &roots };
	enum nb_err err;

	forget();
	mkdir(nb_test_path("s"), 0700);
	context.staging = open(nb_test_path("s"), O_RDONLY | O_DIRECTORY);
	nb_assert_ok(nb_array_push(&roots, context.staging));
	err = nb_source_tree.collect(&source, &context, NULL, &out);
	if (!err)
		nb_assert_ok(nb_entries_sort(&entries));
	return err;
}

START_TEST(files_beyond_the_limit_are_left_out_and_noted)
{
	make_dir("r");
	nb_test_write("r/small", "1234", 0644);
	nb_test_write("r/large", "12345", 0644);
	rules = (struct nb_tree_rules){ .max_file_size = 4 };
	nb_test_log_clear();
	nb_assert_ok(collect_by_rules());
	ck_assert_str_eq(
		nb_test_log(),
		"note: tree php: large: 5 B, skipped (max_file_size)\n");
	ck_assert_ptr_nonnull(entry("small"));
	ck_assert_ptr_null(entry("large"));
	ck_assert_uint_eq(sources.at[0].notes.count, 1);
	ck_assert_str_eq(sources.at[0].notes.at[0].path, "large");
	ck_assert_int_eq(sources.at[0].notes.at[0].what, NB_NOTE_TOO_LARGE);
	ck_assert_uint_eq(sources.at[0].notes.at[0].size, 5);
	forget();
}
END_TEST

START_TEST(files_that_may_change_are_copied_first)
{
	char pattern[] = "*.log", *patterns[] = { pattern };
	const struct nb_entry *e;

	make_dir("r");
	nb_test_write("r/a.log", "busy", 0640);
	nb_test_write("r/cold", "cold", 0644);
	rules = (struct nb_tree_rules){ .copy_first = { patterns, 1, 1 } };
	nb_assert_ok(collect_by_rules());
	e = entry("a.log");
	ck_assert_uint_eq(e->root, 0);
	ck_assert_str_eq(e->root_path, "copies/tree.php/1");
	ck_assert_uint_eq(e->mode, 0640);
	ck_assert(!e->torn);
	ck_assert_uint_eq(entry("cold")->root, 1);
	rules = (struct nb_tree_rules){ .copy_newer = 3600 };
	nb_assert_ok(collect_by_rules());
	ck_assert_uint_eq(entry("cold")->root, 0);
	forget();
}
END_TEST

START_TEST(attributes_and_holes_are_listed)
{
	const char *path;
	const struct nb_entry *e;
	int fd;

	make_dir("r");
	nb_test_write("r/f", "", 0644);
	path = nb_test_path("r/f");
	fd = open(path, O_RDWR);
	ck_assert_int_eq(pwrite(fd, "x", 1, 1 << 20), 1);
	ck_assert_int_eq(ftruncate(fd, 4 << 20), 0);
	close(fd);
	ck_assert_int_eq(setxattr(path, "user.z", "\0\xff", 2, 0), 0);
	ck_assert_int_eq(setxattr(path, "user.a", "", 0, 0), 0);
	rules = (struct nb_tree_rules){ .copy_newer = 0 };
	nb_assert_ok(collect_by_rules());
	e = entry("f");
	ck_assert_uint_eq(e->xattrs.count, 2);
	ck_assert_str_eq(e->xattrs.at[0].name, "user.a");
	ck_assert_uint_eq(e->xattrs.at[0].size, 0);
	ck_assert_uint_eq(e->xattrs.at[1].size, 2);
	ck_assert_mem_eq(e->xattrs.at[1].value, "\0\xff", 2);
	ck_assert_uint_eq(e->holes.count, 2);
	ck_assert_uint_eq(e->holes.at[0].at, 0);
	ck_assert_uint_eq(e->holes.at[0].bytes, 1 << 20);
	ck_assert_uint_eq(e->holes.at[1].at + e->holes.at[1].bytes, 4 << 20);
	ck_assert_uint_ne(e->inode, 0);
	forget();
}
END_TEST

START_TEST(no_link_is_followed_but_the_root)
{
	make_dir("outside");
	nb_test_write("outside/secret", "x", 0644);
	make_dir("r");
	ck_assert_int_eq(
		symlink(nb_test_path("outside"), nb_test_path("r/link")), 0);
	ck_assert_int_eq(symlink(nb_test_path("r"), nb_test_path("root")), 0);
	nb_assert_ok(collect(nb_test_path("root"), NULL, false));
	ck_assert_int_eq(entry("link")->type, NB_ENTRY_SYMLINK);
	ck_assert_uint_eq(entries.count, 3);
	forget();
}
END_TEST

START_TEST(another_file_system_is_listed_and_not_entered)
{
	const char *mounted = nb_test_path("r/mnt");

	make_dir("r");
	make_dir("r/mnt");
	ck_assert_int_eq(mount("none", mounted, "tmpfs", 0, "size=1m"), 0);
	nb_test_write("r/mnt/file", "x", 0644);
	nb_assert_ok(collect(nb_test_path("r"), NULL, true));
	ck_assert_ptr_nonnull(entry("mnt"));
	ck_assert_ptr_null(entry("mnt/file"));
	nb_assert_ok(collect(nb_test_path("r"), NULL, false));
	ck_assert_ptr_nonnull(entry("mnt/file"));
	forget();
	ck_assert_int_eq(umount(mounted), 0);
}
END_TEST

#define WITHOUT_TREE                                                    \
	"hint: mount it, if it is on another file system; or take the " \
	"tree out of the configuration, so that the rest of the job "   \
	"is backed up\n"

START_TEST(a_root_that_is_missing_or_a_file_is_named)
{
	const struct nb_source_ops *ops = &nb_source_tree;
	static char name[] = "php";
	char *path = (char *)(uintptr_t)nb_test_path("gone"), text[512];
	struct nb_tree_options options = { .path = path };
	const struct nb_config_source source = {
		.kind = &nb_source_tree.kind,
		.name = name,
		.options = &options,
	};

	snprintf(text, sizeof text,
		 "error: tree php: cannot open %s: "
		 "No such file or directory\n" WITHOUT_TREE,
		 path);
	nb_assert_fails(ops->preflight(&source), NB_ESOURCE, text);
	nb_assert_fails(collect(path, NULL, false), NB_ESOURCE, text);
	nb_test_write("gone", "", 0644);
	snprintf(text, sizeof text,
		 "error: tree php: cannot open %s: "
		 "Not a directory\n" WITHOUT_TREE,
		 path);
	nb_assert_fails(ops->preflight(&source), NB_ESOURCE, text);
	forget();
}
END_TEST

/* Runs FN as nobody in a child, whose messages must be TEXT. */
static void
assert_refused_as_nobody(const char *text)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		enum nb_err err;

		if (setgid(65534) || setuid(65534))
			_exit(2);
		nb_test_log_clear();
		err = collect(nb_test_path("r"), NULL, false);
		if (strcmp(nb_test_log(), text))
			fprintf(stderr, "%s", nb_test_log());
		_exit(err == NB_ESOURCE && !strcmp(nb_test_log(), text) ? 0
									: 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

START_TEST(what_cannot_be_read_fails_with_its_name)
{
	make_dir("r");
	make_dir("r/sub");
	nb_test_write("r/sub/secret", "x", 0600);
	assert_refused_as_nobody("error: tree php: cannot read sub/secret: "
				 "Permission denied\n"
				 "hint: exclude it, or on_unreadable = "
				 "report\n");
	ck_assert_int_eq(chmod(nb_test_path("r/sub"), 0700), 0);
	assert_refused_as_nobody("error: tree php: cannot open sub: "
				 "Permission denied\n"
				 "hint: exclude it, or on_unreadable = "
				 "report\n");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tree");
	TCase *tc = nb_test_case("tree", 30);

	tcase_add_test(tc, types_and_attributes_are_listed_exactly);
	tcase_add_test(tc, the_directory_above_and_the_record_are_added);
	tcase_add_test(tc, hard_links_share_a_number);
	tcase_add_test(tc, names_are_bytes);
	tcase_add_test(tc, depth_costs_no_descriptors);
	tcase_add_loop_test(tc, patterns_exclude_by_name_or_by_path, 0,
			    (int)(sizeof excludes / sizeof *excludes));
	tcase_add_test(tc, files_beyond_the_limit_are_left_out_and_noted);
	tcase_add_test(tc, files_that_may_change_are_copied_first);
	tcase_add_test(tc, attributes_and_holes_are_listed);
	tcase_add_test(tc, no_link_is_followed_but_the_root);
	tcase_add_test(tc, another_file_system_is_listed_and_not_entered);
	tcase_add_test(tc, a_root_that_is_missing_or_a_file_is_named);
	tcase_add_test(tc, what_cannot_be_read_fails_with_its_name);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
