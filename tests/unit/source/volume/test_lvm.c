/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "source/volume/lvm_report.h"

#define ROW(name, tags, origin, layout, more)                                 \
	"{\"vg_name\":\"vg0\", \"lv_name\":\"" name "\", \"lv_tags\":\"" tags \
	"\", \"origin\":\"" origin "\", \"lv_layout\":\"" layout "\", "       \
	"\"lv_size\":\"67108864\", \"vg_free\":\"1207959552\", " more "}"
#define REPORT(rows) "{\"report\": [{\"lv\": [" rows "]}]}"

static struct nb_lvm_volumes list;

static enum nb_err
parse(const char *text)
{
	nb_lvm_volumes_free(&list);
	return nb_lvm_report_parse("lvm home", text, &list);
}

static const struct nb_lvm_volume *
one(const char *row)
{
	nb_assert_ok(parse(row));
	ck_assert_uint_eq(list.count, 1);
	return &list.at[0];
}

START_TEST(a_plain_volume)
{
	const struct nb_lvm_volume *v = one(
		REPORT(ROW("home", "", "", "linear",
			   "\"lv_active\":\"active\", \"snap_percent\":\"\", "
			   "\"lv_snapshot_invalid\":\"unknown\", "
			   "\"lv_health_status\":\"\"")));

	ck_assert_str_eq(v->group, "vg0");
	ck_assert_str_eq(v->name, "home");
	ck_assert_str_eq(v->origin, "");
	ck_assert_uint_eq(v->size, 67108864);
	ck_assert_uint_eq(v->free, 1207959552);
	ck_assert(v->active && !v->thin && !v->invalid && !v->failed);
	nb_lvm_volumes_free(&list);
}
END_TEST

START_TEST(a_snapshot_reports_how_full_it_is)
{
	const struct nb_lvm_volume *v =
		one(REPORT(ROW("s", "", "home", "linear",
			       "\"lv_active\":\"active\", "
			       "\"snap_percent\":\"43.75\"")));

	ck_assert_str_eq(v->origin, "home");
	ck_assert(v->used >= 43 && v->used < 44);
	ck_assert(!v->invalid);
	v = one(REPORT(ROW("s", "", "home", "linear",
			   "\"snap_percent\":\"100.00\", "
			   "\"lv_snapshot_invalid\":\"snapshot invalid\"")));
	ck_assert(v->used >= 100 && v->invalid && !v->active);
	nb_lvm_volumes_free(&list);
}
END_TEST

START_TEST(thin_volumes_and_their_pools_are_told_apart)
{
	ck_assert(one(REPORT(ROW("t", "", "", "thin,sparse",
				 "\"lv_health_status\":\"failed\"")))
			  ->thin);
	ck_assert(list.at[0].failed);
	ck_assert(!one(REPORT(ROW("p", "", "", "thin,pool",
				  "\"lv_active\":\"active\"")))
			   ->thin);
	nb_lvm_volumes_free(&list);
}
END_TEST

START_TEST(a_tag_is_matched_as_a_whole)
{
	const struct nb_lvm_volume *v =
		one(REPORT(ROW("s", "nightburn,nightburn.run=12,other", "home",
			       "linear", "\"lv_active\":\"\"")));

	ck_assert(nb_lvm_has_tag(v, "nightburn"));
	ck_assert(nb_lvm_has_tag(v, "nightburn.run=12"));
	ck_assert(nb_lvm_has_tag(v, "other"));
	ck_assert(!nb_lvm_has_tag(v, "nightburn.run=1"));
	ck_assert(!nb_lvm_has_tag(v, "nightburn.run=123"));
	ck_assert(!nb_lvm_has_tag(v, ""));
	nb_lvm_volumes_free(&list);
}
END_TEST

START_TEST(volumes_are_found_by_name)
{
	nb_assert_ok(
		parse(REPORT(ROW("a", "", "", "linear", "\"x\":\"\"") "," ROW(
			"b", "", "", "linear", "\"x\":\"\""))));
	ck_assert_ptr_eq(nb_lvm_volumes_find(&list, "b"), &list.at[1]);
	ck_assert_ptr_null(nb_lvm_volumes_find(&list, "c"));
	nb_assert_ok(parse(REPORT("")));
	ck_assert_uint_eq(list.count, 0);
	nb_lvm_volumes_free(&list);
}
END_TEST

START_TEST(what_is_no_report_is_refused)
{
	nb_assert_fails(parse("{\"report\": []}"), NB_ESOURCE,
			"error: lvm home: lvs: no report of volumes\n");
	nb_assert_fails(parse("vg0 home"), NB_ESOURCE,
			"error: lvm home: lvs: "
			"not JSON, line 1: '[' or '{' expected near 'vg'\n");
	nb_assert_fails(parse(REPORT("{\"vg_name\":\"vg0\", "
				     "\"lv_name\":\"x\", \"lv_size\":\"4m\", "
				     "\"vg_free\":\"0\"}")),
			NB_ESOURCE,
			"error: lvm home: lvs reports a volume without name "
			"or size\n");
	nb_assert_fails(parse(REPORT("{}")), NB_ESOURCE,
			"error: lvm home: lvs reports a volume without name "
			"or size\n");
	nb_lvm_volumes_free(&list);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("lvm");
	TCase *tc = nb_test_case("report", 10);

	tcase_add_test(tc, a_plain_volume);
	tcase_add_test(tc, a_snapshot_reports_how_full_it_is);
	tcase_add_test(tc, thin_volumes_and_their_pools_are_told_apart);
	tcase_add_test(tc, a_tag_is_matched_as_a_whole);
	tcase_add_test(tc, volumes_are_found_by_name);
	tcase_add_test(tc, what_is_no_report_is_refused);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
