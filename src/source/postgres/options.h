/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of a block postgres. */
#ifndef NB_SOURCE_POSTGRES_OPTIONS_H
#define NB_SOURCE_POSTGRES_OPTIONS_H

#include "model/source_kind.h"
#include "source/ssh/options.h"

enum nb_format { NB_FORMAT_CUSTOM, NB_FORMAT_PLAIN, NB_FORMAT_DIRECTORY };

/* What is counted in the snapshot of a dump. */
enum nb_pg_checksum {
	NB_PG_CHECKSUM_NONE,   /* nothing */
	NB_PG_CHECKSUM_ROWS,   /* the rows of each table */
	NB_PG_CHECKSUM_CONTENT /* and a checksum of their content */
};

struct nb_pg_options {
	char *database; /* default: the block's name */
	char *conninfo; /* libpq's; NULL: PG* variables */
	char *run_as;   /* NULL: the user who started us */
	bool globals_only;
	bool role_passwords; /* of globals: with them, for a superuser only */
	bool all;            /* every database of the cluster */
	enum nb_format format;
	int jobs;    /* of format directory */
	int retries; /* after a conflict with the recovery of a standby */
	struct nb_compress compress;
	char *pg_dump; /* program; NULL: found on PATH */
	char *pg_dumpall;
	char *pg_restore;
	int64_t timeout;                  /* seconds for the whole dump */
	int64_t lock_timeout;             /* seconds, --lock-wait-timeout */
	uint64_t max_size;                /* bytes of a dump; 0: no limit */
	struct nb_names transient_tables; /* patterns of "schema.table" */
	int64_t max_behind; /* seconds, of a standby; 0: no limit */
	double min_ratio;   /* of the last good backup's size; 0: off */
	enum nb_pg_checksum checksum;
	uint64_t checksum_limit; /* bytes of a table; for larger ones only rows
				    are counted */
	bool full_check;         /* read the whole dump with pg_restore */
	struct nb_ssh_options remote;
};

static inline const struct nb_pg_options *
nb_pg_options(const struct nb_config_source *source)
{
	/* For a dump whose source is no longer in the configuration. */
	static const struct nb_pg_options none;

	return source->options ? source->options : &none;
}

extern const struct nb_field nb_pg_fields[];
void nb_pg_options_begin(void *options);
enum nb_err nb_pg_options_end(const char *file,
			      struct nb_config_source *source);

#endif
