/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "../support.h"
#include "base/str.h"
#include "model/config/build.h"
#include "model/remote.h"
#include "model/wire.h"
#include "source/postgres/options.h"
#include "source/tree/options.h"

/* ---- frames ---- */

#define HELLO "nightburn-remote 1\n"

struct seen {
	struct nb_str text; /* "A[body] D[bytes] ..." */
	size_t data;
	bool ended;   /* by its last frame */
	char stop_at; /* this frame is refused */
};

static enum nb_err
see(void *ctx, char type, const char *body, size_t n)
{
	struct seen *seen = ctx;

	if (type == NB_REMOTE_DATA)
		seen->data += n;
	else
		ck_assert(body[n] == '\0');
	nb_str_addf(&seen->text, "%c[%.*s]", type, (int)n, body);
	seen->ended |= type == NB_REMOTE_END;
	return type == seen->stop_at ? NB_ECANCELED : NB_OK;
}

static enum nb_err
feed(struct seen *seen, const char *bytes, size_t n, size_t step)
{
	struct nb_wire wire = {
		.peer = "db2", .protocol = 1, .fn = see, .ctx = seen
	};
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < n; i += step)
		err = nb_wire_feed(&wire, bytes + i,
				   n - i < step ? n - i : step);
	if (!err)
		err = seen->ended ? NB_OK : NB_ENOTFOUND;
	nb_wire_clear(&wire);
	return err;
}

START_TEST(frames_come_whole_however_the_bytes_come)
{
	static const char bytes[] = HELLO "M\0\0\0\3one"
					  "A\0\0\0\0"
					  "D\0\0\0\5bytes"
					  "Z\0\0\0\1z";

	for (size_t step = 1; step < sizeof bytes; step++) {
		struct seen seen = { .data = 0 };

		nb_assert_ok(feed(&seen, bytes, sizeof bytes - 1, step));
		ck_assert_uint_eq(seen.data, 5);
		if (step == sizeof bytes - 1)
			ck_assert_str_eq(seen.text.text,
					 "M[one]A[]D[bytes]Z[z]");
		nb_str_free(&seen.text);
	}
}
END_TEST

static const struct {
	const char *bytes;
	size_t n;
	enum nb_err err;
	const char *log;
} streams[] = {
#define STREAM(text) text, sizeof text - 1
	{ STREAM(""), NB_ENOTFOUND, "" },
	{ STREAM("nightburn-rem"), NB_ENOTFOUND, "" },
	{ STREAM(HELLO "M\0\0"), NB_ENOTFOUND, "" },
	{ STREAM(HELLO "M\0\0\0\3on"), NB_ENOTFOUND, "" },
	{ STREAM(HELLO "Z\0\0\0\0"), NB_ECANCELED, "" },
	{ STREAM("\n"), NB_ESOURCE,
	  "error: db2: answers \"\", which is not nightburn\nhint: login "
	  "scripts on that host must print nothing "
	  "without a terminal\n" },
	{ STREAM("nightburn-remote 2\n"), NB_ESOURCE,
	  "error: db2: uses protocol 2, this nightburn uses 1\nhint: install "
	  "the "
	  "same version on both hosts\n" },
	{ STREAM("nightburn-remote 99999999999\n"), NB_ESOURCE,
	  "error: db2: answers \"nightburn-remote 99999999999\", which is not "
	  "nightburn\nhint: login scripts on that host must print nothing "
	  "without a terminal\n" },
	{ STREAM("nightburn-remote -1\n"), NB_ESOURCE,
	  "error: db2: answers \"nightburn-remote -1\", which is not "
	  "nightburn\nhint: login scripts on that host must print nothing "
	  "without a terminal\n" },
	{ STREAM("0123456789012345678901234567890123456789012345678901234567"
		 "890123456789"),
	  NB_ESOURCE,
	  "error: db2: answers \"0123456789012345678901234567890123456789\", "
	  "which is not nightburn\nhint: login scripts on that host must print "
	  "nothing without a terminal\n" },
	{ STREAM(HELLO "M\0\100\0\1"), NB_ESOURCE,
	  "error: db2: sent an invalid frame\n" },
	{ STREAM(HELLO "D\1\0\0\1"), NB_ESOURCE,
	  "error: db2: sent an invalid frame\n" },
	{ STREAM(HELLO "\0\0\0\0\0"), NB_ESOURCE,
	  "error: db2: sent an invalid frame\n" },
	{ STREAM(HELLO "m\0\0\0\0"), NB_ESOURCE,
	  "error: db2: sent an invalid frame\n" },
};

START_TEST(a_stream_that_is_none_is_refused)
{
	struct seen seen = { .stop_at = 'Z' };

	nb_assert_fails(feed(&seen, streams[_i].bytes, streams[_i].n, 7),
			streams[_i].err, streams[_i].log);
	nb_str_free(&seen.text);
}
END_TEST

/* ---- requests ---- */

static struct nb_remote_request
parsed(const char *text)
{
	struct nb_remote_request r = { .date = 0 };

	nb_assert_ok(nb_remote_request_parse(text, strlen(text),
					     nb_source_kinds, &r));
	return r;
}

START_TEST(a_request_arrives_as_it_was_made)
{
	struct nb_remote_request r = { .task = "postgres-dump", .date = 7 };
	struct nb_pg_options *pg;
	char *text = NULL;

	nb_assert_ok(
		nb_config_source_begin(&nb_source_postgres.kind, &r.source));
	pg = r.source.options;
	r.source.name = strdup("sales");
	r.database = strdup("\xff sales");
	pg->database = strdup("sales");
	pg->conninfo = strdup("host=x password='y'");
	pg->run_as = strdup("postgres");
	pg->all = true;
	pg->format = NB_FORMAT_PLAIN;
	pg->compress = (struct nb_compress){ NB_COMPRESSION_ZSTD, 7 };
	pg->max_size = 5000000000;
	pg->timeout = 99;
	pg->pg_restore = strdup("/bin/pg_restore");
	pg->min_ratio = 0.25;
	pg->remote.host = strdup("db2");
	nb_assert_ok(nb_remote_request_render(&r, &text));
	ck_assert_str_eq(text,
			 "{\"task\":\"postgres-dump\",\"name\":\"sales\","
			 "\"options\":{\"conninfo\":[\"host=x password='y'\"],"
			 "\"run_as\":[\"postgres\"],\"all\":[\"true\"],"
			 "\"format\":[\"plain\"],\"compress\":[\"zstd:7\"],"
			 "\"timeout\":[\"99\"],\"max_size\":[\"5000000000\"]},"
			 "\"sizes\":false,\"backup_id\":\"\",\"date\":7,"
			 "\"database_hex\":\"ff2073616c6573\"}");
	nb_remote_request_clear(&r);
	r = parsed(text);
	ck_assert_str_eq(r.task, "postgres-dump");
	ck_assert_str_eq(r.database, "\xff sales");
	pg = r.source.options;
	ck_assert_str_eq(pg->conninfo, "host=x password='y'");
	ck_assert_int_eq(pg->format, NB_FORMAT_PLAIN);
	ck_assert_int_eq(pg->compress.method, NB_COMPRESSION_ZSTD);
	ck_assert_int_eq(pg->compress.level, 7);
	ck_assert_uint_eq(pg->max_size, 5000000000);
	ck_assert(pg->all && !pg->globals_only && !pg->pg_restore);
	ck_assert_ptr_null(pg->remote.host);
	nb_remote_request_clear(&r);
	free(text);
}
END_TEST

START_TEST(patterns_arrive_in_their_order)
{
	struct nb_remote_request r =
		parsed("{\"task\":\"tree\",\"name\":\"t\",\"sizes\":false,"
		       "\"backup_id\":\"x\",\"date\":1,\"options\":{\"path\":"
		       "[\"/a\"],\"exclude\":[\"z\",\"a\",\"!b\"]}}");
	char *text = NULL;

	ck_assert_uint_eq(nb_tree_options(&r.source)->rules.exclude.count, 3);
	ck_assert_str_eq(nb_tree_options(&r.source)->rules.exclude.at[2], "!b");
	nb_assert_ok(nb_remote_request_render(&r, &text));
	ck_assert_ptr_nonnull(strstr(text, "\"exclude\":[\"z\",\"a\",\"!b\"]"));
	nb_remote_request_clear(&r);
	free(text);
}
END_TEST

#define TREE(options)                                        \
	"{\"task\":\"tree\",\"name\":\"t\",\"sizes\":false," \
	"\"backup_id\":\"x\",\"date\":1,\"options\":{" options "}}"
#define NO_OPTION(name)                                                      \
	"error: remote: option " name " is not accepted from "               \
	"another host\nhint: install the same version of nightburn on both " \
	"hosts\n"

static const struct {
	const char *text, *log;
} refused[] = {
	{ "{}", "error: remote: no such task\n" },
	{ "{\"task\":\"shell\"}", "error: remote: no such task\n" },
	{ "{\"task\":7}", "error: remote: no such task\n" },
	{ "{\"task\":\"tree\"}", "error: remote: not a nightburn request\n" },
	{ "{\"task\":\"tree\",\"name\":\"../x\",\"options\":{}}",
	  "error: remote: not a nightburn request\n" },
	{ TREE(""), "error: remote: a tree without a path\n" },
	{ TREE("\"path\":[\"/a\"],\"shell\":[\"x\"]"), NO_OPTION("shell") },
	{ TREE("\"path\":[\"/a\"],\"host\":[\"x\"]"), NO_OPTION("host") },
	{ TREE("\"path\":[\"/a\"],\"ssh\":[\"/bin/sh\"]"), NO_OPTION("ssh") },
	{ TREE("\"path\":[\"/a\"],\"pack\":[\"tar.zst\"]"), NO_OPTION("pack") },
	{ TREE("\"path\":[\"a\"]"),
	  "error: remote: path is \"a\"; expected "
	  "an absolute path\n" },
	{ TREE("\"path\":[7]"),
	  "error: remote: path is \"\"; expected an "
	  "absolute path\n" },
	{ TREE("\"path\":\"/a\""),
	  "error: remote: path does not take a list of values\n" },
	{ TREE("\"path\":[\"/a\",\"/b\"]"),
	  "error: remote: path does not take a list of values\n" },
	{ TREE("\"path\":[\"/a\"],\"exclude\":[]"),
	  "error: remote: exclude "
	  "does not take a list of values\n" },
	{ "{\"task\":\"tree\",\"name\":\"t\",\"sizes\":false,\"backup_id\":"
	  "\"../x\",\"date\":1,\"options\":{\"path\":[\"/a\"]}}",
	  "error: remote: not a nightburn request\n" },
	{ "{\"task\":\"postgres-dump\",\"name\":\"t\",\"sizes\":false,"
	  "\"backup_id\":\"\",\"date\":1,\"options\":{\"pg_dump\":"
	  "[\"/tmp/evil\"]}}",
	  NO_OPTION("pg_dump") },
	{ "{\"task\":\"postgres-dump\",\"name\":\"t\",\"sizes\":false,"
	  "\"backup_id\":\"\",\"date\":1,\"database_hex\":\"6100\","
	  "\"options\":{}}",
	  "error: remote: not a nightburn request\n" },
};

START_TEST(a_request_that_is_none_is_refused)
{
	struct nb_remote_request r = { .date = 0 };

	nb_assert_fails(nb_remote_request_parse(refused[_i].text,
						strlen(refused[_i].text),
						nb_source_kinds, &r),
			NB_EUSAGE, refused[_i].log);
	ck_assert_ptr_null(r.source.name);
}
END_TEST

/* ---- answers ---- */

START_TEST(answers_and_ends_arrive_as_they_were_made)
{
	char empty[] = "", what[] = "comment", value[] = "\xe9";
	struct nb_property p = { what, empty, empty, value, empty };
	struct nb_remote_database d = { .name = (char *)(uintptr_t) "a \xfe",
					.size = 12,
					.left_out = (char *)(uintptr_t) "why",
					.properties = { &p, 1, 1 } };
	struct nb_remote_answer a = { .version = 150020,
				      .version_text =
					      (char *)(uintptr_t) "15.20",
				      .system = (char *)(uintptr_t) "7001",
				      .behind = 90061,
				      .databases = { &d, 1, 1 } },
				back;
	struct nb_remote_end end = { .good = true,
				     .bytes = 3,
				     .sha256 = { 1, 2 } },
			     ended;
	char *text = NULL;

	nb_assert_ok(nb_remote_answer_render(&a, &text));
	ck_assert(nb_remote_answer_parse(text, strlen(text), &back));
	free(text);
	ck_assert_int_eq(back.version, 150020);
	ck_assert_str_eq(back.version_text, "15.20");
	ck_assert_str_eq(back.system, "7001");
	ck_assert_uint_eq(back.behind, 90061);
	ck_assert_uint_eq(back.databases.count, 1);
	ck_assert_str_eq(back.databases.at[0].name, "a \xfe");
	ck_assert_uint_eq(back.databases.at[0].size, 12);
	ck_assert_str_eq(back.databases.at[0].left_out, "why");
	ck_assert_uint_eq(back.databases.at[0].properties.count, 1);
	ck_assert_str_eq(back.databases.at[0].properties.at[0].what, what);
	ck_assert_str_eq(back.databases.at[0].properties.at[0].role, "");
	ck_assert_str_eq(back.databases.at[0].properties.at[0].value, value);
	nb_remote_answer_clear(&back);
	nb_assert_ok(nb_remote_end_render(&end, &text));
	ck_assert(nb_remote_end_parse(text, strlen(text), &ended));
	free(text);
	ck_assert(ended.good && ended.bytes == 3);
	ck_assert_mem_eq(ended.sha256, end.sha256, NB_SHA256_SIZE);
}
END_TEST

static const char *const no_answers[] = {
	"",
	"7",
	"[]",
	"{}",
	"{\"version\":-1,\"version_text\":\"\","
	"\"databases\":[]}",
	"{\"version\":1,\"version_text\":\"\"}",
	"{\"version\":1,\"version_text\":\"\",\"databases\":[],"
	"\"behind\":20000000000}",
	"{\"version\":1,\"version_text\":\"\",\"databases\":[],"
	"\"behind\":\"1\"}",
	"{\"version\":1e9,\"version_text\":\"\",\"databases\":[]}",
	"{\"version\":1,\"version_text\":\"\",\"databases\":[{}]}",
	"{\"version\":1,\"version_text\":\"\",\"databases\":[{\"name_hex\":"
	"\"0061\",\"size\":1}]}",
	"{\"version\":1,\"version_text\":\"\",\"databases\":[{\"name_hex\":"
	"\"6\",\"size\":1}]}",
	"{\"version\":1,\"version_text\":\"\",\"databases\":[{\"name_hex\":"
	"\"61\",\"size\":-1}]}",
	"{\"good\":true,\"bytes\":1,\"sha256\":\"00\"}",
	"{\"good\":1,\"bytes\":1}",
};

START_TEST(an_answer_that_is_none_is_refused)
{
	struct nb_remote_answer answer;
	struct nb_remote_end end;
	const char *text = no_answers[_i];

	ck_assert(!nb_remote_answer_parse(text, strlen(text), &answer));
	ck_assert(!nb_remote_end_parse(text, strlen(text), &end));
}
END_TEST

/* ---- chance ---- */

static uint64_t state = 88172645463325252u;

static uint32_t
chance(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % below;
}

START_TEST(nonsense_does_no_harm)
{
	static const char sound[] = HELLO "M\0\0\0\3one"
					  "D\0\0\0\5bytes"
					  "E\0\0\0\2{}"
					  "Z\0\0\0\1z";
	char bytes[sizeof sound];
	int whole = 0;

	for (int i = 0; i < 20000; i++) {
		struct seen seen = { .data = 0 };
		size_t n = sizeof sound - 1 - chance(4) * chance(12);

		memcpy(bytes, sound, sizeof sound);
		for (uint32_t k = chance(4); k; k--)
			bytes[sizeof HELLO - 1
			      + chance(sizeof sound - sizeof HELLO)] =
				(char)chance(256);
		whole += feed(&seen, bytes, n, 1 + chance(30)) == NB_OK;
		nb_str_free(&seen.text);
		nb_test_log_clear();
	}
	ck_assert_int_gt(whole, 1000);
	ck_assert_int_lt(whole, 19000);
}
END_TEST

START_TEST(a_broken_request_is_refused_or_sound)
{
	static const char sound[] = TREE("\"path\":[\"/a\"],\"exclude\":"
					 "[\"b\"],\"one_file_system\":"
					 "[\"true\"]");
	char bytes[sizeof sound];

	for (int i = 0; i < 5000; i++) {
		struct nb_remote_request r = { .date = 0 };

		memcpy(bytes, sound, sizeof sound);
		for (uint32_t k = 1 + chance(3); k; k--)
			bytes[chance(sizeof sound - 1)] = (char)chance(128);
		if (!nb_remote_request_parse(bytes, sizeof sound - 1,
					     nb_source_kinds, &r)) {
			ck_assert(nb_tree_options(&r.source)->path[0] == '/');
			ck_assert(!strchr(r.above, '/'));
		}
		nb_remote_request_clear(&r);
		nb_test_log_clear();
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("remote");
	TCase *tc = nb_test_case("remote", 30);

	tcase_add_test(tc, frames_come_whole_however_the_bytes_come);
	tcase_add_loop_test(tc, a_stream_that_is_none_is_refused, 0,
			    sizeof streams / sizeof *streams);
	tcase_add_test(tc, a_request_arrives_as_it_was_made);
	tcase_add_test(tc, patterns_arrive_in_their_order);
	tcase_add_loop_test(tc, a_request_that_is_none_is_refused, 0,
			    sizeof refused / sizeof *refused);
	tcase_add_test(tc, answers_and_ends_arrive_as_they_were_made);
	tcase_add_loop_test(tc, an_answer_that_is_none_is_refused, 0,
			    sizeof no_answers / sizeof *no_answers);
	tcase_add_test(tc, nonsense_does_no_harm);
	tcase_add_test(tc, a_broken_request_is_refused_or_sound);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
