/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/boot/area.h"

static bool
equal(const char *a, const char *b)
{
	return a && !strcasecmp(a, b);
}

/* The rest of TEXT after PREFIX, or NULL. */
static const char *
after_prefix(const char *text, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncasecmp(text, prefix, n) ? NULL : text + n;
}

static bool
is_meant(const struct nb_boot_job *job, const struct nb_disk_part *p)
{
	const char *boot = nb_boot_area_options(job->source)->boot, *rest;
	struct stat st;

	if ((rest = after_prefix(boot, "UUID=")))
		return equal(p->fs_uuid, rest);
	if ((rest = after_prefix(boot, "LABEL=")))
		return p->fs_label && !strcmp(p->fs_label, rest);
	if ((rest = after_prefix(boot, "PARTUUID=")))
		return equal(p->uuid, rest);
	if ((rest = after_prefix(boot, "PARTLABEL=")))
		return p->name && !strcmp(p->name, rest);
	if (*boot == '/')
		return !stat(boot, &st) && S_ISBLK(st.st_mode)
			&& nb_disk_number(job->device, st.st_rdev) == p->number;
	return strtoul(boot, NULL, 10) == p->number;
}

static enum nb_err
find_configured(struct nb_boot_job *job)
{
	const char *boot = nb_boot_area_options(job->source)->boot;

	if (!strcmp(boot, "none"))
		return NB_OK;
	for (size_t i = 0; i < job->area.disk.parts.count; i++) {
		struct nb_disk_part *p = &job->area.disk.parts.at[i];

		if (is_meant(job, p)) {
			p->boot = job->own = true;
			return NB_OK;
		}
	}
	return nb_fail(NB_ESOURCE,
		       "%s: %s has no partition %s\nhint: boot is "
		       "a number, /dev/NAME, UUID=, LABEL=, PARTUUID=, "
		       "PARTLABEL= or none",
		       job->object, nb_boot_area_options(job->source)->disk,
		       boot);
}

enum nb_err
nb_boot_find(struct nb_boot_job *job)
{
	const char *path = nb_boot_area_options(job->source)->path;
	struct stat boot, root;
	unsigned int number;

	if (nb_boot_area_options(job->source)->boot)
		return find_configured(job);
	if (stat(path, &boot) || stat("/", &root))
		return nb_fail_errno(NB_ESOURCE, "%s: cannot stat %s",
				     job->object, path);
	/* A directory of the root file system: there is no such partition. */
	if (boot.st_dev == root.st_dev)
		return NB_OK;
	number = nb_disk_number(job->device, boot.st_dev);
	for (size_t i = 0; i < job->area.disk.parts.count; i++) {
		struct nb_disk_part *p = &job->area.disk.parts.at[i];

		if (p->number == number)
			p->boot = job->own = true;
	}
	if (!job->own)
		return nb_fail(NB_ESOURCE,
			       "%s: %s is not on %s\nhint: specify its "
			       "partition with boot, or boot = none",
			       job->object, path,
			       nb_boot_area_options(job->source)->disk);
	return NB_OK;
}
