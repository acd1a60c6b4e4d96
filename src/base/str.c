/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/str.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
nb_str_free(struct nb_str *s)
{
	free(s->text);
	*s = (struct nb_str)NB_STR_INIT;
}

static bool
reserve(struct nb_str *s, size_t more)
{
	size_t need = s->length + more + 1, capacity = s->capacity;
	char *grown;

	if (s->failed)
		return false;
	if (need <= capacity)
		return true;
	if (capacity < 64)
		capacity = 64;
	while (capacity < need)
		capacity *= 2;
	grown = realloc(s->text, capacity);
	if (!grown) {
		s->failed = true;
		return false;
	}
	s->text = grown;
	s->capacity = capacity;
	return true;
}

void
nb_str_add_bytes(struct nb_str *s, const void *bytes, size_t n)
{
	if (!reserve(s, n))
		return;
	if (n)
		memcpy(s->text + s->length, bytes, n);
	s->length += n;
	s->text[s->length] = '\0';
}

void
nb_str_add(struct nb_str *s, const char *text)
{
	nb_str_add_bytes(s, text, strlen(text));
}

void
nb_str_addf(struct nb_str *s, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !reserve(s, (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(s->text + s->length, (size_t)n + 1, fmt, ap);
	va_end(ap);
	s->length += (size_t)n;
}

void
nb_str_add_json(struct nb_str *s, const char *text)
{
	nb_str_add(s, "\"");
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == '"' || c == '\\')
			nb_str_addf(s, "\\%c", c);
		else if (c == '\n')
			nb_str_add(s, "\\n");
		else if (c == '\t')
			nb_str_add(s, "\\t");
		else if (c < 0x20 || c == 0x7f)
			nb_str_addf(s, "\\u%04x", c);
		else
			nb_str_add_bytes(s, p, 1);
	}
	nb_str_add(s, "\"");
}

void
nb_str_add_shell(struct nb_str *s, const char *text)
{
	nb_str_add(s, "'");
	for (const char *p = text; *p; p++) {
		if (*p == '\'')
			nb_str_add(s, "'\\''");
		else
			nb_str_add_bytes(s, p, 1);
	}
	nb_str_add(s, "'");
}

void
nb_str_add_sql(struct nb_str *s, const char *text, char mark)
{
	nb_str_add_bytes(s, &mark, 1);
	for (const char *p = text; *p; p++) {
		if (*p == mark)
			nb_str_add_bytes(s, &mark, 1);
		nb_str_add_bytes(s, p, 1);
	}
	nb_str_add_bytes(s, &mark, 1);
}

/* The length of the sequence at P, or 0 when it is not well-formed. */
static size_t
utf8_sequence(const unsigned char *p, size_t n)
{
	static const unsigned int least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = p[0] < 0x80 ? 1
		: p[0] < 0xc2       ? 0
		: p[0] < 0xe0       ? 2
		: p[0] < 0xf0       ? 3
		: p[0] < 0xf5       ? 4
				    : 0;
	unsigned int code;

	if (length < 2)
		return length;
	if (length > n)
		return 0;
	code = p[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3fu);
	}
	if (code < least[length] || code > 0x10ffff)
		return 0;
	return code >= 0xd800 && code <= 0xdfff ? 0 : length;
}

bool
nb_str_is_utf8(const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;

	while (n) {
		size_t length = utf8_sequence(p, n);

		if (!length)
			return false;
		p += length;
		n -= length;
	}
	return true;
}

const char *
nb_str_size(uint64_t bytes, char buf[16])
{
	static const char *const units[] = { "kB", "MB", "GB", "TB", "PB" };
	uint64_t tenth = 100, tenths;
	size_t unit = 0;

	if (bytes < 1000) {
		snprintf(buf, 16, "%u B", (unsigned int)bytes);
		return buf;
	}
	tenths = bytes / tenth + (bytes % tenth >= tenth / 2);
	while (tenths >= 10000 && unit + 1 < sizeof units / sizeof *units) {
		tenth *= 1000;
		tenths = bytes / tenth + (bytes % tenth >= tenth / 2);
		unit++;
	}
	snprintf(buf, 16, "%u.%u %s", (unsigned int)(tenths / 10),
		 (unsigned int)(tenths % 10), units[unit]);
	return buf;
}

const char *
nb_str_signal_here(int number)
{
	static const struct {
		int number;
		const char *name;
	} names[] = {
		{ SIGHUP, "HUP" },   { SIGINT, "INT" },   { SIGQUIT, "QUIT" },
		{ SIGABRT, "ABRT" }, { SIGBUS, "BUS" },   { SIGFPE, "FPE" },
		{ SIGKILL, "KILL" }, { SIGSEGV, "SEGV" }, { SIGPIPE, "PIPE" },
		{ SIGALRM, "ALRM" }, { SIGTERM, "TERM" }, { SIGXCPU, "XCPU" },
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].number == number)
			return names[i].name;
	return "NAL";
}

const char *
nb_str_signal(int number)
{
#if HAVE_SIGABBREV_NP
	const char *name = sigabbrev_np(number);

	if (name)
		return name;
#endif
	return nb_str_signal_here(number);
}
