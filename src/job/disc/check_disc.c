/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/check_disc.h"

#include <string.h>

#include "base/str.h"
#include "disc/read/readback.h"
#include "job/disc/copies.h"
#include "job/disc/restorable.h"

/* The results of a read-back while it reads. */
struct pass {
	struct nightburn *nb;
	struct nb_disc_contents *contents;
	struct nb_sums sums;
	struct nb_disc_backup *now; /* whose manifest is being read */
	struct nb_str text;
	uint64_t bad; /* in addition to what the read-back itself counts */
};

static enum nb_err
check_progress(void *ctx, uint64_t done, uint64_t total)
{
	return nb_job_progress(((struct pass *)ctx)->nb, "verify", done, total);
}

/* Would a restore find the files that the manifest lists? */
static enum nb_err
check_backup(struct pass *pass)
{
	enum nb_err err = nb_disc_backup_take(
		pass->contents, pass->now, pass->text.text, pass->text.length);

	if (!err)
		err = nb_restorable(pass->contents, pass->now, &pass->sums,
				    &pass->bad);
	else
		pass->bad += err == NB_ECORRUPT;
	pass->now->looked_up = true;
	nb_disc_backup_unload(pass->now);
	return err == NB_ECORRUPT ? NB_OK : err;
}

/* A manifest is checked while it is read, so that it need not be read again. */
static enum nb_err
keep_manifest(void *ctx, const struct nb_node *node, const void *data, size_t n)
{
	struct pass *pass = ctx;
	struct nb_disc_backups *list = &pass->contents->backups;

	if (node->entry.size > NB_DISC_TEXT_MAX
	    || (strcmp(node->entry.path, NB_MANIFEST_PATH)
		&& !nb_manifest_is_earlier(node->entry.path)))
		return NB_OK;
	if (!pass->now || strcmp(pass->now->path, node->entry.path)) {
		pass->text.length = 0;
		for (size_t i = 0; i < list->count; i++)
			if (!strcmp(list->at[i].path, node->entry.path))
				pass->now = &list->at[i];
	}
	nb_str_add_bytes(&pass->text, data, n);
	if (pass->text.failed)
		return nb_fail_memory();
	return pass->text.length == node->entry.size ? check_backup(pass)
						     : NB_OK;
}

/* A manifest that shares its blocks with another file is read under the other
 * name; one that is too large is not kept. */
static enum nb_err
check_rest(struct pass *pass)
{
	struct nb_disc_backups *list = &pass->contents->backups;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < list->count; i++) {
		if (list->at[i].looked_up)
			continue;
		err = nb_restorable(pass->contents, &list->at[i], &pass->sums,
				    &pass->bad);
		if (err == NB_ECORRUPT)
			err = NB_OK;
	}
	return !err && pass->bad ? NB_ECORRUPT : err;
}

/* The sessions whose checksums can be computed in one pass. */
static enum nb_err
make_spans(const struct nb_disc_contents *contents, struct nb_spans *spans)
{
	enum nb_err err = NB_OK;
	uint64_t end = 0;

	for (size_t i = 0; !err && i < contents->backups.count; i++) {
		const struct nb_span *part = &contents->backups.at[i].part;

		if (!part->blocks || part->start < end)
			continue;
		err = nb_array_push(spans, *part);
		end = part->start + part->blocks;
	}
	return err;
}

/* A session without a known checksum cannot be read by itself; it is judged by
 * what the newest session has of it. */
static void
keep_checksums(struct nb_disc_contents *contents, const struct nb_spans *spans)
{
	for (size_t i = 0; i < contents->backups.count; i++) {
		struct nb_span *part = &contents->backups.at[i].part;
		const struct nb_span none = { .blocks = 0 }, *found = &none;

		for (size_t k = 0; k < spans->count; k++)
			if (spans->at[k].known
			    && spans->at[k].start == part->start)
				found = &spans->at[k];
		*part = *found;
	}
}

static enum nb_err
read_all(struct pass *pass, struct nb_spans *spans,
	 struct nb_verify_result *result)
{
	const struct nb_disc_contents *contents = pass->contents;
	struct nb_readback_result seen = { 0 };
	const struct nb_readback spec = {
		.blocks = contents->blocks,
		.start = contents->start,
		.count = contents->blocks->count,
		.spans = spans->at,
		.span_count = spans->count,
		.nodes = &contents->nodes,
		.sums = &pass->sums,
		.progress = check_progress,
		.see = keep_manifest,
		.ctx = pass,
	};
	enum nb_err err = nb_readback_run(&spec, &seen);

	result->incomplete = err && err != NB_ECORRUPT;
	result->files = seen.files;
	result->bytes = seen.bytes;
	if (!err)
		err = check_rest(pass);
	result->incomplete =
		result->incomplete || (err && !seen.bad && !pass->bad);
	result->bad = seen.bad + pass->bad;
	return err;
}

enum nb_err
nb_check_disc(struct nightburn *nb, const struct nb_inspection *look,
	      struct nb_disc_contents *contents,
	      struct nb_verify_result *result)
{
	struct pass pass = { .nb = nb, .contents = contents };
	struct nb_spans spans = NB_ARRAY_INIT;
	enum nb_err err = nb_disc_contents_open(nb, look, contents);

	result->incomplete = true;
	if (!err)
		err = nb_disc_contents_sessions(contents, look);
	if (!err)
		err = nb_disc_sums(contents, &pass.sums);
	if (!err)
		err = nb_copy_check_sums(contents, &pass.bad);
	if (!err)
		err = make_spans(contents, &spans);
	if (!err)
		err = read_all(&pass, &spans, result);
	if (!err)
		keep_checksums(contents, &spans);
	nb_str_free(&pass.text);
	nb_sums_free(&pass.sums);
	nb_array_free(&spans);
	return err;
}
