/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory_driver.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"

struct rows NB_ARRAY(char); /* CAPACITY in rows, as nb_array_grow has it */

struct content {
	struct rows tables[NB_TABLES];
	struct nb_seal seal;
};

struct file {
	char *path;
	struct content content;
	struct file *next;
};

struct memory {
	struct nb_catalog_store store;
	struct file *file;
	bool writing;
	struct content before; /* the transaction */
};

static struct file *files;

static char *
row_at(const struct content *c, int table, size_t i)
{
	return c->tables[table].at + i * nb_catalog_tables[table].size;
}

static void
clear(struct content *c)
{
	for (int t = 0; t < NB_TABLES; t++) {
		for (size_t i = 0; i < c->tables[t].count; i++)
			nb_row_clear(&nb_catalog_tables[t], row_at(c, t, i));
		nb_array_free(&c->tables[t]);
	}
	c->seal.version = NB_SEAL_NONE;
}

/* A copy of ROW as the row I, those from there on move up. */
static enum nb_err
insert(struct content *c, int t, size_t i, const void *row)
{
	const struct nb_table *table = &nb_catalog_tables[t];
	struct rows *rows = &c->tables[t];
	enum nb_err err = nb_array_grow(&rows->at, rows->count, &rows->capacity,
					table->size);

	if (err)
		return err;
	memmove(row_at(c, t, i + 1), row_at(c, t, i),
		(rows->count - i) * table->size);
	err = nb_row_copy(table, row, row_at(c, t, i));
	rows->count++;
	return err;
}

static enum nb_err
copy(const struct content *from, struct content *to)
{
	enum nb_err err = NB_OK;

	clear(to);
	to->seal = from->seal;
	for (int t = 0; t < NB_TABLES; t++)
		for (size_t i = 0; !err && i < from->tables[t].count; i++)
			err = insert(to, t, i, row_at(from, t, i));
	return err;
}

static struct file *
find(const char *path)
{
	struct file *file = files;

	while (file && strcmp(file->path, path) != 0)
		file = file->next;
	return file;
}

static struct file *
make(const char *path)
{
	struct file *file = find(path);

	if (file)
		return file;
	file = calloc(1, sizeof *file);
	if (!file || nb_str_dup(path, &file->path))
		abort();
	file->next = files;
	files = file;
	return file;
}

void
memory_copy(const char *from, const char *to)
{
	struct file *source = find(from), *target = make(to);

	if (!source)
		clear(&target->content);
	else if (copy(&source->content, &target->content))
		abort();
}

static struct memory *
memory_of(struct nb_catalog_store *store)
{
	return (struct memory *)store;
}

static bool
takes(const char *path)
{
	return !strncmp(path, "memory:", 7);
}

static enum nb_err
open_store(const char *path, enum nb_catalog_mode mode,
	   struct nb_catalog_store **out)
{
	struct memory *memory = calloc(1, sizeof *memory);

	(void)mode;
	if (!memory)
		return nb_fail_memory();
	memory->file = make(path);
	memory->store.driver = &memory_driver;
	memory->store.path = memory->file->path;
	*out = &memory->store;
	return NB_OK;
}

static void
close_store(struct nb_catalog_store *store)
{
	clear(&memory_of(store)->before);
	free(store);
}

static enum nb_err
set_aside(const char *path)
{
	struct nb_str s = NB_STR_INIT;
	int number = 0;

	do {
		nb_str_free(&s);
		nb_str_addf(&s, "%s.damaged-%d", path, ++number);
	} while (s.text && find(s.text));
	memory_copy(path, s.text);
	clear(&make(path)->content);
	nb_log(NB_NOTE, "%s: the damaged catalog", s.text);
	nb_str_free(&s);
	return NB_OK;
}

/* One that was just made has nothing that could be sealed. */
static enum nb_err
schema(struct nb_catalog_store *store, struct nb_schema *out)
{
	const struct content *c = &memory_of(store)->file->content;

	out->sealed = out->current = c->seal.version != NB_SEAL_NONE;
	for (int t = 0; t < NB_TABLES; t++)
		out->sealed = out->current |= c->tables[t].count > 0;
	out->tables = NB_TABLES;
	return NB_OK;
}

static enum nb_err
upgrade(struct nb_catalog_store *store)
{
	(void)store;
	return NB_OK;
}

static enum nb_err
begin(struct nb_catalog_store *store, bool writing)
{
	struct memory *memory = memory_of(store);

	memory->writing = writing;
	return writing ? copy(&memory->file->content, &memory->before) : NB_OK;
}

static enum nb_err
commit(struct nb_catalog_store *store)
{
	memory_of(store)->writing = false;
	return NB_OK;
}

static void
rollback(struct nb_catalog_store *store)
{
	struct memory *memory = memory_of(store);

	if (memory->writing
	    && copy(&memory->before, &memory->file->content) != NB_OK)
		abort();
	memory->writing = false;
}

static enum nb_err
check(struct nb_catalog_store *store, bool whole)
{
	(void)store;
	(void)whole;
	return NB_OK;
}

static int
compare_bytes(struct nb_bytes a, struct nb_bytes b)
{
	size_t n = a.size < b.size ? a.size : b.size;
	int order = n ? memcmp(a.at, b.at, n) : 0;

	return order ? order : (a.size > b.size) - (a.size < b.size);
}

/* The first KEYS columns of both. */
static int
compare(const struct nb_table *table, int keys, const void *a, const void *b)
{
	int order = 0;

	for (int i = 0; !order && i < keys; i++) {
		const struct nb_column *c = &table->columns[i];
		int64_t x, y;

		switch (c->kind) {
		case NB_COLUMN_NUMBER:
			x = nb_column_number(c, a);
			y = nb_column_number(c, b);
			order = (x > y) - (x < y);
			break;
		case NB_COLUMN_TEXT:
			order = strcmp(nb_column_text(c, a),
				       nb_column_text(c, b));
			break;
		case NB_COLUMN_BYTES:
			order = compare_bytes(nb_column_bytes(c, a),
					      nb_column_bytes(c, b));
			break;
		}
	}
	return order;
}

static enum nb_err
each(struct nb_catalog_store *store, enum nb_table_id t, int keys,
     const void *like, nb_row_fn *fn, void *ctx)
{
	const struct content *c = &memory_of(store)->file->content;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < c->tables[t].count; i++)
		if (!keys
		    || !compare(&nb_catalog_tables[t], keys, row_at(c, t, i),
				like))
			err = fn(ctx, row_at(c, t, i));
	return err;
}

/* One more than the last. */
static int64_t
next_number(const struct content *c, int t)
{
	size_t count = c->tables[t].count;

	return 1
		+ (count ? nb_column_number(nb_catalog_tables[t].columns,
					    row_at(c, t, count - 1))
			 : 0);
}

static void
remove_row(struct content *c, int t, size_t i)
{
	const struct nb_table *table = &nb_catalog_tables[t];

	nb_row_clear(table, row_at(c, t, i));
	c->tables[t].count--;
	memmove(row_at(c, t, i), row_at(c, t, i + 1),
		(c->tables[t].count - i) * table->size);
}

static enum nb_err
put_at_key(struct content *c, int t, const void *row)
{
	const struct nb_table *table = &nb_catalog_tables[t];
	size_t i = 0, count = c->tables[t].count;
	enum nb_err err;

	while (i < count
	       && compare(table, table->keys, row_at(c, t, i), row) < 0)
		i++;
	err = insert(c, t, i, row);
	if (!err && i < count
	    && !compare(table, table->keys, row_at(c, t, i + 1), row))
		remove_row(c, t, i + 1);
	return err;
}

static enum nb_err
put(struct nb_catalog_store *store, enum nb_table_id t, const void *row,
    int64_t *number)
{
	const struct nb_table *table = &nb_catalog_tables[t];
	struct content *c = &memory_of(store)->file->content;
	struct nb_session_record session; /* of the only table with numbers */
	int64_t key = 0;

	if (table->numbered) {
		memcpy(&session, row, sizeof session);
		session.id = session.id ? session.id : next_number(c, t);
		key = session.id;
		row = &session;
	}
	if (number)
		*number = key;
	return put_at_key(c, t, row);
}

static enum nb_err
load_seal(struct nb_catalog_store *store, struct nb_seal *seal)
{
	*seal = memory_of(store)->file->content.seal;
	return NB_OK;
}

static enum nb_err
save_seal(struct nb_catalog_store *store, const struct nb_seal *seal)
{
	memory_of(store)->file->content.seal = *seal;
	return NB_OK;
}

const struct nb_catalog_driver memory_driver = {
	.name = "memory",
	.takes = takes,
	.open = open_store,
	.close = close_store,
	.set_aside = set_aside,
	.schema = schema,
	.upgrade = upgrade,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.check = check,
	.each = each,
	.put = put,
	.load_seal = load_seal,
	.save_seal = save_seal,
};
