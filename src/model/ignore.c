/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/ignore.h"

#include <ctype.h>
#include <string.h>

/* The result of a comparison.  STOP and STOP_ONE keep many asterisks from
 * trying what cannot match: the text ended, or "*" would have to cross a
 * slash. */
enum result { NO, YES, STOP_ONE, STOP };

struct class_name {
	const char *name;
	int (*is)(int c);
};

static const struct class_name classes[] = {
	{ "alnum", isalnum }, { "alpha", isalpha }, { "blank", isblank },
	{ "cntrl", iscntrl }, { "digit", isdigit }, { "graph", isgraph },
	{ "lower", islower }, { "print", isprint }, { "punct", ispunct },
	{ "space", isspace }, { "upper", isupper }, { "xdigit", isxdigit },
};

/* A member "[:name:]" at *P (which is then at its last character): 1 or 0 for
 * C; -1 if there is no such class; -2 if it is not a class. */
static int
in_named_class(const char **p, unsigned char c)
{
	const char *name = *p + 2, *end = strchr(name, ']');
	size_t n;

	if (!end || end == name || end[-1] != ':')
		return end ? -2 : -1;
	n = (size_t)(end - 1 - name);
	*p = end;
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (strlen(classes[i].name) == n
		    && !memcmp(classes[i].name, name, n))
			return c < 128 && classes[i].is(c) != 0;
	return -1;
}

/* The next character of a set; an escaped one as itself; 0: end of the set. */
static unsigned char
set_character(const char **p)
{
	if (**p == '\\')
		++*p;
	return (unsigned char)**p;
}

/*
 * The set at *PATTERN, which is at "[", and afterwards at "]". 1 or 0 for C, -1
 * if it is malformed.
 */
static int
in_set(const char **pattern, unsigned char c)
{
	const char *p = *pattern + 1;
	bool negated = *p == '!' || *p == '^', found = false;
	unsigned char low = 0;
	int named;

	p += negated;
	do {
		if (*p == '[' && p[1] == ':') {
			named = in_named_class(&p, c);
			if (named == -1)
				return -1;
			found |= named == 1 || (named == -2 && c == '[');
			low = named == -2 ? '[' : 0;
		} else if (*p == '-' && low && p[1] && p[1] != ']') {
			p++;
			found |= c >= low && c <= set_character(&p);
			low = 0;
		} else {
			low = set_character(&p);
			found |= c == low;
		}
		if (!*p)
			return -1;
	} while (*++p != ']');
	*pattern = p;
	return found != negated && c != '/';
}

static enum result wild(const char *start, const char *p, const char *text);

/* The asterisks at P, within the pattern that begins at START. */
static enum result
asterisks(const char *start, const char *p, const char *text)
{
	const char *before = p;
	bool deep = false;
	enum result r;

	while (*p == '*')
		p++;
	if (p - before > 1 && (before == start || before[-1] == '/')
	    && (!*p || *p == '/' || (*p == '\\' && p[1] == '/'))) {
		deep = true;
		/* Between slashes it also matches no directory at all. */
		if (*p == '/' && wild(start, p + 1, text) == YES)
			return YES;
	}
	if (!*p)
		return deep || !strchr(text, '/') ? YES : STOP_ONE;
	for (;; text++) {
		r = wild(start, p, text);
		if (r == YES || r == STOP || (r == STOP_ONE && !deep))
			return r;
		if (!*text)
			return STOP;
		if (!deep && *text == '/')
			return STOP_ONE;
	}
}

/* START is the beginning of the pattern: for "**" the previous character
 * matters. */
static enum result
wild(const char *start, const char *p, const char *text)
{
	int found;

	for (; *p; p++, text++) {
		if (*p == '*')
			return asterisks(start, p, text);
		if (!*text)
			return STOP;
		if (*p == '?') {
			if (*text == '/')
				return NO;
		} else if (*p == '[') {
			found = in_set(&p, (unsigned char)*text);
			if (found < 0)
				return STOP;
			if (!found)
				return NO;
		} else {
			if (*p == '\\')
				p++;
			if (*p != *text)
				return NO;
		}
	}
	return *text ? NO : YES;
}

bool
nb_ignore_wild(const char *pattern, const char *text)
{
	return wild(pattern, pattern, text) == YES;
}

/* One pattern of N bytes, without "!" and without the slash at its end. */
static bool
means(const char *pattern, size_t n, const char *path)
{
	char copy[4096];
	const char *slash = strrchr(path, '/'), *wanted = path;

	if (!n || n >= sizeof copy)
		return false;
	memcpy(copy, pattern, n);
	copy[n] = '\0';
	if (!strchr(copy, '/') && slash)
		wanted = slash + 1;
	return nb_ignore_wild(copy + (*copy == '/'), wanted);
}

bool
nb_ignore_match(char *const *at, size_t count, const char *path, bool dir)
{
	for (size_t i = count; i-- > 0;) {
		const char *pattern = at[i];
		bool back = *pattern == '!';
		size_t n;

		pattern += back;
		n = strlen(pattern);
		if (n && pattern[n - 1] == '/') {
			if (!dir)
				continue;
			n--;
		}
		if (means(pattern, n, path))
			return !back;
	}
	return false;
}
