/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void
log_to_stderr(void *ctx, enum nb_level level, const char *message)
{
	(void)ctx;
	if (level != NB_DEBUG)
		fprintf(stderr, "nightburn: %s\n", message);
}

struct listener {
	nb_log_fn *fn;
	void *ctx;
};

static struct listener sink = { log_to_stderr, NULL };
static struct listener also;

void
nb_set_log(nb_log_fn *fn, void *ctx)
{
	pthread_mutex_lock(&lock);
	sink.fn = fn ? fn : log_to_stderr;
	sink.ctx = ctx;
	pthread_mutex_unlock(&lock);
}

void
nb_log_also(nb_log_fn *fn, void *ctx)
{
	pthread_mutex_lock(&lock);
	also = (struct listener){ fn, ctx };
	pthread_mutex_unlock(&lock);
}

/* Messages contain names from discs and trees: these must not control the
 * terminal or begin a line that looks like a message. */
static void
make_plain(char *text)
{
	static const char hint[] = "\nhint: ";

	for (char *p = text; *p; p++)
		if (((unsigned char)*p < ' '
		     && strncmp(p, hint, sizeof hint - 1))
		    || *p == 0x7f)
			*p = '?';
}

void
nb_log_v(enum nb_level level, const char *fmt, va_list ap)
{
	int saved = errno;
	char text[4096];

	vsnprintf(text, sizeof text, fmt, ap);
	make_plain(text);
	pthread_mutex_lock(&lock);
	sink.fn(sink.ctx, level, text);
	if (also.fn)
		also.fn(also.ctx, level, text);
	pthread_mutex_unlock(&lock);
	errno = saved;
}

void
nb_log(enum nb_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	nb_log_v(level, fmt, ap);
	va_end(ap);
}
