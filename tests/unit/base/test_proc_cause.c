/* SPDX-License-Identifier: GPL-2.0-or-later */
/* With what the programs really print. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "base/proc.h"

#define NO_ROLE                                                     \
	"pg_restore: error: could not execute query: ERROR:  role " \
	"\"app\" does not exist"
#define CONFLICT "ERROR:  canceling statement due to conflict with recovery"
#define CONFLICT_DETAIL                                              \
	"DETAIL:  User query might have needed to see row versions " \
	"that must be removed."
#define LOST                                                           \
	"pg_dump: error: Dumping the contents of table \"t\" failed: " \
	"PQgetResult() failed."
#define SOCKET                                                                \
	"psql: error: connection to server at \"127.0.0.1\", port 9 failed: " \
	"Connection refused"

static const struct {
	const char *errors, *cause;
} cases[] = {
	{ "", "" },
	{ "one\ntwo\n", "one (and 1 more line)" },
	{ "  only  \n", "only" },
	/* pg_restore */
	{ NO_ROLE "\nCommand was: ALTER SCHEMA a OWNER TO app;\n\n", NO_ROLE },
	{ "pg_restore: while PROCESSING TOC:\n"
	  "pg_restore: from TOC entry 6; 2615 16387 SCHEMA a app\n" NO_ROLE
	  "\nCommand was: ALTER SCHEMA a OWNER TO app;\n\n" NO_ROLE
	  "\nCommand was: CREATE FUNCTION f() RETURNS void AS $$\n\n"
	  "ERROR: no error\n$$;\n\n" NO_ROLE "\nCommand was: X\n\n"
	  "pg_restore: warning: errors ignored on restore: 3\n",
	  NO_ROLE " (and 2 more errors)" },
	/* pg_dump, since PostgreSQL 14 and before */
	{ LOST "\npg_dump: detail: Error message from server: " CONFLICT
	       "\n" CONFLICT_DETAIL
	       "\npg_dump: detail: Command was: COPY public.t (n) TO stdout;\n",
	  LOST "; pg_dump: detail: Error message from server: " CONFLICT
	       "; " CONFLICT_DETAIL },
	{ LOST "\npg_dump: error: Error message from server: " CONFLICT
	       "\n" CONFLICT_DETAIL
	       "\npg_dump: error: The command was: COPY public.t TO stdout;\n",
	  LOST "; pg_dump: error: Error message from server: " CONFLICT
	       "; " CONFLICT_DETAIL },
	{ "pg_dump: warning: there are circular foreign-key constraints on "
	  "this table:\npg_dump: error: lost\n",
	  "pg_dump: error: lost" },
	/* psql */
	{ "psql:<stdin>:5: ERROR:  invalid input syntax for type integer: "
	  "\"x\"\nCONTEXT:  COPY t, line 2, column n: \"x\"\n"
	  "psql:<stdin>:6: ERROR:  duplicate key\n"
	  "DETAIL:  Key (n)=(1) already exists.\n"
	  "psql:<stdin>:7: ERROR:  syntax error at or near \"selec\"\n"
	  "LINE 1: selec;\n        ^\n",
	  "psql:<stdin>:5: ERROR:  invalid input syntax for type integer: "
	  "\"x\"; CONTEXT:  COPY t, line 2, column n: \"x\" "
	  "(and 2 more errors)" },
	{ "psql:<stdin>:3: FEHLER:  Relation fehlt\n",
	  "psql:<stdin>:3: FEHLER:  Relation fehlt" },
	{ SOCKET "\n\tIs the server running on that host and accepting TCP/IP "
		 "connections?\n",
	  SOCKET "; Is the server running on that host and accepting TCP/IP "
		 "connections?" },
	/* rsync */
	{ "rsync: [sender] link_stat \"/a\" failed: No such file or directory "
	  "(2)\nrsync: [Receiver] ERROR: cannot stat destination \"/x\": Not a "
	  "directory (20)\nrsync error: errors selecting input/output files, "
	  "dirs (code 3) at main.c(789) [Receiver=3.5.0]\n",
	  "rsync: [sender] link_stat \"/a\" failed: No such file or directory "
	  "(2) (and 1 more error)" },
	{ "rsync error: unexplained error (code 255) at rsync.c(1)\n",
	  "rsync error: unexplained error (code 255) at rsync.c(1)" },
	/* mdadm, lvm, mount */
	{ "mdadm: cannot open /dev/md9: No such file or directory\n",
	  "mdadm: cannot open /dev/md9: No such file or directory" },
	{ "File descriptor 10 (/dev/null) leaked on lvs invocation. Parent PID "
	  "5501: bash\n  WARNING: Device /dev/sdb is missing\n"
	  "  Volume group \"vg9\" not found\n"
	  "  Cannot process volume group vg9\n",
	  "Volume group \"vg9\" not found (and 1 more line)" },
	{ "mount: /mnt: special device /dev/x does not exist.\n       dmesg(1) "
	  "may have more information after failed mount system call.\n",
	  "mount: /mnt: special device /dev/x does not exist." },
	/* ssh, after the banner of a host; zstd */
	{ "Authorized users only.\r\n\r\n"
	  "Warning: Permanently added 'h' (ED25519) to the list of known "
	  "hosts.\r\nssh: connect to host h port 22: Connection refused\r\n",
	  "ssh: connect to host h port 22: Connection refused" },
	{ "zstd: /*stdin*\\: unsupported format \n",
	  "zstd: /*stdin*\\: unsupported format" },
	{ "WARNING: only this\n", "WARNING: only this" },
};

START_TEST(the_first_error_is_the_cause)
{
	char *cause = NULL;

	nb_assert_ok(nb_proc_cause(cases[_i].errors, &cause));
	ck_assert_str_eq(cause, cases[_i].cause);
	free(cause);
}
END_TEST

START_TEST(a_long_cause_ends_between_characters)
{
	char errors[6001] = "", *cause = NULL;
	size_t n;

	for (size_t i = 0; i < 2000; i++)
		memcpy(errors + 3 * i, "\xe6\x97\xa5", 4);
	nb_assert_ok(nb_proc_cause(errors, &cause));
	n = strlen(cause);
	ck_assert_uint_eq(n, 1998 + 3);
	ck_assert_str_eq(cause + n - 6, "\xe6\x97\xa5...");
	free(cause);
}
END_TEST

static char told[256];

static void
keep_debug(void *ctx, enum nb_level level, const char *message)
{
	(void)ctx;
	if (level == NB_DEBUG)
		strcat(strcat(told, message), "|");
}

START_TEST(everything_that_was_said_is_in_the_debug_log)
{
	struct nb_proc_result result = { .exit_code = 1 };

	told[0] = '\0';
	nb_set_log(keep_debug, NULL);
	result.errors = strdup("pg_dump: error: a\n\n  b");
	ck_assert_int_eq(nb_proc_check("x", &result, NB_EFAIL), NB_EFAIL);
	ck_assert_str_eq(told, "x: pg_dump: error: a|x: b|");
	nb_proc_result_free(&result);
	nb_set_log(NULL, NULL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("proc_cause");
	TCase *tc = tcase_create("proc_cause");

	tcase_add_loop_test(tc, the_first_error_is_the_cause, 0,
			    sizeof cases / sizeof *cases);
	tcase_add_test(tc, a_long_cause_ends_between_characters);
	tcase_add_test(tc, everything_that_was_said_is_in_the_debug_log);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
