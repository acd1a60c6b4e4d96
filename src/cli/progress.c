/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

#define WIDTH 80
/* Seconds between two plain lines, and between two updates of a line. */
#define PLAIN_SECONDS 10
#define REDRAW_SECONDS 0.2
/* While waiting for the user: the interval of checks for a signal. */
#define ASKING_MS 100

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	bool quiet, terminal, drawn;
	char what[64];
	double began, shown;
} line;

static const int stops[] = { SIGINT, SIGTERM, SIGHUP };
static int stopping; /* the signal that was reported */

/* Sent by the watchdog: a call into a library does not return.  A SIGALRM from
 * elsewhere has no value, and must not look like a successful run. */
static void
on_alarm(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	_exit(info->si_code == SI_QUEUE && info->si_value.sival_int
		      ? info->si_value.sival_int
		      : 1);
}

/* Signals that nohup(1) or a shell had ignored remain ignored. */
static void
find_stops(sigset_t *set)
{
	struct sigaction now;

	sigemptyset(set);
	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
		if (!sigaction(stops[i], NULL, &now)
		    && now.sa_handler != SIG_IGN)
			sigaddset(set, stops[i]);
}

void
cli_let_signals(bool through)
{
	sigset_t set;

	find_stops(&set);
	pthread_sigmask(through ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
}

bool
cli_wait_for_stdin(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	sigset_t set, pending;

	find_stops(&set);
	while (poll(&in, 1, ASKING_MS) == 0) {
		sigpending(&pending);
		for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
			if (sigismember(&set, stops[i])
			    && sigismember(&pending, stops[i]))
				return false;
	}
	return true;
}

/* A pending signal is seen by the code that can end cleanly; a second one has
 * no further effect while the first is pending. */
void
cli_catch_signals(void)
{
	struct sigaction alarm = { .sa_sigaction = on_alarm,
				   .sa_flags = SA_SIGINFO };

	cli_let_signals(false);
	sigaction(SIGALRM, &alarm, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* the write fails and is reported */
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
	line.quiet = quiet;
	line.terminal = isatty(STDERR_FILENO);
}

/* Erases to the end of the line, whatever its length. */
static void
clear_line(void)
{
	if (line.drawn)
		fputs("\r\033[K", stderr);
	line.drawn = false;
}

void
cli_progress_clear(void)
{
	pthread_mutex_lock(&lock);
	clear_line();
	pthread_mutex_unlock(&lock);
}

static void
draw(const struct nb_progress *p, double seconds)
{
	struct nb_str s = NB_STR_INIT;

	nb_report_progress(&s, p, seconds, line.terminal ? cli_width() : WIDTH);
	clear_line();
	if (!s.failed && s.text)
		fprintf(stderr, line.terminal ? "%s" : "nightburn: %s\n",
			s.text);
	line.drawn = line.terminal;
	nb_str_free(&s);
}

static void
show(const struct nb_progress *p)
{
	double t = now(), wait = line.terminal ? REDRAW_SECONDS : PLAIN_SECONDS;

	if (strcmp(line.what, p->what)) {
		snprintf(line.what, sizeof line.what, "%s", p->what);
		line.began = t;
		line.shown = line.terminal ? 0 : t;
	}
	if (t - line.shown < wait)
		return;
	line.shown = t;
	draw(p, t - line.began);
}

static int
pending_stop(void)
{
	sigset_t pending;

	if (sigpending(&pending))
		return 0;
	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
		if (sigismember(&pending, stops[i]) == 1)
			return stops[i];
	return 0;
}

/* Reports the signal once; a blank or a burn may still take some time. */
static void
print_stop(int number, bool quiet)
{
	if (!number || stopping)
		return;
	stopping = number;
	clear_line();
	if (!quiet)
		fprintf(stderr,
			"nightburn: SIG%s: stopping as soon as the disc "
			"allows\n",
			nb_str_signal(number));
}

int
cli_progress(void *ctx, const struct nb_progress *p)
{
	int number = pending_stop();

	(void)ctx;
	pthread_mutex_lock(&lock);
	if (!line.quiet && !number && *p->what)
		show(p);
	print_stop(number, line.quiet);
	pthread_mutex_unlock(&lock);
	return number != 0;
}

int
cli_stopped_by(void)
{
	return stopping ? stopping : pending_stop();
}

void
cli_log(void *ctx, enum nb_level level, const char *message)
{
	struct cli *cli = ctx;

	if (level == NB_ERROR)
		cli_note_error(cli, message);
	if (level == NB_DEBUG && !cli->verbose)
		return;
	if (level != NB_ERROR && cli->quiet)
		return;
	pthread_mutex_lock(&lock);
	clear_line();
	cli_put_message(level == NB_WARNING ? "nightburn: warning: "
					    : "nightburn: ",
			message);
	pthread_mutex_unlock(&lock);
}
