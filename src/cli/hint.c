/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one place where hints are completed: the commands that they name work as
 * typed, with the configuration of this one. */
#include <string.h>

#include "cli/cli.h"

#define PROGRAM "nightburn "

static const char *configuration; /* NULL: every command takes it anyway */
static const struct command *(*find)(const char *name);

void
cli_hint_setup(const struct cli *cli,
	       const struct command *(*find_command)(const char *name))
{
	find = find_command;
	configuration =
		strcmp(cli->config, NB_CONFIG_FILE) != 0 ? cli->config : NULL;
}

/* Does TEXT begin with a command, whose help is not meant? */
static bool
is_command(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz-");
	char word[32];

	if (!n || n >= sizeof word || !strncmp(text + n, " --help", 7))
		return false;
	snprintf(word, sizeof word, "%.*s", (int)n, text);
	return find(word) != NULL;
}

/* Quotes it for a POSIX shell. */
static void
add_word(struct nb_str *s, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._-+@:/";

	if (!word[strspn(word, plain)]) {
		nb_str_add(s, word);
		return;
	}
	nb_str_add(s, "'");
	for (; *word; word++)
		nb_str_addf(s, *word == '\'' ? "'\\'%c" : "%c", *word);
	nb_str_add(s, "'");
}

void
cli_add_hint(struct nb_str *s, const char *hint)
{
	const char *at;

	while (configuration && (at = strstr(hint, PROGRAM))) {
		at += strlen(PROGRAM);
		nb_str_add_bytes(s, hint, (size_t)(at - hint));
		if (is_command(at)) {
			nb_str_add(s, "-c ");
			add_word(s, configuration);
			nb_str_add(s, " ");
		}
		hint = at;
	}
	nb_str_add(s, hint);
}

void
cli_complete_hint(char *hint, size_t size)
{
	struct nb_str s = NB_STR_INIT;

	cli_add_hint(&s, hint);
	if (!s.failed && s.length < size)
		memcpy(hint, s.text, s.length + 1);
	nb_str_free(&s);
}
