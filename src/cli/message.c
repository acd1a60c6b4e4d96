/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one way in which messages get to stderr. */
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli.h"

#define WIDTH 80 /* lines that are longer are hard to read */

static const char mark[] = "\nhint: ";

int
cli_width(void)
{
	struct winsize size;

	if (!isatty(STDERR_FILENO))
		return 0;
	if (!ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col > 0
	    && size.ws_col < WIDTH)
		return size.ws_col;
	return WIDTH;
}

void
cli_put_message(const char *head, const char *message)
{
	struct nb_str text = NB_STR_INIT, s = NB_STR_INIT;
	size_t n = strlen(message);
	const char *hint = strstr(message, mark);

	if (!strcmp(head, mark + 1))
		n = 0;
	else if (hint)
		n = (size_t)(hint - message) + strlen(mark);
	nb_str_add(&text, head);
	nb_str_add_bytes(&text, message, n);
	cli_add_hint(&text, message + n);
	if (!text.failed)
		nb_str_add_message(&s, text.text, cli_width());
	if (!s.failed && s.text)
		fputs(s.text, stderr);
	else
		fprintf(stderr, "%s%s\n", head, message);
	nb_str_free(&text);
	nb_str_free(&s);
}

void
cli_note_error(struct cli *cli, const char *message)
{
	const char *hint = strstr(message, mark);
	size_t n = hint ? (size_t)(hint - message) : strlen(message);

	if (cli->error.message[0])
		return;
	snprintf(cli->error.message, sizeof cli->error.message, "%.*s", (int)n,
		 message);
	if (hint)
		snprintf(cli->error.hint, sizeof cli->error.hint, "%s",
			 hint + strlen(mark));
	cli_complete_hint(cli->error.hint, sizeof cli->error.hint);
}

void
cli_hint(struct cli *cli, const char *hint)
{
	if (cli->error.message[0] && !cli->error.hint[0]) {
		snprintf(cli->error.hint, sizeof cli->error.hint, "%s", hint);
		cli_complete_hint(cli->error.hint, sizeof cli->error.hint);
	}
	cli_put_message("hint: ", hint);
}
