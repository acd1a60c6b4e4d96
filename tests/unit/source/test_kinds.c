/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A toy source that no other file knows: what a kind needs to be read from the
 * configuration, to collect, to be told of on a disc, and to be restored.
 */
#include "support.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/str.h"
#include "model/config/value.h"
#include "model/record/backup_path.h"
#include "model/record/disc_readme.h"
#include "source/source.h"
#include "source/stage.h"

#define FRAME                                           \
	"drive \"d\" { device = \"/dev/sr0\" }\n"       \
	"pool \"p\" { discs = \"A\" drives = \"d\" }\n" \
	"job \"j\" { pool = \"p\"\n"

/* ---- the source ---- */

struct toy_options {
	char *word;
	int count;
};

static const struct nb_field toy_fields[] = {
	{ NB_FIELD(struct toy_options, "word", TEXT, word), .required = true },
	{ NB_FIELD(struct toy_options, "count", NUMBER, count), .min = 1,
	  .max = 9 },
	{ .name = NULL },
};

static void
toy_begin(void *options)
{
	((struct toy_options *)options)->count = 2;
}

static enum nb_err
toy_end(const char *file, struct nb_config_source *source)
{
	const struct toy_options *toy = source->options;

	return strcmp(toy->word, "no")
		? NB_OK
		: nb_fail(NB_ECONFIG, "%s:%d: toy \"%s\" has a wrong word",
			  file, source->line, source->name);
}

static enum nb_err
toy_preflight(const struct nb_config_source *source)
{
	(void)source;
	return NB_OK;
}

static enum nb_err
toy_collect(const struct nb_config_source *source,
	    const struct nb_source_context *context, void *held,
	    struct nb_source_output *out)
{
	const struct toy_options *toy = source->options;
	struct nb_stage stage = { .object = "toy",
				  .context = context,
				  .out = out };
	struct nb_str text = NB_STR_INIT;
	enum nb_err err;

	(void)held;
	for (int i = 0; i < toy->count; i++)
		nb_str_addf(&text, "%s\n", toy->word);
	err = nb_stage_begin(&stage, source->kind->name, source->name);
	if (!err)
		err = nb_stage_text(&stage, "words", text.text);
	if (!err)
		err = nb_stage_record(&stage, source->kind->name, source->name);
	nb_str_free(&text);
	free(stage.path);
	return err;
}

static bool
toy_is_staged(const struct nb_config_source *source)
{
	(void)source;
	return true;
}

static char *restored;

static enum nb_err
toy_restore(const struct nb_source_restore *restore)
{
	char *path = NULL;
	size_t length;
	enum nb_err err = nb_str_format(&path, "%s/words", restore->path);

	if (!err)
		err = nb_fd_load(AT_FDCWD, path, 100, &restored, &length);
	free(path);
	return err;
}

static void
toy_add_item(struct nb_str *script, const char *backup_id,
	     const struct nb_manifest_source *record)
{
	nb_disc_item(
		script, "directory",
		(const char *const[]){ backup_id, record->name, record->path },
		3);
}

static const struct nb_source_ops toy = {
	.kind = {
		.name = "toy",
		.fields = toy_fields,
		.size = sizeof(struct toy_options),
		.begin = toy_begin,
		.end = toy_end,
		.readme = "  <backup>/toy/            words\n",
		.how_to = "   A toy is words.\n",
		.add_item = toy_add_item,
	},
	.preflight = toy_preflight,
	.collect = toy_collect,
	.is_staged = toy_is_staged,
	.restore = toy_restore,
};

static const struct nb_source_kind *const kinds[] = { &nb_source_tree.kind,
						      &nb_source_lvm.kind,
						      &toy.kind, NULL };

/* ---- and what is done with it ---- */

static enum nb_err
parse(const char *block, struct nb_config **config)
{
	char *text = NULL;
	enum nb_err err;

	nb_assert_ok(nb_str_format(&text, FRAME "%s\n}\n", block));
	err = nb_config_parse("a.conf", text, kinds, config);
	free(text);
	return err;
}

START_TEST(its_options_are_read)
{
	struct nb_config *config = NULL;
	const struct nb_config_source *s;
	const struct toy_options *options;

	nb_assert_ok(parse("toy \"t\" { word = hello }", &config));
	s = &config->jobs.at[0].sources.at[0];
	options = s->options;
	ck_assert_ptr_eq(nb_source_ops(s), &toy);
	ck_assert_str_eq(options->word, "hello");
	ck_assert_int_eq(options->count, 2);
	nb_config_free(config);
}
END_TEST

static const struct {
	const char *block, *log;
} wrong[] = {
	{ "toy \"t\" {}",
	  "error: a.conf:4: toy \"t\" has no word; expected text without "
	  "control characters\n" },
	{ "toy \"t\" { word = a count = 10 }",
	  "error: a.conf:4: count is \"10\"; expected a whole number from 1 to "
	  "9\n" },
	{ "toy \"t\" { word = no }",
	  "error: a.conf:4: toy \"t\" has a wrong word\n" },
	{ "",
	  "error: a.conf:3: job \"j\" has no source; expected a tree, lvm "
	  "or toy block\n" },
};

START_TEST(its_options_are_checked)
{
	struct nb_config *config = NULL;

	nb_assert_fails(parse(wrong[_i].block, &config), NB_ECONFIG,
			wrong[_i].log);
}
END_TEST

static void
assert_says(enum nb_err (*make)(const struct nb_disc_readme_facts *facts,
				char **text),
	    const struct nb_disc_readme_facts *facts, const char *line)
{
	char *text = NULL;

	nb_assert_ok(make(facts, &text));
	ck_assert_msg(strstr(text, line), "no \"%s\" in %s", line, text);
	free(text);
}

static void
assert_described(const struct nb_manifest *manifest)
{
	const struct nb_disc_readme_facts facts = { .backups = &manifest,
						    .count = 1,
						    .volume_id = "A",
						    .kinds = kinds };

	assert_says(nb_disc_readme_text, &facts, toy.kind.readme);
	assert_says(nb_disc_restore_text, &facts, toy.kind.how_to);
	assert_says(nb_disc_script_text, &facts,
		    "\titem directory 'b1' 't' 'b1/toy/t'\n");
}

START_TEST(it_collects_is_told_of_and_restored)
{
	struct nb_entries entries = NB_ARRAY_INIT;
	struct nb_roots roots = NB_ARRAY_INIT;
	struct nb_manifest manifest = { .backup_id = "b1", .job = "j" };
	struct nb_source_output out = { &entries, &manifest.sources, &roots };
	struct nb_source_context context = { .job = "j" };
	struct nb_config *config = NULL;
	const struct nb_config_source *s;
	const struct nb_source_ops *ops;

	nb_assert_ok(parse("toy \"t\" { word = hello count = 3 }", &config));
	s = &config->jobs.at[0].sources.at[0];
	context.staging = open(nb_test_dir(), O_RDONLY | O_DIRECTORY);
	nb_assert_ok(nb_source_ops(s)->collect(s, &context, NULL, &out));
	nb_assert_ok(nb_backup_path_put("b1", &entries, &manifest.sources));
	ck_assert_uint_eq(manifest.sources.count, 1);
	assert_described(&manifest);
	/* As a restore finds it: by the kind in the manifest. */
	ops = nb_source_of(nb_source_kind(kinds, manifest.sources.at[0].kind));
	nb_assert_ok(ops->restore(&(struct nb_source_restore){
		.record = &manifest.sources.at[0],
		.source = nb_config_source(config, "j", "toy", "t"),
		.path = nb_test_path("toy/t") }));
	ck_assert_str_eq(restored, "hello\nhello\nhello\n");
	free(restored);
	nb_fd_close(&context.staging);
	nb_manifest_clear(&manifest);
	nb_entries_free(&entries);
	nb_array_free(&roots);
	nb_config_free(config);
}
END_TEST

START_TEST(every_kind_is_found_by_its_name)
{
	for (size_t i = 0; nb_source_kinds[i]; i++)
		ck_assert_ptr_eq(
			&nb_source_find(nb_source_kinds[i]->name)->kind,
			nb_source_kinds[i]);
	ck_assert_ptr_null(nb_source_find("toy"));
}
END_TEST

START_TEST(what_another_host_may_ask_for_is_served)
{
	for (size_t i = 0; nb_source_kinds[i]; i++) {
		const struct nb_source_kind *kind = nb_source_kinds[i];

		ck_assert_msg(!kind->tasks == !nb_source_of(kind)->serve,
			      "%s has tasks or serves, but not both",
			      kind->name);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("kinds");
	TCase *tc = nb_test_case("kinds", 30);

	tcase_add_test(tc, its_options_are_read);
	tcase_add_loop_test(tc, its_options_are_checked, 0,
			    sizeof wrong / sizeof *wrong);
	tcase_add_test(tc, it_collects_is_told_of_and_restored);
	tcase_add_test(tc, every_kind_is_found_by_its_name);
	tcase_add_test(tc, what_another_host_may_ask_for_is_served);
	suite_add_tcase(suite, tc);
	return nb_test_main(suite);
}
