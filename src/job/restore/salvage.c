/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Restores what can still be read from a damaged disc: by its manifest; without
 * that, by its directory and SHA256SUMS; without both, by the directory. */
#include "job/restore/restore.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "disc/read/readback.h"
#include "job/disc/choose_drive.h"
#include "job/disc/fallback_session.h"
#include "job/disc/restorable.h"
#include "model/record/backup_path.h"

struct salvage {
	struct nb_disc_contents contents;
	char id[NB_BACKUP_ID_MAX + 1]; /* of the backup that is restored */
	struct nb_disc_backup bare;    /* of one without a manifest */
	struct nb_disc_backup *backup;
	bool doubtful;    /* the manifest has the wrong MAC */
	bool has_sums;    /* SHA256SUMS lists what was on the disc */
	uint64_t missing; /* files in it that are in no directory */
};

/* A date, a hyphen and eight digits: "20261121T013000Z-be88de43". */
static bool
is_id(const char *path)
{
	static const unsigned char form[] = "00000000T000000Z-xxxxxxxx";
	size_t i;

	for (i = 0; form[i]; i++) {
		unsigned char c = (unsigned char)path[i];

		if (form[i] == '0'           ? !isdigit(c)
			    : form[i] == 'x' ? !isxdigit(c)
					     : c != form[i])
			return false;
	}
	return !path[i];
}

static struct nb_disc_backup *
find_backup(struct salvage *s, const char *id)
{
	struct nb_disc_backups *list = &s->contents.backups;

	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->at[i].label.backup_id, id))
			return &list->at[i];
	return NULL;
}

static bool
is_meant(struct salvage *s, const char *id, const char *which)
{
	const struct nb_disc_backup *b = find_backup(s, id);

	return !which
		|| nb_restore_names(which, id, b ? b->label.generation : 0);
}

/* What a user appended is meant only if there is nothing else. */
static bool
is_by_hand(struct salvage *s, const char *id)
{
	struct nb_disc_backup *b = find_backup(s, id);
	bool by_hand;

	if (!b || b->err || nb_disc_backup_load(&s->contents, b))
		return false;
	by_hand = nb_job_is_by_hand(b->manifest.job);
	nb_disc_backup_unload(b);
	return by_hand;
}

/* Generations determine the order; without labels and manifests, the dates with
 * which ids begin. */
static bool
is_newer(struct salvage *s, const char *id, const char *than)
{
	const struct nb_disc_backup *a = find_backup(s, id);
	const struct nb_disc_backup *b = find_backup(s, than);

	if (a && b && !a->err && !b->err)
		return a > b; /* the list is sorted */
	return strcmp(id, than) > 0;
}

/* The newest backup that is meant, among the directories of backups. */
static enum nb_err
choose(struct salvage *s, const struct nb_restore_options *options,
       const char *device)
{
	const char *which = options->backup;
	bool appended = options->job && nb_job_is_by_hand(options->job);
	const struct nb_nodes *nodes = &s->contents.nodes;
	char by_hand[NB_BACKUP_ID_MAX + 1] = "";
	size_t count = 0;

	for (size_t i = 0; i < nodes->count; i++) {
		const char *path = nodes->at[i].entry.path;
		char *best;

		if (!is_id(path) || !is_meant(s, path, which))
			continue;
		if (which && !nb_backup_is_generation(which) && count++)
			return nb_fail(NB_EFAIL,
				       "%s: more than one backup id begins "
				       "like this\nhint: name one of those on "
				       "this disc: %s, %s",
				       which, s->id[0] ? s->id : by_hand, path);
		best = is_by_hand(s, path) ? by_hand : s->id;
		if (!best[0] || is_newer(s, path, best))
			snprintf(best, sizeof s->id, "%s", path);
	}
	if (!s->id[0] || appended)
		memcpy(s->id, by_hand, sizeof s->id);
	return s->id[0] ? NB_OK
			: nb_fail(NB_ENOTFOUND,
				  "%s: %s%s is not on this disc, or its "
				  "directory is lost",
				  device, which ? "backup " : "a backup",
				  which ? which : "");
}

static enum nb_err
add_node(struct salvage *s, const struct nb_sums *sums,
	 const struct nb_entry *node)
{
	const struct nb_sum *sum = nb_sums_find(sums, node->path);
	struct nb_entry e;
	enum nb_err err = nb_entry_copy(node, &e);

	if (err)
		return err;
	nb_backup_path_take(s->id, e.path);
	if (sum && e.type == NB_ENTRY_FILE) {
		memcpy(e.sha256, sum->sha256, sizeof e.sha256);
		e.hashed = true;
	}
	return nb_entries_add(&s->bare.entries, &e);
}

static void
count_missing(struct salvage *s, const struct nb_sums *sums)
{
	for (size_t i = 0; i < sums->count; i++) {
		const char *path = sums->at[i].path;
		const char *within = nb_backup_path_within(s->id, path);

		if (!within || nb_nodes_find(&s->contents.nodes, path))
			continue;
		if (s->missing++ < NB_BAD_NAMED)
			nb_log(NB_ERROR, "%s: missing on the disc", within);
	}
}

/* A backup made from its directory. */
static enum nb_err
make_bare(struct salvage *s)
{
	const struct nb_nodes *nodes = &s->contents.nodes;
	struct nb_sums sums = NB_ARRAY_INIT;
	enum nb_err err = NB_OK;

	s->has_sums = !nb_disc_sums(&s->contents, &sums);
	count_missing(s, &sums);
	memcpy(s->bare.manifest.backup_id, s->id, sizeof s->id);
	for (size_t i = 0; !err && i < nodes->count; i++) {
		const struct nb_entry *e = &nodes->at[i].entry;

		if (nb_backup_path_within(s->id, e->path))
			err = add_node(s, &sums, e);
	}
	nb_sums_free(&sums);
	s->backup = &s->bare;
	nb_log(NB_WARNING,
	       "%s: its manifest cannot be read: %s, without extended "
	       "attributes, holes and fractions of seconds",
	       s->id,
	       s->has_sums ? "files are proved by SHA256SUMS"
			   : "and neither can SHA256SUMS: no file is proved");
	return err;
}

static enum nb_err
load(struct salvage *s)
{
	struct nb_disc_backup *b = find_backup(s, s->id);
	enum nb_err err = b ? b->err : NB_ENOTFOUND;

	if (!err)
		err = nb_disc_backup_load(&s->contents, b);
	if (err == NB_ENOMEM || err == NB_ECANCELED)
		return err;
	if (err) {
		err = make_bare(s);
	} else {
		s->doubtful = nb_manifest_mac_log(b) != NB_OK;
		s->backup = b;
	}
	return err ? err : nb_entries_sort(&s->backup->entries);
}

static enum nb_err
deliver(struct nightburn *nb, const struct nb_restore_options *options,
	struct salvage *s, struct nb_restore_result *result)
{
	struct nb_extract_result done = { 0 };
	bool bare = s->backup == &s->bare, unknown;
	enum nb_err err;

	memcpy(result->backup_id, s->id, sizeof result->backup_id);
	result->generation = s->backup->label.generation;
	err = nb_restore_to(nb, options, s->contents.blocks, &s->contents.nodes,
			    s->backup, &done);
	result->files = done.files;
	result->bytes = done.bytes;
	result->bad = done.bad + s->missing;
	result->unproved = s->doubtful ? done.files : done.unproved;
	if (err && err != NB_ECORRUPT)
		return err;
	unknown = s->contents.partial && bare && !s->has_sums;
	if (unknown)
		nb_log(NB_WARNING,
		       "%s: the directory is damaged; files may be missing "
		       "without being listed",
		       s->id);
	result->restored = !result->bad && !unknown;
	if (!result->restored)
		return NB_ESUSPECT;
	return bare || result->unproved ? NB_EWRONG : NB_OK;
}

/* Reads the session of LOOK. */
static enum nb_err
salvage(struct nightburn *nb, const struct nb_restore_options *options,
	struct nb_inspection *look, struct nb_restore_result *result,
	bool *begun)
{
	struct salvage s = { .id = "" };
	enum nb_err err = nb_disc_contents_open(nb, look, &s.contents);

	if (!err)
		err = choose(&s, options, look->device);
	if (!err)
		err = load(&s);
	*begun = !err;
	if (!err)
		err = deliver(nb, options, &s, result);
	if (err == NB_ENOTFOUND && *begun)
		nb_restore_tell_other(&s.contents, find_backup(&s, s.id),
				      look->label.disc, options);
	nb_disc_backup_unload(&s.bare);
	nb_disc_contents_free(&s.contents);
	return err;
}

enum nb_err
nb_restore_salvage(struct nightburn *nb,
		   const struct nb_restore_options *options,
		   struct nb_restore_result *result)
{
	const struct nb_drive_choice choice =
		nb_restore_request_of(options).drive;
	struct nb_block_runs bad = NB_ARRAY_INIT;
	struct nb_inspection look;
	bool begun = false;
	enum nb_err err, first;

	if (!options->to || options->at)
		return nb_fail(
			NB_EUSAGE,
			"restore: --salvage restores files of one backup, "
			"named or the newest on the disc\n"
			"hint: use --to DIR");
	err = nb_choose_to_verify(nb, &choice, &look);
	if (err)
		return err;
	look.salvage = true;
	look.bad_blocks = &bad;
	first = err = look.medium.state == NB_MEDIUM_NONE
		? nb_fail(NB_ENOMEDIUM, "%s: no disc", look.device)
		: salvage(nb, options, &look, result, &begun);
	while (err && !begun
	       && (nb_fallback_may_help(err) || err == NB_ENOTFOUND)
	       && !nb_fallback_session(&look))
		err = salvage(nb, options, &look, result, &begun);
	memcpy(result->disc, look.label.disc, sizeof result->disc);
	nb_inspect_close(&look);
	nb_restore_give_bad(&bad, result);
	return begun || !err ? err : first;
}
