/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WIDTH 80
#define INDENT "    "

static void
put(struct nb_report *r, struct nb_str *s)
{
	if (!r->err)
		r->err = r->put(r->ctx, s);
	else
		nb_str_free(s);
}

void
nb_report_begin(struct nb_report *r, enum nb_report_shape shape)
{
	struct nb_str s = NB_STR_INIT;

	r->shape = shape;
	r->part_shape = shape;
	r->parts = 0;
	r->rows = 0;
	if (r->form->begin)
		r->form->begin(r, &s);
	put(r, &s);
}

static void
end_part(struct nb_report *r, struct nb_str *s)
{
	if (r->shape == NB_REPORT_PARTS && r->parts && r->form->end_part)
		r->form->end_part(r, s);
}

void
nb_report_part(struct nb_report *r, const char *name,
	       enum nb_report_shape shape)
{
	struct nb_str s = NB_STR_INIT;

	end_part(r, &s);
	r->part_shape = shape;
	r->rows = 0;
	if (r->form->begin_part)
		r->form->begin_part(r, &s, name);
	r->parts++;
	put(r, &s);
}

enum nb_err
nb_report_row(struct nb_report *r, const struct nb_record *record,
	      const void *row)
{
	struct nb_str s = NB_STR_INIT;

	r->form->row(r, &s, record, row);
	r->rows++;
	put(r, &s);
	return r->err;
}

enum nb_err
nb_report_end(struct nb_report *r)
{
	struct nb_str s = NB_STR_INIT;

	end_part(r, &s);
	if (r->form->end)
		r->form->end(r, &s);
	put(r, &s);
	return r->err;
}

enum nb_err
nb_report_one(struct nb_report *r, const struct nb_record *record,
	      const void *row)
{
	nb_report_begin(r, NB_REPORT_ONE);
	nb_report_row(r, record, row);
	return nb_report_end(r);
}

const char *
nb_report_date(int64_t date, char buf[32])
{
	time_t seconds = (time_t)date;
	struct tm tm;

	if (!date || !gmtime_r(&seconds, &tm)
	    || !strftime(buf, 32, "%Y-%m-%d %H:%M UTC", &tm))
		strcpy(buf, "never");
	return buf;
}

const char *
nb_report_count(uint64_t count, const char *noun, char buf[48])
{
	snprintf(buf, 48, "%llu %.20s%s", (unsigned long long)count, noun,
		 count == 1 ? "" : "s");
	return buf;
}

/* The length of a character at TEXT, in UTF-8, that a terminal would obey: a
 * control character of C1, or one that changes the direction or the line; 0:
 * there is none. */
static size_t
find_control(const char *text)
{
	const unsigned char *t = (const unsigned char *)text;

	if (t[0] == 0xc2 && t[1] < 0xa0) /* U+0080 to U+009F */
		return 2;
	if (t[0] == 0xd8 && t[1] == 0x9c) /* U+061C */
		return 2;
	if (t[0] == 0xe2 && t[1] == 0x80
	    && (t[2] == 0x8e || t[2] == 0x8f || (t[2] >= 0xa8 && t[2] <= 0xae)))
		return 3; /* U+200E, U+200F, U+2028 to U+202E */
	if (t[0] == 0xe2 && t[1] == 0x81 && t[2] >= 0xa6 && t[2] <= 0xa9)
		return 3; /* U+2066 to U+2069 */
	return 0;
}

void
nb_report_add_name(struct nb_str *s, const char *name)
{
	bool utf8 = nb_str_is_utf8(name, strlen(name));
	size_t control = 0;

	for (const char *p = name; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (utf8 && !control)
			control = find_control(p);
		if (control) {
			nb_str_addf(s, "\\%03o", c);
			control--;
		} else if (c == '\n')
			nb_str_add(s, "\\n");
		else if (c < ' ' || c == 0x7f || (c > 0x7f && !utf8))
			nb_str_addf(s, "\\%03o", c);
		else
			nb_str_add_bytes(s, p, 1);
	}
}

/* The length of what remains together at LINE, with the blanks before it. */
static size_t
piece(const char *line)
{
	size_t i = strspn(line, " ");

	while (line[i] && strncmp(line + i, "  ", 2) != 0
	       && !(line[i] == ' ' && line[i - 1] == ','))
		i++;
	return i;
}

/* LINE, of which it changes nothing in the end. */
static void
add_broken(struct nb_str *s, char *line)
{
	int column = 0;

	while (*line) {
		size_t n = piece(line), blanks = strspn(line, " ");
		char after = line[n];
		int width;

		line[n] = '\0';
		width = nb_report_columns(line);
		if (column && column + width > WIDTH) {
			nb_str_addf(s, "\n" INDENT "%s", line + blanks);
			column = (int)strlen(INDENT) + width - (int)blanks;
		} else {
			nb_str_add(s, line);
			column += width;
		}
		line[n] = after;
		line += n;
	}
	nb_str_add(s, "\n");
}

void
nb_report_fit(struct nb_str *s, size_t from)
{
	char *text = NULL, *rest, *line;

	if (s->failed || s->length == from)
		return;
	text = strdup(s->text + from);
	if (!text) {
		s->failed = true;
		return;
	}
	s->length = from;
	rest = text;
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (!rest && !*line)
			break;
		/* What is indented is a name on a line of its own. */
		if (nb_report_columns(line) > WIDTH
		    && strncmp(line, INDENT, strlen(INDENT)) != 0)
			add_broken(s, line);
		else
			nb_str_addf(s, "%s%s", line, rest ? "\n" : "");
	}
	free(text);
}

void
nb_report_add_last(struct nb_str *s, struct nb_str *name)
{
	const char *line = s->text ? strrchr(s->text, '\n') : NULL;
	const char *last = line ? line + 1 : s->text;
	const char *text = name->text ? name->text : "";
	int column = last ? nb_report_columns(last) : 0;

	s->failed |= name->failed;
	if (column + 1 + nb_report_columns(text) > WIDTH) {
		while (s->length && s->text[s->length - 1] == ' ')
			s->length--;
		nb_str_add(s, "\n" INDENT);
	} else {
		nb_str_add(s, " ");
	}
	nb_str_add(s, text);
	nb_str_add(s, "\n");
	nb_str_free(name);
}
