/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/job.h"

#include <stdlib.h>
#include <string.h>

#include "disc/drive/drive.h"
#include "job/power.h"
#include "source/source.h"

const char *
nb_version(void)
{
	return PACKAGE_VERSION;
}

enum nb_err
nb_open(const char *config, struct nightburn **out)
{
	struct nightburn *nb = calloc(1, sizeof *nb);
	enum nb_err err;

	if (!nb)
		return nb_fail_memory();
	err = nb_config_load(config, nb_source_kinds, &nb->config);
	if (err)
		free(nb);
	else
		*out = nb;
	return err;
}

void
nb_close(struct nightburn *nb)
{
	if (nb) {
		nb_power_stop(nb);
		nb_config_free(nb->config);
	}
	free(nb);
}

void
nb_set_progress(struct nightburn *nb, nb_progress_fn *fn, void *ctx)
{
	nb->progress = fn;
	nb->progress_ctx = ctx;
}

void
nb_config_summary(const struct nightburn *nb, struct nb_config_summary *out)
{
	memset(out, 0, sizeof *out);
	out->jobs = nb->config->jobs.count;
	out->pools = nb->config->pools.count;
	out->drives = nb->config->drives.count;
	for (size_t i = 0; i < out->jobs; i++)
		out->sources += nb->config->jobs.at[i].sources.count;
}

enum nb_err
nb_drives(struct nb_drive_row **rows, size_t *count)
{
	struct nb_drive_info *list = NULL;
	struct nb_drive_row *made;
	enum nb_err err;
	size_t n;

	err = nb_drive_list(&list, &n);
	if (err)
		return err;
	made = calloc(n ? n : 1, sizeof *made);
	if (!made) {
		free(list);
		return nb_fail_memory();
	}
	for (size_t i = 0; i < n; i++) {
		memcpy(made[i].address, list[i].address, sizeof made->address);
		memcpy(made[i].vendor, list[i].vendor, sizeof made->vendor);
		memcpy(made[i].product, list[i].product, sizeof made->product);
		memcpy(made[i].revision, list[i].revision,
		       sizeof made->revision);
		memcpy(made[i].serial, list[i].serial, sizeof made->serial);
		memcpy(made[i].profiles, list[i].profiles,
		       sizeof made->profiles);
	}
	free(list);
	*rows = made;
	*count = n;
	return NB_OK;
}
