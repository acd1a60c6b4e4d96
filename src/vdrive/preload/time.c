/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shorter sleeps: burning programs wait half a second at a time for drives,
 * which the virtual ones do not need.  Only plain sleeps are shortened, not
 * waiting for something.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#include "vdrive/preload/real.h"
#include "vdrive/station/wire.h"

#define SECOND 1000000000LL

/* The factor by which sleeps are shortened; 1: not at all. */
static long
factor(void)
{
	static _Atomic long known;

	if (!known) {
		const char *text = getenv(VF_ENV_HURRY);
		long value = text ? strtol(text, NULL, 10) : 1;

		known = value > 0 ? value : 1;
	}
	return known;
}

static struct timespec
shorter(long long nanoseconds)
{
	nanoseconds /= factor();
	return (struct timespec){ .tv_sec = (time_t)(nanoseconds / SECOND),
				  .tv_nsec = (long)(nanoseconds % SECOND) };
}

VF_EXPORT int
nanosleep(const struct timespec *wanted, struct timespec *left)
{
	struct timespec time;

	if (factor() == 1 || wanted->tv_sec < 0 || wanted->tv_nsec < 0
	    || wanted->tv_nsec >= SECOND)
		return REAL(nanosleep)(wanted, left);
	time = shorter(wanted->tv_sec * SECOND + wanted->tv_nsec);
	return REAL(nanosleep)(&time, left);
}

VF_EXPORT int
clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted,
		struct timespec *left)
{
	if (factor() == 1 || flags)
		return REAL(clock_nanosleep)(clock, flags, wanted, left);
	return nanosleep(wanted, left) ? errno : 0;
}

VF_EXPORT int
usleep(useconds_t microseconds)
{
	struct timespec time = shorter(microseconds * 1000LL);

	return REAL(nanosleep)(&time, NULL);
}

VF_EXPORT unsigned int
sleep(unsigned int seconds)
{
	struct timespec time = shorter(seconds * SECOND);

	return REAL(nanosleep)(&time, &time)
		? (unsigned int)(time.tv_sec * factor() + 1)
		: 0;
}

VF_EXPORT int
poll(struct pollfd *fds, nfds_t count, int timeout)
{
	if (!count && timeout > 0) {
		struct timespec time = shorter(timeout * 1000000LL);

		return REAL(nanosleep)(&time, NULL);
	}
	return REAL(poll)(fds, count, timeout);
}

VF_EXPORT int
select(int count, fd_set *in, fd_set *out, fd_set *other,
       struct timeval *timeout)
{
	if (!count && timeout && factor() != 1) {
		struct timespec time = shorter(timeout->tv_sec * SECOND
					       + timeout->tv_usec * 1000LL);

		return REAL(nanosleep)(&time, NULL);
	}
	return REAL(select)(count, in, out, other, timeout);
}
