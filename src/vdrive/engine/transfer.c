/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "vdrive/engine/drive_private.h"

void
vd_give(struct vd_io *io, const void *data, size_t n, size_t allocation)
{
	if (n > allocation)
		n = allocation;
	if (n > io->length)
		n = io->length;
	if (io->to_drive)
		n = 0;
	if (n)
		memcpy(io->data, data, n);
	io->done = n;
}

bool
vd_take(struct vd_io *io, size_t n)
{
	if (!io->to_drive || n > io->length)
		return n == 0;
	io->done = n;
	return true;
}
