/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/blocks.h"

#include <errno.h>
#include <unistd.h>

uint32_t
nb_blocks_pread(int fd, uint32_t lba, uint32_t count, void *buf)
{
	size_t n = (size_t)count * NB_BLOCK, done = 0;

	while (done < n) {
		off_t at = (off_t)lba * NB_BLOCK + (off_t)done;
		ssize_t got = pread(fd, (char *)buf + done, n - done, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (!got)
			errno = 0;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return (uint32_t)(done / NB_BLOCK);
}

enum nb_err
nb_blocks_read(struct nb_blocks *blocks, uint32_t lba, uint32_t count,
	       void *buf)
{
	uint32_t got = blocks->get(blocks, lba, count, buf);

	if (got == count)
		return NB_OK;
	if (errno)
		return nb_fail_errno(NB_EIO, "%s: cannot read block %u",
				     blocks->name, lba + got);
	return nb_fail(NB_EIO, "%s: block %u is beyond the end", blocks->name,
		       lba + got);
}
