/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/job.h"

#include <stdlib.h>
#include <string.h>

#include "disc/drive/drive.h"
#include "job/api/sized.h"
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
	struct nb_config_summary own = {
		.jobs = nb->config->jobs.count,
		.pools = nb->config->pools.count,
		.drives = nb->config->drives.count,
	};

	for (size_t i = 0; i < own.jobs; i++)
		own.sources += nb->config->jobs.at[i].sources.count;
	if (!nb_sized_check(out))
		nb_sized_give(out, &own, sizeof own);
}

enum nb_err
nb_drives(int (*fn)(void *ctx, const struct nb_drive_row *), void *ctx)
{
	struct nb_drive_info *list = NULL;
	size_t count = 0;
	enum nb_err err = nb_drive_list(&list, &count);

	for (size_t i = 0; !err && i < count; i++) {
		struct nb_drive_row row = { .address = "" };

		memcpy(row.address, list[i].address, sizeof row.address);
		memcpy(row.vendor, list[i].vendor, sizeof row.vendor);
		memcpy(row.product, list[i].product, sizeof row.product);
		memcpy(row.revision, list[i].revision, sizeof row.revision);
		memcpy(row.serial, list[i].serial, sizeof row.serial);
		memcpy(row.profiles, list[i].profiles, sizeof row.profiles);
		if (fn(ctx, &row))
			err = NB_ECANCELED;
	}
	free(list);
	return err;
}
