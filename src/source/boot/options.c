/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/boot/options.h"

#include <string.h>

#include "base/str.h"
#include "model/config/config.h"

#define BOOTDISC_TIMEOUT 10
#define BOOTAREA_MAX ((uint64_t)4000000000)

static const char *const firmwares[] = { "both", "bios", "efi", NULL };
static const char *const entries[] = { "system", "rescue", NULL };

#define FIELD(option, value, field) \
	NB_FIELD(struct RECORD, option, value, field)

#define RECORD nb_boot_area_options
const struct nb_field nb_boot_area_fields[] = {
	{ FIELD("disk", PATH, disk), .required = true },
	{ FIELD("boot", TEXT, boot) },
	{ FIELD("path", PATH, path) },
	{ FIELD("max_size", SIZE, max_size) },
	{ .name = NULL },
};

#undef RECORD
#define RECORD nb_boot_disc_options
const struct nb_field nb_boot_disc_fields[] = {
	{ FIELD("firmware", WORD, firmware), .words = firmwares },
	{ FIELD("root", TEXT, root) },
	{ FIELD("kernel", PATH, kernel) },
	{ FIELD("initramfs", PATH, initramfs) },
	{ FIELD("append", TEXT, append) },
	{ FIELD("bios_image", PATH, bios_image) },
	{ FIELD("efi_image", PATH, efi_image) },
	{ FIELD("default", CHOICE, rescue), .words = entries },
	{ FIELD("timeout", NUMBER, timeout), .min = 0, .max = 3600 },
	{ .name = NULL },
};

void
nb_boot_area_options_begin(void *options)
{
	((struct nb_boot_area_options *)options)->max_size = BOOTAREA_MAX;
}

enum nb_err
nb_boot_area_options_end(const char *file, struct nb_config_source *source)
{
	struct nb_boot_area_options *area = source->options;

	(void)file;
	return area->path ? NB_OK : nb_str_dup("/boot", &area->path);
}

void
nb_boot_disc_options_begin(void *options)
{
	((struct nb_boot_disc_options *)options)->timeout = BOOTDISC_TIMEOUT;
}

enum nb_err
nb_boot_disc_options_end(const char *file, struct nb_config_source *source)
{
	const struct nb_boot_disc_options *disc = source->options;
	const char *what = NULL;

	if (disc->root && strncmp(disc->root, "UUID=", 5)
	    && strncmp(disc->root, "LABEL=", 6))
		what = "an invalid root; expected UUID=... or LABEL=...";
	else if (disc->root && disc->root[strcspn(disc->root, "'\"\\$ ;")])
		what = "quotes, blanks or special characters in root; "
		       "expected none";
	else if (!disc->kernel
		 && (disc->initramfs || disc->append || disc->rescue))
		what = "initramfs, append or default = rescue without kernel; "
		       "expected a kernel";
	if (what)
		return nb_fail(NB_ECONFIG, "%s:%d: bootdisc \"%s\" has %s",
			       file, source->line, source->name, what);
	return NB_OK;
}
