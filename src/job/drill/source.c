/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/drill/drill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/path.h"
#include "job/restore/beside.h"

#define FILES "files"
#define GLOBALS_MAX ((size_t)64 << 20)

const struct nb_source_drill *
nb_drill_kind(const struct nb_manifest_source *record)
{
	const struct nb_source_ops *ops = nb_source_find(record->kind);

	return ops ? ops->drill : NULL;
}

/* The backup with the entries of RECORD alone, borrowed: free only the
 * array. */
static enum nb_err
reduce(const struct nb_drilling *d, const struct nb_manifest_source *record,
       struct nb_disc_backup *out)
{
	const struct nb_entries *all = &d->pick->backup->entries;
	enum nb_err err = NB_OK;

	*out = *d->pick->backup;
	memset(&out->entries, 0, sizeof out->entries);
	for (size_t i = 0; !err && i < all->count; i++)
		if (nb_restore_is_beneath(all->at[i].path, record->path))
			err = nb_array_push(&out->entries, all->at[i]);
	return err;
}

/* Must the drill end with ERR, or only this record? */
static bool
is_fatal(enum nb_err err)
{
	return err == NB_ECANCELED || err == NB_ENOMEM || err == NB_EFULL;
}

static enum nb_err
count_failure(struct nb_drilling *d, const struct nb_manifest_source *record,
	      enum nb_err err)
{
	if (!err || is_fatal(err))
		return err;
	nb_log(NB_ERROR, "%s %s: was not restored", record->kind, record->name);
	d->result->failed++;
	return NB_OK;
}

/* ---- files ---- */

static enum nb_err
extract(struct nb_drilling *d, const struct nb_manifest_source *record,
	struct nb_extract_result *done)
{
	const struct nb_restore_options options = { .size = sizeof options };
	struct nb_restore_target target = { -1, false, false };
	struct nb_disc_backup part;
	enum nb_err err = reduce(d, record, &part);

	if (!err && mkdirat(d->fd, FILES, 0700) && errno != EEXIST)
		err = nb_fail_errno(nb_fd_write_error(),
				    "%s/" FILES ": cannot create", d->dir);
	if (!err)
		target.fd =
			nb_path_open(d->fd, FILES, O_RDONLY | O_DIRECTORY, 0);
	if (!err && target.fd < 0)
		err = nb_fail_errno(NB_EIO, "%s/" FILES ": cannot open",
				    d->dir);
	if (!err)
		err = nb_restore_extract(d->nb, d->pick->contents.blocks,
					 &d->pick->contents.nodes, &part,
					 &options, target, done);
	nb_fd_close(&target.fd);
	nb_array_free(&part.entries);
	return err;
}

static enum nb_err
drill_files(struct nb_drilling *d, const struct nb_manifest_source *record)
{
	struct nb_extract_result done = { 0 };
	enum nb_err err = extract(d, record, &done), removed = NB_OK;

	d->result->files += done.files;
	d->result->bytes += done.bytes;
	d->result->bad += done.bad;
	d->result->lost += done.lost;
	if (!d->options->keep)
		removed = nb_path_remove(d->fd, FILES);
	err = count_failure(d, record, err);
	return err ? err : removed;
}

/* ---- databases ---- */

static enum nb_err
drill_globals(struct nb_drilling *d, const struct nb_manifest_source *record)
{
	struct nb_extract_result done = { 0 };
	char *text = NULL, *path = NULL;
	enum nb_err err = extract(d, record, &done), removed;
	size_t length;

	if (!err)
		err = nb_path_join(FILES, record->path, &path);
	if (!err)
		err = nb_fd_load(d->fd, path, GLOBALS_MAX, &text, &length);
	if (err == NB_ENOTFOUND)
		err = nb_fail(NB_ECORRUPT, "%s: missing", record->path);
	removed = nb_path_remove(d->fd, FILES);
	if (!err)
		err = d->kind->globals(&d->server, record, text);
	free(text);
	free(path);
	d->globals = true;
	err = count_failure(d, record, err);
	return err ? err : removed;
}

/* Without the roles, nothing can belong to them. */
static enum nb_err
restore(struct nb_drilling *d, const struct nb_manifest_source *record,
	const char *into, struct nb_extract_result *done)
{
	bool leave = !d->globals && d->kind->selects(record);
	const struct nb_restore_options options = {
		.size = sizeof options,
		.into = into,
		.source = record->name,
		.conninfo = d->server.conninfo,
		.run_as = d->server.run_as,
		.no_owner = leave,
		.no_privileges = leave,
		.no_tablespaces = leave,
	};
	struct nb_disc_backup part;
	enum nb_err err = reduce(d, record, &part);

	if (!err)
		err = nb_restore_into(d->nb, &options, d->pick->contents.blocks,
				      &d->pick->contents.nodes, &part, done,
				      NULL);
	nb_array_free(&part.entries);
	return err;
}

/* What a restore into a database does not need. */
static enum nb_err
check_beside(struct nb_drilling *d, const struct nb_manifest_source *record)
{
	const struct nb_restoring r = { .nb = d->nb,
					.blocks = d->pick->contents.blocks,
					.nodes = &d->pick->contents.nodes,
					.backup = d->pick->backup };
	uint64_t bad = 0;
	enum nb_err err = nb_restore_check_beside(&r, record, &bad);

	d->result->bad += bad;
	return err;
}

static enum nb_err
compare(struct nb_drilling *d, const struct nb_manifest_source *record,
	const char *into)
{
	struct nb_drill_result *result = d->result;
	struct nb_drill_count count;
	enum nb_err err = d->kind->compare(&d->server, record, into, &count);

	if (err)
		return err;
	result->databases++;
	result->tables += count.tables;
	result->rows += count.rows;
	result->checksums += count.checksums;
	result->differences += count.differences;
	result->uncounted += !record->counts.count;
	return d->options->keep ? NB_OK : d->kind->drop(&d->server, into);
}

static enum nb_err
drill_database(struct nb_drilling *d, const struct nb_manifest_source *record)
{
	struct nb_extract_result done = { 0 };
	char *into = NULL;
	enum nb_err err = check_beside(d, record);

	if (!err)
		err = d->kind->prepare(&d->server, record, &into);
	if (err == NB_EFAIL) {
		d->result->lacking++;
		return NB_OK;
	}
	if (!err)
		err = restore(d, record, into, &done);
	if (err)
		d->damaged += done.bad;
	/* The data was restored, but not all properties. */
	if (err == NB_EWRONG && done.files) {
		d->result->altered++;
		err = NB_OK;
	}
	if (!err)
		err = compare(d, record, into);
	free(into);
	if (err == NB_EFAIL && !d->globals && done.lacks) {
		nb_log(NB_ERROR,
		       "%s %s: the backup has no roles\n"
		       "hint: another source with globals_only = true dumps "
		       "them",
		       record->kind, record->name);
		d->result->lacking++;
		return NB_OK;
	}
	return count_failure(d, record, err);
}

enum nb_err
nb_drill_source(struct nb_drilling *d, const struct nb_manifest_source *record)
{
	if (!record->path || !*record->path)
		return NB_OK;
	if (!nb_drill_kind(record))
		return drill_files(d, record);
	return record->database ? drill_database(d, record)
				: drill_globals(d, record);
}
