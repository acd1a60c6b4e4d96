/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/blocks.h"

#include <errno.h>
#include <string.h>
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

static uint32_t
patient_get(struct nb_blocks *blocks, uint32_t lba, uint32_t count, void *buf)
{
	struct nb_patient_blocks *p = (struct nb_patient_blocks *)blocks;
	struct nb_blocks *inner = p->inner;
	uint32_t done = 0;

	if (!count)
		return inner->get(inner, lba, 0, buf);
	while (done < count) {
		char *to = (char *)buf + (size_t)done * NB_BLOCK;

		done += inner->get(inner, lba + done, count - done, to);
		if (done == count || !errno)
			break;
		memset((char *)buf + (size_t)done * NB_BLOCK, 0, NB_BLOCK);
		p->lost++;
		done++;
	}
	return done;
}

void
nb_patient_begin(struct nb_patient_blocks *p, struct nb_blocks *inner)
{
	p->blocks = *inner;
	p->blocks.get = patient_get;
	p->blocks.free = NULL;
	p->inner = inner;
	p->lost = 0;
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
