/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files of the source bootdisc.  Private to source/.
 */
#ifndef NB_SOURCE_BOOTDISC_H
#define NB_SOURCE_BOOTDISC_H

#include "source/boot/options.h"
#include "source/stage.h"

/* GRUB with its menu: the two files that firmware loads; names in the source's
 * directory in staging, which job/ knows. */
#define NB_BOOTDISC_BIOS "bios.img"
#define NB_BOOTDISC_EFI "efi.img"

/* Checks for the programs and modules that are needed.  NB_ESOURCE, with the
 * package to install. */
enum nb_err nb_bootdisc_check(const struct nb_config_source *source);

/* Makes the images that were not configured, with MENU in them. */
enum nb_err nb_bootdisc_images(struct nb_stage *stage,
			       const struct nb_config_source *source,
			       const char *menu);

#endif
