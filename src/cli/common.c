/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "report/report.h"

/* Between two plain lines, and two redrawn ones. */
#define PLAIN_SECONDS 10
#define REDRAW_SECONDS 0.2

static struct {
	bool quiet, terminal, drawn;
	int width;
	char what[64];
	double began, shown;
} line;

static volatile sig_atomic_t stopping;

static void
on_signal(int number)
{
	stopping = number;
}

/* A second signal finds the job already on its way to an orderly end. */
void
cli_catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void
cli_progress_setup(bool quiet)
{
	struct winsize size;

	line.quiet = quiet;
	line.terminal = isatty(STDERR_FILENO);
	line.width = 80;
	if (line.terminal && !ioctl(STDERR_FILENO, TIOCGWINSZ, &size)
	    && size.ws_col > 0 && size.ws_col < 80)
		line.width = size.ws_col;
}

void
cli_progress_clear(void)
{
	if (line.drawn)
		fprintf(stderr, "\r%*s\r", line.width - 1, "");
	line.drawn = false;
}

static void
draw(const struct nb_progress *p, double seconds)
{
	struct nb_str s = NB_STR_INIT;

	nb_report_progress(&s, p, seconds, line.width);
	if (!s.failed && s.text) {
		if (line.terminal)
			fprintf(stderr, "\r%-*s", line.width - 1, s.text);
		else
			fprintf(stderr, "nightburn: %s\n", s.text);
		line.drawn = line.terminal;
	}
	nb_str_free(&s);
}

int
cli_progress(void *ctx, const struct nb_progress *p)
{
	double t = now();

	(void)ctx;
	if (stopping)
		return 1;
	if (strcmp(line.what, p->what)) {
		snprintf(line.what, sizeof line.what, "%s", p->what);
		line.began = t;
		line.shown = line.terminal ? 0 : t;
	}
	if (line.quiet || t - line.shown < (line.terminal ? REDRAW_SECONDS
					    : PLAIN_SECONDS))
		return 0;
	line.shown = t;
	draw(p, t - line.began);
	return 0;
}

enum nb_err
cli_open(struct cli *cli, struct nightburn **nb)
{
	enum nb_err err = nb_open(cli->config, nb);

	if (!err)
		nb_set_progress(*nb, cli_progress, NULL);
	return err;
}

enum nb_err
cli_open_for_device(struct cli *cli, struct nightburn **nb)
{
	*nb = NULL;
	if (cli->device && access(cli->config, F_OK) && errno == ENOENT)
		return NB_OK;
	return cli_open(cli, nb);
}

enum nb_err
cli_print(struct nb_str *s)
{
	enum nb_err err = NB_OK;

	cli_progress_clear();
	if (s->failed)
		err = NB_ENOMEM;
	else if (s->length
		 && fwrite(s->text, 1, s->length, stdout) != s->length)
		err = NB_EIO;
	nb_str_free(s);
	return err;
}
