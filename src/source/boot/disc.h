/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the source bootdisc share.  Private to source/.
 */
#ifndef NB_SOURCE_BOOTDISC_H
#define NB_SOURCE_BOOTDISC_H

#include "source/boot/options.h"
#include "source/stage.h"

/* The menu with GRUB, as the two files that firmware loads; names in the
 * source's directory in staging, which job/ knows. */
#define NB_BOOTDISC_BIOS "bios.img"
#define NB_BOOTDISC_EFI "efi.img"

/* The programs and modules that are needed.  NB_ESOURCE, with the package. */
enum nb_err nb_bootdisc_check(const struct nb_config_source *source);

/* Makes the images that are not given, with MENU in them. */
enum nb_err nb_bootdisc_images(struct nb_stage *stage,
			       const struct nb_config_source *source,
			       const char *menu);

#endif
