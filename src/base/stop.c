/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/stop.h"

#include <signal.h>

bool
nb_stop_asked(void)
{
	sigset_t pending;

	return !sigpending(&pending)
		&& (sigismember(&pending, SIGINT) == 1
		    || sigismember(&pending, SIGTERM) == 1
		    || sigismember(&pending, SIGHUP) == 1);
}
