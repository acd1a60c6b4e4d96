/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/volume/options.h"

#include <string.h>

#include "model/config/config.h"

#define RETRIES 10
#define PAUSE 30
#define SIZE_PERCENT 20
#define STALL (10 * 60)
#define HOOK_TIMEOUT 60

/* lvm(8): the characters of names. */
#define LVM_LETTERS                                            \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789+_.-"

#define FIELD(option, value, field) \
	NB_FIELD(struct RECORD, option, value, field)

#define MOUNT_FIELDS                                                           \
	{ FIELD("subdirectory", TEXT, mount.subdirectory) },                   \
		{ FIELD("retries", NUMBER, mount.retries), .min = 0,           \
		  .max = 1000 },                                               \
		{ FIELD("pause", TIME, mount.pause) },                         \
		{ FIELD("min_ratio", RATIO, mount.rules.least.ratio) },        \
		{ FIELD("min_kept", RATIO, mount.rules.least.kept) },          \
		{ FIELD("min_unchanged", RATIO,                                \
			mount.rules.least.unchanged) },                        \
		{ FIELD("on_unreadable", CHOICE, mount.rules.skip_unreadable), \
		  .words = unreadables },                                      \
	{                                                                      \
		FIELD("exclude", TEXTS, mount.rules.exclude)                   \
	}

static const char *const unreadables[] = { "fail", "report", NULL };

#define RECORD nb_lvm_options
const struct nb_field nb_lvm_fields[] = {
	{ FIELD("volume", TEXT, volume), .required = true },
	{ FIELD("size", SHARE, size) },
	MOUNT_FIELDS,
	{ .name = NULL },
};

#undef RECORD
#define RECORD nb_mirror_options
static const char *const kinds[] = { "tree", "image", NULL };
static const char *const ends[] = { "detach", "readd", NULL };

const struct nb_field nb_mirror_fields[] = {
	{ FIELD("array", PATH, array), .required = true },
	{ FIELD("half", PATH, half), .required = true },
	{ FIELD("as", CHOICE, image), .words = kinds },
	{ FIELD("afterwards", CHOICE, readd), .words = ends },
	{ FIELD("stall", TIME, stall) },
	{ FIELD("quiesce", TEXTS, quiesce) },
	{ FIELD("resume", TEXTS, resume) },
	{ FIELD("hook_timeout", TIME, hook_timeout) },
	MOUNT_FIELDS,
	{ .name = NULL },
};

static void
mount_begin(struct nb_mount_options *mount)
{
	mount->retries = RETRIES;
	mount->pause = PAUSE;
	mount->rules.least = NB_TREE_LEAST;
	mount->rules.io_timeout = NB_TREE_IO_TIMEOUT;
}

void
nb_lvm_options_begin(void *options)
{
	struct nb_lvm_options *lvm = options;

	mount_begin(&lvm->mount);
	lvm->size.percent = SIZE_PERCENT;
}

void
nb_mirror_options_begin(void *options)
{
	struct nb_mirror_options *mirror = options;

	mount_begin(&mirror->mount);
	mirror->stall = STALL;
	mirror->hook_timeout = HOOK_TIMEOUT;
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

/* Must remain beneath the file system. */
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

/* What is wrong with the options of the kind itself, or NULL. */
static enum nb_err
end(const char *file, const struct nb_config_source *source,
    const struct nb_mount_options *mount, const char *what)
{
	const char *sub = mount->subdirectory;

	if (!is_lvm_name(source->name, strlen(source->name)))
		what = "an invalid volume name; expected letters, "
		       "digits, +, _, . and -";
	if (!what && sub && !is_beneath(sub))
		what = "an invalid subdirectory; expected a path from the "
		       "top of "
		       "the file system, such as \"srv/mail\"";
	if (what)
		return nb_fail(NB_ECONFIG, "%s:%d: %s \"%s\" has %s", file,
			       source->line, source->kind->name, source->name,
			       what);
	return NB_OK;
}

enum nb_err
nb_lvm_options_end(const char *file, struct nb_config_source *source)
{
	const struct nb_lvm_options *lvm = source->options;

	return end(file, source, &lvm->mount,
		   is_volume(lvm->volume)
			   ? NULL
			   : "an invalid volume; expected \"GROUP/VOLUME\"");
}

enum nb_err
nb_mirror_options_end(const char *file, struct nb_config_source *source)
{
	const struct nb_mirror_options *mirror = source->options;

	return end(file, source, &mirror->mount,
		   mirror->stall && mirror->hook_timeout
			   ? NULL
			   : "a time of 0; expected a time such as 5m");
}
