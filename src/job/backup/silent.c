/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/silent.h"

#include <string.h>

#include "base/log.h"
#include "job/backup/dedup.h"
#include "model/record/holding.h"

struct finding {
	struct nb_backup *backup;
	struct nb_session *session;
	struct nb_last_complete last;
	const struct nb_entry *before; /* a backup on two discs has two rows */
	bool based; /* nb_dedup compared with that one, except for members */
};

/* A file that is burned now. */
struct now {
	const struct nb_entry *entry;
	struct nb_manifest_source *source;
	const char *within; /* its path in that */
};

/* One that differs in the last good backup is looked at until it is right
 * again. */
static bool
is_wanted(const struct finding *f, const struct nb_manifest_source *source)
{
	enum nb_reread rule = nb_dedup_rule(f->backup, source);

	return rule == NB_REREAD_ALWAYS
		|| (f->last.newer && rule != NB_REREAD_NEVER);
}

/* The file PATH, if its source is to be compared.  False: there is none. */
static bool
find_now(const struct finding *f, const char *path, struct now *out)
{
	struct nb_manifest_sources *list = &f->session->manifest.sources;

	for (size_t i = 0; i < list->count; i++) {
		out->source = &list->at[i];
		out->entry = nb_manifest_source_file(
			out->source, f->based ? NULL : &f->session->entries,
			path, &out->within);
		if (out->entry)
			return is_wanted(f, out->source);
	}
	return false;
}

/* Does all that the catalog and the file system know say that E is what WAS
 * was?  The status of a file that is written, or takes the place of another
 * one, changes. */
static bool
seems_same(const struct finding *f, const struct nb_entry *e,
	   const struct nb_entry *was)
{
	return e->type == NB_ENTRY_FILE && was->type == NB_ENTRY_FILE
		&& was->hashed && e->inode && !e->torn && e->size == was->size
		&& e->mtime == was->mtime && e->ctime
		&& e->ctime < f->last.created
		/* Else the clock was wrong that night. */
		&& f->last.created <= f->session->manifest.created;
}

/* nb_dedup noted it if it differs from the copy on this disc, too. */
static bool
is_noted(const struct now *now)
{
	const struct nb_manifest_source *source = now->source;

	for (size_t i = 0; i < source->notes.count; i++)
		if (source->notes.at[i].what == NB_NOTE_CORRUPT
		    && !strcmp(source->notes.at[i].path, now->within))
			return true;
	return false;
}

static enum nb_err
tell(const struct finding *f, const struct now *now)
{
	const struct nb_last_complete *last = &f->last;
	struct nb_manifest_source *source = now->source;
	bool where = last->disc[0] != '\0';

	nb_log(NB_ERROR,
	       "%s %s: %s: content differs from generation %llu%s%s, but its "
	       "metadata is unchanged\n"
	       "hint: check disk and memory; nightburn restore %llu has the "
	       "earlier content",
	       source->kind, source->name, now->within,
	       (unsigned long long)last->generation, where ? " on " : "",
	       last->disc, (unsigned long long)last->generation);
	return nb_manifest_source_note(source, NB_NOTE_CORRUPT, now->within,
				       now->entry->size);
}

static enum nb_err
compare(void *ctx, const struct nb_catalog_file *row)
{
	struct finding *f = ctx;
	size_t n = strlen(f->last.id);
	const char *path = row->entry->path;
	const struct nb_entry *e;
	struct now now;
	uint8_t sha256[NB_SHA256_SIZE];
	bool read = true;
	enum nb_err err = NB_OK;

	if (strncmp(path, f->last.id, n) != 0 || path[n] != '/')
		return NB_OK;
	if (!find_now(f, path + n + 1, &now) || now.entry == f->before)
		return NB_OK;
	f->before = e = now.entry;
	if (!seems_same(f, e, row->entry) || is_noted(&now))
		return NB_OK;
	if (e->hashed)
		memcpy(sha256, e->sha256, sizeof sha256);
	else if (e->content != NB_CONTENT_ROOT || !e->root)
		return NB_OK;
	else
		err = nb_dedup_hash(f->backup->context->nb, f->session, e,
				    sha256, &read);
	if (err || !read || !memcmp(sha256, row->entry->sha256, sizeof sha256))
		return err;
	return tell(f, &now);
}

static enum nb_err
find(struct finding *f)
{
	struct nb_catalog *catalog = f->backup->context->catalog;
	const struct nb_line line = nb_backup_line(f->backup);
	const struct nb_session *s = f->session;
	bool wanted = false;
	enum nb_err err = nb_catalog_last_complete(catalog, &line, &f->last);

	/* nb_dedup compared with that one, and knows more of it. */
	f->based = !err && s->base
		&& !strcmp(s->base->manifest.backup_id, f->last.id);
	for (size_t i = 0; !err && i < s->manifest.sources.count; i++)
		wanted |= is_wanted(f, &s->manifest.sources.at[i])
			&& (!f->based
			    || s->manifest.sources.at[i].members.count);
	if (err || !wanted || !f->last.id[0])
		return err;
	err = nb_entries_sort(&f->session->entries);
	return err ? err : nb_catalog_files(catalog, f->last.id, compare, f);
}

static enum nb_err
add_shrinks(struct nb_backup *backup, const struct nb_session *s)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < s->manifest.sources.count; i++) {
		const struct nb_manifest_source *source =
			&s->manifest.sources.at[i];
		struct nb_shrink shrink = { .kind = source->kind,
					    .name = source->name,
					    .what = NB_SHRINK_CONTENT };

		for (size_t k = 0; k < source->notes.count; k++)
			shrink.now +=
				source->notes.at[k].what == NB_NOTE_CORRUPT;
		if (shrink.now)
			err = nb_shrinks_add(&backup->shrinks, &shrink);
	}
	return err;
}

enum nb_err
nb_silent_find(struct nb_backup *backup, struct nb_session *session)
{
	struct finding f = { .backup = backup, .session = session };
	enum nb_err err;

	if (!backup->context->catalog || backup->context->accept_shrink
	    || nb_backup_is_by_hand(backup))
		return NB_OK;
	err = find(&f);
	return err ? err : add_shrinks(backup, session);
}
