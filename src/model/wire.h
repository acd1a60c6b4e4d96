/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stream of frames behind a line of greeting, taken apart as its bytes come.
 *
 *     "nightburn-remote 1\n"  then frames: a letter, the length of the body in
 *     four bytes (big-endian), the body
 *
 * Whoever sends is not trusted: no body but that of data is longer than
 * NB_WIRE_MAX, and no more than one body is kept.
 */
#ifndef NB_MODEL_WIRE_H
#define NB_MODEL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define NB_WIRE_HELLO "nightburn-remote "
#define NB_WIRE_HEAD 5
#define NB_WIRE_MAX ((size_t)4 << 20)

/*
 * Takes one frame: a whole body, with a NUL behind it; or, of a frame of data,
 * some of its bytes.  Anything but NB_OK ends the stream.
 */
typedef enum nb_err nb_wire_fn(void *ctx, char type, const char *body,
			       size_t n);

struct nb_wire {
	const char *peer; /* in messages */
	int protocol;     /* that we speak */
	nb_wire_fn *fn;
	void *ctx;
	/* The rest is its own; zeros at first. */
	bool greeted;
	char line[64]; /* of greeting; afterwards a frame's head */
	size_t have;
	char type;
	uint32_t left; /* of the body */
	struct nb_str body;
};

/*
 * Takes the next N bytes.  NB_ESOURCE, logged: not a greeting, another
 * protocol, a frame that cannot be; or what FN returned.  Not to be called
 * again after that.
 */
enum nb_err nb_wire_feed(struct nb_wire *wire, const void *data, size_t n);

void nb_wire_clear(struct nb_wire *wire);

/* The head of a frame with N bytes. */
void nb_wire_head(char type, uint32_t n, uint8_t head[NB_WIRE_HEAD]);

#endif
