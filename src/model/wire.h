/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parses a stream of frames that follows a line of greeting, as its bytes
 * arrive.
 *
 *     "nightburn-remote 1\n"  then frames: a letter, the length of the body in
 *     four bytes (big-endian), the body
 *
 * The sender is not trusted: no body except that of data is longer than
 * NB_WIRE_MAX, and at most one body is kept.
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
 * Takes one frame: a whole body, followed by a NUL; or, for a frame of data,
 * some of its bytes.  An error ends the stream.
 */
typedef enum nb_err nb_wire_fn(void *ctx, char type, const char *body,
			       size_t n);

struct nb_wire {
	const char *peer; /* in messages */
	int protocol;     /* of this end */
	nb_wire_fn *fn;
	void *ctx;
	/* The rest is private; zeros at first. */
	bool greeted;
	char line[64]; /* the greeting; later the head of a frame */
	size_t have;
	char type;
	uint32_t left; /* of the body */
	struct nb_str body;
};

/*
 * Takes the next N bytes.  NB_ESOURCE, logged: not a greeting, another
 * protocol, an invalid frame; or the error of FN.  Not to be called again after
 * that.
 */
enum nb_err nb_wire_feed(struct nb_wire *wire, const void *data, size_t n);

void nb_wire_clear(struct nb_wire *wire);

/* The head of a frame with N bytes. */
void nb_wire_head(char type, uint32_t n, uint8_t head[NB_WIRE_HEAD]);

#endif
