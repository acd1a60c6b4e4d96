/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/decide/hint.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PROGRAM "nightburn "

/* The commands that fail with "several jobs" if they are not given one. */
static const char *const commands[] = {
	"adopt", "append", "blank", "catalog accept", "image",
	"plan",  "rotate", "run",   "pool take-over", NULL
};

static size_t
command_length(const char *text)
{
	for (size_t i = 0; commands[i]; i++) {
		size_t n = strlen(commands[i]);

		if (!strncmp(text, commands[i], n)
		    && (!text[n] || strchr(" ,;", text[n])))
			return n;
	}
	return 0;
}

static bool
is_plain(const char *name)
{
	return name[0] != '-'
		&& !name[strspn(name,
				"abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				"0123456789._-+@:")];
}

struct writer {
	char *text;
	size_t used;
};

static void
put(struct writer *w, const char *bytes, size_t n)
{
	size_t room = NB_HINT_MAX - 1 - w->used;

	n = n < room ? n : room;
	memcpy(w->text + w->used, bytes, n);
	w->used += n;
	w->text[w->used] = '\0';
}

/* Quotes it for a POSIX shell. */
static void
put_word(struct writer *w, const char *word)
{
	if (is_plain(word)) {
		put(w, word, strlen(word));
		return;
	}
	put(w, "'", 1);
	for (; *word; word++)
		if (*word == '\'')
			put(w, "'\\''", 4);
		else
			put(w, word, 1);
	put(w, "'", 1);
}

const char *
nb_hint_job(const char *hint, const char *job, char text[NB_HINT_MAX])
{
	struct writer w = { text, 0 };
	const char *at;

	text[0] = '\0';
	while (job && (at = strstr(hint, PROGRAM))) {
		size_t n;

		at += strlen(PROGRAM);
		n = command_length(at);
		put(&w, hint, (size_t)(at - hint) + n);
		hint = at + n;
		if (!n)
			continue;
		put(&w, " -j ", 4);
		put_word(&w, job);
	}
	put(&w, hint, strlen(hint));
	return text;
}

/* OTHER: after "the other disc", the name of a disc is its. */
static void
put_rest(struct writer *w, const char *rest, const char *disc, bool other)
{
	static const char lost[] = "catalog lost ", name[] = "NAME";
	const char *at = strstr(rest, lost);

	if (at && other && !strncmp(at + strlen(lost), name, strlen(name))) {
		at += strlen(lost);
		put(w, rest, (size_t)(at - rest));
		put_word(w, disc);
		rest = at + strlen(name);
	}
	put(w, rest, strlen(rest));
}

/* The part of HINT that stands for a disc: after "insert ", up to the next
 * clause. */
static const char *
find_disc(const char *hint, size_t *length)
{
	static const char insert[] = "insert ", other[] = "the other disc";
	const char *at = strstr(hint, insert);

	if (at) {
		at += strlen(insert);
		*length = strcspn(at, ",;");
		return at;
	}
	at = strstr(hint, other);
	*length = strlen(other);
	return at;
}

const char *
nb_hint_disc(const char *hint, const char *disc, bool is_new,
	     char text[NB_HINT_MAX])
{
	const char *what = is_new ? "a blank disc, which becomes " : "disc ";
	struct writer w = { text, 0 };
	const char *at;
	size_t n;

	text[0] = '\0';
	at = find_disc(hint, &n);
	if (!disc[0]) {
		put(&w, hint, strlen(hint));
	} else if (at) {
		put(&w, hint, (size_t)(at - hint));
		put(&w, what, strlen(what));
		put(&w, disc, strlen(disc));
		put_rest(&w, at + n, disc, !strncmp(at, "the other", 9));
	} else {
		put(&w, hint, strlen(hint));
		put(&w, ", or insert ", 12);
		put(&w, what, strlen(what));
		put(&w, disc, strlen(disc));
	}
	return text;
}
