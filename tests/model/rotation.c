/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: rotation [--discs N] [--rotation NAME] [--refuse-same] [--limit]
 *            [--harmless] [--rollback] [--faults] [--shrink] [--open] [--lost]
 *            [--spare N] [--depth N] [--worlds N | --walk SEED]
 *
 * All that persons, recorders and nightburn's own jobs can do with the discs
 * of a pool, one move after another, up to a depth; and after each the
 * question whether the promise still holds.
 */
#include "search.h"
#include "walk.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const struct option long_options[] = {
	{ "discs", required_argument, NULL, 'n' },
	{ "rotation", required_argument, NULL, 'r' },
	{ "refuse-same", no_argument, NULL, 's' },
	{ "limit", no_argument, NULL, 'l' },
	{ "harmless", no_argument, NULL, 'h' },
	{ "rollback", no_argument, NULL, 'b' },
	{ "faults", no_argument, NULL, 'f' },
	{ "shrink", no_argument, NULL, 'i' },
	{ "open", no_argument, NULL, 'o' },
	{ "lost", no_argument, NULL, 'g' },
	{ "walk", required_argument, NULL, 'k' },
	{ "spare", required_argument, NULL, 'x' },
	{ "depth", required_argument, NULL, 'd' },
	{ "worlds", required_argument, NULL, 'w' },
	{ NULL, 0, NULL, 0 }
};

static int depth = 5, spare = 2;
static uint64_t seed;
static uint32_t worlds = 50000000;

static void
take_option(int c)
{
	switch (c) {
	case 'n':
		setting.discs = atoi(optarg);
		break;
	case 'r':
		setting.rotation = !strcmp(optarg, "append")
			? NB_ROTATION_APPEND
			: !strcmp(optarg, "fresh") ? NB_ROTATION_FRESH
						   : NB_ROTATION_ALTERNATE;
		break;
	case 's':
		setting.refuse_same = true;
		break;
	case 'l':
		setting.limit = true;
		break;
	case 'h':
		setting.harmless = true;
		break;
	case 'b':
		setting.rollback = true;
		break;
	case 'f':
		setting.faults = true;
		break;
	case 'i':
		setting.shrink = true;
		break;
	case 'o':
		setting.open = true;
		break;
	case 'g':
		setting.give_up = true;
		break;
	case 'x':
		spare = atoi(optarg);
		break;
	case 'k':
		seed = strtoull(optarg, NULL, 10);
		break;
	case 'd':
		depth = atoi(optarg);
		break;
	case 'w':
		worlds = (uint32_t)strtoul(optarg, NULL, 10);
		break;
	default:
		exit(2);
	}
}

int
main(int argc, char **argv)
{
	struct report report;
	int c;

	setting.discs = 2;
	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		take_option(c);
	setting.media = setting.discs + spare;
	if (setting.media > MEDIA || setting.discs > NAMES)
		return 2;
	if (seed)
		return walk(seed, depth);
	report = search(depth, worlds);
	printf("depth %d: %u worlds, %llu moves", report.depth, report.worlds,
	       (unsigned long long)report.moves);
	if (report.broken)
		printf(": %s", report.broken);
	putchar('\n');
	return report.broken != NULL;
}
