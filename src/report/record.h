/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of a report: rows, each a struct of the API or of a command, and a
 * record that describes the struct column by column.  A form asks for values
 * and does not know the structs.
 */
#ifndef NB_REPORT_RECORD_H
#define NB_REPORT_RECORD_H

#include <stddef.h>

#include <nightburn/nightburn.h>

#include "base/str.h"

enum nb_column_type {
	NB_COLUMN_TEXT, /* any bytes; not always UTF-8 */
	NB_COLUMN_NUMBER,
	NB_COLUMN_BYTES,  /* a size in bytes */
	NB_COLUMN_BLOCKS, /* a size in blocks of 2,048 bytes */
	NB_COLUMN_DATE,   /* seconds since 1970 UTC; 0: never */
	NB_COLUMN_BOOL,
	NB_COLUMN_MODE,   /* permission bits */
	NB_COLUMN_STATUS, /* the exit status for an enum nb_err */
	NB_COLUMN_WORD,   /* the name of a state */
	NB_COLUMN_RECORD, /* one row of another record, or none */
	NB_COLUMN_LIST    /* any number of them */
};

struct nb_record;

/* Exactly one of TEXT, ITEM and SIZE gives the source of the value. */
struct nb_column {
	const char *name; /* as in JSON */
	enum nb_column_type type;
	bool array;    /* a text of char[], not char * */
	bool optional; /* "" means that there is no value */
	size_t offset, size;
	const char *(*text)(const void *row);
	/* Returns the rows of a list, from 0, then NULL; a record is row 0. */
	const void *(*item)(const void *row, size_t index);
	const struct nb_record *record; /* of ITEM */
};

struct nb_record {
	const char *name; /* in the singular, as a heading */
	const struct nb_column *columns;
	size_t count;
	/* One row for people, with its last newline. */
	void (*describe)(struct nb_str *s, const void *row);
};

/* In tables, of MEMBER of the struct FROM. */
#define NB_COLUMN(kind, title, from, member)                 \
	{                                                    \
		.name = title, .type = NB_COLUMN_##kind,     \
		.offset = offsetof(from, member),            \
		.size = sizeof(((const from *)NULL)->member) \
	}
#define NB_COLUMN_ARRAY(title, from, member, may_lack)                  \
	{                                                               \
		.name = title, .type = NB_COLUMN_TEXT, .array = true,   \
		.optional = may_lack, .offset = offsetof(from, member), \
		.size = sizeof(((const from *)NULL)->member)            \
	}
/* A text of char[]: "" means that there is none; or is a text as any other. */
#define NB_COLUMN_CHARS(title, from, member) \
	NB_COLUMN_ARRAY(title, from, member, true)
#define NB_COLUMN_NAME(title, from, member) \
	NB_COLUMN_ARRAY(title, from, member, false)
#define NB_RECORD(title, table, function)                                      \
	{                                                                      \
		.name = title, .columns = table,                               \
		.count = sizeof(table) / sizeof *(table), .describe = function \
	}

/* A value of any type except RECORD and LIST. */
struct nb_value {
	enum nb_column_type type;
	const char *text; /* TEXT, WORD; NULL: no value */
	int64_t number;   /* the others; BOOL 0 or 1 */
};

struct nb_value nb_column_value(const struct nb_column *column,
				const void *row);

/* ---- the records ---- */

/* nb_plan_info, nb_run_result (run.c) */
extern const struct nb_record nb_record_plan, nb_record_run;

/* A command that failed and reported nothing else; a configuration that is
 * good.  (error.c) */
struct nb_error_row {
	enum nb_err err;
	char message[1024], hint[512]; /* "": none */
};
struct nb_config_row {
	const char *file;
	size_t jobs, sources, pools, drives;
};
extern const struct nb_record nb_record_error, nb_record_config;

/* A file with the image of a backup; then nb_verify_result, nb_restore_result,
 * nb_clone_result.  (result.c) */
struct nb_image_row {
	const char *file, *backup_id;
	uint64_t files, bytes, blocks;
};
extern const struct nb_record nb_record_image, nb_record_verify,
	nb_record_restore, nb_record_clone;
/* nb_drill_result (drill.c) */
extern const struct nb_record nb_record_drill;

/* nb_disc_info, nb_drive_row, nb_key_result (disc.c) */
extern const struct nb_record nb_record_disc, nb_record_drive, nb_record_key;

/* An adopted disc, and the result of nb_accept.  (disc.c) */
struct nb_adopt_row {
	struct nb_disc_info disc; /* before the adoption */
	const char *as;
	bool dry_run;
};
struct nb_accept_row {
	bool changed;
};
extern const struct nb_record nb_record_adopt, nb_record_accept;
/* nb_take_over_result */
extern const struct nb_record nb_record_take_over;
/* nb_lost_result */
extern const struct nb_record nb_record_lost;

/* nb_backup_row, nb_source_row, nb_disc_row, nb_clone_row (catalog.c),
 * nb_file_row (files.c) */
extern const struct nb_record nb_record_backup, nb_record_waiting,
	nb_record_source, nb_record_file, nb_record_known_disc,
	nb_record_known_clone;

/* nb_listed_backup, nb_source_row with its files, a line of a table of contents
 * (listing.c); nb_file_row as ls shows a file (files.c) */
struct nb_content_row {
	const char *line;
};
extern const struct nb_record nb_record_listed_backup, nb_record_listed_source,
	nb_record_listed_file, nb_record_content;

/* The columns of a source in the catalog and on a disc. */
#define NB_COLUMNS_OF_SOURCE                                                 \
	NB_COLUMN(TEXT, "kind", struct nb_source_row, kind),                 \
		NB_COLUMN(TEXT, "name", struct nb_source_row, name),         \
		NB_COLUMN(TEXT, "database", struct nb_source_row, database), \
		NB_COLUMN(TEXT, "format", struct nb_source_row, format),     \
		NB_COLUMN(TEXT, "path", struct nb_source_row, path),         \
		NB_COLUMN(TEXT, "compression", struct nb_source_row,         \
			  compression),                                      \
		NB_COLUMN(TEXT, "server_version", struct nb_source_row,      \
			  server_version),                                   \
		NB_COLUMN(BYTES, "bytes", struct nb_source_row, bytes),      \
		NB_COLUMN(BYTES, "stored", struct nb_source_row, stored)

/* nb_bootarea_info: both partition tables, side by side. (bootarea.c) */
extern const struct nb_record nb_record_bootarea;

#endif
