/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/run/write.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/inhibit.h"
#include "base/log.h"
#include "base/str.h"
#include "base/watchdog.h"
#include "disc/profile.h"
#include "disc/read/readback.h"
#include "job/disc/blank.h"
#include "job/disc/format.h"
#include "job/disc/restorable.h"
#include "job/power.h"
#include "job/run/run_summary.h"
#include "job/backup/too_large.h"
#include "store/journal.h"
#include "store/staging.h"

/* Bytes needed in the state directory: for a backup, and for each file. */
#define RECORD_BASE ((uint64_t)256 * 1024)
#define RECORD_ENTRY 160

/* The blocks of the medium that a session uses if it is the first. */
static uint64_t
first_session_blocks(const struct nb_session *session)
{
	return session->start + session->blocks;
}

/* Four rounds are enough: a plan may change once when it is known that the
 * backup shrank, and once, from append to fresh, when the size is. */
enum nb_err
nb_write_plan(const struct nb_write *w, struct nb_decision *decision,
	      struct nb_session **session)
{
	struct nb_need need = { 0 };
	enum nb_plan built = NB_PLAN_REFUSE;
	struct nb_session *s = NULL;
	enum nb_err err;

	*session = NULL;
	for (int round = 0; round < 4; round++) {
		*decision =
			nb_inspect_decide(w->context, w->look, w->intent, need);
		if (decision->plan == NB_PLAN_REFUSE)
			break;
		if (s && decision->plan == built) {
			*session = s;
			return NB_OK;
		}
		nb_session_free(s);
		s = NULL;
		err = nb_session_new(w->backup, w->look, decision, &s);
		if (err)
			return err;
		built = decision->plan;
		need.shrunk = s->manifest.shrinks.count > 0;
		if (built == NB_PLAN_APPEND)
			need.append = s->blocks;
		else
			need.fresh = first_session_blocks(s);
	}
	if (s
	    && (decision->reason == NB_REASON_TOO_LARGE
		|| decision->reason == NB_REASON_TOO_LARGE_FOR_DISC))
		nb_tell_largest(&s->entries);
	nb_session_free(s);
	if (decision->plan == NB_PLAN_REFUSE)
		return NB_OK;
	return nb_fail(NB_EFAIL, "%s: no stable plan for this disc",
		       w->look->device);
}

static enum nb_err
readback_progress(void *ctx, uint64_t done, uint64_t total)
{
	return nb_job_progress(ctx, NB_WORK_READ_BACK, done, total);
}

/* The backup that was burned, found among those on the disc as a restore would
 * find it. */
static enum nb_err
check_restorable(const struct nb_disc_contents *contents,
		 const struct nb_session *s)
{
	const struct nb_disc_backups *list = &contents->backups;
	uint64_t bad = 0;

	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->at[i].label.backup_id, s->label.backup_id))
			return nb_restorable(contents, &list->at[i], NULL,
					     &bad);
	return nb_fail(NB_ECORRUPT, "%s: backup %s is not found on the disc",
		       s->label.disc, s->label.backup_id);
}

static enum nb_err
read_session(const struct nb_write *w, const struct nb_session *s,
	     const uint8_t checksum[NB_CHECKSUM_SIZE],
	     struct nb_run_result *result)
{
	struct nb_readback_result seen = { 0 };
	struct nb_disc_contents contents;
	struct nb_readback spec = {
		.first = s->start,
		.count = s->blocks,
		.expected = &s->entries,
		.checksum = checksum,
		.progress = readback_progress,
		.ctx = w->context->nb,
	};
	enum nb_err err =
		nb_disc_contents_open(w->context->nb, w->look, &contents);

	spec.blocks = contents.blocks;
	spec.start = contents.start;
	spec.nodes = &contents.nodes;
	if (!err)
		err = nb_readback_run(&spec, &seen);
	if (!err)
		err = check_restorable(&contents, s);
	nb_disc_contents_free(&contents);
	result->files = seen.files;
	result->bytes = seen.bytes;
	return err;
}

/* Reads through the drive again, not from a cache. */
static enum nb_err
read_back(const struct nb_write *w, const struct nb_session *s,
	  const uint8_t checksum[NB_CHECKSUM_SIZE],
	  struct nb_run_result *result)
{
	enum nb_err err = nb_drive_reload(w->look->drive);

	if (!err)
		err = nb_inspect_again(w->look);
	if (err)
		return err;
	if (w->look->label_state != NB_LABEL_GOOD
	    || strcmp(w->look->label.backup_id, s->label.backup_id))
		return nb_fail(NB_ECORRUPT, "%s: the label cannot be read back",
			       s->label.disc);
	return read_session(w, s, checksum, result);
}

static enum nb_err
commit(const struct nb_write *w, const struct nb_session *s, bool first,
       const uint8_t checksum[NB_CHECKSUM_SIZE])
{
	struct nb_catalog_session session = {
		.label = &s->label,
		.manifest = &s->manifest,
		.entries = &s->entries,
		.number = (int)s->earlier.count + 1,
		.start = s->start,
		.blocks = s->blocks,
		.profile = w->look->medium.profile_name,
		.capacity = w->look->medium.capacity,
		.first = first,
		.checked = nb_clock_date(),
	};

	/* What a user appends does not verify the backup before it. */
	if (!nb_backup_is_by_hand(w->backup))
		session.verified = nb_clock_date();
	memcpy(session.checksum, checksum, sizeof session.checksum);
	return nb_catalog_commit(w->context->catalog, &session);
}

/* The contents of the disc are unknown now; records this for the next run. */
static enum nb_err
suspect(const struct nb_write *w, const struct nb_session *s, const char *what)
{
	/* The journal stays until the catalog records it. */
	if (!nb_catalog_suspect(w->context->catalog, &s->label, what))
		nb_journal_end(w->context->state->dir);
	return nb_fail(
		NB_ESUSPECT,
		"%s: %s: the disc is suspect\n"
		"hint: check the disc and the drive, then run nightburn verify",
		s->label.disc, what);
}

/* The run was cancelled: the journal stays, so that the next run checks what
 * was burned. */
static enum nb_err
unread(const struct nb_write *w, const struct nb_session *s)
{
	nb_catalog_suspect(w->context->catalog, &s->label, "not read back");
	return nb_fail(
		NB_ESUSPECT,
		"%s: burned but not read back; the disc is suspect\nhint: "
		"leave it in the drive; the next run reads it",
		s->label.disc);
}

/* The capacity of a file changes with the free space of its file system. */
static bool
same_medium(const struct nb_medium *a, const struct nb_medium *b)
{
	return a->state == b->state && a->profile == b->profile
		&& (a->capacity == b->capacity
		    || nb_profile_of(a->profile)->grows);
}

/* The user may have changed the disc since it was inspected: it must be in the
 * state for which the session was made.  LOOK describes the disc now. */
static enum nb_err
check_same(const struct nb_write *w, const struct nb_session *s)
{
	struct nb_inspection before = *w->look;
	const struct nb_inspection *now = w->look;
	enum nb_err err = nb_inspect_again(w->look);
	bool same = same_medium(&now->medium, &before.medium);

	if (s->previous)
		same = same && now->label_state == NB_LABEL_GOOD
			&& !memcmp(now->label_sha256, before.label_sha256,
				   sizeof before.label_sha256)
			&& now->medium.next_writable
				== before.medium.next_writable;
	if (err || same)
		return err;
	return nb_fail(NB_EWRONG,
		       "%s: the disc was changed after it was inspected\n"
		       "hint: leave the disc in the drive until the run ends",
		       w->look->device);
}

/* Frees what was burned.  The tree of the image takes as much memory as the
 * read-back does. */
static enum nb_err
release(const struct nb_write *w, struct nb_session *s)
{
	nb_image_free(s->image);
	s->image = NULL;
	nb_calls_burning(s->calls, false);
	nb_roots_close(&s->roots);
	return nb_backup_release(w->backup);
}

static enum nb_err
burn(const struct nb_write *w, struct nb_session *s,
     struct nb_run_result *result)
{
	const char *state = w->context->state->dir;
	struct nb_journal intent = { NB_STEP_BURN, s->label };
	bool first = s->previous == NULL;
	struct nb_burn spec = {
		.image = s->image,
		.close = w->context->pool->close,
		.finish = !first && !w->look->medium.random_access,
	};
	uint8_t checksum[NB_CHECKSUM_SIZE];
	enum nb_err err;

	err = nb_job_check(w->context->nb);
	if (!err)
		err = nb_power_permit(w->context->nb, NB_WORK_BURN);
	if (!err)
		err = nb_journal_begin(state, &intent);
	if (err)
		return err;
	err = check_same(w, s);
	if (!err && first && w->look->medium.unformatted)
		err = nb_format_disc(w->context, w->look,
				     first_session_blocks(s));
	nb_calls_burning(s->calls, true);
	if (!err)
		err = nb_drive_burn(w->look->drive, &spec, checksum);
	if (err && err != NB_ESUSPECT) {
		nb_journal_end(state);
		return err;
	}
	/* The data on the disc may come from a snapshot that ran full. */
	if (release(w, s) || err)
		return suspect(w, s, "the burn failed");
	result->burned = true;
	intent.step = NB_STEP_VERIFY;
	err = nb_journal_begin(state, &intent);
	if (!err)
		err = read_back(w, s, checksum, result);
	if (err == NB_ECANCELED)
		return unread(w, s);
	if (err)
		return suspect(w, s, "the read-back failed");
	err = commit(w, s, first, checksum);
	if (err)
		return err;
	result->verified = true;
	return nb_journal_end(state);
}

/* The catalog must not exceed the file size limit of this process. */
static enum nb_err
check_limit(const struct nb_state *state, uint64_t need)
{
	char may[16], want[16];
	struct rlimit limit;
	struct stat st;

	if (getrlimit(RLIMIT_FSIZE, &limit) || limit.rlim_cur == RLIM_INFINITY
	    || stat(state->catalog, &st)
	    || (uint64_t)st.st_size + need <= limit.rlim_cur)
		return NB_OK;
	return nb_fail(NB_EFULL,
		       "%s: files are limited to %s, this one may need "
		       "%s\nhint: raise the file size limit (ulimit -f)",
		       state->catalog, nb_str_size(limit.rlim_cur, may),
		       nb_str_size((uint64_t)st.st_size + need, want));
}

/* SQLite's write-ahead log and then its tables store the paths, the hashes and
 * overhead. */
static enum nb_err
check_room(const struct nb_write *w, const struct nb_session *s)
{
	const char *state = w->context->state->dir;
	uint64_t need = RECORD_BASE, room;
	char have[16], want[16];
	enum nb_err err;

	for (size_t i = 0; i < s->entries.count; i++)
		need += 2 * (strlen(s->entries.at[i].path) + RECORD_ENTRY);
	err = nb_staging_room(state, &room);
	if (!err && room < need)
		err = nb_fail(NB_EFULL,
			      "%s: %s free, the record of this "
			      "backup may need %s\nhint: free some space on "
			      "that file system",
			      state, nb_str_size(room, have),
			      nb_str_size(need, want));
	return err ? err : check_limit(w->context->state, need);
}

enum nb_err
nb_write_session(const struct nb_write *w, const struct nb_decision *decision,
		 struct nb_session *s, struct nb_run_result *result)
{
	const struct nb_blanking how = {
		.image_blocks = first_session_blocks(s),
		.image_shrunk = s->manifest.shrinks.count > 0,
	};
	bool is_new = nb_pool_is_new(w->context, decision->disc);
	int awake = nb_inhibit("a disc is being burned");
	enum nb_err err = check_room(w, s);

	if (!err && decision->plan == NB_PLAN_BLANK_FRESH)
		err = nb_blank_disc(w->context, w->look, &how);
	if (!err)
		err = burn(w, s, result);
	if (!err && is_new)
		nb_log(NB_ERROR,
		       "%s: the blank disc is now %s: write that on it",
		       w->look->device, decision->disc);
	nb_fd_close(&awake);
	result->generation = s->label.generation;
	result->blocks = s->blocks;
	result->session = (int)s->earlier.count + 1;
	nb_run_summary(s, result);
	return err;
}
