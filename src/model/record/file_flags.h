/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flags of a file that a person sets with chattr(1), as FS_IOC_GETFLAGS of
 * Linux has them (ioctl_iflags(2)), and as the letters of chattr.  Flags that a
 * file system sets itself are not among them.
 */
#ifndef NB_MODEL_FILE_FLAGS_H
#define NB_MODEL_FILE_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

#define NB_FILE_NOCOW 0x00800000U
#define NB_FILE_FLAGS_TEXT 32

/* The flags among those of the kernel. */
uint32_t nb_file_flags_known(uint32_t flags);
/* Their letters; OUT has room for all. */
void nb_file_flags_text(uint32_t flags, char out[NB_FILE_FLAGS_TEXT]);
/* Letters that are not known, of a later version, are ignored. */
uint32_t nb_file_flags_parse(const char *letters);

#endif
