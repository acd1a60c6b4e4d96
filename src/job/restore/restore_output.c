/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes one file of a backup, or one dump, to a descriptor. */
#include "job/jobs.h"
#include "job/restore/restore.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/stop.h"
#include "base/str.h"
#include "disc/read/bad_blocks.h"
#include "job/disc/restorable.h"
#include "job/restore/dump_stream.h"
#include "job/restore/restore_options.h"

#define NAMED_MAX 5   /* maximum number of names in a message */
#define ASKING_MS 200 /* interval of checks for a signal */
#define HEAD 1024     /* bytes in which a text has no control characters */

struct output {
	struct nightburn *nb;
	const char *path; /* names the file in messages */
	int fd;
	size_t piece;  /* bytes that can be written without blocking if poll
			  says so */
	bool terminal; /* and nothing was written yet */
	uint64_t done, total;
};

/* ---- the descriptor ---- */

/* A reader that does not read must not keep this process from ending. */
static enum nb_err
wait_for_room(const struct output *out)
{
	struct pollfd p = { .fd = out->fd, .events = POLLOUT };

	while (poll(&p, 1, ASKING_MS) <= 0)
		if (nb_stop_asked())
			return NB_ECANCELED;
	return NB_OK;
}

static enum nb_err
write_piece(const struct output *out, const char *data, size_t n)
{
	if (!nb_fd_write(out->fd, data, n))
		return NB_OK;
	if (errno == EPIPE)
		return nb_fail(NB_EIO,
			       "%s: the reader of the output stopped early",
			       out->path);
	return nb_fail_errno(nb_fd_write_error(), "%s: cannot write the output",
			     out->path);
}

static bool
is_binary(const char *data, size_t n)
{
	for (size_t i = 0; i < n && i < HEAD; i++)
		if ((unsigned char)data[i] < ' '
		    && !memchr("\t\n\r", data[i], 3))
			return true;
	return false;
}

static enum nb_err
put(void *ctx, const void *data, size_t n)
{
	struct output *out = ctx;
	const char *p = data, *end = p + n;
	enum nb_err err;

	if (out->terminal && is_binary(data, n))
		return nb_fail(NB_EUSAGE,
			       "%s: binary data, and the output is a "
			       "terminal\nhint: use a pipe or a file",
			       out->path);
	out->terminal = false;
	err = nb_job_progress(out->nb, NB_WORK_RESTORE, out->done, out->total);
	while (!err && p < end) {
		size_t left = (size_t)(end - p);
		size_t piece = left < out->piece ? left : out->piece;

		err = wait_for_room(out);
		if (!err)
			err = write_piece(out, p, piece);
		p += piece;
	}
	out->done += n;
	return err;
}

static void
open_output(struct output *out)
{
	struct stat st;

	out->piece = !fstat(out->fd, &st) && S_ISREG(st.st_mode) ? SIZE_MAX
								 : PIPE_BUF;
	out->terminal = isatty(out->fd);
}

/* ---- finding the file ---- */

/* The files that were found; the first one is kept. */
struct choice {
	struct nb_restore_path path;
	char *name; /* a copy of PATH.path */
	size_t count;
	struct nb_str names; /* the first ones */
};

static enum nb_err
add_choice(void *ctx, const struct nb_restore_path *path)
{
	struct choice *c = ctx;

	if (path->entry->type != NB_ENTRY_FILE)
		return NB_OK;
	if (c->count < NAMED_MAX)
		nb_str_addf(&c->names, "%s%s", c->count ? ", " : "",
			    path->path);
	if (c->count++)
		return NB_OK;
	c->path = *path;
	return nb_str_dup(path->path, &c->name);
}

static enum nb_err
not_one(const struct nb_disc_backup *backup,
	const struct nb_restore_options *options,
	const struct nb_manifest_source *source, const struct choice *c)
{
	const char *what =
		options->source ? options->source : backup->manifest.backup_id;

	if (!c->count)
		return nb_fail(NB_EUSAGE,
			       "%s: no file of it matches\n"
			       "hint: nightburn restore --list --path '*' %s "
			       "shows the files",
			       what, backup->manifest.backup_id);
	if (source && source->database && !options->path_count
	    && !options->pattern_count)
		return nb_fail(NB_EUSAGE,
			       "%s: a dump in directory format is not one file"
			       "\nhint: use --to DIR or --into DATABASE",
			       what);
	if (c->count <= NAMED_MAX)
		return nb_fail(NB_EUSAGE,
			       "%s: %zu files match: %s\n"
			       "hint: name one with --path",
			       what, c->count, c->names.text);
	return nb_fail(NB_EUSAGE,
		       "%s: %zu files match: %s and %zu more\n"
		       "hint: name one with --path",
		       what, c->count, c->names.text, c->count - NAMED_MAX);
}

/* There are several sources, and none was named. */
static enum nb_err
which_source(const struct nb_manifest *m)
{
	struct nb_str names = NB_STR_INIT;
	size_t count = m->sources.count;

	for (size_t i = 0; i < count && i < NAMED_MAX; i++)
		nb_str_addf(&names, "%s%s", i ? ", " : "",
			    m->sources.at[i].name);
	if (count > NAMED_MAX)
		nb_str_addf(&names, " and %zu more", count - NAMED_MAX);
	nb_fail(NB_EUSAGE,
		"%s: it has %zu sources: %s\nhint: name one with --source",
		m->backup_id, count, names.text ? names.text : "");
	nb_str_free(&names);
	return NB_EUSAGE;
}

/* A source that is one file, such as a dump, needs no path. */
static enum nb_err
find_dump(const struct nb_disc_backup *backup,
	  const struct nb_manifest_source *source, struct choice *c)
{
	const struct nb_entry *e = source->path
		? nb_entries_find(&backup->entries, source->path)
		: NULL;
	struct nb_restore_path path = { .entry = e };

	if (!e || nb_restore_packed(backup, e->path))
		return NB_OK;
	path.path = e->path;
	return add_choice(c, &path);
}

static enum nb_err
choose(const struct nb_disc_backup *backup,
       const struct nb_restore_options *options, struct choice *c)
{
	const struct nb_manifest_sources *all = &backup->manifest.sources;
	const struct nb_manifest_source *source = NULL;
	bool all_of_it = !options->path_count && !options->pattern_count;
	enum nb_err err = NB_OK;

	if (options->source)
		err = nb_restore_source(backup, options->source, &source);
	else if (all->count == 1)
		source = &all->at[0];
	else if (all_of_it)
		return which_source(&backup->manifest);
	if (!err && source && all_of_it)
		err = find_dump(backup, source, c);
	if (!err && !c->count)
		err = nb_restore_each(backup, options, source, add_choice, c);
	if (!err && c->names.failed)
		err = nb_fail_memory();
	return err || c->count == 1 ? err : not_one(backup, options, source, c);
}

/* ---- writing it ---- */

static enum nb_err
deliver_file(const struct nb_disc_contents *contents,
	     const struct nb_disc_backup *backup,
	     const struct nb_restore_path *path, struct output *out)
{
	struct nb_dump_stream stream = { .nb = out->nb,
					 .blocks = contents->blocks };
	enum nb_err err = nb_dump_stream_open(&stream, &contents->nodes, backup,
					      path->entry->path);

	if (err)
		return err;
	out->total = stream.entry->filters ? 0 : stream.entry->size;
	err = nb_dump_stream_read(&stream, put, out);
	if (err == NB_EIO && contents->blocks->bad)
		nb_bad_blocks_find(contents->blocks, stream.node, NULL, NULL);
	return err;
}

static enum nb_err
deliver(struct nightburn *nb, const struct nb_disc_contents *contents,
	const struct nb_disc_backup *backup, const struct choice *c, int fd,
	struct nb_restore_result *result)
{
	struct output out = { .nb = nb, .path = c->name, .fd = fd };
	struct nb_restore_path path = c->path;
	enum nb_err err;

	path.path = c->name;
	open_output(&out);
	if (path.entry->torn && !path.entry->lost)
		nb_log(NB_WARNING,
		       "%s: changed while it was read; its content may be "
		       "inconsistent",
		       c->name);
	err = path.packed
		? nb_restore_member(contents->blocks, &contents->nodes, backup,
				    &path, put, &out)
		: deliver_file(contents, backup, &path, &out);
	if (err && out.done)
		nb_log(NB_WARNING,
		       "%s: the output is incomplete or damaged: do not use it",
		       c->name);
	result->bad = err != NB_OK;
	result->files = !err;
	result->bytes = err ? 0 : out.done;
	result->lost = !err && path.entry->lost;
	return err ? err : nb_restore_lost_verdict(result);
}

static enum nb_err
restore_from(struct nightburn *nb, const struct nb_restore_options *options,
	     struct nb_restore_pick *pick, int fd,
	     struct nb_restore_result *result)
{
	struct nb_block_runs bad = NB_ARRAY_INIT;
	struct choice c = { .count = 0 };
	/* A reader that executes its input would notice too late that it is not
	 * what was written. */
	enum nb_err err = nb_manifest_mac_log(pick->backup);

	nb_restore_describe_pick(pick, result);
	if (!err)
		err = choose(pick->backup, options, &c);
	if ((err == NB_EUSAGE || err == NB_ENOTFOUND) && !c.count)
		nb_restore_tell_other(&pick->contents, pick->backup,
				      pick->look.label.disc, options);
	pick->contents.blocks->bad = &bad;
	if (!err)
		err = deliver(nb, &pick->contents, pick->backup, &c, fd,
			      result);
	pick->contents.blocks->bad = NULL;
	nb_restore_give_bad(&bad, result);
	result->restored = result->files > 0;
	nb_str_free(&c.names);
	free(c.name);
	return err;
}

enum nb_err
nb_job_restore_output(struct nightburn *nb,
		      const struct nb_restore_options *options, int fd,
		      struct nb_restore_result *result)
{
	struct nb_restore_request request = nb_restore_request_of(options);
	struct nb_restore_pick pick;
	enum nb_err err = nb_restore_check_options(options, NB_RESTORE_OUTPUT);

	if (err)
		return err;
	/* Its reader may be a database. */
	request.replaces = true;
	err = nb_restore_pick(nb, &request, &pick);
	if (!err)
		err = nb_restore_check_complete(&request, options->source,
						&pick, false);
	if (!err)
		err = restore_from(nb, options, &pick, fd, result);
	/* What was written cannot be taken back: another backup has to be
	 * asked for. */
	request.replaces = false;
	if (result->bad && (err == NB_ECORRUPT || err == NB_EIO))
		nb_restore_pick_damaged(&request, &pick);
	nb_restore_pick_close(&pick);
	return err;
}
