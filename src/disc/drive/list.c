/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/drive/private.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disc/library.h"

static void
describe_profiles(struct burn_drive *burn, char *text, size_t size)
{
	int count = 0, profiles[64];
	char current[64], name[80];

	text[0] = '\0';
	if (burn_drive_get_all_profiles(burn, &count, profiles, current) <= 0)
		return;
	for (int i = 0; i < count && i < 64; i++) {
		size_t used = strlen(text);

		if (burn_obtain_profile_name(profiles[i], name) > 0)
			snprintf(text + used, size - used, "%s%s",
				 used ? " " : "", name);
	}
}

static void
describe(struct burn_drive_info *info, struct nb_drive_info *out)
{
	char address[BURN_DRIVE_ADR_LEN] = "";
	char *serial = NULL;
	int length = 0;

	burn_drive_get_adr(info, address);
	snprintf(out->address, sizeof out->address, "%.*s",
		 (int)sizeof out->address - 1, address);
	snprintf(out->vendor, sizeof out->vendor, "%s", info->vendor);
	snprintf(out->product, sizeof out->product, "%s", info->product);
	snprintf(out->revision, sizeof out->revision, "%s", info->revision);
	if (burn_drive_get_serial_no(info->drive, &serial, &length) > 0)
		snprintf(out->serial, sizeof out->serial, "%.*s", length,
			 serial);
	free(serial);
	describe_profiles(info->drive, out->profiles, sizeof out->profiles);
}

enum nb_err
nb_drive_list(struct nb_drive_info **list, size_t *count)
{
	struct burn_drive_info *infos = NULL;
	struct nb_drive_info *made;
	unsigned int n = 0;
	enum nb_err err = nb_library_begin();

	if (err)
		return err;
	burn_preset_device_open(1, 0, 0);
	while (!burn_drive_scan(&infos, &n))
		poll(NULL, 0, 20);
	made = calloc(n ? n : 1, sizeof *made);
	if (made) {
		for (unsigned int i = 0; i < n; i++)
			describe(&infos[i], &made[i]);
		*list = made;
		*count = n;
	} else {
		err = nb_fail_memory();
	}
	if (infos)
		burn_drive_info_free(infos);
	nb_library_drain();
	nb_library_end();
	return err;
}
