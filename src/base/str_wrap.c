/* SPDX-License-Identifier: GPL-2.0-or-later */
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
