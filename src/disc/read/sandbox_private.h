/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes between the two processes of disc/sandbox. */
#ifndef NB_DISC_SANDBOX_PRIVATE_H
#define NB_DISC_SANDBOX_PRIVATE_H

#include "disc/read/sandbox.h"

/* Blocks that are asked for at once; the answer fits into a socket. */
#define NB_SANDBOX_BLOCKS 32

/* From the child, through its stdout. */
struct nb_frame {
	enum nb_frame_kind {
		NB_FRAME_READ = 1, /* struct nb_frame_read */
		NB_FRAME_RECORD,   /* as INSIDE made it */
		NB_FRAME_SAID,     /* the first error message */
		NB_FRAME_DONE      /* int32_t: what INSIDE returned */
	} kind;
	uint32_t length; /* of what follows */
};

struct nb_frame_read {
	uint32_t lba, count;
};

/* To the child, through its stdin: then COUNT blocks. */
struct nb_answer {
	uint32_t count;
	int32_t error;
};

/* The child; its exit status says nothing, but that it came to its end. */
int nb_sandbox_child(const struct nb_sandbox *spec);

#endif
