/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/catalog/private.h"

/* The engines; the first that accepts the path is used. */
static const struct nb_catalog_driver *const drivers[] = {
	&nb_catalog_sqlite,
};

static const struct nb_catalog_driver *
driver_of(const char *path)
{
	size_t i = 0;

	while (i + 1 < sizeof drivers / sizeof *drivers
	       && !drivers[i]->takes(path))
		i++;
	return drivers[i];
}

enum nb_err
nb_catalog_read(struct nb_catalog *catalog)
{
	enum nb_err err = NB_OK;

	if (!catalog->reading)
		err = catalog->store->driver->begin(catalog->store, false);
	if (!err)
		catalog->reading++;
	return err;
}

void
nb_catalog_read_end(struct nb_catalog *catalog)
{
	if (!--catalog->reading)
		catalog->store->driver->rollback(catalog->store);
}

/* In a transaction.  Checks the seal of an older program before a new one is
 * written, which would seal modified content. */
static enum nb_err
make_current(struct nb_catalog *catalog)
{
	const struct nb_catalog_driver *driver = catalog->store->driver;
	struct nb_schema schema;
	enum nb_err err = driver->schema(catalog->store, &schema);

	if (!err && schema.sealed)
		err = nb_catalog_check_seal(catalog);
	return err ? err : driver->upgrade(catalog->store);
}

enum nb_err
nb_catalog_begin(struct nb_catalog *catalog)
{
	const struct nb_catalog_driver *driver = catalog->store->driver;
	enum nb_err err = driver->begin(catalog->store, true);

	if (err)
		return err;
	/* Reads within the transaction do not begin another one. */
	catalog->reading++;
	if (!catalog->current)
		err = make_current(catalog);
	return err ? nb_catalog_end(catalog, err) : NB_OK;
}

/* Without the mark. */
static enum nb_err
end(struct nb_catalog *catalog, enum nb_err err)
{
	const struct nb_catalog_driver *driver = catalog->store->driver;

	if (!err)
		err = nb_catalog_seal(catalog);
	catalog->reading--;
	if (err)
		driver->rollback(catalog->store);
	else
		err = driver->commit(catalog->store);
	if (!err) {
		catalog->current = true;
		catalog->tables = NB_TABLES;
	}
	return err;
}

enum nb_err
nb_catalog_end(struct nb_catalog *catalog, enum nb_err err)
{
	err = end(catalog, err);
	return err ? err : nb_catalog_mark(catalog);
}

static enum nb_err
load_marks(struct nb_catalog *catalog)
{
	enum nb_err err = nb_marks_load(catalog->dir, &catalog->marks);

	catalog->mark_damaged = err == NB_ECORRUPT;
	return err == NB_ENOTFOUND || err == NB_ECORRUPT ? NB_OK : err;
}

/* A sealed catalog is upgraded to the newest schema with its next change, one
 * without a seal now. */
static enum nb_err
prepare_schema(struct nb_catalog *catalog)
{
	struct nb_schema schema;
	enum nb_err err =
		catalog->store->driver->schema(catalog->store, &schema);

	if (err)
		return err;
	catalog->current = schema.current;
	catalog->tables = schema.tables;
	if (schema.sealed)
		return NB_OK;
	err = nb_catalog_begin(catalog);
	return err ? err : end(catalog, NB_OK);
}

static enum nb_err
prepare(struct nb_catalog *catalog, const struct nb_catalog_driver *driver,
	const char *path, enum nb_catalog_mode mode)
{
	enum nb_err err;

	catalog->working = mode == NB_CATALOG_WORK;
	err = driver->open(path, mode, &catalog->store);
	if (!err)
		err = prepare_schema(catalog);
	if (!err)
		err = nb_catalog_check(catalog, mode != NB_CATALOG_LIST);
	if (err == NB_ECORRUPT && mode >= NB_CATALOG_QUERY) {
		catalog->store->tolerant = true;
		err = NB_OK;
	}
	if (!err && mode < NB_CATALOG_QUERY)
		err = load_marks(catalog);
	if (!err && mode == NB_CATALOG_WORK)
		err = nb_catalog_mark(catalog);
	return err;
}

static enum nb_err
directory_of(const char *path, char **out)
{
	const char *slash = strrchr(path, '/');

	return slash ? nb_str_format(out, "%.*s", (int)(slash - path), path)
		     : nb_str_dup(".", out);
}

enum nb_err
nb_catalog_open_with(const struct nb_catalog_driver *driver, const char *path,
		     enum nb_catalog_mode mode, struct nb_catalog **out)
{
	struct nb_catalog *catalog = calloc(1, sizeof *catalog);
	enum nb_err err;

	if (!catalog)
		return nb_fail_memory();
	err = directory_of(path, &catalog->dir);
	if (!err)
		err = prepare(catalog, driver, path, mode);
	if (err)
		nb_catalog_close(catalog);
	else
		*out = catalog;
	return err;
}

enum nb_err
nb_catalog_open(const char *path, enum nb_catalog_mode mode,
		struct nb_catalog **out)
{
	return nb_catalog_open_with(driver_of(path), path, mode, out);
}

void
nb_catalog_close(struct nb_catalog *catalog)
{
	if (!catalog)
		return;
	if (catalog->store)
		catalog->store->driver->close(catalog->store);
	nb_array_free(&catalog->marks);
	free(catalog->dir);
	free(catalog);
}

enum nb_err
nb_catalog_set_aside(const char *path)
{
	return driver_of(path)->set_aside(path);
}
