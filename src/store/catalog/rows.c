/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "store/catalog/private.h"

enum nb_err
nb_catalog_each(struct nb_catalog *catalog, enum nb_table_id table, int keys,
		const void *like, nb_row_fn *fn, void *ctx)
{
	return catalog->store->driver->each(catalog->store, table, keys, like,
					    fn, ctx);
}

enum nb_err
nb_catalog_put(struct nb_catalog *catalog, enum nb_table_id table,
	       const void *row)
{
	return catalog->store->driver->put(catalog->store, table, row, NULL);
}

struct one {
	const struct nb_table *table;
	void *out;
	bool found;
};

static enum nb_err
take_one(void *ctx, const void *row)
{
	struct one *one = ctx;
	enum nb_err err = nb_row_copy(one->table, row, one->out);

	one->found = !err;
	return err;
}

enum nb_err
nb_catalog_get(struct nb_catalog *catalog, enum nb_table_id table,
	       const void *like, void *out, bool *found)
{
	struct one one = { &nb_catalog_tables[table], out, false };
	enum nb_err err;

	memset(out, 0, one.table->size);
	err = nb_catalog_each(catalog, table, one.table->keys, like, take_one,
			      &one);
	if (err && one.found)
		nb_row_clear(one.table, out);
	*found = one.found && !err;
	return err;
}

struct load {
	const struct nb_table *table;
	void *at; /* of the array's pointer */
	size_t *count, *capacity;
};

static enum nb_err
take(void *ctx, const void *row)
{
	struct load *load = ctx;
	char *rows;
	enum nb_err err = nb_array_grow(load->at, *load->count, load->capacity,
					load->table->size);

	if (err)
		return err;
	memcpy(&rows, load->at, sizeof rows);
	err = nb_row_copy(load->table, row,
			  rows + *load->count * load->table->size);
	if (!err)
		++*load->count;
	return err;
}

enum nb_err
nb_catalog_load_rows(struct nb_catalog *catalog, enum nb_table_id table,
		     void *at, size_t *count, size_t *capacity)
{
	struct load load = { &nb_catalog_tables[table], at, count, capacity };

	return nb_catalog_each(catalog, table, 0, NULL, take, &load);
}

static int
compare_pool(const void *name, const void *row)
{
	return strcmp(name, ((const struct nb_pool_record *)row)->name);
}

static int
compare_disc(const void *id, const void *row)
{
	return strcmp(id, ((const struct nb_disc_record *)row)->id);
}

static int
compare_backup(const void *id, const void *row)
{
	return strcmp(id, ((const struct nb_backup_record *)row)->id);
}

static int
compare_drill(const void *id, const void *row)
{
	return strcmp(id, ((const struct nb_drill_record *)row)->backup_id);
}

static int
compare_remark(const void *id, const void *row)
{
	return strcmp(id, ((const struct nb_remark_record *)row)->disc_id);
}

static int
compare_check(const void *key, const void *row)
{
	const struct nb_check_record *a = key, *b = row;
	int order = strcmp(a->backup_id, b->backup_id);

	return order ? order : strcmp(a->disc_id, b->disc_id);
}

static int
compare_session(const void *id, const void *row)
{
	int64_t a = *(const int64_t *)id;
	int64_t b = ((const struct nb_session_record *)row)->id;

	return a < b ? -1 : a > b;
}

#define SEARCH(key, array, compare)                                 \
	((array)->count ? bsearch(key, (array)->at, (array)->count, \
				  sizeof *(array)->at, compare)     \
			: NULL)

const struct nb_pool_record *
nb_rows_pool(const struct nb_rows *rows, const char *name)
{
	return SEARCH(name, &rows->pools, compare_pool);
}

const struct nb_disc_record *
nb_rows_disc(const struct nb_rows *rows, const char *id)
{
	return SEARCH(id, &rows->discs, compare_disc);
}

const struct nb_drill_record *
nb_rows_drill(const struct nb_rows *rows, const char *backup_id)
{
	return SEARCH(backup_id, &rows->drills, compare_drill);
}

const struct nb_check_record *
nb_rows_check(const struct nb_rows *rows, const char *backup_id,
	      const char *disc_id)
{
	const struct nb_check_record key = { .backup_id = backup_id,
					     .disc_id = disc_id };

	return SEARCH(&key, &rows->checks, compare_check);
}

/* The next one of the backup, from *AT on, or NULL. */
static const struct nb_shrink_record *
next_shrink(const struct nb_rows *rows, const char *backup_id, size_t *at)
{
	while (*at < rows->shrinks.count)
		if (!strcmp(rows->shrinks.at[(*at)++].backup_id, backup_id))
			return &rows->shrinks.at[*at - 1];
	return NULL;
}

static bool
is_lost(const struct nb_shrink_record *row)
{
	return !strcmp(row->what, nb_shrink_name(NB_SHRINK_LOST));
}

bool
nb_rows_shrunk(const struct nb_rows *rows, const char *backup_id)
{
	const struct nb_shrink_record *row;
	size_t at = 0;

	while ((row = next_shrink(rows, backup_id, &at)))
		if (!is_lost(row))
			return true;
	return false;
}

uint64_t
nb_rows_lost(const struct nb_rows *rows, const char *backup_id)
{
	const struct nb_shrink_record *row;
	uint64_t lost = 0;
	size_t at = 0;

	while ((row = next_shrink(rows, backup_id, &at)))
		lost += is_lost(row) ? (uint64_t)row->present : 0;
	return lost;
}

enum nb_disc_remark
nb_rows_remark(const struct nb_rows *rows, const char *disc_id)
{
	const struct nb_remark_record *row =
		SEARCH(disc_id, &rows->remarks, compare_remark);
	enum nb_disc_remark remark = NB_REMARK_NONE;

	if (row)
		nb_remark_parse(row->remark, &remark);
	return remark;
}

const struct nb_backup_record *
nb_rows_backup(const struct nb_rows *rows, const char *id)
{
	return SEARCH(id, &rows->backups, compare_backup);
}

static enum nb_err
join(struct nb_rows *rows)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < rows->parts.count; i++) {
		const struct nb_part_record *part = &rows->parts.at[i];
		struct nb_placement s = {
			.part = part,
			.backup = nb_rows_backup(rows, part->backup_id),
			.session = SEARCH(&part->session_id, &rows->sessions,
					  compare_session),
		};

		if (s.session)
			s.disc = nb_rows_disc(rows, s.session->disc_id);
		if (s.backup && s.disc)
			err = nb_array_push(&rows->placements, s);
	}
	return err;
}

/* Damage that was reported does not prevent reading the rest. */
static bool
passable(const struct nb_catalog *catalog, enum nb_err err)
{
	return !err || (err == NB_ECORRUPT && catalog->store->tolerant);
}

#define LOAD(table, array)                                                     \
	do {                                                                   \
		if (passable(catalog, err)) {                                  \
			enum nb_err e_ =                                       \
				nb_catalog_load(catalog, table, &rows->array); \
			err = err ? err : e_;                                  \
		}                                                              \
	} while (0)

enum nb_err
nb_rows_load(struct nb_catalog *catalog, struct nb_rows *rows)
{
	enum nb_err err, joined;

	memset(rows, 0, sizeof *rows);
	err = nb_catalog_read(catalog);
	if (err)
		return err;
	LOAD(NB_TABLE_POOLS, pools);
	LOAD(NB_TABLE_DISCS, discs);
	LOAD(NB_TABLE_SESSIONS, sessions);
	LOAD(NB_TABLE_BACKUPS, backups);
	LOAD(NB_TABLE_PARTS, parts);
	if (catalog->tables > NB_TABLE_DRILLS)
		LOAD(NB_TABLE_DRILLS, drills);
	if (catalog->tables > NB_TABLE_CHECKS)
		LOAD(NB_TABLE_CHECKS, checks);
	if (catalog->tables > NB_TABLE_SHRINKS)
		LOAD(NB_TABLE_SHRINKS, shrinks);
	if (catalog->tables > NB_TABLE_REMARKS)
		LOAD(NB_TABLE_REMARKS, remarks);
	nb_catalog_read_end(catalog);
	if (passable(catalog, err)) {
		joined = join(rows);
		err = joined ? joined : err;
	}
	if (!passable(catalog, err))
		nb_rows_free(rows);
	return err;
}

void
nb_rows_free(struct nb_rows *rows)
{
	nb_array_free(&rows->placements);
	nb_catalog_free_rows(NB_TABLE_REMARKS, &rows->remarks);
	nb_catalog_free_rows(NB_TABLE_SHRINKS, &rows->shrinks);
	nb_catalog_free_rows(NB_TABLE_CHECKS, &rows->checks);
	nb_catalog_free_rows(NB_TABLE_DRILLS, &rows->drills);
	nb_catalog_free_rows(NB_TABLE_PARTS, &rows->parts);
	nb_catalog_free_rows(NB_TABLE_BACKUPS, &rows->backups);
	nb_catalog_free_rows(NB_TABLE_SESSIONS, &rows->sessions);
	nb_catalog_free_rows(NB_TABLE_DISCS, &rows->discs);
	nb_catalog_free_rows(NB_TABLE_POOLS, &rows->pools);
}

/* The first place of a backup that is not before this one. */
static size_t
lower_bound(const struct nb_rows *rows, const char *backup_id)
{
	size_t low = 0, high = rows->placements.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(rows->placements.at[middle].backup->id, backup_id)
		    < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct nb_placement *
nb_rows_place(const struct nb_rows *rows, const char *backup_id, size_t *at)
{
	size_t i = *at ? *at : lower_bound(rows, backup_id);

	for (; i < rows->placements.count; i++) {
		const struct nb_placement *s = &rows->placements.at[i];

		if (strcmp(s->backup->id, backup_id))
			break;
		*at = i + 1;
		if (!s->session->gone)
			return s;
	}
	return NULL;
}

bool
nb_rows_damaged(const struct nb_rows *rows, const char *disc_id)
{
	for (size_t i = 0; i < rows->placements.count; i++) {
		const struct nb_placement *s = &rows->placements.at[i];
		const struct nb_check_record *check;
		enum nb_check_state state;

		if (s->session->gone || strcmp(s->disc->id, disc_id) != 0)
			continue;
		check = nb_rows_check(rows, s->backup->id, disc_id);
		if (check && nb_check_state_parse(check->state, &state)
		    && state == NB_CHECK_DAMAGED)
			return true;
	}
	return false;
}

static int
compare_newest(const void *a, const void *b)
{
	const struct nb_backup_record *x =
		*(const struct nb_backup_record *const *)a;
	const struct nb_backup_record *y =
		*(const struct nb_backup_record *const *)b;

	if (x->generation != y->generation)
		return x->generation > y->generation ? -1 : 1;
	if (x->created != y->created)
		return x->created > y->created ? -1 : 1;
	return strcmp(y->id, x->id);
}

enum nb_err
nb_rows_newest_first(const struct nb_rows *rows, struct nb_backup_list *list)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < rows->backups.count; i++)
		err = nb_array_push(list, &rows->backups.at[i]);
	if (!err && list->count)
		qsort(list->at, list->count, sizeof *list->at, compare_newest);
	return err;
}
