/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading members of a JSON object strictly: a missing member, a wrong type or
 * a value out of bounds is false.
 */
#ifndef NB_MODEL_JSON_H
#define NB_MODEL_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * The object in LENGTH bytes of TEXT, named NAME; free it with json_decref.
 * NB_ENOMEM; NB_ECORRUPT, which the caller reports: the message of the parser
 * is logged at level NB_DEBUG only.
 */
enum nb_err nb_json_load(const char *name, const char *text, size_t length,
			 json_t **out);

/*
 * At least the bytes of memory that nb_json_load allocates for the text: a list
 * of empty lists takes fifty times its length.  These are measured values.
 */
uint64_t nb_json_cost(const char *text, size_t length);

/* A string of at most SIZE - 1 bytes into BUF. */
bool nb_json_text(const json_t *object, const char *key, char *buf,
		  size_t size);
/* The same, and exactly DIGITS hex digits. */
bool nb_json_hex(const json_t *object, const char *key, char *buf,
		 size_t digits);
/* A string in fresh memory; a missing member gives NULL. */
bool nb_json_optional(const json_t *object, const char *key, char **out);
bool nb_json_u64(const json_t *object, const char *key, uint64_t *out);
bool nb_json_i64(const json_t *object, const char *key, int64_t *out);

#endif
