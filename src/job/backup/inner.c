/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/inner.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "job/backup/measure.h"
#include "job/backup/past_files.h"
#include "model/decide/shrink.h"

/* A mount point, or a link that was a directory. */
struct part {
	size_t at;                   /* its source in BACKUP->last */
	char *path;                  /* below the tree */
	const struct nb_entry *link; /* NULL: a mount point */
	uint64_t had, has;
};

struct parts NB_ARRAY(struct part);

struct search {
	struct nb_backup *backup;
	const struct nb_manifest *m;
	const struct nb_entries *files;
	const struct nb_manifest_source **sources; /* one for each of
						      BACKUP->last; NULL: is
						      not compared */
	struct parts parts;
};

static enum nb_err
add_part(struct search *s, size_t at, const char *path,
	 const struct nb_entry *link)
{
	struct part part = { .at = at, .link = link };
	enum nb_err err = nb_str_dup(path, &part.path);

	if (!err)
		err = nb_array_push(&s->parts, part);
	if (err)
		free(part.path);
	return err;
}

/* "www/a" for "tree/www/a", "a" for that. */
static const char *
after_slash(const char *path)
{
	const char *slash = strchr(path, '/');

	return slash ? slash + 1 : "";
}

static bool
is_beneath(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	return !strncmp(path, directory, n) && path[n] == '/';
}

/* ---- links ---- */

/* The link that is in the place of a directory of PATH, "tree/www/a/b", now;
 * NULL: there is none.  *LENGTH: that of its path. */
static const struct nb_entry *
find_link(const struct search *s, size_t at, const char *path, size_t *length)
{
	const struct nb_entry *found = NULL;
	const char *unused, *top = after_slash(after_slash(path));
	char *above = strdup(path), *slash = above ? strrchr(above, '/') : NULL;

	while (slash && slash - above >= top - path) {
		const struct nb_entry *e;

		*slash = '\0';
		e = nb_manifest_source_file(s->sources[at], s->files, above,
					    &unused);
		if (e && e->type == NB_ENTRY_SYMLINK) {
			found = e;
			*length = (size_t)(slash - above);
		}
		slash = strrchr(above, '/');
	}
	free(above);
	return found;
}

/* Where the target of LINK, whose path has N bytes, is in the tree: the file
 * REST below it.  NULL: it leads elsewhere. */
static enum nb_err
is_behind(const struct search *s, const struct nb_past_file *file, size_t n,
	  const struct nb_entry *link, bool *found)
{
	const char *target = link->target ? link->target : "/";
	const char *root = nb_properties_get(&s->sources[file->at]->identity,
					     NB_IDENTITY_PATH);
	const char *top = after_slash(after_slash(file->path)), *unused;
	size_t above = n;
	char *path = NULL;
	enum nb_err err;

	*found = false;
	if (target[0] == '/' && (!root || !is_beneath(target, root)))
		return NB_OK;
	if (target[0] == '/') {
		target += strlen(root) + 1;
		above = (size_t)(top - file->path);
	} else {
		while (above && file->path[above - 1] != '/')
			above--;
	}
	err = nb_str_format(&path, "%.*s%s%s", (int)above, file->path, target,
			    file->path + n);
	if (!err)
		*found = nb_manifest_source_file(s->sources[file->at], s->files,
						 path, &unused)
			!= NULL;
	free(path);
	return err;
}

static enum nb_err
count_behind(struct search *s, const struct nb_past_file *file)
{
	size_t n = 0, i = 0;
	const struct nb_entry *link = find_link(s, file->at, file->path, &n);
	const char *within = after_slash(after_slash(file->path));
	char *path = NULL;
	bool found = false;
	enum nb_err err;

	if (!link)
		return NB_OK;
	while (i < s->parts.count && s->parts.at[i].link != link)
		i++;
	err = is_behind(s, file, n, link, &found);
	if (!err && i == s->parts.count) {
		err = nb_str_format(&path, "%.*s",
				    (int)(n - (size_t)(within - file->path)),
				    within);
		if (!err)
			err = add_part(s, file->at, path, link);
		free(path);
	}
	if (err)
		return err;
	s->parts.at[i].had++;
	s->parts.at[i].has += found;
	return NB_OK;
}

/* ---- mount points ---- */

static bool
has_name(const struct nb_names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->at[i], name))
			return true;
	return false;
}

static enum nb_err
add_mounts(struct search *s, size_t at, const struct nb_holding *now)
{
	const struct nb_holding *was = &s->backup->last.at[at];
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < was->inner.count; i++)
		if (has_name(&now->inner, was->inner.at[i])
		    && !nb_backup_leaves_out(s->backup, was, was->inner.at[i]))
			err = add_part(s, at, was->inner.at[i], NULL);
	return err;
}

static void
count_now(struct search *s, size_t at, const struct nb_entry *e,
	  const char *within)
{
	for (size_t i = 0; i < s->parts.count; i++) {
		struct part *p = &s->parts.at[i];

		if (p->at == at && !p->link && e->type != NB_ENTRY_DIR
		    && is_beneath(within, p->path))
			p->has++;
	}
}

static void
count_source(struct search *s, size_t at)
{
	const struct nb_manifest_source *source = s->sources[at];
	size_t n = source->path ? strlen(source->path) : 0;

	for (size_t i = 0; i < source->members.count; i++) {
		const struct nb_entry *e = &source->members.at[i];

		count_now(s, at, e, after_slash(e->path));
	}
	for (size_t i = 0; n && i < s->files->count; i++) {
		const struct nb_entry *e = &s->files->at[i];

		if (is_beneath(e->path, source->path))
			count_now(s, at, e, e->path + n + 1);
	}
}

/* ---- both ---- */

static enum nb_err
count_past(void *ctx, const struct nb_past_file *file)
{
	struct search *s = ctx;
	const char *within = after_slash(after_slash(file->path));

	if (!s->sources[file->at])
		return NB_OK;
	for (size_t i = 0; i < s->parts.count; i++) {
		struct part *p = &s->parts.at[i];

		if (p->at == file->at && !p->link
		    && is_beneath(within, p->path))
			p->had++;
	}
	return file->now ? NB_OK : count_behind(s, file);
}

static enum nb_err
begin(struct search *s, const struct nb_holdings *now, bool *any)
{
	struct nb_backup *backup = s->backup;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < backup->last.count; i++) {
		const struct nb_holding *was = &backup->last.at[i];
		const struct nb_holding *is = nb_holdings_find(
			now, was->kind, was->name, was->database);

		if (!is || was->files <= 0
		    || nb_shrinks_have(&backup->shrinks, was)
		    || nb_backup_least(backup, was).ratio <= 0)
			continue;
		s->sources[i] = nb_manifest_find(s->m, was->kind, was->name);
		*any |= s->sources[i] != NULL;
		err = add_mounts(s, i, is);
	}
	return err;
}

static enum nb_err
finish(struct search *s)
{
	struct nb_backup *backup = s->backup;
	enum nb_err err = NB_OK;

	for (size_t i = 0; i < backup->last.count; i++)
		if (s->sources[i])
			count_source(s, i);
	for (size_t i = 0; !err && i < s->parts.count; i++) {
		const struct part *p = &s->parts.at[i];
		const struct nb_holding *was = &backup->last.at[p->at];
		const struct nb_shrink shrink = {
			.kind = was->kind,
			.name = was->name,
			.what = p->link ? NB_SHRINK_LINK : NB_SHRINK_INNER,
			.mount = p->path,
			.before = p->had,
			.now = p->has,
		};

		if (nb_shrink_fell(p->had, p->has,
				   nb_backup_least(backup, was).ratio,
				   NB_SHRINK_FILES_MIN))
			err = nb_shrinks_add(&backup->shrinks, &shrink);
	}
	return err;
}

enum nb_err
nb_backup_compare_inner(struct nb_backup *backup, const struct nb_manifest *m,
			const struct nb_entries *files,
			const struct nb_holdings *now)
{
	const struct nb_line line = nb_backup_line(backup);
	struct search s = { .backup = backup, .m = m, .files = files };
	struct nb_last_complete last = { .id = "" };
	bool any = false;
	enum nb_err err;

	s.sources = calloc(backup->last.count + 1,
			   sizeof(const struct nb_manifest_source *));
	if (!s.sources)
		return nb_fail_memory();
	err = begin(&s, now, &any);
	if (!err && any)
		err = nb_catalog_last_complete(backup->context->catalog, &line,
					       &last);
	if (!err && last.id[0])
		err = nb_past_files(backup, m, files, last.id, count_past, &s);
	if (!err)
		err = finish(&s);
	for (size_t i = 0; i < s.parts.count; i++)
		free(s.parts.at[i].path);
	nb_array_free(&s.parts);
	free(s.sources);
	return err;
}
