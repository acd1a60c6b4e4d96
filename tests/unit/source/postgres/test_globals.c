/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which statements of pg_dumpall's globals are executed, and names of databases
 * that are replaced. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "source/postgres/restore/private.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)

/* The server has the roles "postgres", "old" and "Odd;""one", and the tablespace
 * "space". */
static enum nb_err
select_from(const char *text, char **script, struct nb_names *left)
{
	struct nb_names roles = NB_ARRAY_INIT, spaces = NB_ARRAY_INIT;
	enum nb_err err;

	nb_assert_ok(nb_pg_parse_names("postgres;\nold;\n\"Odd;\"\"one\";\n",
				       &roles));
	ck_assert_uint_eq(roles.count, 3);
	ck_assert_str_eq(roles.at[2], "Odd;\"one");
	nb_assert_ok(nb_names_add(&spaces, "space"));
	err = nb_pg_globals_script(text, &roles, &spaces, script, left);
	nb_names_free(&roles);
	nb_names_free(&spaces);
	return err;
}

/* IN becomes OUT, and LEFT is left. */
static const struct {
	const char *in, *out, *left;
} scripts[] = {
	{ "", "", "" },
	{ "--\n-- a 'comment';\n--\n\\restrict abc\n\nSET "
	  "standard_conforming_strings = on;\n\\unrestrict abc\n",
	  "SET standard_conforming_strings = on;\n", "" },
	{ "CREATE ROLE new;\nALTER ROLE new WITH LOGIN PASSWORD 'a;\"b''c';\n",
	  "CREATE ROLE new;\nALTER ROLE new WITH LOGIN PASSWORD "
	  "'a;\"b''c';\n",
	  "" },
	{ "CREATE ROLE old;\nALTER ROLE old WITH PASSWORD 'x;y';\nALTER ROLE "
	  "old SET work_mem TO '1MB';\nCOMMENT ON ROLE old IS 'a;\n\\! b';\n"
	  "SECURITY LABEL FOR p ON ROLE old IS 'l';\n",
	  "", "role old" },
	{ "CREATE ROLE \"Odd;\"\"one\";\nALTER ROLE \"Odd;\"\"one\" WITH "
	  "LOGIN;\nCREATE ROLE \"Odd\";\n",
	  "CREATE ROLE \"Odd\";\n", "role Odd;\"one" },
	{ "ALTER ROLE old SET a TO E'\\\\\\';\\\\';\nCREATE ROLE b;\n",
	  "CREATE ROLE b;\n", "" },
	/* A new member, a new role, neither. */
	{ "GRANT old TO new GRANTED BY postgres;\nGRANT new TO old WITH ADMIN "
	  "OPTION GRANTED BY postgres;\nGRANT old TO postgres;\n",
	  "GRANT old TO new GRANTED BY postgres;\nGRANT new TO old WITH ADMIN "
	  "OPTION GRANTED BY postgres;\n",
	  "" },
	{ "GRANT SET ON PARAMETER a.b TO new;\nGRANT SET ON PARAMETER a TO "
	  "old;\n",
	  "GRANT SET ON PARAMETER a.b TO new;\n", "" },
	{ "CREATE TABLESPACE space OWNER new LOCATION '/x';\nALTER TABLESPACE "
	  "space SET (a = 1);\nREVOKE ALL ON TABLESPACE space FROM PUBLIC;\n"
	  "GRANT ALL ON TABLESPACE space TO new;\nCOMMENT ON TABLESPACE "
	  "space IS 'c';\n",
	  "", "tablespace space" },
};

START_TEST(what_exists_is_not_altered)
{
	struct nb_names left = NB_ARRAY_INIT;
	char *script = NULL, *expected = NULL;

	nb_assert_ok(select_from(scripts[_i].in, &script, &left));
	nb_assert_ok(nb_str_format(&expected, "BEGIN;\n%sCOMMIT;\n",
				   scripts[_i].out));
	ck_assert_str_eq(script, expected);
	ck_assert_str_eq(left.count ? left.at[0] : "", scripts[_i].left);
	ck_assert_uint_le(left.count, 1);
	nb_names_free(&left);
	free(script);
	free(expected);
}
END_TEST

START_TEST(without_tablespaces_only_roles_are_left)
{
	struct nb_names none = NB_ARRAY_INIT, left = NB_ARRAY_INIT;
	char *script = NULL;

	nb_assert_ok(nb_pg_globals_script(
		"CREATE ROLE a;\nALTER ROLE a SET default_tablespace TO 'b';\n"
		"CREATE TABLESPACE b OWNER a LOCATION '/b';\nALTER TABLESPACE "
		"b SET (seq_page_cost = 2);\nGRANT ALL ON TABLESPACE b TO a;\n"
		"REVOKE ALL ON TABLESPACE b FROM PUBLIC;\nCOMMENT ON "
		"TABLESPACE b IS 'x';\nSECURITY LABEL FOR p ON TABLESPACE b "
		"IS 'l';\nGRANT a TO tablespace;\n",
		&none, NULL, &script, &left));
	ck_assert_str_eq(script,
			 "BEGIN;\nCREATE ROLE a;\nALTER ROLE a SET "
			 "default_tablespace TO 'b';\nGRANT a TO "
			 "tablespace;\nCOMMIT;\n");
	ck_assert_uint_eq(left.count, 0);
	free(script);
}
END_TEST

START_TEST(a_tablespace_is_created_outside_of_the_transaction)
{
	struct nb_names left = NB_ARRAY_INIT;
	char *script = NULL;

	nb_assert_ok(select_from("CREATE ROLE a;\nCREATE TABLESPACE b OWNER a "
				 "LOCATION '/b';\nGRANT ALL ON TABLESPACE b TO "
				 "old;\nCREATE TABLESPACE c LOCATION '/c';\n",
				 &script, &left));
	ck_assert_str_eq(script,
			 "BEGIN;\nCREATE ROLE a;\nCOMMIT;\nCREATE TABLESPACE b "
			 "OWNER a LOCATION '/b';\nGRANT ALL ON TABLESPACE b TO "
			 "old;\nCREATE TABLESPACE c LOCATION '/c';\n");
	nb_names_free(&left);
	free(script);
}
END_TEST

static const char *const wrong[] = {
	"CREATE ROLE a",
	"CREATE ROLE \"a;\n",
	"ALTER ROLE a WITH PASSWORD 'a;\n",
	"\\! touch /tmp/x\n",
	"CREATE ROLE a; \\g /tmp/x\n",
	"CREATE ROLE\n\\restrict a\na;\n",
};

START_TEST(what_is_no_sql_is_refused)
{
	struct nb_names left = NB_ARRAY_INIT;
	char *script = NULL;

	ck_assert_int_eq(select_from(wrong[_i], &script, &left), NB_ECORRUPT);
	ck_assert_ptr_null(script);
	nb_names_free(&left);
}
END_TEST

#define TEN "0123456789"
#define FORTY TEN TEN TEN TEN

static const struct {
	const char *name, *suffix, *result;
} names[] = {
	{ "app", "_before_20261128T040000Z", "app_before_20261128T040000Z" },
	{ FORTY TEN TEN "abc", "_x", FORTY TEN TEN "a_x" },
	{ FORTY TEN TEN "\xc3\xa9", "_x", FORTY TEN TEN "_x" },
	{ FORTY TEN "012345678\xc3\xa9x", "_x",
	  FORTY TEN "012345678\xc3\xa9_x" },
	{ "\xe6\x97\xa5\xe6\x97\xa5", FORTY TEN "01234567",
	  "\xe6\x97\xa5" FORTY TEN "01234567" },
};

START_TEST(a_name_is_cut_at_the_end_of_a_character)
{
	char out[NB_PG_NAME_MAX + 1];

	nb_pg_name_with(names[_i].name, names[_i].suffix, out);
	ck_assert_str_eq(out, names[_i].result);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("globals");
	TCase *tc = nb_test_case("globals", 30);

	tcase_add_loop_test(tc, what_exists_is_not_altered, 0, COUNT(scripts));
	tcase_add_test(tc, without_tablespaces_only_roles_are_left);
	tcase_add_test(tc, a_tablespace_is_created_outside_of_the_transaction);
	tcase_add_loop_test(tc, what_is_no_sql_is_refused, 0, COUNT(wrong));
	tcase_add_loop_test(tc, a_name_is_cut_at_the_end_of_a_character, 0,
			    COUNT(names));
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
