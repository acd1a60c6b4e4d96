/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The head of a disc file as text. */
#ifndef VDRIVE_DISC_HEAD_H
#define VDRIVE_DISC_HEAD_H

#include "vdrive/engine/disc.h"

/* JSON that the caller frees, or NULL if out of memory.  INDENT 0 is
 * compact. */
char *vd_head_format(const struct vd_disc *disc, size_t indent);

/* Sets DISC from the head. 0, or -1 with the reason in WHY. */
int vd_head_parse(const char *text, size_t n, struct vd_disc *disc,
		  char why[VD_WHY_MAX]);

#endif
