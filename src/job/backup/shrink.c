/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/shrink.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "job/backup/decline.h"
#include "job/backup/empty.h"
#include "job/backup/inner.h"
#include "job/backup/kept.h"
#include "job/backup/kin.h"
#include "job/backup/measure.h"
#include "model/decide/shrink.h"

/* ---- parts that were left out ---- */

/* What could not be read of a source. */
struct parts {
	const struct nb_manifest_source *source;
	char *prefix; /* of its files in the catalog */
	bool *had;    /* for each note: there were files */
	struct nb_shrink shrink;
	char *before; /* a backup on two discs has two rows */
};

static bool
is_part(enum nb_note what)
{
	return what == NB_NOTE_MOUNT || what == NB_NOTE_UNREADABLE;
}

/* Is PATH beneath DIRECTORY? */
static bool
is_beneath(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	return !strncmp(path, directory, n) && path[n] == '/';
}

static enum nb_err
look_for_parts(void *ctx, const struct nb_catalog_file *row)
{
	const struct nb_entry *e = row->entry;
	struct parts *p = ctx;
	const struct nb_manifest_notes *notes = &p->source->notes;
	bool found = false;

	if (e->type == NB_ENTRY_DIR || !is_beneath(e->path, p->prefix)
	    || (p->before && !strcmp(p->before, e->path)))
		return NB_OK;
	for (size_t i = 0; !found && i < notes->count; i++) {
		found = is_part(notes->at[i].what)
			&& is_beneath(e->path + strlen(p->prefix) + 1,
				      notes->at[i].path);
		p->had[i] |= found;
	}
	if (!found)
		return NB_OK;
	p->shrink.before++;
	free(p->before);
	p->before = NULL;
	return nb_str_dup(e->path, &p->before);
}

static enum nb_err
add_parts(struct nb_backup *backup, struct parts *p)
{
	const struct nb_manifest_notes *notes = &p->source->notes;

	for (size_t i = notes->count; i-- > 0;) {
		if (!p->had[i])
			continue;
		p->shrink.mount = notes->at[i].path;
		p->shrink.now++;
	}
	return p->shrink.now ? nb_shrinks_add(&backup->shrinks, &p->shrink)
			     : NB_OK;
}

/* Of the source of WAS in the backup LAST; what was one file counts as one. */
static enum nb_err
find_parts(struct nb_backup *backup, const struct nb_holding *was,
	   const struct nb_manifest_source *source, const char *last)
{
	struct parts p = { .source = source,
			   .shrink = { .kind = was->kind,
				       .name = was->name,
				       .what = NB_SHRINK_PART } };
	char *name = NULL;
	enum nb_err err = nb_path_encode(was->name, &name);

	if (!err)
		err = nb_str_format(&p.prefix, "%s/%s/%s", last, was->kind,
				    name);
	p.had = calloc(source->notes.count, sizeof *p.had);
	if (!err && !p.had)
		err = nb_fail_memory();
	if (!err)
		err = nb_catalog_files(backup->context->catalog, last,
				       look_for_parts, &p);
	if (!err)
		err = add_parts(backup, &p);
	free(p.before);
	free(p.prefix);
	free(p.had);
	free(name);
	return err;
}

static enum nb_err
compare_parts(struct nb_backup *backup, const struct nb_manifest *m)
{
	const struct nb_line line = nb_backup_line(backup);
	struct nb_last_complete last = { .id = "" };
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < backup->last.count; i++) {
		const struct nb_holding *was = &backup->last.at[i];
		const struct nb_manifest_source *source =
			nb_manifest_find(m, was->kind, was->name);
		bool part = false;

		for (size_t k = 0; source && k < source->notes.count; k++)
			part |= is_part(source->notes.at[k].what);
		if (!part || nb_backup_least(backup, was).ratio <= 0)
			continue;
		if (!last.id[0])
			err = nb_catalog_last_complete(backup->context->catalog,
						       &line, &last);
		if (!err)
			err = find_parts(backup, was, source, last.id);
	}
	return err;
}

/* ---- everything ---- */

void
nb_backup_accept(struct nb_backup *backup)
{
	const struct nb_shrinks none = NB_ARRAY_INIT;

	if (!backup->context->accept_shrink)
		return;
	backup->accepted = backup->shrinks;
	backup->shrinks = none;
	nb_holdings_free(&backup->last);
}

enum nb_err
nb_backup_compare(struct nb_backup *backup, const struct nb_manifest *m,
		  const struct nb_entries *entries)
{
	struct nb_pool_context *context = backup->context;
	struct nb_line line;
	struct nb_holdings *was = &backup->last, now = NB_ARRAY_INIT;
	enum nb_err err;

	nb_shrinks_free(&backup->shrinks);
	nb_shrinks_free(&backup->accepted);
	nb_holdings_free(was);
	if (!context->catalog || nb_backup_is_by_hand(backup))
		return NB_OK;
	err = nb_holdings_take(m, entries, &now);
	if (!err)
		err = nb_backup_find_kin(backup, &now);
	line = nb_backup_line(backup);
	if (!err)
		err = nb_catalog_last_holdings(context->catalog, &line, was);
	for (size_t i = 0; !err && i < was->count; i++)
		err = nb_backup_add_lacks(backup, &was->at[i], &now,
					  &backup->shrinks);
	if (!err)
		err = nb_backup_compare_empty(backup, &now);
	if (!err)
		err = nb_backup_compare_older(backup, &now);
	if (!err)
		err = compare_parts(backup, m);
	if (!err)
		err = nb_backup_compare_inner(backup, m, entries, &now);
	nb_holdings_free(&now);
	if (!err)
		err = nb_backup_compare_names(backup, m, entries);
	return err;
}

/* ---- files that could not be read when they were burned ---- */

enum nb_err
nb_backup_reserve(const struct nb_backup *backup, struct nb_manifest *m)
{
	struct nb_shrinks more = NB_ARRAY_INIT;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < backup->last.count; i++) {
		const struct nb_holding *was = &backup->last.at[i];
		const struct nb_shrink longest = { .kind = was->kind,
						   .name = was->name,
						   .what = NB_SHRINK_CONTENT,
						   .before = UINT64_MAX,
						   .now = UINT64_MAX };

		if (nb_backup_least(backup, was).ratio > 0
		    && !nb_shrinks_have(&backup->shrinks, was))
			err = nb_shrinks_add(&more, &longest);
	}
	if (!err)
		err = nb_manifest_reserve(m, &more);
	nb_shrinks_free(&more);
	return err;
}

static bool
has_lost(const struct nb_entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		if (entries->at[i].lost)
			return true;
	return false;
}

enum nb_err
nb_backup_compare_lost(struct nb_backup *backup, struct nb_manifest *m,
		       const struct nb_entries *entries)
{
	struct nb_holdings now = NB_ARRAY_INIT;
	struct nb_shrink shrink;
	enum nb_err err;

	if (!backup->last.count || !has_lost(entries))
		return NB_OK;
	err = nb_holdings_take(m, entries, &now);
	for (size_t i = 0; !err && i < backup->last.count; i++) {
		const struct nb_holding *was = &backup->last.at[i];

		if (nb_shrinks_have(&backup->shrinks, was)
		    || !nb_backup_lacks(backup, was, &now, &shrink)
		    || shrink.what == NB_SHRINK_OTHER)
			continue;
		err = nb_shrinks_add(&backup->shrinks, &shrink);
		if (!err && m->disc_id[0])
			err = nb_shrinks_add(&m->shrinks, &shrink);
	}
	nb_holdings_free(&now);
	return err;
}

/* ---- telling ---- */

static void
tell_from(const struct nb_backup *backup, size_t first)
{
	char text[NB_SHRINK_TEXT];

	for (size_t i = first; i < backup->shrinks.count; i++)
		nb_log(NB_ERROR, "%s",
		       nb_shrink_text(&backup->shrinks.at[i], text));
}

void
nb_backup_tell_lost(const struct nb_backup *backup, size_t told)
{
	if (backup->shrinks.count == told)
		return;
	tell_from(backup, told);
	nb_log(NB_ERROR,
	       "%s: so many files were lost while they were burned that this "
	       "backup is not complete: no disc with the last good one is "
	       "blanked for it\n"
	       "hint: find out what removes files at that time; the next run "
	       "compares again",
	       backup->context->job->name);
}

/* What the first of a kind is about that may come each night, and the option
 * that is for that; NULL: none. */
static const char *
hint_of_kind(enum nb_shrink_what what)
{
	switch (what) {
	case NB_SHRINK_MOUNT:
		return "mount what is not mounted, or restore what was lost; "
		       "if this is intended, run nightburn run "
		       "--accept-shrink; exclude is for a mount point that "
		       "comes and goes";
	case NB_SHRINK_EMPTIED:
		return "restore what was lost; if this is intended, run "
		       "nightburn run --accept-shrink; transient_tables is "
		       "for tables that come and go";
	case NB_SHRINK_LINK:
		return "name the directory that it leads to as a tree of its "
		       "own; if what was there is no longer needed, run "
		       "nightburn run --accept-shrink";
	case NB_SHRINK_NAMES:
		return "restore what was lost; if this is intended, run "
		       "nightburn run --accept-shrink; min_kept = 0 is for "
		       "files that have new names each night";
	case NB_SHRINK_REWRITTEN:
		return "restore what was lost; if this is intended, run "
		       "nightburn run --accept-shrink; min_unchanged = 0 is "
		       "for files that are written anew each night";
	case NB_SHRINK_OTHER:
		return "if this is intended, run nightburn run "
		       "--accept-shrink; otherwise correct the configuration, "
		       "or what it names";
	default:
		return NULL;
	}
}

static const char *
hint_of(const struct nb_shrinks *shrinks)
{
	const char *hint = NULL;

	for (size_t i = 0; !hint && i < shrinks->count; i++)
		hint = shrinks->at[i].what == NB_SHRINK_FILES
				&& !shrinks->at[i].before
			? "mount what belongs there, or see path and exclude; "
			  "if it is meant to be empty, run nightburn run "
			  "--accept-shrink, or set min_ratio = 0"
			: hint_of_kind(shrinks->at[i].what);
	return hint ? hint
		    : "restore what was lost; if this is intended, run "
		      "nightburn run --accept-shrink";
}

void
nb_backup_tell_shrinks(const struct nb_backup *backup)
{
	char text[NB_SHRINK_TEXT], hint[NB_HINT_MAX];

	for (size_t i = 0; i < backup->accepted.count; i++)
		nb_log(NB_ERROR, "accepted: %s",
		       nb_shrink_text(&backup->accepted.at[i], text));
	tell_from(backup, 0);
	if (backup->shrinks.count)
		nb_log(NB_ERROR,
		       "%s: the backup shrank, so no disc is blanked for "
		       "it\nhint: %s",
		       backup->context->job->name,
		       nb_pool_context_hint(backup->context,
					    hint_of(&backup->shrinks), hint));
}
