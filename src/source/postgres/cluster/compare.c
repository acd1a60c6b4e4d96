/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/cluster/cluster.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "source/postgres/count/count.h"

#define TOLD_MAX 50
#define DENIED_MAX 10
#define COUNT_SECONDS (24 * 3600)

/*
 * A table that is partitioned by hash.  A restore may distribute its rows in
 * another way, because the hash of an enum's value depends on a number that the
 * server assigns: only all of its partitions together can be compared.
 */
struct hashed {
	const char *schema, *name;
	uint64_t was_rows, is_rows, was_sum, is_sum;
	bool no_rows, no_sum; /* something was not counted */
};

struct comparing {
	const char *name; /* of the record */
	const struct nb_properties *was, *is;
	struct nb_drill_count *count;
	struct NB_ARRAY(struct hashed) hashed;
	size_t denied; /* what the user may not read */
};

static void __attribute__((format(printf, 2, 3)))
differs(struct comparing *c, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	c->count->differences++;
	if (c->count->differences > TOLD_MAX)
		return;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) >= 0)
		nb_log(NB_ERROR, "postgres %s: %s", c->name, text);
	va_end(ap);
	free(text);
}

/* What cannot be read is not missing.  If this user may not read it, that is
 * said, otherwise it is a difference.  False: nothing prevented it. */
static bool __attribute__((format(printf, 3, 4)))
unreadable(struct comparing *c, const struct nb_property *was, const char *fmt,
	   ...)
{
	const struct nb_property *why =
		nb_properties_find(c->is, NB_PG_DENIED, was->role, was->name);
	bool denied = why;
	char *text = NULL;
	va_list ap;

	if (!why)
		why = nb_properties_find(c->is, NB_PG_UNCOUNTED, was->role,
					 was->name);
	if (!why)
		return false;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (text && !denied)
		differs(c, "%s could not be counted: %s", text, why->value);
	else if (text && c->denied++ < DENIED_MAX)
		nb_log(NB_WARNING, "postgres %s: %s could not be counted: %s%s",
		       c->name, text, why->value,
		       c->denied == 1
			       ? "\nhint: a superuser who restores it can"
			       : "");
	free(text);
	return true;
}

static const struct nb_property *
find_now(const struct comparing *c, const struct nb_property *was)
{
	return nb_properties_find(c->is, was->what, was->role, was->name);
}

static bool
is_hashed(const struct comparing *c, const struct nb_property *table)
{
	return nb_properties_find(c->is, "hashed_table", table->role,
				  table->name);
}

static void
compare_rows(struct comparing *c, const struct nb_property *was)
{
	const struct nb_property *is = find_now(c, was);

	if (!is && unreadable(c, was, "table %s.%s", was->role, was->name))
		return;
	c->count->tables++;
	if (!is) {
		differs(c, "table %s.%s is missing", was->role, was->name);
		return;
	}
	c->count->rows += strtoull(is->value, NULL, 10);
	if (!is_hashed(c, was) && strcmp(is->value, was->value) != 0)
		differs(c, "table %s.%s has %s rows, had %s", was->role,
			was->name, is->value, was->value);
}

static bool
same_rows(const struct comparing *c, const struct nb_property *p)
{
	const struct nb_property *was, *is;

	was = nb_properties_find(c->was, "rows", p->role, p->name);
	is = nb_properties_find(c->is, "rows", p->role, p->name);
	return was && is && !strcmp(was->value, is->value);
}

static void
compare_checksum(struct comparing *c, const struct nb_property *was)
{
	const struct nb_property *is = find_now(c, was);

	if (is)
		c->count->checksums++;
	if (is_hashed(c, was) || (is && !strcmp(is->value, was->value)))
		return;
	if (!*was->role
	    && (is || !unreadable(c, was, "the content of the large objects")))
		differs(c, "the content of the large objects differs");
	else if (*was->role && same_rows(c, was)
		 && (is
		     || !unreadable(c, was, "the content of table %s.%s",
				    was->role, was->name)))
		differs(c, "the content of table %s.%s differs", was->role,
			was->name);
}

static void
compare_one(struct comparing *c, const struct nb_property *was)
{
	const struct nb_property *is = find_now(c, was);
	const char *what = was->what, *now = is ? is->value : "missing";

	if (!strcmp(what, "rows"))
		compare_rows(c, was);
	else if (!strcmp(what, "checksum"))
		compare_checksum(c, was);
	else if (!strcmp(what, "sequence") && strcmp(now, was->value) != 0
		 && (is
		     || !unreadable(c, was, "sequence %s.%s", was->role,
				    was->name)))
		differs(c, "sequence %s.%s is at %s, was at %s", was->role,
			was->name, now, was->value);
	else if (!strcmp(what, "large_objects") && strcmp(now, was->value) != 0)
		differs(c, "there are %s large objects, were %s", now,
			was->value);
	else if (!strcmp(what, "extension") && !is)
		differs(c, "extension %s is missing", was->name);
}

/* ---- tables that are partitioned by hash ---- */

static struct hashed *
find_hashed(struct comparing *c, const char *schema, const char *name)
{
	/* Partitions of one table are often neighbours. */
	for (size_t i = c->hashed.count; i-- > 0;) {
		struct hashed *h = &c->hashed.at[i];

		if (!strcmp(h->schema, schema) && !strcmp(h->name, name))
			return h;
	}
	return NULL;
}

/* The number in decimal digits, modulo 2^64. */
static uint64_t
number(const char *text)
{
	bool negative = *text == '-';
	uint64_t n = 0;

	for (text += negative; *text >= '0' && *text <= '9'; text++)
		n = n * 10 + (uint64_t)(*text - '0');
	return negative ? 0 - n : n;
}

/* Adds up WHAT of one partition.  Was it counted, then and now? */
static bool
add_numbers(const struct comparing *c, const char *what,
	    const struct nb_property *part, uint64_t *then, uint64_t *now)
{
	const struct nb_property *was, *is;

	was = nb_properties_find(c->was, what, part->role, part->name);
	is = nb_properties_find(c->is, what, part->role, part->name);
	if (!was || !is)
		return false;
	*then += number(was->value);
	*now += number(is->value);
	return true;
}

/* PART: what says to which table it belongs. */
static enum nb_err
add_hashed(struct comparing *c, const struct nb_property *part)
{
	const struct nb_property *schema = nb_properties_find(
		c->is, "hashed_schema", part->role, part->name);
	struct hashed *h;
	enum nb_err err = NB_OK;

	if (!schema || strcmp(part->what, "hashed_table") != 0)
		return NB_OK;
	h = find_hashed(c, schema->value, part->value);
	if (!h) {
		err = nb_array_push(&c->hashed,
				    ((struct hashed){ .schema = schema->value,
						      .name = part->value }));
		h = err ? NULL : &c->hashed.at[c->hashed.count - 1];
	}
	if (h && !add_numbers(c, "rows", part, &h->was_rows, &h->is_rows))
		h->no_rows = true;
	if (h && !add_numbers(c, "checksum", part, &h->was_sum, &h->is_sum))
		h->no_sum = true;
	return err;
}

static enum nb_err
compare_hashed(struct comparing *c)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < c->is->count; i++)
		err = add_hashed(c, &c->is->at[i]);
	for (size_t i = 0; !err && i < c->hashed.count; i++) {
		const struct hashed *h = &c->hashed.at[i];

		if (h->no_rows)
			continue;
		if (h->was_rows != h->is_rows)
			differs(c,
				"table %s.%s has %" PRIu64
				" rows, had %" PRIu64,
				h->schema, h->name, h->is_rows, h->was_rows);
		else if (!h->no_sum && h->was_sum != h->is_sum)
			differs(c, "the content of table %s.%s differs",
				h->schema, h->name);
	}
	nb_array_free(&c->hashed);
	return err;
}

/* ---- all of it ---- */

static enum nb_err
count_now(const struct nb_drill_server *server, const char *into,
	  const char *object, const struct nb_properties *was,
	  struct nb_properties *is)
{
	struct nb_pg_conninfo conninfo = { .text = NULL };
	enum nb_err err =
		nb_pg_conninfo_given(server->conninfo, into, NULL, &conninfo);

	if (!err)
		err = nb_pg_count(
			&(struct nb_pg_count){ .object = object,
					       .conninfo = conninfo.text,
					       .environ_add =
						       conninfo.environ_add,
					       .run_as = server->run_as,
					       .timeout = COUNT_SECONDS,
					       .like = was,
					       .tick = server->tick,
					       .ctx = server->ctx },
			is);
	nb_pg_conninfo_clear(&conninfo);
	nb_properties_sort(is);
	return err;
}

enum nb_err
nb_pg_cluster_compare(const struct nb_drill_server *server,
		      const struct nb_manifest_source *record, const char *into,
		      struct nb_drill_count *out)
{
	struct nb_properties was = NB_ARRAY_INIT, is = NB_ARRAY_INIT;
	struct comparing c = {
		.name = record->name, .was = &was, .is = &is, .count = out
	};
	char *object = NULL;
	enum nb_err err;

	*out = (struct nb_drill_count){ .tables = 0 };
	if (!record->counts.count) {
		nb_log(NB_NOTE,
		       "postgres %s: can be restored; there is nothing to "
		       "compare, as the dump was not counted",
		       record->name);
		return NB_OK;
	}
	err = nb_properties_copy(&record->counts, &was);
	nb_properties_sort(&was);
	if (!err)
		err = nb_str_format(&object, "postgres %s", record->name);
	if (!err)
		err = count_now(server, into, object, &was, &is);
	for (size_t i = 0; !err && i < was.count; i++)
		compare_one(&c, &was.at[i]);
	if (!err)
		err = compare_hashed(&c);
	if (out->differences > TOLD_MAX)
		nb_log(NB_ERROR, "postgres %s: ... and %llu more", record->name,
		       (unsigned long long)(out->differences - TOLD_MAX));
	nb_properties_clear(&was);
	nb_properties_clear(&is);
	free(object);
	return err;
}
