/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/restore/parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "source/postgres/restore/load.h"
#include "source/postgres/restore/restore.h"

/* Lines of a table of contents: "215; 1259 16391 TABLE public t owner". */
struct parts {
	const struct nb_source_restore *what;
	struct nb_names all;
	struct nb_names chosen;  /* those that pg_restore would choose */
	struct nb_names schemas; /* that have to be created for them */
};

static void
clear(struct parts *p)
{
	nb_names_free(&p->all);
	nb_names_free(&p->chosen);
	nb_names_free(&p->schemas);
}

static enum nb_err
keep(void *ctx, const char *line)
{
	return nb_names_add(ctx, "%s", line);
}

static enum nb_err
add_filters(const char *option, const char *const *names, size_t count,
	    struct nb_names *out)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < count; i++)
		err = nb_names_add(out, "--%s=%s", option, names[i]);
	return err;
}

/* The lines that pg_restore chooses with these TABLES and SCHEMAS. */
static enum nb_err
choose(const struct nb_source_restore *what, const char *const *tables,
       size_t table_count, const char *const *schemas, size_t schema_count,
       struct nb_names *out)
{
	struct nb_names only = NB_ARRAY_INIT;
	enum nb_err err = add_filters("table", tables, table_count, &only);

	if (!err)
		err = add_filters("schema", schemas, schema_count, &only);
	if (!err)
		err = nb_pg_contents_of(what, &only, keep, out);
	nb_names_free(&only);
	return err;
}

/* "TABLE public t owner" of such a line. */
static const char *
without_numbers(const char *line)
{
	for (int i = 0; i < 3; i++) {
		line += strcspn(line, " ");
		line += *line == ' ';
	}
	return line;
}

/* Text after WORD, or NULL.  In a table of contents, the end of a line in a
 * name is a space. */
static const char *
after(const char *text, const char *word)
{
	for (; *word; text++, word++)
		if (*text != *word
		    && !(*text == ' ' && (*word == '\n' || *word == '\r')))
			return NULL;
	return text;
}

/* Is LINE the definition of SCHEMA, its comment, label or privileges?  LOOSE:
 * also if the name of the owner, which follows, contains a space. */
static bool
defines(const char *line, const char *schema, bool loose)
{
	static const char *const kinds[] = { "SCHEMA - ", "COMMENT - SCHEMA ",
					     "ACL - SCHEMA ",
					     "SECURITY LABEL - SCHEMA " };
	const char *text = without_numbers(line);

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const char *name = after(text, kinds[i]);
		const char *end = name ? after(name, schema) : NULL;

		if (end && *end == ' ' && (loose || !strchr(end + 1, ' ')))
			return true;
	}
	return false;
}

static bool
is_defined(const struct nb_names *all, const char *schema)
{
	for (size_t i = 0; i < all->count; i++)
		if (defines(all->at[i], schema, false))
			return true;
	return false;
}

/* ---- checking ---- */

static enum nb_err
lacks(const struct nb_source_restore *what, const char *kind, const char *name)
{
	const char *source = what->source->name;
	bool in_schemas = *kind == 't' && what->load->schema_count;

	if (*kind == 't' && strchr(name, '.'))
		return nb_fail(NB_ENOTFOUND,
			       "%s: the dump has no table \"%s\"%s\n"
			       "hint: a schema is named with --schema, not "
			       "before the table",
			       source, name,
			       in_schemas ? " in these schemas" : "");
	return nb_fail(NB_ENOTFOUND,
		       "%s: the dump has no %s \"%s\"%s\n"
		       "hint: nightburn restore --list --source %s shows what "
		       "it has",
		       source, kind, name,
		       in_schemas ? " in these schemas" : "", source);
}

static enum nb_err
check_table(const struct parts *p, const char *const *table)
{
	const struct nb_restore_options *load = p->what->load;
	struct nb_names found = NB_ARRAY_INIT;
	enum nb_err err = choose(p->what, table, 1, load->schemas,
				 load->schema_count, &found);

	if (!err && !found.count)
		err = lacks(p->what, "table", *table);
	nb_names_free(&found);
	return err;
}

static enum nb_err
check_schema(const struct parts *p, const char *const *schema)
{
	struct nb_names found = NB_ARRAY_INIT;
	enum nb_err err = NB_OK;

	if (is_defined(&p->all, *schema))
		return NB_OK;
	err = choose(p->what, NULL, 0, schema, 1, &found);
	if (!err && !found.count)
		err = lacks(p->what, "schema", *schema);
	nb_names_free(&found);
	return err;
}

static enum nb_err
check_parts(const struct nb_source_restore *what)
{
	const struct nb_restore_options *load = what->load;
	struct parts p = { .what = what };
	enum nb_err err = NB_OK;

	if (load->schema_count)
		err = nb_pg_contents_of(what, NULL, keep, &p.all);
	for (size_t i = 0; !err && i < load->schema_count; i++)
		err = check_schema(&p, &load->schemas[i]);
	for (size_t i = 0; !err && i < load->table_count; i++)
		err = check_table(&p, &load->tables[i]);
	clear(&p);
	return err;
}

enum nb_err
nb_pg_restore_check(const struct nb_source_restore *what)
{
	const struct nb_pg_format *format =
		nb_pg_format_named(what->record->format);
	enum nb_err err = NB_OK;

	/* nb_pg_restore reports an unknown format. */
	if (format)
		err = nb_pg_load_check(what, format);
	if (!err && format && format->reader == NB_PG_RESTORE)
		err = check_parts(what);
	return err;
}

/* ---- the list ---- */

/* The schema of the table NAME, if LINE is that table: "TABLE s t owner". */
static enum nb_err
add_schema_of(struct nb_names *schemas, const char *line, const char *name)
{
	static const char *const kinds[] = { "TABLE DATA ",
					     "TABLE ",
					     "VIEW ",
					     "MATERIALIZED VIEW DATA ",
					     "MATERIALIZED VIEW ",
					     "FOREIGN TABLE ",
					     "SEQUENCE SET ",
					     "SEQUENCE " };
	const char *text = without_numbers(line), *schema = NULL;

	for (size_t i = 0; !schema && i < sizeof kinds / sizeof *kinds; i++)
		schema = after(text, kinds[i]);
	for (const char *p = schema; p && *p; p++) {
		const char *end = *p == ' ' ? after(p + 1, name) : NULL;

		if (end && *end == ' ')
			return nb_names_add(schemas, "%.*s", (int)(p - schema),
					    schema);
	}
	return NB_OK;
}

/* Every database has the schema public. */
static enum nb_err
find_schemas(struct parts *p)
{
	const struct nb_restore_options *load = p->what->load;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && !load->table_count && i < load->schema_count;
	     i++)
		err = nb_names_add(&p->schemas, "%s", load->schemas[i]);
	for (size_t i = 0; i < p->chosen.count; i++)
		for (size_t k = 0; !err && k < load->table_count; k++)
			err = add_schema_of(&p->schemas, p->chosen.at[i],
					    load->tables[k]);
	for (size_t i = 0; load->table_count && i < p->schemas.count; i++)
		if (!strcmp(p->schemas.at[i], "public"))
			*p->schemas.at[i] = '\0';
	return err;
}

static bool
is_needed(const struct parts *p, const char *line)
{
	for (size_t i = 0; i < p->schemas.count; i++) {
		const char *schema = p->schemas.at[i];

		if (*schema
		    && defines(line, schema, !is_defined(&p->all, schema)))
			return true;
	}
	return false;
}

/* The numbers of the entries, in the order of the dump. */
static enum nb_err
make_list(const struct parts *p, char **text)
{
	struct nb_str s = NB_STR_INIT;
	size_t next = 0;

	for (size_t i = 0; i < p->all.count; i++) {
		const char *line = p->all.at[i];
		bool chosen = next < p->chosen.count
			&& !strcmp(line, p->chosen.at[next]);

		next += chosen;
		if (chosen || is_needed(p, line))
			nb_str_addf(&s, "%.*s\n", (int)strcspn(line, ";"),
				    line);
	}
	nb_str_add(&s, ";\n");
	return nb_str_take(&s, text);
}

static enum nb_err
save(const char *text, char **path)
{
	char name[] = "/tmp/nightburn.XXXXXX";
	int fd = mkstemp(name);
	enum nb_err err = NB_OK;

	if (fd < 0)
		return nb_fail_errno(NB_EIO, "/tmp: cannot create a file");
	if (fchmod(fd, 0444) || nb_fd_write(fd, text, strlen(text)))
		err = nb_fail_errno(NB_EIO, "%s: cannot write", name);
	nb_fd_close(&fd);
	if (!err)
		err = nb_str_dup(name, path);
	if (err)
		unlink(name);
	return err;
}

enum nb_err
nb_pg_parts_list(const struct nb_source_restore *what, char **path)
{
	const struct nb_restore_options *load = what->load;
	struct parts p = { .what = what };
	char *text = NULL;
	enum nb_err err;

	*path = NULL;
	if (!load->table_count && !load->schema_count)
		return NB_OK;
	err = nb_pg_contents_of(what, NULL, keep, &p.all);
	if (!err)
		err = choose(what, load->tables, load->table_count,
			     load->schemas, load->schema_count, &p.chosen);
	if (!err)
		err = find_schemas(&p);
	if (!err)
		err = make_list(&p, &text);
	if (!err)
		err = save(text, path);
	clear(&p);
	free(text);
	return err;
}
