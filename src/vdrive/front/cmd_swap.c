/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/front/command.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vdrive/station/client.h"
#include "vdrive/front/rundir.h"
#include "vdrive/front/options.h"
#include "vdrive/front/spawn.h"

static int
send_swap(const char *device, const char *text)
{
	struct vf_request request = { .op = VF_SWAP };
	struct vf_rundir run;
	struct vf_reply reply = { 0 };
	int error = vf_rundir_find(device, &run, &request.drive);

	if (error) {
		fprintf(stderr, "vdrive: %s: %s\n", device,
			error == EEXIST
				? "more than one vdrive has such a drive"
				: "no running vdrive has such a drive");
		return 1;
	}
	vf_client_init(run.path);
	snprintf(request.text, sizeof request.text, "%s", text);
	error = vf_client_call(&request, NULL, 0, &reply);
	if (error) {
		fprintf(stderr, "vdrive: %s: cannot swap: %s\n", device,
			error == EINVAL && *reply.text ? reply.text
						       : strerror(error));
		return 1;
	}
	return 0;
}

int
vf_command_swap(int argc, char **argv)
{
	const char *device = "/dev/sr0", *text = NULL;
	char path[PATH_MAX];
	int option;

	while ((option = vf_option_next("swap", argc, argv)) != -1)
		switch (option) {
		case VF_OPT_DEVICE:
			device = optarg;
			break;
		case VF_OPT_NEXT:
			text = VF_SWAP_NEXT;
			break;
		case VF_OPT_EMPTY:
			text = VF_SWAP_EMPTY;
			break;
		case VF_OPT_OPEN:
			text = VF_SWAP_OPEN;
			break;
		case VF_OPT_CLOSE:
			text = VF_SWAP_CLOSE;
			break;
		default:
			return VF_EXIT_USAGE;
		}
	if (argc - optind != !text)
		return vf_usage("one disc file, or one of the options", "swap");
	if (!text && !realpath(argv[optind], path)) {
		fprintf(stderr, "vdrive: %s: %s\n", argv[optind],
			strerror(errno));
		return 1;
	}
	return send_swap(device, text ? text : path);
}
