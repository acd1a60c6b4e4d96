/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/bootarea.h"

#define MIB ((uint64_t)1 << 20)
#define ESP "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
#define BIOS "21686148-6449-6E6F-744E-656564454649"
#define LINUX "0FC63DAF-8483-4772-8E79-3D69D8477DE4"

static char *
text(const char *s)
{
	return (char *)(uintptr_t)s;
}

static void
add(struct nb_disk *disk, struct nb_disk_part part)
{
	part.number = (unsigned int)disk->parts.count + 1;
	nb_assert_ok(nb_array_push(&disk->parts, part));
}

static struct nb_disk
gpt(void)
{
	return (struct nb_disk){ .table = text("gpt"),
				 .id = text("X"),
				 .size = 100 * MIB,
				 .sector = 512 };
}

START_TEST(the_start_reaches_to_the_end_of_all_that_boots)
{
	struct nb_disk disk = gpt();

	ck_assert_uint_eq(nb_disk_boot_end(&disk), MIB);
	add(&disk,
	    (struct nb_disk_part){
		    .start = 2 * MIB, .size = 8 * MIB, .type = text(LINUX) });
	ck_assert_uint_eq(nb_disk_boot_end(&disk), 2 * MIB);
	add(&disk,
	    (struct nb_disk_part){
		    .start = 1 * MIB, .size = MIB, .type = text(BIOS) });
	ck_assert_uint_eq(nb_disk_boot_end(&disk), 2 * MIB);
	add(&disk,
	    (struct nb_disk_part){
		    .start = 10 * MIB, .size = 5 * MIB, .type = text(ESP) });
	ck_assert_uint_eq(nb_disk_boot_end(&disk), 15 * MIB);
	disk.parts.at[0].boot = true;
	ck_assert_uint_eq(nb_disk_boot_end(&disk), 15 * MIB);
	disk.parts.at[0].size = 20 * MIB;
	ck_assert_uint_eq(nb_disk_boot_end(&disk), 22 * MIB);
	ck_assert_uint_eq(nb_disk_end(&disk), 22 * MIB + 33 * 512);
	disk.table = text("dos");
	ck_assert_uint_eq(nb_disk_end(&disk), 22 * MIB);
	nb_array_free(&disk.parts);
}
END_TEST

static struct nb_target_facts
good_facts(const struct nb_disk *disk)
{
	return (struct nb_target_facts){
		.named = "/dev/sdx",
		.again = "/dev/sdx",
		.block = true,
		.whole = true,
		.complete = true,
		.first_device = 5,
		.second_device = 5,
		.size = 100 * MIB,
		.sector = 512,
		.wanted = disk,
	};
}

START_TEST(each_condition_alone_refuses_the_disk)
{
	struct nb_disk disk = gpt();
	struct nb_target_facts f;

	add(&disk, (struct nb_disk_part){ .start = MIB, .size = 98 * MIB });
	f = good_facts(&disk);
	ck_assert_int_eq(nb_target_check(&f), NB_TARGET_PERMIT);
	f.size = 99 * MIB + 33 * 512;
	ck_assert_int_eq(nb_target_check(&f), NB_TARGET_PERMIT);
	f.size--;
	ck_assert_int_eq(nb_target_check(&f), NB_TARGET_TOO_SMALL);
#define REFUSED(field, value, answer) \
	f = good_facts(&disk);        \
	f.field = (value);            \
	ck_assert_int_eq(nb_target_check(&f), (answer))
	REFUSED(again, NULL, NB_TARGET_NOT_NAMED);
	REFUSED(again, "/dev/sdy", NB_TARGET_NOT_NAMED);
	REFUSED(again, "/dev/sd", NB_TARGET_NOT_NAMED);
	REFUSED(block, false, NB_TARGET_NO_BLOCK);
	REFUSED(whole, false, NB_TARGET_PARTITION);
	REFUSED(in_use, true, NB_TARGET_IN_USE);
	REFUSED(second_device, 6, NB_TARGET_CHANGED);
	REFUSED(read_only, true, NB_TARGET_READ_ONLY);
	REFUSED(sector, 4096, NB_TARGET_SECTOR);
	REFUSED(complete, false, NB_TARGET_INCOMPLETE);
#undef REFUSED
	for (int i = 0; i < NB_TARGET_COUNT; i++)
		ck_assert_ptr_nonnull(nb_target_text((enum nb_target)i));
	nb_array_free(&disk.parts);
}
END_TEST

static char *
render(struct nb_bootarea *area)
{
	struct nb_disk_piece piece = {
		.kind = NB_PIECE_START,
		.filters = text("zstd"),
		.bytes = 3 * MIB,
		.file = text("start.img.zst"),
	};
	char *out = NULL;

	memset(piece.sha256, 0xab, sizeof piece.sha256);
	*area = (struct nb_bootarea){ .device = text("/dev/sda"),
				      .disk = gpt() };
	add(&area->disk,
	    (struct nb_disk_part){ .start = MIB,
				   .size = 2 * MIB,
				   .type = text(LINUX),
				   .type_name = text("Linux filesystem"),
				   .uuid = text("u"),
				   .name = text("n\xc3\xa4me"),
				   .bootable = true,
				   .boot = true,
				   .fs = text("ext4"),
				   .fs_uuid = text("v"),
				   .fs_label = text("BOOT") });
	add(&area->disk,
	    (struct nb_disk_part){
		    .start = 4 * MIB, .size = MIB, .container = true });
	nb_assert_ok(nb_array_push(&area->pieces, piece));
	piece.kind = NB_PIECE_BACKUP_GPT;
	piece.filters = NULL;
	piece.offset = 99 * MIB;
	piece.bytes = MIB;
	piece.file = text("gpt-backup.img");
	nb_assert_ok(nb_array_push(&area->pieces, piece));
	nb_assert_ok(nb_bootarea_render(area, &out));
	return out;
}

START_TEST(a_record_is_read_as_it_was_written)
{
	struct nb_bootarea area, back = { .device = NULL };
	char *one = render(&area), *two = NULL;

	nb_assert_ok(nb_bootarea_parse("d", one, strlen(one), &back));
	ck_assert_uint_eq(back.disk.parts.count, 2);
	ck_assert_str_eq(back.disk.parts.at[0].name, "n\xc3\xa4me");
	ck_assert(back.disk.parts.at[0].boot && back.disk.parts.at[0].bootable);
	ck_assert(back.disk.parts.at[1].container);
	ck_assert_ptr_null(back.disk.parts.at[1].fs);
	ck_assert_int_eq(back.pieces.at[1].kind, NB_PIECE_BACKUP_GPT);
	ck_assert_str_eq(back.pieces.at[0].filters, "zstd");
	ck_assert_ptr_null(back.pieces.at[1].filters);
	nb_assert_ok(nb_bootarea_render(&back, &two));
	ck_assert_str_eq(one, two);
	nb_bootarea_clear(&back);
	nb_array_free(&area.disk.parts);
	nb_array_free(&area.pieces);
	free(one);
	free(two);
}
END_TEST

#define PIECE                                                              \
	"{\"kind\": \"%s\", \"file\": \"%s\", \"compression\": \"%s\","    \
	" \"offset\": %d, \"bytes\": 512, \"sha256\": \""                  \
	"abababababababababababababababababababababababababababababababab" \
	"\"}"
#define VERSION_1                                                        \
	"{\"version\": 1, \"device\": \"/dev/sda\", \"table\": \"dos\"," \
	" \"size\": 1048576, \"sector\": 512, \"partitions\": [],"       \
	" \"pieces\": [" PIECE ", " PIECE "]}"

/* As versions before the filters wrote it. */
static char *
version_1(const char *compression)
{
	char *out = NULL;

	ck_assert_int_ge(asprintf(&out, VERSION_1, "start", "start.img.zst",
				  compression, 0, "ebr", "ebr-1.img", "none",
				  1024),
			 0);
	return out;
}

START_TEST(a_record_of_version_1_has_compression_instead_of_filters)
{
	struct nb_bootarea area = { .device = NULL };
	char *old = version_1("zstd"), *new = NULL;

	nb_assert_ok(nb_bootarea_parse("d", old, strlen(old), &area));
	ck_assert_str_eq(area.pieces.at[0].filters, "zstd");
	ck_assert_ptr_null(area.pieces.at[1].filters);
	nb_assert_ok(nb_bootarea_render(&area, &new));
	ck_assert_ptr_nonnull(strstr(new, "\"version\": 2"));
	ck_assert_ptr_null(strstr(new, "compression"));
	nb_bootarea_clear(&area);
	free(old);
	free(new);
	old = version_1("gzip");
	nb_assert_fails(nb_bootarea_parse("d", old, strlen(old), &area),
			NB_ECORRUPT, "error: d: not a disk record\n");
	free(old);
}
END_TEST

/* A disc may be hostile. */
static const struct {
	const char *from, *to;
} damages[] = {
	{ "\"version\": 2", "\"version\": 3" },
	{ "\"version\": 2", "\"version\": 0" },
	{ "\"version\": 2", "\"version\": 1" },
	{ "\"table\": \"gpt\"", "\"table\": \"sun\"" },
	{ "\"table\": \"gpt\"", "\"tables\": \"gpt\"" },
	{ "\"sector\": 512", "\"sector\": 0" },
	{ "\"sector\": 512", "\"sector\": 513" },
	{ "\"sector\": 512", "\"sector\": 1048576" },
	{ "\"size\": 104857600", "\"size\": -1" },
	{ "\"size\": 104857600", "\"size\": 1048576" },
	{ "\"number\": 1", "\"number\": 0" },
	{ "\"number\": 1", "\"number\": 5000" },
	{ "\"size\": 2097152", "\"size\": 1152921504606846976" },
	{ "\"fs\": \"ext4\"", "\"fs\": 4" },
	{ "start.img.zst", "../img.zst" },
	{ "start.img.zst", "start/img.zst" },
	{ "\"kind\": \"start\"", "\"kind\": \"backup-gpt\"" },
	{ "\"kind\": \"backup-gpt\"", "\"kind\": \"start\"" },
	{ "\"kind\": \"backup-gpt\"", "\"kind\": \"other\"" },
	{ "\"zstd\"", "\"Zstd\"" },
	{ "\"zstd\"", "4" },
	{ "\"filters\": [", "\"filters\": 1, \"x\": [" },
	{ "\"offset\": 103809024", "\"offset\": 103809025" },
	{ "\"offset\": 103809024", "\"offset\": 104857600" },
	{ "\"bytes\": 3145728", "\"bytes\": 0" },
	{ "\"bytes\": 3145728", "\"bytes\": 3145729" },
	{ "abababab", "abababa" },
	{ "\"pieces\": [", "\"pieces\": {}, \"x\": [" },
	{ "\"partitions\": [", "\"partitions\": 1, \"x\": [" },
};

START_TEST(what_is_no_record_is_refused)
{
	struct nb_bootarea area, back = { .device = NULL };
	char *good = render(&area), *bad = NULL;
	const char *at = strstr(good, damages[_i].from);

	ck_assert_ptr_nonnull(at);
	ck_assert_int_ge(asprintf(&bad, "%.*s%s%s", (int)(at - good), good,
				  damages[_i].to,
				  at + strlen(damages[_i].from)),
			 0);
	nb_assert_fails(nb_bootarea_parse("d", bad, strlen(bad), &back),
			NB_ECORRUPT, "error: d: not a disk record\n");
	ck_assert_ptr_null(back.device);
	nb_array_free(&area.disk.parts);
	nb_array_free(&area.pieces);
	free(good);
	free(bad);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("bootarea");
	TCase *c = nb_test_case("bootarea", 10);

	tcase_add_test(c, the_start_reaches_to_the_end_of_all_that_boots);
	tcase_add_test(c, each_condition_alone_refuses_the_disk);
	tcase_add_test(c, a_record_is_read_as_it_was_written);
	tcase_add_test(
		c, a_record_of_version_1_has_compression_instead_of_filters);
	tcase_add_loop_test(c, what_is_no_record_is_refused, 0,
			    sizeof damages / sizeof *damages);
	suite_add_tcase(suite, c);
	return nb_test_main(suite);
}
