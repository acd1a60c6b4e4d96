/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "vdrive/engine/disc_head.h"
#include "vdrive/front/command.h"
#include "vdrive/front/options.h"
#include "vdrive/front/spawn.h"
#include "vdrive/engine/layout.h"

static const char *
state_of(const struct vd_disc *disc)
{
	if (disc->pending == VD_HALF_BLANKED)
		return "half blanked: power failure";
	if (disc->pending == VD_HALF_FORMATTED)
		return "half formatted: power failure";
	if (vd_layout_overwritable(disc))
		return disc->formatted || disc->overwrite ? "formatted"
							  : "not formatted";
	return disc->finalised      ? "finalised"
		: disc->track_count ? "appendable"
				    : "blank";
}

static void
show_track(const struct vd_view *view)
{
	printf("session %-4u track %-4u %10d %10d  %s%s%s\n", view->session,
	       view->number, view->start, view->last + 1 - view->start,
	       view->control & 4 ? "data" : "audio",
	       view->closed ? "" : ", open", view->damaged ? ", damaged" : "");
}

static void
show(const struct vd_disc *disc)
{
	struct vd_view view;

	printf("medium   %s, %d blocks\n", disc->medium->name, disc->capacity);
	printf("state    %s\n", state_of(disc));
	if (disc->cycles)
		printf("cycles   %u\n", disc->cycles);
	if (vd_layout_overwritable(disc)) {
		if (disc->formatted)
			printf("size     %d blocks\n", disc->formatted);
		return;
	}
	if (disc->track_count)
		printf("%-24s%10s %10s\n", "", "start", "blocks");
	for (int i = 1; i <= vd_layout_tracks(disc); i++) {
		vd_layout_view(disc, i, &view);
		if (!view.blank)
			show_track(&view);
		else if (view.free)
			printf("next%30d %10d  free\n", view.next, view.free);
		else
			printf("next%30s %10d  free\n", "-", 0);
	}
}

int
vf_command_show(int argc, char **argv)
{
	struct vd_disc *disc;
	char why[VD_WHY_MAX], *text;
	bool json = false;
	int option;

	while ((option = vf_option_next("show", argc, argv)) != -1) {
		if (option != VF_OPT_JSON)
			return VF_EXIT_USAGE;
		json = true;
	}
	if (argc - optind != 1)
		return vf_usage("one disc file", "show");
	if (vd_disc_open(argv[optind], true, &disc, why)) {
		fprintf(stderr, "vdrive: %s\n", why);
		return 1;
	}
	if (json) {
		text = vd_head_format(disc, 2);
		puts(text ? text : "{}");
		free(text);
	} else {
		show(disc);
	}
	vd_disc_close(disc);
	return 0;
}
