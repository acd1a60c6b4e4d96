/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files with the rules of the catalog.  Private to store/.
 */
#ifndef NB_STORE_CATALOG_PRIVATE_H
#define NB_STORE_CATALOG_PRIVATE_H

#include "store/catalog_driver.h"
#include "store/mark.h"

struct nb_catalog {
	struct nb_catalog_store *store;
	char *dir;    /* of the mark */
	bool current; /* it has the newest schema; else the next change upgrades
			 it */
	int tables;   /* it has the first TABLES of nb_catalog_tables */
	bool working; /* the lock is held: the mark may be written */
	bool mark_damaged;
	int reading; /* nesting depth of nb_catalog_read */
	struct nb_marks marks;
};

/* ---- transactions (catalog.c) ---- */

/* Begins a change of the catalog. */
enum nb_err nb_catalog_begin(struct nb_catalog *catalog);
/* Ends it: seals, commits and marks it, or, with an ERR, rolls back and returns
 * ERR. */
enum nb_err nb_catalog_end(struct nb_catalog *catalog, enum nb_err err);

/* Reads until nb_catalog_read_end are consistent.  Calls may nest. */
enum nb_err nb_catalog_read(struct nb_catalog *catalog);
void nb_catalog_read_end(struct nb_catalog *catalog);

/* ---- rows (rows.c) ---- */

/* As the driver's. */
enum nb_err nb_catalog_each(struct nb_catalog *catalog, enum nb_table_id table,
			    int keys, const void *like, nb_row_fn *fn,
			    void *ctx);
enum nb_err nb_catalog_put(struct nb_catalog *catalog, enum nb_table_id table,
			   const void *row);

/* A copy of the row with the key of LIKE; *FOUND says whether it exists.  OUT,
 * which is zeros if it does not, is freed with nb_row_clear. */
enum nb_err nb_catalog_get(struct nb_catalog *catalog, enum nb_table_id table,
			   const void *like, void *out, bool *found);

/* The same of a disc, with its remark; and writes both.  (disc.c) */
enum nb_err nb_catalog_get_disc(struct nb_catalog *catalog, const char *disc_id,
				struct nb_disc_record *disc, bool *found,
				enum nb_disc_remark *remark);
enum nb_err nb_catalog_put_disc(struct nb_catalog *catalog,
				const struct nb_disc_record *disc,
				enum nb_disc_remark remark);
/* Takes the name from the disc that has it, unless its id is BUT ("": none is),
 * because a name belongs to one disc.  If that was good, it is REPLACED from
 * now on, if somebody said so.  (names.c) */
enum nb_err nb_catalog_take_name(struct nb_catalog *catalog, const char *pool,
				 const char *name, const char *but,
				 bool replaced);
/* Is it the one of DISC?  A word that is none, because the catalog is damaged,
 * is no state. */
bool nb_disc_is(const struct nb_disc_record *disc, enum nb_disc_state state);

/* In the catalog, and for people (NULL: none).  (remark.c) */
const char *nb_remark_name(enum nb_disc_remark remark);
const char *nb_remark_note(enum nb_disc_remark remark);
/* False, *OUT untouched: unknown NAME. */
bool nb_remark_parse(const char *name, enum nb_disc_remark *out);

/* Copies of all rows of TABLE, appended to an NB_ARRAY of its rows. */
#define nb_catalog_load(catalog, table, array)                              \
	nb_catalog_load_rows(catalog, table, &(array)->at, &(array)->count, \
			     &(array)->capacity)
enum nb_err nb_catalog_load_rows(struct nb_catalog *catalog,
				 enum nb_table_id table, void *at,
				 size_t *count, size_t *capacity);
#define nb_catalog_free_rows(table, array)                      \
	do {                                                    \
		for (size_t i_ = 0; i_ < (array)->count; i_++)  \
			nb_row_clear(&nb_catalog_tables[table], \
				     &(array)->at[i_]);         \
		nb_array_free(array);                           \
	} while (0)

/* A part of a backup, in its session, on its disc. */
struct nb_placement {
	const struct nb_part_record *part;
	const struct nb_backup_record *backup;
	const struct nb_session_record *session; /* may be marked gone */
	const struct nb_disc_record *disc;
};

/* All rows on which decisions depend, in the order of their keys: those of all
 * tables except files, sources and clones. */
struct nb_rows {
	struct NB_ARRAY(struct nb_pool_record) pools;
	struct NB_ARRAY(struct nb_disc_record) discs;
	struct NB_ARRAY(struct nb_session_record) sessions;
	struct NB_ARRAY(struct nb_backup_record) backups;
	struct NB_ARRAY(struct nb_part_record) parts;
	struct NB_ARRAY(struct nb_placement) placements; /* by backup */
	struct NB_ARRAY(struct nb_drill_record) drills;
	struct NB_ARRAY(struct nb_check_record) checks;
	struct NB_ARRAY(struct nb_shrink_record) shrinks;
	struct NB_ARRAY(struct nb_remark_record) remarks;
};

/* With NB_ECORRUPT, in a query, ROWS has whatever was readable; with other
 * errors it is empty.  Free with nb_rows_free. */
enum nb_err nb_rows_load(struct nb_catalog *catalog, struct nb_rows *rows);
void nb_rows_free(struct nb_rows *rows);

/* NULL if there is none. */
const struct nb_pool_record *nb_rows_pool(const struct nb_rows *rows,
					  const char *name);
const struct nb_disc_record *nb_rows_disc(const struct nb_rows *rows,
					  const char *id);
const struct nb_backup_record *nb_rows_backup(const struct nb_rows *rows,
					      const char *id);
/* Its last drill. */
const struct nb_drill_record *nb_rows_drill(const struct nb_rows *rows,
					    const char *backup_id);

enum nb_disc_remark nb_rows_remark(const struct nb_rows *rows,
				   const char *disc_id);

/* What was last found of it on that disc. */
const struct nb_check_record *nb_rows_check(const struct nb_rows *rows,
					    const char *backup_id,
					    const char *disc_id);

/* Is a backup on the disc recorded as damaged? */
bool nb_rows_damaged(const struct nb_rows *rows, const char *disc_id);

/* Does it lack something of the one before it? */
bool nb_rows_shrunk(const struct nb_rows *rows, const char *backup_id);
/* The number of its files that were not read whole (NB_SHRINK_LOST). */
uint64_t nb_rows_lost(const struct nb_rows *rows, const char *backup_id);

/* All backups, the newest first: by generation, then by date, then by id. */
/* The backups of one job in one pool, but those that were made by hand. */
struct nb_span {
	const char *job, *pool;
	struct {
		int64_t first, last;
	} created, generation;
};

struct nb_spans {
	struct NB_ARRAY(struct nb_span) list;
	const struct nb_line *line;
};

/* They point into ROWS; free ->list.  NB_ENOMEM */
enum nb_err nb_spans_take(const struct nb_rows *rows,
			  const struct nb_line *line, struct nb_spans *out);
/* NULL: it was made by hand. */
const struct nb_span *nb_spans_of(const struct nb_spans *spans,
				  const struct nb_backup_record *backup);
bool nb_spans_in_line(const struct nb_spans *spans, const struct nb_span *span);
/* Are they of one job?  Of those that are not the line's, by their names. */
bool nb_spans_same(const struct nb_spans *spans, const struct nb_span *a,
		   const struct nb_span *b);

struct nb_backup_list NB_ARRAY(const struct nb_backup_record *);
enum nb_err nb_rows_newest_first(const struct nb_rows *rows,
				 struct nb_backup_list *list);

/* The backups of the catalog, the newest first, and which of them are LINE's.
 * NB_ENOMEM, errors of the database.  Free in every case. */
struct nb_past {
	struct nb_rows rows;
	struct nb_backup_list list;
	struct nb_spans spans;
};
enum nb_err nb_past_load(struct nb_catalog *catalog, const struct nb_line *line,
			 struct nb_past *past);
void nb_past_free(struct nb_past *past);

/* The next place of the backup after *AT, starting with *AT 0; NULL: there is
 * no other. */
const struct nb_placement *nb_rows_place(const struct nb_rows *rows,
					 const char *backup_id, size_t *at);

/* ---- the rules ---- */

/* In a transaction: SESSION was read back.  (history.c) */
enum nb_err nb_catalog_checked_session(
	struct nb_catalog *catalog, const struct nb_catalog_session *session);

/* In a transaction: a good disc with a damaged backup becomes suspect.
 * (history.c) */
enum nb_err nb_catalog_settle_disc(struct nb_catalog *catalog,
				   const char *disc_id);

/* In a transaction: what MANIFEST holds, with its files ENTRIES, and what it
 * lacks.  (holdings.c) */
enum nb_err nb_catalog_put_holdings(struct nb_catalog *catalog,
				    const struct nb_manifest *manifest,
				    const struct nb_entries *entries);

/*
 * Checks the catalog: by its engine, by our own rules, and by its seal.  WHOLE:
 * including the files of backups, which takes seconds for millions.
 * NB_ECORRUPT.  (check.c)
 */
enum nb_err nb_catalog_check(struct nb_catalog *catalog, bool whole);

/* Writes the hash of the contents at the end of each transaction, and checks
 * it.  NB_ECORRUPT.  (seal.c) */
enum nb_err nb_catalog_seal(struct nb_catalog *catalog);
enum nb_err nb_catalog_check_seal(struct nb_catalog *catalog);

/* In a transaction: counts a change of POOL, whose newest generation is
 * GENERATION.  (mark.c) */
enum nb_err nb_catalog_advance(struct nb_catalog *catalog, const char *pool,
			       uint64_t generation);

/* Raises the mark beside the file to the state of the catalog. */
enum nb_err nb_catalog_mark(struct nb_catalog *catalog);

#endif
