/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/inhibit.h"

#ifdef HAVE_LIBSYSTEMD

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "base/clock.h"
#include "base/log.h"

#define ANSWER_MS 3000

/* libsystemd itself would wait half a minute for a bus that does not
 * respond. */
static int
wait_for_bus(sd_bus *bus, int64_t end)
{
	int64_t left = end - nb_clock_ms();
	int ret = sd_bus_is_ready(bus);

	while (ret == 0 && left > 0) {
		ret = sd_bus_process(bus, NULL);
		if (ret == 0)
			ret = sd_bus_wait(bus, (uint64_t)left * 1000);
		if (ret >= 0)
			ret = sd_bus_is_ready(bus);
		left = end - nb_clock_ms();
	}
	return ret == 0 ? -ETIMEDOUT : ret;
}

/* A call that does not start logind where it is not running. */
static int
make_call(sd_bus *bus, const char *why, sd_bus_message **call)
{
	int ret = sd_bus_message_new_method_call(
		bus, call, "org.freedesktop.login1", "/org/freedesktop/login1",
		"org.freedesktop.login1.Manager", "Inhibit");

	if (ret >= 0)
		ret = sd_bus_message_set_auto_start(*call, 0);
	if (ret >= 0)
		ret = sd_bus_message_append(*call, "ssss", "shutdown:sleep",
					    "nightburn", why, "block");
	return ret;
}

int
nb_inhibit(const char *why)
{
	sd_bus_message *call = NULL, *reply = NULL;
	int64_t end = nb_clock_ms() + ANSWER_MS;
	sd_bus *bus = NULL;
	int ret, fd = -1;

	ret = sd_bus_open_system(&bus);
	if (ret >= 0)
		ret = wait_for_bus(bus, end);
	if (ret >= 0)
		ret = make_call(bus, why, &call);
	if (ret >= 0)
		ret = sd_bus_call(bus, call, ANSWER_MS * 1000, NULL, &reply);
	if (ret >= 0)
		ret = sd_bus_message_read(reply, "h", &fd);
	/* The message owns the descriptor that was read. */
	fd = ret >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
	if (fd < 0)
		nb_log(NB_DEBUG, "logind: no inhibitor lock: %s",
		       strerror(ret < 0 ? -ret : errno));
	else
		nb_log(NB_DEBUG, "logind: inhibitor lock taken");
	sd_bus_message_unref(reply);
	sd_bus_message_unref(call);
	sd_bus_close_unref(bus);
	return fd;
}

#else

int
nb_inhibit(const char *why)
{
	(void)why;
	return -1;
}

#endif
