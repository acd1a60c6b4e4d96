/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A growing string.  A failed allocation is remembered in the string: what is
 * added afterwards is dropped, and nb_str_take reports it.  A text is thus
 * built with many calls and checked once.
 */
#ifndef NB_BASE_STR_H
#define NB_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct nb_str {
	char *text;    /* NUL-terminated when length > 0; NULL when empty */
	size_t length; /* bytes without the NUL */
	size_t capacity;
	bool failed;
};

#define NB_STR_INIT               \
	{                         \
		NULL, 0, 0, false \
	}

void nb_str_free(struct nb_str *s);
void nb_str_add(struct nb_str *s, const char *text);
void nb_str_add_bytes(struct nb_str *s, const void *bytes, size_t n);
void nb_str_addf(struct nb_str *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Adds TEXT as a JSON string with its quotes.  TEXT must be valid UTF-8. */
void nb_str_add_json(struct nb_str *s, const char *text);

/* Adds TEXT so that a POSIX shell reads it as one word, in single quotes. */
void nb_str_add_shell(struct nb_str *s, const char *text);

/* Adds TEXT for SQL between two MARKs, which are doubled in it: a name with
 * '"', a literal with "'" (and standard_conforming_strings). */
void nb_str_add_sql(struct nb_str *s, const char *text, char mark);

/*
 * Adds MESSAGE for a terminal of WIDTH columns, and a line feed.  Lines that
 * are longer are broken between words, and indented from the second on.  A hint
 * is broken only after a semicolon or a colon, because what it says to type has
 * to remain in one piece.  WIDTH 0: no line is broken.
 */
void nb_str_add_message(struct nb_str *s, const char *message, int width);

/*
 * Adds TEXT with line feeds at spaces, so that no line has more than 80
 * columns; a longer word gets a line of its own.  The first line begins at
 * COLUMN, the others are indented by INDENT spaces.  Returns the column after
 * the last character.
 */
size_t nb_str_add_wrapped(struct nb_str *s, const char *text, size_t column,
			  size_t indent);

/*
 * Moves the text to *OUT (never NULL on success; the caller frees) and leaves
 * S empty.  NB_ENOMEM when any addition failed.
 */
enum nb_err nb_str_take(struct nb_str *s, char **out);

/* strdup with our error: NB_ENOMEM, *OUT untouched.  TEXT may be NULL: then
 * *OUT becomes NULL. */
enum nb_err nb_str_dup(const char *text, char **out);

/* Formats into fresh memory; the caller frees *OUT.  NB_ENOMEM. */
enum nb_err nb_str_format(char **out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* True when the N bytes at TEXT are well-formed UTF-8 (RFC 3629). */
bool nb_str_is_utf8(const char *text, size_t n);

/* Writes BYTES in "12.3 MB" style (decimal units, as on discs) to BUF. */
const char *nb_str_size(uint64_t bytes, char buf[16]);

/* The name of a signal without SIG, as "TERM"; "NAL" when it has none. */
const char *nb_str_signal(int number);

/* The same for the signals that end programs, where the C library has no
 * names. */
const char *nb_str_signal_here(int number);

#endif
