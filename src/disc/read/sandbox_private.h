/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The messages between the two processes of the sandbox. */
#ifndef NB_DISC_SANDBOX_PRIVATE_H
#define NB_DISC_SANDBOX_PRIVATE_H

#include "disc/read/sandbox.h"

/* The most blocks in one request; the answer fits into the socket buffer. */
#define NB_SANDBOX_BLOCKS 32

/* From the child, through its stdout. */
struct nb_frame {
	enum nb_frame_kind {
		NB_FRAME_READ = 1, /* struct nb_frame_read */
		NB_FRAME_RECORD,   /* as made by INSIDE */
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

/* The child process; its exit status only says that it finished. */
int nb_sandbox_child(const struct nb_sandbox *spec);

#endif
