/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "model/decide/shrink.h"

static void
gone_text(const struct nb_shrink *s, char text[NB_SHRINK_TEXT])
{
	snprintf(text, NB_SHRINK_TEXT,
		 "%s %s: missing; the last good backup has it", s->kind,
		 s->name);
}

static void
mount_text(const struct nb_shrink *s, char text[NB_SHRINK_TEXT])
{
	snprintf(text, NB_SHRINK_TEXT,
		 "%s %s: no file system is mounted on %s any more", s->kind,
		 s->name, s->mount);
}

static void
part_text(const struct nb_shrink *s, char text[NB_SHRINK_TEXT])
{
	char more[48] = "";

	if (s->now > 1)
		snprintf(more, sizeof more, " and %llu more",
			 (unsigned long long)s->now - 1);
	snprintf(text, NB_SHRINK_TEXT,
		 "%s %s: %.120s%s cannot be read; the last good backup has "
		 "%llu file%s there",
		 s->kind, s->name, s->mount, more,
		 (unsigned long long)s->before, s->before == 1 ? "" : "s");
}

static void
content_text(const struct nb_shrink *s, char text[NB_SHRINK_TEXT])
{
	snprintf(text, NB_SHRINK_TEXT,
		 "%s %s: %llu file%s changed without a sign of it; the last "
		 "good backup has the earlier content",
		 s->kind, s->name, (unsigned long long)s->now,
		 s->now == 1 ? "" : "s");
}

static void
lost_text(const struct nb_shrink *s, char text[NB_SHRINK_TEXT])
{
	snprintf(text, NB_SHRINK_TEXT,
		 "%s %s: %llu file%s not read whole when %s burned", s->kind,
		 s->name, (unsigned long long)s->now, s->now == 1 ? "" : "s",
		 s->now == 1 ? "it was" : "they were");
}

static void
emptied_text(const struct nb_shrink *s, char text[NB_SHRINK_TEXT])
{
	char more[48] = "", now[48] = "no rows or is gone";

	if (s->is)
		snprintf(now, sizeof now, "%.20s row%s", s->is,
			 strcmp(s->is, "1") ? "s" : "");
	if (s->now > 1)
		snprintf(more, sizeof more, ", and %llu more such table%s",
			 (unsigned long long)s->now - 1,
			 s->now == 2 ? "" : "s");
	snprintf(text, NB_SHRINK_TEXT,
		 "%s %s: table %.130s has %s; it had %llu%s", s->kind, s->name,
		 s->mount, now, (unsigned long long)s->before, more);
}

static void
other_text(const struct nb_shrink *s, char text[NB_SHRINK_TEXT])
{
	snprintf(text, NB_SHRINK_TEXT,
		 "%s %s: another %.120s: %.160s; %s has %.160s", s->kind,
		 s->name, s->of, s->is,
		 s->mount ? s->mount : "the last good backup", s->had);
}

static void
names_text(const struct nb_shrink *s, char text[NB_SHRINK_TEXT])
{
	snprintf(text, NB_SHRINK_TEXT,
		 "%s %s: of %llu files in the last good backup, %llu %s there "
		 "under %s name%s",
		 s->kind, s->name, (unsigned long long)s->before,
		 (unsigned long long)s->now, s->now == 1 ? "is" : "are",
		 s->now == 1 ? "its" : "their", s->now == 1 ? "" : "s");
}

static void
rewritten_text(const struct nb_shrink *s, char text[NB_SHRINK_TEXT])
{
	char of[48] = "all ";

	if (s->now < s->before)
		snprintf(of, sizeof of, "%llu of ", (unsigned long long)s->now);
	snprintf(text, NB_SHRINK_TEXT,
		 "%s %s: %s%llu files have other contents than in the last "
		 "good backup",
		 s->kind, s->name, of, (unsigned long long)s->before);
}

static void
inner_text(const struct nb_shrink *s, char text[NB_SHRINK_TEXT])
{
	snprintf(text, NB_SHRINK_TEXT,
		 "%s %s: %llu file%s on %.160s; the last good backup has %llu "
		 "there",
		 s->kind, s->name, (unsigned long long)s->now,
		 s->now == 1 ? "" : "s", s->mount,
		 (unsigned long long)s->before);
}

static void
link_text(const struct nb_shrink *s, char text[NB_SHRINK_TEXT])
{
	snprintf(text, NB_SHRINK_TEXT,
		 "%s %s: %.160s is a symbolic link now; the last good backup "
		 "has %llu file%s there",
		 s->kind, s->name, s->mount, (unsigned long long)s->before,
		 s->before == 1 ? "" : "s");
}

/* Files, bytes, tables and rows. */
/* It was empty from the first backup on, so that no number tells. */
static bool
is_never(const struct nb_shrink *s)
{
	return s->what == NB_SHRINK_FILES && !s->before && !s->now;
}

static void
amount_text(const struct nb_shrink *s, char text[NB_SHRINK_TEXT])
{
	const char *what = nb_shrink_name(s->what);
	char before[48], now[48];

	if (is_never(s)) {
		snprintf(text, NB_SHRINK_TEXT,
			 "%s %s: no file in it, and none in any backup before",
			 s->kind, s->name);
		return;
	}
	if (s->what == NB_SHRINK_BYTES) {
		nb_str_size(s->before, before);
		nb_str_size(s->now, now);
	} else {
		snprintf(before, sizeof before, "%llu",
			 (unsigned long long)s->before);
		snprintf(now, sizeof now, "%llu %.*s",
			 (unsigned long long)s->now,
			 (int)strlen(what) - (s->now == 1), what);
	}
	snprintf(text, NB_SHRINK_TEXT, "%s %s: %s; %s has %s", s->kind, s->name,
		 now, s->mount ? s->mount : "the last good backup", before);
}

static void (*const texts[])(const struct nb_shrink *s,
			     char text[NB_SHRINK_TEXT]) = {
	[NB_SHRINK_GONE] = gone_text,
	[NB_SHRINK_MOUNT] = mount_text,
	[NB_SHRINK_FILES] = amount_text,
	[NB_SHRINK_BYTES] = amount_text,
	[NB_SHRINK_TABLES] = amount_text,
	[NB_SHRINK_ROWS] = amount_text,
	[NB_SHRINK_EMPTIED] = emptied_text,
	[NB_SHRINK_PART] = part_text,
	[NB_SHRINK_INNER] = inner_text,
	[NB_SHRINK_LINK] = link_text,
	[NB_SHRINK_NAMES] = names_text,
	[NB_SHRINK_REWRITTEN] = rewritten_text,
	[NB_SHRINK_CONTENT] = content_text,
	[NB_SHRINK_OTHER] = other_text,
	[NB_SHRINK_LOST] = lost_text,
};

const char *
nb_shrink_text(const struct nb_shrink *s, char text[NB_SHRINK_TEXT])
{
	texts[s->what](s, text);
	return text;
}
