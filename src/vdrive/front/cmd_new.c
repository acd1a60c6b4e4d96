/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "vdrive/engine/disc.h"
#include "vdrive/front/command.h"
#include "vdrive/front/options.h"
#include "vdrive/front/spawn.h"

#define CAPACITY_MIN \
	600 /* enough for a CD track, which has at least 300
			    blocks */

/* Whole write units, and at most twice the size of a real disc. */
static int
parse_capacity(const char *text, int32_t *out)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (end == text || *end || value < CAPACITY_MIN || value > 100000000)
		return vf_usage("a capacity is 600 to 100000000 blocks", text);
	*out = (int32_t)value;
	return 0;
}

int
vf_command_new(int argc, char **argv)
{
	const char *type = NULL;
	enum vd_type kind;
	int32_t capacity = 0;
	char why[VD_WHY_MAX];
	int option;

	while ((option = vf_option_next("new", argc, argv)) != -1)
		switch (option) {
		case VF_OPT_TYPE:
			type = optarg;
			break;
		case VF_OPT_CAPACITY:
			if (parse_capacity(optarg, &capacity))
				return VF_EXIT_USAGE;
			break;
		default:
			return VF_EXIT_USAGE;
		}
	if (!type)
		return vf_usage("--type is missing", "new");
	if (!vd_medium_find(type, &kind))
		return vf_usage("no such type of medium", type);
	if (argc - optind != 1)
		return vf_usage("one disc file", "new");
	if (vd_disc_create(argv[optind], kind, capacity, why)) {
		fprintf(stderr, "vdrive: %s\n", why);
		return 1;
	}
	return 0;
}
