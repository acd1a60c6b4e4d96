/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/library.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <libburn/libburn.h>
#include <libisofs/libisofs.h>
#include <libisoburn/libisoburn.h>

#include "base/log.h"

/* The libraries are global, and so is our state of them. */
static struct {
	pthread_mutex_t lock;
	unsigned int users;
	bool bad; /* a message of SORRY or worse arrived since the last drain */
} library = { .lock = PTHREAD_MUTEX_INITIALIZER };

typedef int obtain_fn(int *code, char *text, int *number, char *severity);

static int
obtain_burn(int *code, char *text, int *number, char *severity)
{
	static char lowest[] = "ALL";

	return burn_msgs_obtain(lowest, code, text, number, severity);
}

static int
obtain_iso(int *code, char *text, int *number, char *severity)
{
	static char lowest[] = "ALL";

	return iso_obtain_msgs(lowest, code, number, text, severity);
}

/* In their order of severity, all of them are SORRY or worse. */
static bool
is_bad(const char *severity)
{
	static const char *const names[] = { "SORRY", "MISHAP", "FAILURE",
					     "FATAL", "ABORT" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(severity, names[i]))
			return true;
	return false;
}

/* Messages about what we requested ourselves: libisofs reports that it was
 * cancelled.  The code of a message is 0x0003 and the lower half of the return
 * value. */
static bool
is_cancel(int code)
{
	return code == (0x30000 | ((int)ISO_IMAGE_WRITE_CANCELED & 0xffff))
		|| code == (0x30000 | ((int)ISO_CANCELED & 0xffff));
}

/*
 * Empties one queue.  Bad messages are logged at BAD_LEVEL; the first of them
 * is copied to WORDS (N bytes), if that is still empty.
 */
static void
drain_queue(const char *origin, obtain_fn *obtain, enum nb_level bad_level,
	    char *words, size_t n)
{
	char text[BURN_MSGS_MESSAGE_LEN], severity[80];
	int code, number;

	_Static_assert(BURN_MSGS_MESSAGE_LEN >= ISO_MSGS_MESSAGE_LEN,
		       "one buffer serves both libraries");
	while (obtain(&code, text, &number, severity) > 0) {
		bool bad = is_bad(severity);

		nb_log(bad && !is_cancel(code) ? bad_level : NB_DEBUG, "%s: %s",
		       origin, text);
		if (!bad)
			continue;
		library.bad = true;
		if (!words[0])
			snprintf(words, n, "%.*s", (int)n - 1, text);
	}
}

static void
drain_both(enum nb_level bad_level, char *words, size_t n)
{
	if (!library.users)
		return;
	drain_queue("libburn", obtain_burn, bad_level, words, n);
	drain_queue("libisofs", obtain_iso, bad_level, words, n);
}

bool
nb_library_drain(void)
{
	char words[2] = "";
	bool bad;

	pthread_mutex_lock(&library.lock);
	drain_both(NB_WARNING, words, sizeof words);
	bad = library.bad;
	library.bad = false;
	pthread_mutex_unlock(&library.lock);
	return bad;
}

void
nb_library_drain_quietly(char *words, size_t n)
{
	words[0] = '\0';
	pthread_mutex_lock(&library.lock);
	drain_both(NB_DEBUG, words, n);
	library.bad = false;
	pthread_mutex_unlock(&library.lock);
}

static enum nb_err
start(void)
{
	/* The following calls take no lock: a child forked while another thread
	 * logs would find it taken (disc/read/sandbox.c). */
	static char queued[] = "NOTE", never[] = "NEVER", prefix[] = "";
	static char sorry[] = "SORRY";
	char words[1024] = "";

	if (isoburn_initialize(words, 0) <= 0)
		return nb_fail(NB_EFAIL, "libisoburn: cannot start: %s", words);
	if (burn_msgs_set_severities(queued, never, prefix) <= 0
	    || iso_set_msgs_severities(queued, never, prefix) <= 0
	    || iso_set_abort_severity(sorry) < 0) {
		isoburn_finish();
		return nb_fail(NB_EFAIL, "libisoburn: cannot set severities");
	}
	/* The exact bytes of a name must not depend on the user's LANG. */
	if (iso_set_local_charset((char *)"UTF-8", 0) <= 0) {
		isoburn_finish();
		return nb_fail(NB_EFAIL, "libisofs: cannot set UTF-8");
	}
	library.bad = false;
	return NB_OK;
}

enum nb_err
nb_library_begin(void)
{
	enum nb_err err = NB_OK;

	pthread_mutex_lock(&library.lock);
	if (!library.users)
		err = start();
	if (!err)
		library.users++;
	pthread_mutex_unlock(&library.lock);
	return err;
}

void
nb_library_end(void)
{
	char words[2] = "";

	pthread_mutex_lock(&library.lock);
	if (library.users == 1) {
		drain_both(NB_WARNING, words, sizeof words);
		isoburn_finish();
	}
	if (library.users)
		library.users--;
	pthread_mutex_unlock(&library.lock);
}

enum nb_err
nb_library_check_read(int ret, const char *what)
{
	char words[1024] = "";

	if (ret != (int)ISO_CANCELED)
		return nb_library_check(ret, NB_ECORRUPT, what);
	pthread_mutex_lock(&library.lock);
	drain_both(NB_DEBUG, words, sizeof words);
	pthread_mutex_unlock(&library.lock);
	return nb_fail(NB_ECORRUPT, "%s: %s", what,
		       words[0] ? words : "no reason given by the library");
}

enum nb_err
nb_library_check(int ret, enum nb_err err, const char *what)
{
	/* All of libisofs' codes carry its number, 0x30, in this byte. */
	bool iso = ret < 0 && ((unsigned int)ret & 0x00ff0000) == 0x00300000;
	char words[1024] = "";

	if (ret > 0)
		return NB_OK;
	if (ret == (int)ISO_OUT_OF_MEM)
		return nb_fail_memory();
	if (ret == (int)ISO_CANCELED || ret == (int)ISO_IMAGE_WRITE_CANCELED)
		return NB_ECANCELED;
	/* Errors that are reported here need no additional warning. */
	pthread_mutex_lock(&library.lock);
	drain_both(NB_DEBUG, words, sizeof words);
	pthread_mutex_unlock(&library.lock);
	if (iso)
		return nb_fail(err, "%s: %s", what, iso_error_to_msg(ret));
	return nb_fail(err, "%s: %s", what,
		       words[0] ? words : "no reason given by the library");
}
