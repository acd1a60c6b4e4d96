/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "model/config/build.h"

#define RETRIES 10
#define PAUSE 30
#define SIZE_PERCENT 20
#define STALL (10 * 60)
#define HOOK_TIMEOUT 60

/* lvm(8): what a name is made of. */
#define LVM_LETTERS                                            \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789+_.-"

#define FIELD(option, value, field) \
	NB_FIELD(struct nb_config_source, option, value, field)

#define MOUNT_FIELDS                                                 \
	{ FIELD("subdirectory", TEXT, mount.subdirectory) },         \
		{ FIELD("retries", NUMBER, mount.retries), .min = 0, \
		  .max = 1000 },                                     \
		{ FIELD("pause", TIME, mount.pause) },               \
	{                                                            \
		FIELD("exclude", TEXTS, tree.exclude)                \
	}

const struct nb_field nb_config_lvm_fields[] = {
	{ FIELD("volume", TEXT, lvm.volume), .required = true },
	{ FIELD("size", SHARE, lvm.size) },
	MOUNT_FIELDS,
	{ .name = NULL },
};

static const char *const kinds[] = { "tree", "image", NULL };
static const char *const ends[] = { "detach", "readd", NULL };

const struct nb_field nb_config_mirror_fields[] = {
	{ FIELD("array", PATH, mirror.array), .required = true },
	{ FIELD("half", PATH, mirror.half), .required = true },
	{ FIELD("as", CHOICE, mirror.image), .words = kinds },
	{ FIELD("afterwards", CHOICE, mirror.readd), .words = ends },
	{ FIELD("stall", TIME, mirror.stall) },
	{ FIELD("quiesce", TEXTS, mirror.quiesce) },
	{ FIELD("resume", TEXTS, mirror.resume) },
	{ FIELD("hook_timeout", TIME, mirror.hook_timeout) },
	MOUNT_FIELDS,
	{ .name = NULL },
};

void
nb_config_volume_begin(struct nb_config_source *source)
{
	source->mount.retries = RETRIES;
	source->mount.pause = PAUSE;
	source->lvm.size.percent = SIZE_PERCENT;
	source->mirror.stall = STALL;
	source->mirror.hook_timeout = HOOK_TIMEOUT;
}

static bool
is_lvm_name(const char *name, size_t n)
{
	return n > 0 && *name != '-' && strspn(name, LVM_LETTERS) >= n
		&& strncmp(name, ".", n) && strncmp(name, "..", n);
}

static bool
is_volume(const char *volume)
{
	size_t n = strcspn(volume, "/");

	return volume[n] && is_lvm_name(volume, n)
		&& is_lvm_name(volume + n + 1, strlen(volume + n + 1));
}

/* Beneath the file system: no way out of it, no way around. */
static bool
is_beneath(const char *path)
{
	for (;;) {
		size_t n = strcspn(path, "/");

		if (n == 0 || (n == 1 && *path == '.')
		    || (n == 2 && !strncmp(path, "..", 2)))
			return false;
		if (!path[n])
			return true;
		path += n + 1;
	}
}

/* What is wrong with the source's own options; NULL: nothing. */
static const char *
what_of(const struct nb_config_source *source)
{
	if (!is_lvm_name(source->name, strlen(source->name)))
		return "an invalid volume name; expected letters, "
		       "digits, +, _, . and -";
	if (source->kind == NB_SOURCE_LVM && !is_volume(source->lvm.volume))
		return "an invalid volume; expected \"GROUP/VOLUME\"";
	if (source->kind == NB_SOURCE_MIRROR
	    && (!source->mirror.stall || !source->mirror.hook_timeout))
		return "a time of 0; expected a time such as 5m";
	return NULL;
}

enum nb_err
nb_config_volume_end(const char *file, struct nb_config_source *source)
{
	const char *kind = nb_config_job_blocks[source->kind].name;
	const char *sub = source->mount.subdirectory;
	const char *what = what_of(source);

	if (!what && sub && !is_beneath(sub))
		what = "an invalid subdirectory; expected a path from the top "
		       "of "
		       "the file system, such as \"srv/mail\"";
	if (what)
		return nb_fail(NB_ECONFIG, "%s:%d: %s \"%s\" has %s", file,
			       source->line, kind, source->name, what);
	return NB_OK;
}
