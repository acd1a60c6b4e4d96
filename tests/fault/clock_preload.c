/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loaded before a program: the clock on the wall stands at CLOCK_AT, in seconds
 * since 1970, where that is set.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#define NEXT(name) (*(__typeof__(&name))dlsym(RTLD_NEXT, #name))

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	const char *at = getenv("CLOCK_AT");

	if (!at || clock != CLOCK_REALTIME)
		return NEXT(clock_gettime)(clock, now);
	now->tv_sec = atoll(at);
	now->tv_nsec = 0;
	return 0;
}

time_t
time(time_t *out)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (out)
		*out = now.tv_sec;
	return now.tv_sec;
}

int
gettimeofday(struct timeval *out, void *zone)
{
	struct timespec now;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	out->tv_sec = now.tv_sec;
	out->tv_usec = now.tv_nsec / 1000;
	return 0;
}
