/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extracts from a program's stderr what the user has to know. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/proc.h"
#include "base/str.h"

#define CAUSE_MAX 2000 /* bytes; the rest of the message needs room, too */

struct line {
	const char *text; /* without its indentation */
	size_t n;
	bool indented;
};

/* How informative a line is: the first one of the highest rank is the cause. */
enum rank { NOTHING, WARNING, TEXT, PREFIXED, MARKED };

static bool
has(const struct line *line, const char *word)
{
	return memmem(line->text, line->n, word, strlen(word));
}

static bool
begins(const struct line *line, const char *word)
{
	size_t n = strlen(word);

	return line->n >= n && !memcmp(line->text, word, n);
}

/* Continues the error above it and is worth reading. */
static bool
explains(const struct line *line)
{
	return begins(line, "DETAIL:") || begins(line, "HINT:")
		|| begins(line, "CONTEXT:") || has(line, ": detail: ")
		|| has(line, ": hint: ")
		|| has(line, "Error message from server: ")
		|| (line->indented && begins(line, "Is the server running"));
}

/* Repeats what was done, or counts errors. */
static bool
is_echo(const struct line *line)
{
	return !line->n || begins(line, "STATEMENT:") || begins(line, "LINE ")
		|| begins(line, "^") || begins(line, "rsync error: ")
		|| begins(line, "rsync warning: ")
		|| has(line, "while PROCESSING TOC:")
		|| has(line, ": from TOC entry ")
		|| has(line, "errors ignored on restore: ")
		|| (begins(line, "File descriptor ")
		    && has(line, " leaked on "));
}

/* "mdadm: ", "psql:<stdin>:3: ": prefixes of programs that print their
 * names. */
static bool
is_prefixed(const struct line *line)
{
	size_t n = 0;

	while (n < line->n
	       && (islower((unsigned char)line->text[n])
		   || (n
		       && (isdigit((unsigned char)line->text[n])
			   || strchr("-_.+", line->text[n])))))
		n++;
	return n && n + 1 < line->n && line->text[n] == ':'
		&& (line->text[n + 1] == ' ' || line->text[n + 1] == '<');
}

static bool
take_line(const char **p, struct line *line)
{
	size_t n = strcspn(*p, "\n"), blanks = strspn(*p, " \t");

	if (!**p)
		return false;
	line->indented = blanks > 0;
	line->text = *p + (blanks < n ? blanks : n);
	line->n = n - (size_t)(line->text - *p);
	while (line->n && isspace((unsigned char)line->text[line->n - 1]))
		line->n--;
	*p += n + ((*p)[n] == '\n');
	return true;
}

/* The next line that is not part of a repeated command, which ends where the
 * program prints its name again. */
static bool
next_line(const char **p, struct line *line)
{
	if (!take_line(p, line))
		return false;
	if (!has(line, "ommand was: "))
		return true;
	for (const char *after = *p; take_line(&after, line); *p = after)
		if (is_prefixed(line))
			break;
	line->n = 0;
	return true;
}

static enum rank
rank_of(const struct line *line)
{
	static const char *const marks[] = { "error: ", "ERROR: ", "FATAL: ",
					     "PANIC: ", "Error: ", "fatal: " };

	if (is_echo(line))
		return NOTHING;
	if (begins(line, "WARNING") || begins(line, "Warning")
	    || has(line, "warning: ") || begins(line, "NOTICE:"))
		return WARNING;
	/* Only some of the program's lines are marked as errors. */
	if (begins(line, "rsync: "))
		return MARKED;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (has(line, marks[i]))
			return MARKED;
	return is_prefixed(line) ? PREFIXED : TEXT;
}

static void
add_part(struct nb_str *s, const struct line *line)
{
	size_t n = line->n;

	if (s->length >= CAUSE_MAX)
		return;
	if (s->length)
		nb_str_add(s, "; ");
	if (n > CAUSE_MAX - s->length)
		n = CAUSE_MAX - s->length;
	/* Does not cut a character. */
	while (n && n < line->n
	       && ((unsigned char)line->text[n] & 0xc0) == 0x80)
		n--;
	nb_str_add_bytes(s, line->text, n);
	if (n < line->n)
		nb_str_add(s, "...");
}

static enum rank
best_rank(const char *errors)
{
	enum rank best = NOTHING;
	struct line line;

	while (next_line(&errors, &line))
		if (!explains(&line) && rank_of(&line) > best)
			best = rank_of(&line);
	return best;
}

enum nb_err
nb_proc_cause(const char *errors, char **out)
{
	enum rank best = best_rank(errors);
	struct nb_str s = NB_STR_INIT;
	struct line line;
	bool open = false; /* explanations follow the cause */
	size_t more = 0;

	while (next_line(&errors, &line)) {
		if (explains(&line)) {
			if (open)
				add_part(&s, &line);
		} else if (line.n && rank_of(&line) == best) {
			open = !s.length;
			if (open)
				add_part(&s, &line);
			else
				more++;
		} else if (!is_echo(&line)) {
			open = false;
		}
	}
	if (more)
		nb_str_addf(&s, " (and %zu more %s%s)", more,
			    best >= PREFIXED ? "error" : "line",
			    more == 1 ? "" : "s");
	return nb_str_take(&s, out);
}

void
nb_proc_log_errors(const char *name, const char *errors)
{
	struct line line;

	if (!strchr(errors, '\n'))
		return;
	while (take_line(&errors, &line))
		if (line.n)
			nb_log(NB_DEBUG, "%s: %.*s", name, (int)line.n,
			       line.text);
}

enum nb_err
nb_proc_fail(const char *name, const struct nb_proc_result *result,
	     enum nb_err err, const char *hint)
{
	char *cause = NULL;

	if (result->errors && nb_proc_cause(result->errors, &cause))
		return NB_ENOMEM;
	if (result->errors)
		nb_proc_log_errors(name, result->errors);
	if (result->signal)
		err = nb_fail(err, "%s: killed by signal %d (%s)%s%s", name,
			      result->signal, strsignal(result->signal),
			      hint ? "\nhint: " : "", hint ? hint : "");
	else
		err = nb_fail(err, "%s: exit status %d%s%s%s%s", name,
			      result->exit_code, cause && *cause ? ": " : "",
			      cause ? cause : "", hint ? "\nhint: " : "",
			      hint ? hint : "");
	free(cause);
	return err;
}

enum nb_err
nb_proc_check(const char *name, const struct nb_proc_result *result,
	      enum nb_err err)
{
	return result->signal || result->exit_code != 0
		? nb_proc_fail(name, result, err, NULL)
		: NB_OK;
}
