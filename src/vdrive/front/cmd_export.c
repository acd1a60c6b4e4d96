/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vdrive/front/command.h"
#include "vdrive/front/options.h"
#include "vdrive/front/spawn.h"
#include "vdrive/engine/layout.h"
#include "vdrive/engine/mmc.h"

#define CHUNK 512 /* blocks that are copied together */

/* Copies blocks FROM to TO of the disc to position FROM minus BASE; zeros
 * become holes. 0, or an errno. */
static int
copy(struct vd_disc *disc, int32_t from, int32_t to, int32_t base, int out)
{
	static uint8_t data[CHUNK * VD_BLOCK];
	static const uint8_t zeros[CHUNK * VD_BLOCK];
	int error = 0;

	while (!error && from < to) {
		size_t count = to - from < CHUNK ? (size_t)(to - from) : CHUNK;
		size_t n = count * VD_BLOCK;
		off_t at = (off_t)(from - base) * VD_BLOCK;

		error = vd_disc_read(disc, from, count, data);
		if (!error && memcmp(data, zeros, n)
		    && pwrite(out, data, n, at) != (ssize_t)n)
			error = errno ? errno : EIO;
		from += (int32_t)count;
	}
	if (!error && ftruncate(out, (off_t)(to - base) * VD_BLOCK))
		error = errno;
	return error;
}

/* Copies the tracks from FIRST to LAST. */
static int
copy_tracks(struct vd_disc *disc, int first, int last, int32_t base, int out)
{
	struct vd_view view;
	int error = 0;

	for (int i = first; !error && i <= last; i++) {
		if (!vd_layout_view(disc, i, &view) || !view.recorded)
			continue;
		if (!(view.control & 4)) {
			fprintf(stderr, "vdrive: %s: track %d is audio\n",
				disc->path, i);
			return EINVAL;
		}
		error = copy(disc, view.start, view.last + 1, base, out);
	}
	return error;
}

/* SESSION 0 is the whole disc. */
static int export(struct vd_disc *disc, int session, const char *path)
{
	int first = 1, last = vd_layout_tracks(disc), out, error;
	struct vd_view view = { 0 };

	if (session) {
		first = vd_layout_first(disc, session);
		last = vd_layout_last(disc, session);
	}
	if (session > vd_layout_sessions(disc)
	    || !vd_layout_view(disc, first, &view) || !view.recorded) {
		fprintf(stderr, "vdrive: %s: nothing is recorded%s\n",
			disc->path, session ? " in this session" : "");
		return 1;
	}
	out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	error = out < 0
		? errno
		: copy_tracks(disc, first, last, session ? view.start : 0, out);
	if (out >= 0 && close(out) && !error)
		error = errno;
	if (!error)
		return 0;
	if (out >= 0)
		unlink(path);
	fprintf(stderr, "vdrive: %s: %s\n", path, strerror(error));
	return 1;
}

static int
parse_session(const char *text, int *out)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (end == text || *end || value < 1 || value > VD_TRACKS_MAX)
		return vf_usage("a session is a number greater than 0", text);
	*out = (int)value;
	return 0;
}

int
vf_command_export(int argc, char **argv)
{
	struct vd_disc *disc;
	char why[VD_WHY_MAX];
	int option, session = -1, status;

	while ((option = vf_option_next("export", argc, argv)) != -1)
		switch (option) {
		case VF_OPT_SESSION:
			if (parse_session(optarg, &session))
				return VF_EXIT_USAGE;
			break;
		case VF_OPT_DISC:
			session = 0;
			break;
		default:
			return VF_EXIT_USAGE;
		}
	if (session < 0)
		return vf_usage("--session N or --disc", "export");
	if (argc - optind != 2)
		return vf_usage("a disc file and a new file", "export");
	if (vd_disc_open(argv[optind], true, &disc, why)) {
		fprintf(stderr, "vdrive: %s\n", why);
		return 1;
	}
	status = export(disc, session, argv[optind + 1]);
	vd_disc_close(disc);
	return status;
}
