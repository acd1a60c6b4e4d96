/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of the blocks bootarea and bootdisc. */
#ifndef NB_SOURCE_BOOT_OPTIONS_H
#define NB_SOURCE_BOOT_OPTIONS_H

#include "model/source_kind.h"
#include "model/config/value.h"

/* The options of bootarea: what makes a disk boot. */
struct nb_boot_area_options {
	char *disk;        /* device of the whole disk */
	char *boot;        /* the partition of /boot: number, device,
			      UUID=, LABEL=, PARTUUID=, PARTLABEL= or
			      none; NULL: the one mounted at path */
	char *path;        /* where /boot is mounted */
	uint64_t max_size; /* bytes to the end of /boot; 0: no limit */
};

enum nb_firmware { NB_FIRMWARE_BOTH, NB_FIRMWARE_BIOS, NB_FIRMWARE_EFI };

/* The options of bootdisc: what makes the disc itself boot. */
struct nb_boot_disc_options {
	enum nb_firmware firmware;
	char *root;                   /* UUID= or LABEL= of the file system with
					 the installed system's /boot; NULL: the
					 first disk */
	char *kernel, *initramfs;     /* of the rescue entry; NULL: none */
	char *append;                 /* the kernel's command line, or NULL */
	char *bios_image, *efi_image; /* used instead of GRUB */
	bool rescue;                  /* the rescue entry is the default */
	int timeout;                  /* seconds until the default starts */
};

static inline const struct nb_boot_area_options *
nb_boot_area_options(const struct nb_config_source *source)
{
	return source->options;
}

static inline const struct nb_boot_disc_options *
nb_boot_disc_options(const struct nb_config_source *source)
{
	return source->options;
}

extern const struct nb_field nb_boot_area_fields[];
void nb_boot_area_options_begin(void *options);
enum nb_err nb_boot_area_options_end(const char *file,
				     struct nb_config_source *source);

extern const struct nb_field nb_boot_disc_fields[];
void nb_boot_disc_options_begin(void *options);
enum nb_err nb_boot_disc_options_end(const char *file,
				     struct nb_config_source *source);

#endif
