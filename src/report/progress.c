/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "report/report.h"

#define BAR_MOST 30
#define BAR_LEAST 6

static bool
is_continued(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

int
nb_report_columns(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += !is_continued(*text);
	return n;
}

/* At most WIDTH columns of TEXT, with "~" in place of what is cut off. */
static void
add_cut(struct nb_str *s, const char *text, int width)
{
	const char *end = text;

	if (nb_report_columns(text) <= width) {
		nb_str_add(s, text);
		return;
	}
	for (int n = 0; n < width; n++) {
		end++;
		while (is_continued(*end))
			end++;
	}
	while (end > text && is_continued(*--end))
		;
	nb_str_add_bytes(s, text, (size_t)(end - text));
	nb_str_add(s, "~");
}

static void
format_time(double seconds, char buf[32])
{
	unsigned long t = seconds < 360000 ? (unsigned long)seconds : 359999;

	if (t >= 3600)
		snprintf(buf, 32, "%lu:%02lu:%02lu left", t / 3600, t / 60 % 60,
			 t % 60);
	else
		snprintf(buf, 32, "%lu:%02lu left", t / 60, t % 60);
}

static void
add_bar(struct nb_str *s, double part, int width)
{
	int filled = (int)(part * width);

	nb_str_add(s, " [");
	for (int i = 0; i < width; i++)
		nb_str_add(s, i < filled ? "#" : "-");
	nb_str_add(s, "]");
}

/* Writes what follows the bar to TAIL. */
static void
make_tail(const struct nb_progress *p, double part, double seconds,
	  char tail[96])
{
	double rate = seconds >= 1 ? (double)p->done / seconds : 0;
	char amount[16], speed[24] = "", left[32] = "";

	if (p->total)
		snprintf(amount, sizeof amount, "%3d%%", (int)(part * 100));
	else if (p->done)
		nb_str_size(p->done, amount);
	else
		amount[0] = '\0';
	if (rate > 0)
		snprintf(speed, sizeof speed, "%.1f MB/s",
			 rate < 1e12 ? rate / 1e6 : 1e6);
	if (rate > 0 && p->total > p->done)
		format_time((double)(p->total - p->done) / rate, left);
	snprintf(tail, 96, "%s%s%s%s%s%s", *amount ? " " : "", amount,
		 *speed ? "  " : "", speed, *left ? "  " : "", left);
}

void
nb_report_progress(struct nb_str *s, const struct nb_progress *p,
		   double seconds, int width)
{
	double part = p->total ? (double)p->done / (double)p->total : 0;
	int what, bar;
	char tail[96];

	if (part > 1)
		part = 1;
	make_tail(p, part, seconds, tail);
	width--; /* the last column would wrap the line */
	if (width < (int)strlen(tail) + 8)
		tail[p->total && width > 13 ? 5 : 0] = '\0';
	what = width - (int)strlen(tail);
	if (what < 0)
		what = 0;
	bar = what - nb_report_columns(p->what) - 3;
	add_cut(s, p->what, what);
	if (p->total && bar >= BAR_LEAST)
		add_bar(s, part, bar > BAR_MOST ? BAR_MOST : bar);
	nb_str_add(s, tail);
}
