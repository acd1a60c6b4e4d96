/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/restore/restore_options.h"

#include <string.h>

#include "job/restore/restore.h"

/* Options that are only for a database. */
static bool
is_for_database(const struct nb_restore_options *o)
{
	return o->no_owner || o->no_privileges || o->no_tablespaces || o->keep
		|| o->table_count || o->schema_count || o->section || o->jobs
		|| o->with_globals || o->globals || o->replace || o->disconnect
		|| o->drop_old;
}

/* A part of a dump would replace a whole database. */
static enum nb_err
check_replace(const struct nb_restore_options *o)
{
	if ((o->disconnect || o->drop_old) && !o->replace)
		return nb_fail(NB_EUSAGE,
			       "restore: %s without --replace\n"
			       "hint: use both",
			       o->disconnect ? "--disconnect" : "--drop-old");
	if (o->replace && (o->table_count || o->schema_count || o->section))
		return nb_fail(NB_EUSAGE,
			       "restore: a part of a dump cannot replace a "
			       "database\n"
			       "hint: restore the part into another database");
	return NB_OK;
}

static enum nb_err
check_target(const struct nb_restore_options *o, enum nb_restore_way way)
{
	if (way == NB_RESTORE_DELIVER && !o->to == !o->into)
		return nb_fail(
			NB_EUSAGE,
			"restore: either a directory or a database is "
			"required\nhint: use --to DIR or --into DATABASE");
	if (o->to && !*o->to)
		return nb_fail(NB_EUSAGE,
			       "restore: --to is empty\n"
			       "hint: use --to DIR; . is this directory");
	if (o->to && !strcmp(o->to, "-"))
		return nb_fail(
			NB_EUSAGE,
			"restore: --to -: a directory is required\n"
			"hint: --stdout writes one file to stdout; ./- is "
			"a directory of that name");
	if (way != NB_RESTORE_DELIVER && (o->to || o->into))
		return nb_fail(NB_EUSAGE,
			       "restore: %s together with %s\n"
			       "hint: use one of them",
			       way == NB_RESTORE_LIST ? "--list" : "--stdout",
			       o->to ? "--to" : "--into");
	if (way != NB_RESTORE_DELIVER && o->salvage)
		return nb_fail(NB_EUSAGE,
			       "restore: --salvage only restores files\n"
			       "hint: use --to DIR");
	return NB_OK;
}

enum nb_err
nb_restore_check_options(const struct nb_restore_options *o,
			 enum nb_restore_way way)
{
	enum nb_err err = check_target(o, way);

	if (err)
		return err;
	if (is_for_database(o) && !o->into)
		return nb_fail(NB_EUSAGE,
			       "restore: an option for databases, but no "
			       "database\nhint: use --into DATABASE");
	err = check_replace(o);
	if (err)
		return err;
	if (o->into && (o->path_count || o->pattern_count))
		return nb_fail(NB_EUSAGE,
			       "restore: paths cannot be used with a database\n"
			       "hint: --table NAME or --schema NAME selects "
			       "parts of a dump, --to DIR restores files");
	if (o->backup && o->at)
		return nb_fail(NB_EUSAGE,
			       "restore: a backup and a date are named\n"
			       "hint: use one of them");
	return NB_OK;
}

struct nb_restore_request
nb_restore_request_of(const struct nb_restore_options *options)
{
	bool by_hand = options->job && nb_job_is_by_hand(options->job);

	return (struct nb_restore_request){
		.drive = { .device = options->device,
			   .drive = options->drive,
			   .job = by_hand ? NULL : options->job },
		.wish = { .backup = options->backup,
			  .job = options->job,
			  .at = options->at },
		.this_disc = options->this_disc,
		.allow_older = options->allow_older,
		.replaces = options->into != NULL,
		.no_paths = options->into != NULL,
	};
}
