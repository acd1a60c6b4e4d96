/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One value of the configuration file: its text read into a field of a record.
 * The tables of model/config/build.c say which option is which field.
 */
#ifndef NB_MODEL_CONFIG_VALUE_H
#define NB_MODEL_CONFIG_VALUE_H

#include "model/config/config.h"

enum nb_value_kind {
	NB_VALUE_TEXT,    /* char *; not empty, no control characters */
	NB_VALUE_NAME,    /* char *; can name a disc, a pool, a job */
	NB_VALUE_PATH,    /* char *; an absolute path */
	NB_VALUE_DEVICE,  /* char *; /dev/... or stdio:/... */
	NB_VALUE_PROGRAM, /* char *; an absolute path, or a name without a
			     slash */
	NB_VALUE_NAMES,   /* struct nb_names of NB_VALUE_NAME, no duplicates */
	NB_VALUE_TEXTS,   /* struct nb_names of NB_VALUE_TEXT */
	NB_VALUE_FLAG,    /* bool: true, yes, on, false, no, off */
	NB_VALUE_CHOICE,  /* bool: words[0] false, words[1] true */
	NB_VALUE_WORD,    /* enum: index into words */
	NB_VALUE_NUMBER,  /* int, min to max */
	NB_VALUE_SIZE,    /* uint64_t bytes: 650MiB, 4.7G (decimal units) */
	NB_VALUE_SHARE,   /* struct nb_share: 20%, or a size */
	NB_VALUE_TIME,    /* int64_t seconds: 90, 30m, 12h, 40d, 2w */
	NB_VALUE_RATIO,   /* double, 0 to 1 */
	NB_VALUE_COMPRESS /* struct nb_compress: zstd, gzip:9, ... */
};

/* A size, or a share: PERCENT if that is not 0, else BYTES. */
struct nb_share {
	uint64_t bytes;
	int percent;
};

enum nb_compression {
	NB_COMPRESSION_DEFAULT,
	NB_COMPRESSION_NONE,
	NB_COMPRESSION_GZIP,
	NB_COMPRESSION_ZSTD
};

struct nb_compress {
	enum nb_compression method;
	int level; /* -1: its default */
};

struct nb_field {
	const char *name;
	enum nb_value_kind kind;
	size_t offset;            /* in the record */
	const char *const *words; /* NULL-ended */
	int min, max;
	bool required;
	bool local; /* is not sent to the program on another host */
};

/* The row of OPTION, a value of kind NB_VALUE_<VALUE> in FIELD of RECORD. */
#define NB_FIELD(record, option, value, field)      \
	.name = (option), .kind = NB_VALUE_##value, \
	.offset = offsetof(record, field)

/* True for kinds that take several values. */
bool nb_value_is_list(enum nb_value_kind kind);

/*
 * Reads TEXT into the field of RECORD.  A string replaces (and frees) the
 * previous one, a list grows by one.  NB_ENOMEM; NB_ECONFIG, not logged, if
 * TEXT is not such a value: nb_value_expected describes one.
 */
enum nb_err nb_value_read(const struct nb_field *field, const char *text,
			  void *record);

/* The reverse: appends to OUT the texts that give FIELD of RECORD its value;
 * none for NULL and for an empty list.  Not for a ratio.  NB_ENOMEM
 * (model/config/write.c) */
enum nb_err nb_value_write(const struct nb_field *field, const void *record,
			   struct nb_names *out);

/* Frees what FIELD of RECORD owns. (model/config/write.c) */
void nb_value_clear(const struct nb_field *field, void *record);

/* "a whole number from 0 to 100" into BUF; returns BUF. */
const char *nb_value_expected(const struct nb_field *field, char buf[128]);

#endif
