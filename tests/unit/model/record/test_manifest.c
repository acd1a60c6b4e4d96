/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/str.h"
#include "model/record/file_flags.h"
#include "model/record/manifest.h"

#define ID "00112233445566778899aabbccddeeff"

static struct nb_manifest m;
static struct nb_entries entries;

static struct nb_entry *
add(const char *path, enum nb_entry_type type)
{
	struct nb_entry e = { .type = type,
			      .mode = 0644,
			      .uid = 1000,
			      .gid = 100,
			      .mtime = 1767231000 };

	e.path = strdup(path);
	if (type == NB_ENTRY_FILE) {
		e.hashed = true;
		e.size = strlen(path);
		memset(e.sha256, 0xab, sizeof e.sha256);
	}
	nb_assert_ok(nb_entries_add(&entries, &e));
	return &entries.at[entries.count - 1];
}

static void
set_up(void)
{
	m = (struct nb_manifest){
		.backup_id = "20260101T013000Z-1a2b",
		.generation = 42,
		.job = "nightly",
		.pool = "db",
		.disc = "DB-A",
		.disc_id = ID,
		.host = "pg1.example.org",
		.created = 1767231000,
	};
	entries = (struct nb_entries)NB_ARRAY_INIT;
}

static void
tear_down(void)
{
	nb_manifest_clear(&m);
	nb_entries_free(&entries);
}

static void
assert_same_text(const char *a, const char *b)
{
	ck_assert_int_eq(a == NULL, b == NULL);
	if (a)
		ck_assert_str_eq(a, b);
}

static void
assert_same_entry(const struct nb_entry *a, const struct nb_entry *b)
{
	ck_assert_str_eq(a->path, b->path);
	ck_assert_int_eq(a->type, b->type);
	ck_assert_uint_eq(a->mode, b->mode);
	ck_assert_uint_eq(a->uid, b->uid);
	ck_assert_uint_eq(a->gid, b->gid);
	ck_assert_int_eq(a->mtime, b->mtime);
	ck_assert_uint_eq(a->size, b->size);
	assert_same_text(a->target, b->target);
	assert_same_text(a->filters, b->filters);
	ck_assert_uint_eq(a->plain, b->plain);
	ck_assert_uint_eq(a->rdev, b->rdev);
	ck_assert_uint_eq(a->dev, b->dev);
	ck_assert_uint_eq(a->ino, b->ino);
	ck_assert_uint_eq(a->flags, b->flags);
	ck_assert_int_eq(a->xattrs_cut, b->xattrs_cut);
	ck_assert_int_eq(a->hashed, b->hashed);
	ck_assert_mem_eq(a->sha256, b->sha256, sizeof a->sha256);
}

static void
assert_same_properties(const struct nb_properties *a,
		       const struct nb_properties *b)
{
	ck_assert_uint_eq(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct nb_property *p = &a->at[i], *q = &b->at[i];

		ck_assert_str_eq(p->what, q->what);
		ck_assert_str_eq(p->role, q->role);
		ck_assert_str_eq(p->name, q->name);
		ck_assert_str_eq(p->value, q->value);
		ck_assert_str_eq(p->grantor, q->grantor);
	}
}

static void
assert_same_source(const struct nb_manifest_source *a,
		   const struct nb_manifest_source *b)
{
	ck_assert_str_eq(a->kind, b->kind);
	ck_assert_str_eq(a->name, b->name);
	assert_same_text(a->database, b->database);
	assert_same_text(a->format, b->format);
	assert_same_text(a->path, b->path);
	assert_same_text(a->compression, b->compression);
	assert_same_text(a->server_version, b->server_version);
	assert_same_properties(&a->properties, &b->properties);
	assert_same_properties(&a->counts, &b->counts);
	ck_assert_uint_eq(a->bytes, b->bytes);
	ck_assert_uint_eq(a->stored, b->stored);
}

/* What is rendered comes back the same, and is rendered the same again. */
static void
assert_comes_back(void)
{
	struct nb_entries back = NB_ARRAY_INIT;
	char *text = NULL, *again = NULL;
	struct nb_manifest found;
	size_t n = 0, k = 0;

	nb_assert_ok(nb_manifest_render(&m, &entries, &text, &n));
	ck_assert_uint_eq(strlen(text), n);
	nb_assert_ok(nb_manifest_parse("disc", text, n, &found, &back));
	ck_assert_str_eq(found.backup_id, m.backup_id);
	ck_assert_uint_eq(found.generation, m.generation);
	ck_assert_str_eq(found.job, m.job);
	ck_assert_str_eq(found.pool, m.pool);
	ck_assert_str_eq(found.disc, m.disc);
	ck_assert_str_eq(found.disc_id, m.disc_id);
	ck_assert_str_eq(found.host, m.host);
	ck_assert_int_eq(found.created, m.created);
	ck_assert_uint_eq(found.sources.count, m.sources.count);
	for (size_t i = 0; i < m.sources.count; i++)
		assert_same_source(&found.sources.at[i], &m.sources.at[i]);
	ck_assert_uint_eq(back.count, entries.count);
	for (size_t i = 0; i < back.count; i++)
		assert_same_entry(&back.at[i], &entries.at[i]);
	nb_assert_ok(nb_manifest_render(&found, &back, &again, &k));
	ck_assert_str_eq(again, text);
	free(text);
	free(again);
	nb_manifest_clear(&found);
	nb_entries_free(&back);
}

#define AB8 "abababababababab"
#define AB AB8 AB8 AB8 AB8

START_TEST(a_manifest_has_one_entry_a_line)
{
	struct nb_manifest_source source = { .bytes = 9, .stored = 5 };
	char *text = NULL;
	size_t n;

	source.kind = strdup("postgres");
	source.name = strdup("testdb");
	source.database = strdup("test \"db\"");
	nb_assert_ok(nb_array_push(&m.sources, source));
	add("b", NB_ENTRY_DIR)->mode = 01777;
	add("b/\xff", NB_ENTRY_FILE)->mtime = -1;
	add("l", NB_ENTRY_SYMLINK)->target = strdup("a\nb");
	add("dev", NB_ENTRY_BLOCK)->rdev = makedev(8, 1);
	nb_assert_ok(nb_manifest_render(&m, &entries, &text, &n));
	ck_assert_str_eq(
		text,
		"{\"nightburn_manifest\":1,\"filters\":true,\n"
		"\"backup_id\":\"20260101T013000Z-1a2b\",\"generation\":42,"
		"\"created\":1767231000,\n"
		"\"job\":\"nightly\",\"pool\":\"db\",\"disc\":\"DB-A\","
		"\"disc_id\":\"" ID "\",\"host\":\"pg1.example.org\",\n"
		"\"sources\":[\n"
		"{\"kind\":\"postgres\",\"name\":\"testdb\","
		"\"database\":\"test \\\"db\\\"\",\"bytes\":9,\"stored\":5}\n"
		"],\n"
		"\"files\":[\n"
		"{\"path\":\"b\",\"type\":\"dir\",\"mode\":\"1777\","
		"\"uid\":1000,\"gid\":100,\"mtime\":1767231000},\n"
		"{\"path_hex\":\"622fff\",\"type\":\"file\",\"mode\":\"0644\","
		"\"uid\":1000,\"gid\":100,\"mtime\":-1,\"size\":3,"
		"\"sha256\":\"" AB "\"},\n"
		"{\"path\":\"l\",\"type\":\"symlink\",\"mode\":\"0644\","
		"\"uid\":1000,\"gid\":100,\"mtime\":1767231000,"
		"\"target\":\"a\\nb\"},\n"
		"{\"path\":\"dev\",\"type\":\"block\",\"mode\":\"0644\","
		"\"uid\":1000,\"gid\":100,\"mtime\":1767231000,\"major\":8,"
		"\"minor\":1}\n"
		"]}\n");
	free(text);
}
END_TEST

START_TEST(an_empty_manifest_comes_back)
{
	assert_comes_back();
}
END_TEST

static const char *const names[] = {
	"plain",
	"with space",
	"new\nline",
	"tab\t",
	"\x01\x1f\x7f",
	"quote\"",
	"back\\slash",
	"日本/語",
	"\xff\xfe",
	"half\xe6\x97",
	("surrogate\xed"
	 "\xa0\x80"),
	"-dash",
	"~",
	"...",
	"a/..b/c",
	" ",
	"{\"path\":1}",
};

START_TEST(any_name_comes_back_byte_for_byte)
{
	add(names[_i], NB_ENTRY_FILE);
	add("link", NB_ENTRY_SYMLINK)->target = strdup(names[_i]);
	assert_comes_back();
}
END_TEST

/* Each of its parts has the name. */
START_TEST(properties_come_back_byte_for_byte)
{
	struct nb_manifest_source source = { .kind = strdup("postgres"),
					     .name = strdup("testdb") };
	char *name = strdup(names[_i]), empty[] = "";

	nb_assert_ok(nb_properties_add(
		&source.properties,
		&(struct nb_property){ name, name, name, name, name }));
	nb_assert_ok(nb_properties_add(
		&source.properties,
		&(struct nb_property){ name, empty, empty, empty, empty }));
	nb_assert_ok(nb_properties_add(
		&source.counts,
		&(struct nb_property){ name, empty, name, name, empty }));
	nb_assert_ok(nb_properties_add(
		&source.counts,
		&(struct nb_property){ name, name, name, empty, empty }));
	nb_assert_ok(nb_array_push(&m.sources, source));
	assert_comes_back();
	free(name);
}
END_TEST

START_TEST(a_name_of_255_bytes_of_each_value_comes_back)
{
	char name[256];
	int n = 0;

	for (int c = 1; c < 256; c++)
		if (c != '/')
			name[n++] = (char)c;
	name[n] = '\0';
	add(name, NB_ENTRY_FILE);
	assert_comes_back();
}
END_TEST

START_TEST(entries_of_each_type_come_back_with_their_extremes)
{
	struct nb_entry *e = add("big", NB_ENTRY_FILE);

	e->size = INT64_MAX;
	e->mode = 07777;
	e->uid = e->gid = UINT32_MAX;
	e->mtime = INT64_MIN + 1;
	e->flags = nb_file_flags_known(UINT32_MAX);
	e->xattrs_cut = true;
	ck_assert_uint_eq(e->flags, 0x0283c0ff);
	e = add("empty", NB_ENTRY_FILE);
	e->size = 0;
	e->mode = 0;
	e->mtime = INT64_MAX;
	add("char", NB_ENTRY_CHAR)->rdev = makedev(4095, 1048575);
	add("block", NB_ENTRY_BLOCK)->rdev = makedev(0, 0);
	add("fifo", NB_ENTRY_FIFO);
	add("socket", NB_ENTRY_SOCKET);
	add("dir", NB_ENTRY_DIR);
	add("nowhere", NB_ENTRY_SYMLINK)->target = strdup("");
	add("up", NB_ENTRY_SYMLINK)->target = strdup("../../etc");
	assert_comes_back();
}
END_TEST

static const uint64_t numbers[] = { 1, 1ull << 53, INT64_MAX, 1ull << 63,
				    UINT64_MAX };

START_TEST(hard_links_keep_their_device_and_inode_of_any_size)
{
	for (int i = 0; i < 2; i++) {
		struct nb_entry *e = add(i ? "two" : "one", NB_ENTRY_FILE);

		e->ino = numbers[_i];
		e->dev = numbers[_i] - 1;
	}
	assert_comes_back();
}
END_TEST

START_TEST(ten_thousand_entries_come_back)
{
	char path[64];

	for (int i = 0; i < 10000; i++) {
		snprintf(path, sizeof path, i % 10 ? "d/%d" : "d/\xff%d", i);
		add(path, i % 3 ? NB_ENTRY_FILE : NB_ENTRY_DIR);
	}
	assert_comes_back();
}
END_TEST

START_TEST(all_members_of_a_source_come_back)
{
	struct nb_manifest_source all = { .bytes = INT64_MAX, .stored = 1 };
	struct nb_manifest_source few = { 0 };

	all.kind = strdup("postgres");
	all.name = strdup("sales");
	all.database = strdup("b\xff");
	all.format = strdup("custom");
	all.path = strdup("id/postgres/b\xff.dump");
	all.compression = strdup("zstd");
	all.server_version = strdup("15.18");
	few.kind = strdup("tree");
	few.name = strdup("php");
	nb_assert_ok(nb_array_push(&m.sources, all));
	nb_assert_ok(nb_array_push(&m.sources, few));
	assert_comes_back();
}
END_TEST

START_TEST(a_hash_that_is_not_known_yet_has_its_room_already)
{
	struct nb_entry *e = add("f", NB_ENTRY_FILE);
	char *before = NULL, *after = NULL;
	size_t n = 0, k = 1;

	e->hashed = false;
	nb_assert_ok(nb_manifest_render(&m, &entries, &before, &n));
	ck_assert_ptr_nonnull(strstr(before, "\"sha256\":\"00000000"));
	e->hashed = true;
	nb_assert_ok(nb_manifest_render(&m, &entries, &after, &k));
	ck_assert_ptr_nonnull(strstr(after, "\"sha256\":\"" AB "\""));
	ck_assert_uint_eq(n, k);
	free(before);
	free(after);
}
END_TEST

START_TEST(an_unknown_hash_comes_back_as_unknown)
{
	struct nb_entry *e = add("f", NB_ENTRY_FILE);

	e->hashed = false;
	memset(e->sha256, 0, sizeof e->sha256);
	assert_comes_back();
}
END_TEST

START_TEST(the_manifest_and_the_sums_are_not_in_the_manifest)
{
	char *text = NULL;
	size_t n;

	add(NB_MANIFEST_PATH, NB_ENTRY_FILE);
	add("nightburn/label.json", NB_ENTRY_FILE);
	add(NB_SUMS_PATH, NB_ENTRY_FILE);
	nb_assert_ok(nb_manifest_render(&m, &entries, &text, &n));
	ck_assert_ptr_null(strstr(text, "manifest.json"));
	ck_assert_ptr_null(strstr(text, "SHA256SUMS"));
	ck_assert_ptr_nonnull(strstr(text, "[\n{\"path\":\"nightburn/label"));
	free(text);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

int
main(void)
{
	Suite *suite = suite_create("manifest");
	TCase *tc = nb_test_case("manifest", 20);

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_manifest_has_one_entry_a_line);
	tcase_add_test(tc, an_empty_manifest_comes_back);
	tcase_add_loop_test(tc, any_name_comes_back_byte_for_byte, 0,
			    COUNT(names));
	tcase_add_loop_test(tc, properties_come_back_byte_for_byte, 0,
			    COUNT(names));
	tcase_add_test(tc, a_name_of_255_bytes_of_each_value_comes_back);
	tcase_add_test(tc, entries_of_each_type_come_back_with_their_extremes);
	tcase_add_loop_test(tc,
			    hard_links_keep_their_device_and_inode_of_any_size,
			    0, COUNT(numbers));
	tcase_add_test(tc, ten_thousand_entries_come_back);
	tcase_add_test(tc, all_members_of_a_source_come_back);
	tcase_add_test(tc, a_hash_that_is_not_known_yet_has_its_room_already);
	tcase_add_test(tc, an_unknown_hash_comes_back_as_unknown);
	tcase_add_test(tc, the_manifest_and_the_sums_are_not_in_the_manifest);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
