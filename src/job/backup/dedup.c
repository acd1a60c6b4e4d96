/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/dedup.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

#define DAY (24 * 3600)
/* Runs do not begin at the same second: an hour early is soon enough. */
#define SLACK 3600

/* Must all bytes of a source be read?  LAST: when this was last done. */
static bool
is_time(enum nb_reread when, int64_t last, int64_t now)
{
	switch (when) {
	case NB_REREAD_ALWAYS:
		return true;
	case NB_REREAD_DAILY:
		return nb_clock_is_due(last, now, DAY - SLACK);
	case NB_REREAD_WEEKLY:
		return nb_clock_is_due(last, now, 7 * DAY - SLACK);
	default:
		return false;
	}
}

enum nb_reread
nb_dedup_rule(const struct nb_backup *backup,
	      const struct nb_manifest_source *of)
{
	for (size_t i = 0; i < backup->sources->count; i++) {
		const struct nb_config_source *s = &backup->sources->at[i];
		const struct nb_source_ops *ops = nb_source_ops(s);

		if (!strcmp(s->kind->name, of->kind)
		    && !strcmp(s->name, of->name))
			return ops->reread ? ops->reread(s) : NB_REREAD_NEVER;
	}
	return NB_REREAD_NEVER;
}

static bool
is_beneath(const struct nb_entry *e, const char *path)
{
	size_t n = path ? strlen(path) : 0;

	return n && !strncmp(e->path, path, n) && e->path[n] == '/';
}

/* Finds the same file in the base if its metadata is unchanged. */
static const struct nb_entry *
find_base(const struct nb_session *s, const struct nb_entry *e)
{
	const struct nb_entry *base;

	if (e->type != NB_ENTRY_FILE || e->content != NB_CONTENT_ROOT
	    || !e->inode || e->torn)
		return NULL;
	base = nb_entries_find(&s->base->entries, e->path);
	return base && base->hashed && !base->torn
			&& nb_entry_is_unchanged(e, base)
		? base
		: NULL;
}

static enum nb_err
pair_up(struct nb_session *s, struct nb_manifest_source *source, bool reread,
	struct nb_dedup_pairs *pairs)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < s->entries.count; i++) {
		struct nb_dedup_pair pair = {
			.entry = &s->entries.at[i],
			.source = source,
			.reread = reread,
		};

		if (!is_beneath(pair.entry, source->path))
			continue;
		pair.base = find_base(s, pair.entry);
		if (!pair.base)
			continue;
		pair.origin = pair.base->shared ? pair.base->shared
						: s->base->manifest.backup_id;
		err = nb_array_push(pairs, pair);
	}
	return err;
}

static enum nb_err
pair_all(const struct nb_backup *backup, struct nb_session *s,
	 struct nb_dedup_pairs *pairs)
{
	const struct nb_manifest *before = &s->base->manifest;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < s->manifest.sources.count; i++) {
		struct nb_manifest_source *source = &s->manifest.sources.at[i];
		const struct nb_manifest_source *was =
			nb_manifest_find(before, source->kind, source->name);
		bool reread;

		if (!was || !was->checked)
			continue;
		reread = is_time(nb_dedup_rule(backup, source), was->checked,
				 s->manifest.created);
		if (!reread)
			source->checked = was->checked;
		err = pair_up(s, source, reread, pairs);
	}
	return err;
}

/* Either all names of a file are written, or none. */
static enum nb_err
drop_broken_groups(const struct nb_session *s, struct nb_dedup_pairs *pairs)
{
	size_t n = s->entries.count;
	uint32_t *names = calloc(n + 1, sizeof *names);
	uint32_t *kept = calloc(n + 1, sizeof *kept);

	if (!names || !kept) {
		free(names);
		free(kept);
		return nb_fail_memory();
	}
	/* nb_entries_sort numbered them from 1 on. */
	for (size_t i = 0; i < n; i++)
		names[s->entries.at[i].ino]++;
	for (size_t i = 0; i < pairs->count; i++)
		kept[pairs->at[i].entry->ino] += !pairs->at[i].dropped;
	for (size_t i = 0; i < pairs->count; i++) {
		uint64_t ino = pairs->at[i].entry->ino;

		if (ino && kept[ino] != names[ino])
			pairs->at[i].dropped = true;
	}
	free(names);
	free(kept);
	return NB_OK;
}

static enum nb_err
mark(struct nb_dedup_pairs *pairs)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < pairs->count; i++) {
		const struct nb_dedup_pair *pair = &pairs->at[i];
		struct nb_entry *e = pair->entry;

		if (pair->dropped)
			continue;
		err = nb_str_dup(pair->origin, &e->shared);
		e->content = NB_CONTENT_EARLIER;
		e->hashed = true;
		e->tolerant = false;
		memcpy(e->sha256, pair->base->sha256, sizeof e->sha256);
	}
	return err;
}

enum nb_err
nb_dedup(struct nb_backup *backup, struct nb_session *s)
{
	struct nightburn *nb = backup->context->nb;
	struct nb_dedup_pairs pairs = NB_ARRAY_INIT;
	enum nb_err err = NB_OK;

	if (!s->base)
		return NB_OK;
	err = pair_all(backup, s, &pairs);
	if (!err)
		err = drop_broken_groups(s, &pairs);
	if (!err)
		err = nb_dedup_check_files(nb, s, &pairs);
	if (!err)
		err = nb_dedup_check_copies(nb, &s->disc, &pairs);
	if (!err)
		err = drop_broken_groups(s, &pairs);
	if (!err)
		err = mark(&pairs);
	nb_array_free(&pairs);
	return err;
}
