/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What backups hold of their sources. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/catalog/private.h"

static enum nb_err
take_source(void *ctx, const void *row)
{
	const struct nb_source_record *source = row;
	struct nb_holdings *list = ctx;
	struct nb_holding h = { .bytes = (uint64_t)source->bytes,
				.database = source->database != NULL,
				.files = NB_NOT_COUNTED,
				.tables = NB_NOT_COUNTED,
				.rows = NB_NOT_COUNTED };
	enum nb_err err = nb_str_dup(source->kind, &h.kind);

	if (!err)
		err = nb_str_dup(source->name, &h.name);
	if (!err)
		err = nb_array_push(list, h);
	if (err) {
		free(h.kind);
		free(h.name);
	}
	return err;
}

/* One of the lines that nb_catalog_put_holdings writes. */
static enum nb_err
take_line(const char *line, size_t n, struct nb_holding *h)
{
	const char *tab = memchr(line, '\t', n);
	char *what = NULL, *value = NULL;
	enum nb_err err;

	if ((strncmp(line, "/=", 2) && strncmp(line, "/#", 2)) || !tab)
		return nb_names_add(&h->inner, "%.*s", (int)n, line);
	err = nb_str_format(&what, "%.*s", (int)(tab - line - 2), line + 2);
	if (!err)
		err = nb_str_format(&value, "%.*s", (int)(line + n - tab - 1),
				    tab + 1);
	if (!err)
		err = nb_identity_add(line[1] == '#' ? &h->filled
						     : &h->identity,
				      what, "", value);
	free(what);
	free(value);
	return err;
}

static enum nb_err
split_mounts(const char *text, struct nb_holding *h)
{
	enum nb_err err = NB_OK;
	size_t n;

	if (!text)
		return NB_OK;
	n = strcspn(text, "\n");
	if (n)
		err = nb_str_format(&h->mount, "%.*s", (int)n, text);
	while (!err && text[n]) {
		text += n + 1;
		n = strcspn(text, "\n");
		err = take_line(text, n, h);
	}
	return err;
}

/* The list has the sources of the backup, in the order of their numbers. */
static enum nb_err
take_holding(void *ctx, const void *row)
{
	const struct nb_holding_record *holding = row;
	struct nb_holdings *list = ctx;
	struct nb_holding *h;
	enum nb_err err;

	if (holding->number < 0 || (size_t)holding->number >= list->count)
		return NB_OK;
	h = &list->at[holding->number];
	h->files = holding->files;
	h->tables = holding->tables;
	h->rows = holding->rows;
	err = nb_str_dup(holding->form, &h->form);
	return err ? err : split_mounts(holding->mount, h);
}

/* The bytes of a source are those that were listed. */
static enum nb_err
take_lost(void *ctx, const void *row)
{
	const struct nb_shrink_record *lost = row;
	struct nb_holdings *list = ctx;
	uint64_t bytes = (uint64_t)lost->previous;

	for (size_t i = 0; i < list->count; i++) {
		struct nb_holding *h = &list->at[i];

		if (strcmp(lost->what, nb_shrink_name(NB_SHRINK_LOST))
		    || strcmp(lost->kind, h->kind)
		    || strcmp(lost->name, h->name))
			continue;
		h->lost = (uint64_t)lost->present;
		h->lost_bytes = bytes;
		h->bytes -= bytes < h->bytes ? bytes : h->bytes;
	}
	return NB_OK;
}

enum nb_err
nb_catalog_holdings(struct nb_catalog *catalog, const char *id,
		    struct nb_holdings *out)
{
	const struct nb_source_record source = { .backup_id = id };
	const struct nb_holding_record holding = { .backup_id = id };
	const struct nb_shrink_record shrink = { .backup_id = id };
	enum nb_err err = nb_catalog_each(catalog, NB_TABLE_SOURCES, 1, &source,
					  take_source, out);

	if (!err && catalog->tables > NB_TABLE_HOLDINGS)
		err = nb_catalog_each(catalog, NB_TABLE_HOLDINGS, 1, &holding,
				      take_holding, out);
	if (!err && catalog->tables > NB_TABLE_SHRINKS)
		err = nb_catalog_each(catalog, NB_TABLE_SHRINKS, 1, &shrink,
				      take_lost, out);
	return err;
}

static void
describe_last(const struct nb_rows *rows, const struct nb_backup_record *b,
	      struct nb_last_complete *out)
{
	const struct nb_placement *place;
	size_t at = 0;

	snprintf(out->id, sizeof out->id, "%s", b->id);
	out->generation = (uint64_t)b->generation;
	out->created = b->created;
	place = nb_rows_place(rows, b->id, &at);
	if (place)
		snprintf(out->disc, sizeof out->disc, "%s", place->disc->name);
}

/* At most MOST; *NEWER becomes true if the line has a newer one than the first
 * of them, or one at all if there is none, which lacks something. */
static enum nb_err
take_completes(struct nb_catalog *catalog, const struct nb_line *line,
	       size_t most, struct nb_completes *out, bool *newer)
{
	size_t count = 0;
	struct nb_past past;
	enum nb_err err = nb_past_load(catalog, line, &past);

	for (size_t i = 0; !err && count < most && i < past.list.count; i++) {
		const struct nb_backup_record *b = past.list.at[i];
		struct nb_last_complete one = { .id = "" };

		if (!nb_spans_in_line(&past.spans, nb_spans_of(&past.spans, b)))
			continue;
		if (nb_rows_shrunk(&past.rows, b->id)) {
			*newer = *newer || !count;
			continue;
		}
		describe_last(&past.rows, b, &one);
		err = nb_array_push(out, one);
		count += !err;
	}
	nb_past_free(&past);
	return err;
}

enum nb_err
nb_catalog_last_complete(struct nb_catalog *catalog, const struct nb_line *line,
			 struct nb_last_complete *out)
{
	struct nb_completes one = NB_ARRAY_INIT;
	bool newer = false;
	enum nb_err err = take_completes(catalog, line, 1, &one, &newer);

	*out = (struct nb_last_complete){ .id = "" };
	if (!err && one.count)
		*out = one.at[0];
	out->newer = newer;
	nb_array_free(&one);
	return err;
}

enum nb_err
nb_catalog_completes(struct nb_catalog *catalog, const struct nb_line *line,
		     size_t most, struct nb_completes *out)
{
	bool newer = false;

	return take_completes(catalog, line, most, out, &newer);
}

enum nb_err
nb_catalog_last_holdings(struct nb_catalog *catalog, const struct nb_line *line,
			 struct nb_holdings *out)
{
	struct nb_last_complete last;
	enum nb_err err = nb_catalog_last_complete(catalog, line, &last);

	return err || !last.id[0] ? err
				  : nb_catalog_holdings(catalog, last.id, out);
}
