/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"

#define WIDTH 80

/* Characters of the N bytes at TEXT, which is UTF-8. */
static size_t
columns(const char *text, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

size_t
nb_str_add_wrapped(struct nb_str *s, const char *text, size_t column,
		   size_t indent)
{
	while (*text) {
		size_t spaces = strspn(text, " ");
		size_t n = strcspn(text + spaces, " ");
		size_t width = spaces + columns(text + spaces, n);

		if (spaces && column + width > WIDTH) {
			nb_str_addf(s, "\n%*s", (int)indent, "");
			column = indent;
			width -= spaces;
			text += spaces;
			spaces = 0;
		}
		nb_str_add_bytes(s, text, spaces + n);
		column += width;
		text += spaces + n;
	}
	return column;
}

/* ---- messages ---- */

#define INDENT 4

static const char hint[] = "hint: ";

/* The length of the next piece of the N bytes at TEXT that is not broken, with
 * the space before it. */
static size_t
piece(const char *text, size_t n, bool whole)
{
	size_t i = 0;

	while (i < n && text[i] == ' ')
		i++;
	for (; i < n; i++)
		if (text[i] == ' '
		    && (!whole || text[i - 1] == ';' || text[i - 1] == ':'))
			break;
	return i;
}

/* One line, of N bytes. */
static void
add_line(struct nb_str *s, const char *text, size_t n, size_t width)
{
	bool whole = n >= strlen(hint) && !memcmp(text, hint, strlen(hint));
	/* "hint:" is not alone on its line. */
	size_t column = 0, head = whole ? strlen(hint) - 1 : 0;

	while (n) {
		size_t length = head + piece(text + head, n - head, whole);
		size_t blanks = strspn(text, " "), size = columns(text, length);

		blanks = blanks > length ? length : blanks;
		if (column && column + size > width) {
			nb_str_addf(s, "\n%*s", INDENT, "");
			column = INDENT;
			size -= blanks;
			nb_str_add_bytes(s, text + blanks, length - blanks);
		} else {
			nb_str_add_bytes(s, text, length);
		}
		column += size;
		text += length;
		n -= length;
		head = 0;
	}
	nb_str_add(s, "\n");
}

void
nb_str_add_message(struct nb_str *s, const char *message, int width)
{
	while (*message) {
		size_t n = strcspn(message, "\n");

		add_line(s, message, n, width > 0 ? (size_t)width : SIZE_MAX);
		message += n + (message[n] == '\n');
	}
}
