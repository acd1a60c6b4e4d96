/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A catalog engine stores rows in a file or a server and reads them.  It knows
 * tables, keys and transactions, but not what the rows mean: the rules are in
 * store/catalog/, above it.
 *
 * A row is a struct of texts, numbers and bytes; nb_catalog_tables gives the
 * place of each column in it, so that an engine handles all tables with the
 * same code.  Rows and keys are compared as bytes (as memcmp does), numbers as
 * numbers.
 *
 * store/sqlite/ is an engine, tests/unit/store/memory_driver.c another one;
 * CODING.md says what a new one touches.
 */
#ifndef NB_STORE_CATALOG_DRIVER_H
#define NB_STORE_CATALOG_DRIVER_H

#include "store/catalog.h"

/* ---- rows ---- */

struct nb_bytes {
	const void *at; /* NULL: null, which is not the same as 0 bytes */
	size_t size;
};

struct nb_pool_record {
	const char *name;
	int64_t generation, sequence;
};

struct nb_disc_record {
	const char *id, *pool, *name, *state, *note, *profile;
	int64_t capacity, verified, cycles, named;
};

struct nb_session_record {
	int64_t id;
	const char *disc_id;
	int64_t number, start, blocks;
	struct nb_bytes checksum;
	int64_t written, gone;
};

struct nb_backup_record {
	const char *id, *pool, *job, *host;
	int64_t generation, created, bytes, files;
};

struct nb_part_record {
	const char *backup_id;
	int64_t number, session_id;
};

struct nb_source_record {
	const char *backup_id;
	int64_t number;
	const char *kind, *name, *database, *format, *path, *compression,
		*server_version;
	int64_t bytes, stored;
};

struct nb_file_record {
	const char *backup_id;
	struct nb_bytes path;
	int64_t type, mode, uid, gid, mtime, size;
	struct nb_bytes target, sha256;
};

struct nb_clone_record {
	const char *name, *id, *source, *target, *state, *note;
	int64_t started, finished, checked, files, transferred, deleted, bytes;
};

struct nb_drill_record {
	const char *backup_id;
	int64_t date;
	const char *state;
	int64_t databases, tables, rows, files;
};

struct nb_check_record {
	const char *backup_id, *disc_id;
	int64_t date;
	const char *state;
	int64_t bad;
};

/* Of the source with this number. */
struct nb_holding_record {
	const char *backup_id;
	int64_t number, files, tables, rows;
	const char *form, *mount;
};

struct nb_shrink_record {
	const char *backup_id;
	int64_t number;
	const char *kind, *name, *what;
	int64_t previous, present;
	const char *mount;
};

struct nb_remark_record {
	const char *disc_id, *remark;
};

/* ---- tables ---- */

enum nb_column_kind {
	NB_COLUMN_NUMBER, /* int64_t */
	NB_COLUMN_TEXT,   /* const char * */
	NB_COLUMN_BYTES   /* struct nb_bytes */
};

struct nb_column {
	const char *name;
	enum nb_column_kind kind;
	bool may_be_null;
	size_t offset; /* of its field in the row */
};

#define NB_COLUMNS_MAX 16

struct nb_table {
	const char *name;
	const struct nb_column *columns;
	int count;
	int keys;      /* the first KEYS columns are the key */
	bool numbered; /* the key is a number that the engine assigns: higher
			  than all before */
	size_t size;   /* of a row */
};

enum nb_table_id {
	NB_TABLE_POOLS,
	NB_TABLE_DISCS,
	NB_TABLE_SESSIONS,
	NB_TABLE_BACKUPS,
	NB_TABLE_PARTS,
	NB_TABLE_SOURCES,
	NB_TABLE_FILES,
	NB_TABLE_CLONES,
	NB_TABLE_DRILLS,   /* from schema 5 on */
	NB_TABLE_CHECKS,   /* from schema 6 on */
	NB_TABLE_HOLDINGS, /* from schema 7 on */
	NB_TABLE_SHRINKS,  /* from schema 7 on */
	NB_TABLE_REMARKS,  /* from schema 8 on */
	NB_TABLES
};

extern const struct nb_table nb_catalog_tables[NB_TABLES];

/* The field of COLUMN in ROW. */
int64_t nb_column_number(const struct nb_column *column, const void *row);
const char *nb_column_text(const struct nb_column *column, const void *row);
struct nb_bytes nb_column_bytes(const struct nb_column *column,
				const void *row);

/* A deep copy of ROW (with a NUL after each value); free it with nb_row_clear.
 * NB_ENOMEM: *OUT is cleared. */
enum nb_err nb_row_copy(const struct nb_table *table, const void *row,
			void *out);
void nb_row_clear(const struct nb_table *table, void *row);

/* ---- engines ---- */

/* An open catalog; the struct of a driver begins with this one. */
struct nb_catalog_store {
	const struct nb_catalog_driver *driver;
	char *path;    /* for messages; owned by the driver */
	bool fixed;    /* its place cannot be written to */
	bool tolerant; /* damage was reported and is not reported again */
};

/* Logs that the catalog is damaged, and WHAT is wrong (NULL: it cannot be
 * read): NB_ECORRUPT. */
enum nb_err nb_catalog_damaged(const struct nb_catalog_store *store,
			       const char *what);

/* The version of a store. */
struct nb_schema {
	bool sealed;  /* it can store a seal */
	bool current; /* it has the newest schema */
	int tables;   /* it has the first TABLES of nb_catalog_tables */
};

#define NB_SEAL_NONE 0
#define NB_SEAL_NATIVE 1   /* catalogs of SQLite up to schema 3 */
#define NB_SEAL_PORTABLE 2 /* store/catalog/seal.c */

struct nb_seal {
	int64_t version;
	uint8_t sum[NB_SHA256_SIZE];
};

/* ROW is valid during the call.  FN may read other rows and write to other
 * tables. */
typedef enum nb_err nb_row_fn(void *ctx, const void *row);

/*
 * Every function logs its errors once, with nb_fail or nb_catalog_damaged:
 * NB_ECORRUPT, NB_EIO, NB_EFULL, NB_ELOCKED (another process has been writing
 * for ten seconds), NB_ENOMEM.
 */
struct nb_catalog_driver {
	const char *name;

	/* Should this engine open PATH, as configured? */
	bool (*takes)(const char *path);

	/* Opens PATH, created if it is missing (mode 0600).  With NB_ECORRUPT
	 * *OUT is set, too, so that whatever is readable can be read. */
	enum nb_err (*open)(const char *path, enum nb_catalog_mode mode,
			    struct nb_catalog_store **out);
	void (*close)(struct nb_catalog_store *store);
	/* As nb_catalog_set_aside. */
	enum nb_err (*set_aside)(const char *path);

	/* NB_EFAIL: a newer program created it; NB_ECORRUPT: its tables do not
	 * match its version. */
	enum nb_err (*schema)(struct nb_catalog_store *store,
			      struct nb_schema *schema);
	/* In a transaction: upgrades it, unless it is current. */
	enum nb_err (*upgrade)(struct nb_catalog_store *store);

	/* One transaction at a time; reads within one are consistent.  It ends
	 * with commit, whatever that returns, or rollback. */
	enum nb_err (*begin)(struct nb_catalog_store *store, bool writing);
	enum nb_err (*commit)(struct nb_catalog_store *store);
	void (*rollback)(struct nb_catalog_store *store);

	/* Checks its integrity as far as the engine can.  WHOLE: including the
	 * files of backups, however many. */
	enum nb_err (*check)(struct nb_catalog_store *store, bool whole);

	/* The rows whose first KEYS columns equal those of LIKE (KEYS 0: all
	 * rows, LIKE NULL), in the order of the whole key.  An error from FN
	 * ends it and is returned. */
	enum nb_err (*each)(struct nb_catalog_store *store,
			    enum nb_table_id table, int keys, const void *like,
			    nb_row_fn *fn, void *ctx);
	/* Writes ROW, replacing the one with its key.  In a numbered table, 0
	 * requests a number; *NUMBER (NULL: not wanted) is that of the row. */
	enum nb_err (*put)(struct nb_catalog_store *store,
			   enum nb_table_id table, const void *row,
			   int64_t *number);

	/* Reads the seal; version NB_SEAL_NONE if there is none. */
	enum nb_err (*load_seal)(struct nb_catalog_store *store,
				 struct nb_seal *seal);
	enum nb_err (*save_seal)(struct nb_catalog_store *store,
				 const struct nb_seal *seal);
	/* Calls FN with each text that defines the tables, in a fixed order:
	 * they are sealed with the rows.  NULL: there are none. */
	enum nb_err (*describe)(struct nb_catalog_store *store,
				enum nb_err (*fn)(void *ctx, const char *text),
				void *ctx);
	/* The sum of a seal of version NB_SEAL_NATIVE.  NULL: this engine has
	 * no such seals. */
	enum nb_err (*native_sum)(struct nb_catalog_store *store,
				  uint8_t sum[NB_SHA256_SIZE]);
};

extern const struct nb_catalog_driver nb_catalog_sqlite;

/* As nb_catalog_open, with this engine. */
enum nb_err nb_catalog_open_with(const struct nb_catalog_driver *driver,
				 const char *path, enum nb_catalog_mode mode,
				 struct nb_catalog **out);

#endif
