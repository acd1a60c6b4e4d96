/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/format.h"

#include <string.h>

#include "model/record/manifest.h"
#include "source/postgres/check.h"

#define ARCHIVE                                                            \
	.name = "custom", .argument = "-Fc", .check = nb_pg_check_archive, \
	.reader = NB_PG_RESTORE
#define TEXT .name = "plain", .argument = "-Fp", .reader = NB_PG_PSQL
#define DIRECTORY                                             \
	.name = "directory", .ending = "", .argument = "-Fd", \
	.directory = true, .check = nb_pg_check_directory,    \
	.reader = NB_PG_RESTORE

#define COMPRESSIONS (NB_COMPRESSION_ZSTD + 1)

static const struct nb_pg_format custom[COMPRESSIONS] = {
	[NB_COMPRESSION_DEFAULT] = { ARCHIVE, .ending = ".dump" },
	[NB_COMPRESSION_NONE] = { ARCHIVE, .ending = ".dump",
				  .compress = "-Z0" },
	[NB_COMPRESSION_GZIP] = { ARCHIVE, .ending = ".dump",
				  .with_level = "-Z" },
	[NB_COMPRESSION_ZSTD] = { ARCHIVE, .ending = ".dump.zst",
				  .filters = "zstd", .compress = "-Z0" },
};

static const struct nb_pg_format plain[COMPRESSIONS] = {
	[NB_COMPRESSION_DEFAULT] = { TEXT, .check = nb_pg_check_text,
				     .ending = ".sql", .compress = "-Z0" },
	[NB_COMPRESSION_NONE] = { TEXT, .check = nb_pg_check_text,
				  .ending = ".sql", .compress = "-Z0" },
	[NB_COMPRESSION_GZIP] = { TEXT, .ending = ".sql.gz", .filters = "gzip",
				  .packing = "gzip-file", .compress = "-Z6",
				  .with_level = "-Z", .packed = true,
				  .check = nb_pg_check_packed },
	[NB_COMPRESSION_ZSTD] = { TEXT, .check = nb_pg_check_text,
				  .ending = ".sql.zst", .filters = "zstd",
				  .compress = "-Z0" },
};

static const struct nb_pg_format directory[COMPRESSIONS] = {
	[NB_COMPRESSION_DEFAULT] = { DIRECTORY },
	[NB_COMPRESSION_NONE] = { DIRECTORY, .compress = "-Z0" },
	[NB_COMPRESSION_GZIP] = { DIRECTORY, .with_level = "-Z" },
	[NB_COMPRESSION_ZSTD] = { DIRECTORY, .compress = "-Zzstd",
				  .with_level = "-Zzstd:", .since = 160000 },
};

static const struct nb_pg_format globals = {
	.name = "globals",
	.ending = ".sql",
	.argument = "--globals-only",
	.globals = true,
	.check = nb_pg_check_text,
	.reader = NB_PG_PSQL,
};

static const struct nb_pg_format *const formats[] = {
	[NB_FORMAT_CUSTOM] = custom,
	[NB_FORMAT_PLAIN] = plain,
	[NB_FORMAT_DIRECTORY] = directory,
};

const struct nb_pg_format *
nb_pg_format_of(const struct nb_config_source *source)
{
	if (nb_pg_options(source)->globals_only)
		return &globals;
	return &formats[nb_pg_options(source)->format]
		       [nb_pg_options(source)->compress.method];
}

enum nb_pg_program
nb_pg_dumper(const struct nb_pg_format *format)
{
	return format->globals ? NB_PG_DUMPALL : NB_PG_DUMP;
}

const struct nb_pg_format *
nb_pg_format_named(const char *name)
{
	for (size_t i = 0; name && i < sizeof formats / sizeof *formats; i++)
		if (!strcmp(formats[i]->name, name))
			return formats[i];
	return name && !strcmp(globals.name, name) ? &globals : NULL;
}

const char *
nb_pg_format_compression(const struct nb_pg_format *format)
{
	return format->filters ? format->filters : "none";
}

const struct nb_pg_format *
nb_pg_format_recorded(const struct nb_manifest_source *record)
{
	const struct nb_pg_format *format = nb_pg_format_named(record->format);
	int count = format && !format->globals ? COMPRESSIONS : !!format;

	for (int i = 0; i < count; i++)
		if (!strcmp(nb_pg_format_compression(&format[i]),
			    record->compression ? record->compression : "none"))
			return &format[i];
	return NULL;
}
