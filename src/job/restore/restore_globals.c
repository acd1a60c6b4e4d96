/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/restore/restore_globals.h"

#include <string.h>

bool
nb_restore_is_globals(const struct nb_manifest_source *source)
{
	const struct nb_source_ops *ops = nb_source_find(source->kind);

	return !source->database && source->path && ops && ops->restore
		&& !ops->to_disk;
}

/* NAME: of the source, or NULL. */
static enum nb_err
find(const struct nb_manifest *m, const char *name,
     const struct nb_manifest_source **out)
{
	const struct nb_manifest_source *found = NULL;

	for (size_t i = 0; i < m->sources.count; i++) {
		const struct nb_manifest_source *s = &m->sources.at[i];

		if (!nb_restore_is_globals(s)
		    || (name && strcmp(s->name, name) != 0))
			continue;
		if (found)
			return nb_fail(NB_EUSAGE,
				       "backup %s has the globals of several "
				       "servers\n"
				       "hint: choose one with --globals NAME: "
				       "%s, %s ...",
				       m->backup_id, found->name, s->name);
		found = s;
	}
	if (!found && name)
		return nb_fail(NB_ENOTFOUND,
			       "backup %s has no globals of a source %s\n"
			       "hint: nightburn restore --list shows what it "
			       "has",
			       m->backup_id, name);
	if (!found)
		return nb_fail(NB_ENOTFOUND,
			       "backup %s has no globals\n"
			       "hint: leave --with-globals out; a source with "
			       "globals_only = true adds them to the backups",
			       m->backup_id);
	*out = found;
	return NB_OK;
}

enum nb_err
nb_restore_globals_open(const struct nb_restoring *r,
			struct nb_restore_globals *globals)
{
	const struct nb_manifest_source *source = NULL;
	struct nb_dump_stream *stream = &globals->stream;
	enum nb_err err =
		find(&r->backup->manifest, r->options->globals, &source);

	*stream = (struct nb_dump_stream){ .nb = r->nb, .blocks = r->blocks };
	if (!err)
		err = nb_dump_stream_open(stream, r->nodes, r->backup,
					  source->path);
	if (!err)
		err = nb_entry_copy(stream->entry, &globals->entry);
	if (err)
		return err;
	stream->entry = &globals->entry;
	globals->source = source;
	return nb_dump_stream_check(stream);
}

void
nb_restore_globals_free(struct nb_restore_globals *globals)
{
	nb_entry_clear(&globals->entry);
}
