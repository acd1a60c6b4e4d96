/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/config/scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum state { CODE, LINE_COMMENT, COMMENT, DOUBLE, SINGLE };

static const char *const endless[] = {
	[COMMENT] = "a comment without end; expected \"*/\"",
	[DOUBLE] = "an unterminated string; expected '\"'",
	[SINGLE] = "an unterminated string; expected \"'\"",
};

struct scan {
	const char *file;
	const char *p; /* the next byte */
	char *out;
	enum state state;
	int line, begin; /* first byte of the string or comment */
	bool in_word;
};

static enum nb_err
fail_at(const struct scan *s, int line, const char *what)
{
	return nb_fail(NB_ECONFIG, "%s:%d: %s", s->file, line, what);
}

/* Takes one byte and replaces it by C. */
static void
put(struct scan *s, char c)
{
	if (*s->p == '\n') {
		s->line++;
		c = '\n';
	}
	*s->out++ = c == '$' ? NB_SCAN_DOLLAR : c;
	s->p++;
}

static void
begin(struct scan *s, enum state state)
{
	s->state = state;
	s->begin = s->line;
	s->in_word = false;
}

static enum nb_err
scan_code(struct scan *s)
{
	bool slash = *s->p == '/' && !s->in_word;

	if (*s->p == '*')
		return fail_at(s, s->line,
			       "an asterisk outside quotes; "
			       "expected the whole value in quotes");
	if (*s->p == '#' && s->in_word)
		return fail_at(s, s->line,
			       "a # within a word; expected the "
			       "whole value in quotes, or a space before a "
			       "comment");
	if (*s->p == '#' || (slash && s->p[1] == '/')) {
		begin(s, LINE_COMMENT);
		return NB_OK;
	}
	if (slash && s->p[1] == '*') {
		begin(s, COMMENT);
		put(s, ' ');
		put(s, ' ');
		return NB_OK;
	}
	if (*s->p == '"' || *s->p == '\'')
		begin(s, *s->p == '"' ? DOUBLE : SINGLE);
	else
		s->in_word = !strchr(" \t\n{}()=+,", *s->p);
	put(s, *s->p);
	return NB_OK;
}

/* No value has more than one line, so the quote that is missing belongs to this
 * one: the next quote is the first of another value. */
static enum nb_err
scan_string(struct scan *s)
{
	char quote = s->state == DOUBLE ? '"' : '\'';

	if (*s->p == '\n')
		return fail_at(s, s->begin, endless[s->state]);
	if (*s->p == quote)
		s->state = CODE;
	else if (*s->p == '\\' && s->p[1])
		put(s, '\\');
	put(s, *s->p);
	return NB_OK;
}

static void
scan_comment(struct scan *s)
{
	if (s->state == LINE_COMMENT && *s->p == '\n') {
		s->state = CODE;
	} else if (s->state == COMMENT && s->p[0] == '*' && s->p[1] == '/') {
		s->state = CODE;
		put(s, ' ');
	}
	put(s, ' ');
}

static enum nb_err
scan_all(struct scan *s)
{
	enum nb_err err = NB_OK;

	while (*s->p && !err) {
		if (s->state == CODE)
			err = scan_code(s);
		else if (s->state == DOUBLE || s->state == SINGLE)
			err = scan_string(s);
		else
			scan_comment(s);
	}
	*s->out = '\0';
	if (!err && s->state != CODE && s->state != LINE_COMMENT)
		err = fail_at(s, s->begin, endless[s->state]);
	return err;
}

static enum nb_err
check_bytes(const char *file, const char *text)
{
	int line = 1;

	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
			return nb_fail(NB_ECONFIG,
				       "%s:%d: control character "
				       "0x%02x; expected text",
				       file, line, c);
		if (c != '\n' && p[1])
			continue;
		if (!nb_str_is_utf8(text, (size_t)(p - text) + 1))
			return nb_fail(NB_ECONFIG,
				       "%s:%d: not UTF-8; expected "
				       "text in UTF-8",
				       file, line);
		text = p + 1;
		line++;
	}
	return NB_OK;
}

enum nb_err
nb_scan(const char *file, const char *text, char **out)
{
	struct scan s = { .file = file, .p = text, .line = 1 };
	enum nb_err err = check_bytes(file, text);
	char *copy;

	if (err)
		return err;
	copy = malloc(strlen(text) + 1);
	if (!copy)
		return nb_fail_memory();
	s.out = copy;
	err = scan_all(&s);
	if (err)
		free(copy);
	else
		*out = copy;
	return err;
}

void
nb_scan_restore(char *text)
{
	for (; *text; text++)
		if (*text == NB_SCAN_DOLLAR)
			*text = '$';
}
