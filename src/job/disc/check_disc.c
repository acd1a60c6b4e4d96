/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/check_disc.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "disc/read/readback.h"
#include "job/disc/copies.h"
#include "job/disc/restorable.h"
#include "model/record/backup_path.h"

/* A file that is not what SHA256SUMS says. */
struct bad_file {
	const char *path; /* borrowed from the nodes or the sums */
	bool read;
	uint8_t sha256[NB_SHA256_SIZE]; /* if it was READ */
};

/* The results of a read-back while it reads. */
struct pass {
	struct nightburn *nb;
	struct nb_disc_contents *contents;
	struct nb_sums sums;
	struct nb_disc_backup *now; /* whose manifest is being read */
	struct nb_str text;
	uint64_t bad; /* in addition to what the read-back itself counts */
	struct NB_ARRAY(struct bad_file) bad_files;
	enum nb_err failed; /* NB_ENOMEM: BAD_FILES is not complete */
};

static enum nb_err
check_progress(void *ctx, uint64_t done, uint64_t total)
{
	return nb_job_progress(((struct pass *)ctx)->nb, NB_WORK_VERIFY, done,
			       total);
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
	pass->now->doubted = pass->now->doubted || err == NB_ECORRUPT;
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

static void
keep_bad(void *ctx, const char *path, const uint8_t *sha256)
{
	struct bad_file file = { .path = path, .read = sha256 };
	struct pass *pass = ctx;

	if (sha256)
		memcpy(file.sha256, sha256, sizeof file.sha256);
	if (nb_array_push(&pass->bad_files, file))
		pass->failed = NB_ENOMEM;
}

/* ---- each backup by itself ---- */

static int
by_path(const void *a, const void *b)
{
	const struct bad_file *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* The bad file at PATH, or NULL. */
static const struct bad_file *
find_bad(const struct pass *pass, const char *path)
{
	const struct bad_file key = { .path = path };

	return pass->bad_files.count
		? bsearch(&key, pass->bad_files.at, pass->bad_files.count,
			  sizeof *pass->bad_files.at, by_path)
		: NULL;
}

/* Is at PATH on the disc what the manifest has as E?  SHA256SUMS may be what is
 * wrong. */
static enum nb_err
compare(const struct pass *pass, const struct nb_entry *e, const char *path,
	bool *same)
{
	const struct nb_node *node =
		nb_nodes_find(&pass->contents->nodes, path);
	const struct bad_file *bad = find_bad(pass, path);
	const struct nb_sum *sum = nb_sums_find(&pass->sums, path);
	uint8_t sha256[NB_SHA256_SIZE];
	enum nb_err err = NB_OK;

	*same = node && node->entry.type == e->type;
	if (!*same || e->type != NB_ENTRY_FILE)
		return NB_OK;
	*same = node->entry.size == e->size;
	if (*same && !sum)
		err = nb_copy_hash(pass->contents, path, sha256, same);
	else if (*same && bad && !bad->read)
		*same = false;
	else if (*same)
		memcpy(sha256, bad ? bad->sha256 : sum->sha256, sizeof sha256);
	if (!err && *same && e->hashed)
		*same = !memcmp(sha256, e->sha256, sizeof sha256);
	return err;
}

/* Compares with its own manifest; without one, nothing of it is good. */
static enum nb_err
judge(const struct pass *pass, struct nb_disc_backup *b)
{
	enum nb_err err =
		b->err ? b->err : nb_disc_backup_load(pass->contents, b);

	if (err == NB_ENOMEM || err == NB_ECANCELED)
		return err;
	b->check = NB_CHECK_DAMAGED;
	if (err || b->mac == NB_MAC_WRONG)
		return NB_OK;
	err = NB_OK;
	for (size_t i = 0; !err && i < b->entries.count; i++) {
		const struct nb_entry *e = &b->entries.at[i];
		char *path = NULL;
		bool same = true;

		if (e->off_disc)
			continue;
		err = nb_str_format(&path, "%s/%s", b->manifest.backup_id,
				    e->path);
		if (!err)
			err = compare(pass, e, path, &same);
		free(path);
		b->bad += !same;
	}
	if (!err && !b->bad)
		b->check = NB_CHECK_GOOD;
	nb_disc_backup_unload(b);
	return err;
}

static bool
has_bad_file(const struct pass *pass, const struct nb_disc_backup *b)
{
	bool found = false;

	for (size_t i = 0; !found && i < pass->bad_files.count; i++)
		found = nb_backup_path_within(b->label.backup_id,
					      pass->bad_files.at[i].path);
	return found;
}

/* All files were read. */
static enum nb_err
judge_all(struct pass *pass)
{
	struct nb_disc_backups *list = &pass->contents->backups;
	enum nb_err err = pass->failed;

	if (pass->bad_files.count)
		qsort(pass->bad_files.at, pass->bad_files.count,
		      sizeof *pass->bad_files.at, by_path);
	for (size_t i = 0; !err && i < list->count; i++) {
		struct nb_disc_backup *b = &list->at[i];

		if (!b->looked_up || b->doubted || b->mac == NB_MAC_WRONG
		    || has_bad_file(pass, b))
			err = judge(pass, b);
		else
			b->check = NB_CHECK_GOOD;
	}
	return err;
}

/* ---- the pass ---- */

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
		.bad = keep_bad,
		.ctx = pass,
	};
	enum nb_err err = nb_readback_run(&spec, &seen), judged = NB_OK;

	result->incomplete = err && err != NB_ECORRUPT;
	result->files = seen.files;
	result->bytes = seen.bytes;
	if (!err)
		err = check_rest(pass);
	result->incomplete =
		result->incomplete || (err && !seen.bad && !pass->bad);
	result->bad = seen.bad + pass->bad;
	if (!err || err == NB_ECORRUPT)
		judged = judge_all(pass);
	return judged ? judged : err;
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
	nb_array_free(&pass.bad_files);
	nb_array_free(&spans);
	return err;
}

/* ---- what was found ---- */

#define NAMED_MAX 5

const struct nb_found_backup *
nb_found_backup(const struct nb_found_backups *found, const char *backup_id)
{
	for (size_t i = 0; i < found->count; i++)
		if (!strcmp(found->at[i].id, backup_id))
			return &found->at[i];
	return NULL;
}

static void
add_found(const struct nb_found_backups *found, enum nb_check_state check,
	  const char *what, struct nb_str *text)
{
	int named = 0;

	for (size_t i = found->count; i-- > 0 && named < NAMED_MAX;) {
		const struct nb_found_backup *f = &found->at[i];

		if (f->check != check)
			continue;
		named++;
		if (f->by_hand)
			nb_str_addf(text, "%s%s (appended by hand) is %s",
				    text->length ? ", " : "", f->id, what);
		else
			nb_str_addf(text, "%sgeneration %llu is %s",
				    text->length ? ", " : "",
				    (unsigned long long)f->generation, what);
	}
}

void
nb_found_text(const struct nb_found_backups *found, struct nb_str *text)
{
	add_found(found, NB_CHECK_DAMAGED, "damaged", text);
	add_found(found, NB_CHECK_GOOD, "good", text);
}
