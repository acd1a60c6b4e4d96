/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/wire.h"

#include <stdlib.h>
#include <string.h>

#include "model/remote.h"

/* Data that arrives together may be passed on together, but its size is
 * limited. */
#define DATA_MAX ((uint32_t)16 << 20)

void
nb_wire_clear(struct nb_wire *wire)
{
	nb_str_free(&wire->body);
}

void
nb_wire_head(char type, uint32_t n, uint8_t head[NB_WIRE_HEAD])
{
	head[0] = (uint8_t)type;
	for (int i = 0; i < 4; i++)
		head[1 + i] = (uint8_t)(n >> (24 - 8 * i));
}

static enum nb_err
check_greeting(const struct nb_wire *wire)
{
	const size_t n = sizeof NB_WIRE_HELLO - 1;
	const char *number = wire->line + n;
	int spoken;

	if (wire->have < n || memcmp(wire->line, NB_WIRE_HELLO, n)
	    || strlen(number) > 6
	    || strspn(number, "0123456789") != strlen(number) || !*number)
		return nb_fail(NB_ESOURCE,
			       "%s: answers \"%.40s\", which is not "
			       "nightburn\nhint: login scripts on that host "
			       "must print nothing without a terminal",
			       wire->peer, wire->line);
	spoken = atoi(number);
	if (spoken != wire->protocol)
		return nb_fail(NB_ESOURCE,
			       "%s: uses protocol %d, this nightburn uses "
			       "%d\nhint: install the same version "
			       "on both hosts",
			       wire->peer, spoken, wire->protocol);
	return NB_OK;
}

/* Takes bytes of the greeting; *USED is how many were taken. */
static enum nb_err
greet(struct nb_wire *wire, const char *data, size_t n, size_t *used)
{
	for (*used = 0; *used < n;) {
		char c = data[(*used)++];

		if (c == '\n' || wire->have == sizeof wire->line - 1) {
			enum nb_err err;

			wire->line[wire->have] = '\0';
			err = check_greeting(wire);
			wire->have = 0;
			wire->greeted = true;
			return err;
		}
		wire->line[wire->have++] = c;
	}
	return NB_OK;
}

static enum nb_err
take_head(struct nb_wire *wire)
{
	const uint8_t *head = (const uint8_t *)wire->line;

	wire->type = wire->line[0];
	wire->left = (uint32_t)head[1] << 24 | (uint32_t)head[2] << 16
		| (uint32_t)head[3] << 8 | head[4];
	if (wire->type < 'A' || wire->type > 'Z'
	    || wire->left
		    > (wire->type == NB_REMOTE_DATA ? DATA_MAX : NB_WIRE_MAX))
		return nb_fail(NB_ESOURCE, "%s: sent an invalid frame",
			       wire->peer);
	wire->body.length = 0;
	return NB_OK;
}

static enum nb_err
deliver(struct nb_wire *wire)
{
	enum nb_err err = NB_OK;

	wire->have = 0;
	if (wire->type == NB_REMOTE_DATA)
		return NB_OK;
	/* So that an empty body has its NUL as well. */
	nb_str_add_bytes(&wire->body, "", 1);
	if (wire->body.failed)
		err = nb_fail_memory();
	return err ? err
		   : wire->fn(wire->ctx, wire->type, wire->body.text,
			      wire->body.length - 1);
}

/* Takes bytes of a body. */
static enum nb_err
take_body(struct nb_wire *wire, const char *data, size_t n, size_t *used)
{
	enum nb_err err = NB_OK;

	*used = n < wire->left ? n : wire->left;
	wire->left -= (uint32_t)*used;
	if (wire->type == NB_REMOTE_DATA) {
		if (*used)
			err = wire->fn(wire->ctx, wire->type, data, *used);
	} else {
		nb_str_add_bytes(&wire->body, data, *used);
		if (wire->body.failed)
			err = nb_fail_memory();
	}
	return !err && !wire->left ? deliver(wire) : err;
}

enum nb_err
nb_wire_feed(struct nb_wire *wire, const void *bytes, size_t n)
{
	const char *data = bytes;
	enum nb_err err = NB_OK;
	size_t used = 0;

	for (; !err && n; data += used, n -= used) {
		if (!wire->greeted) {
			err = greet(wire, data, n, &used);
		} else if (wire->have < NB_WIRE_HEAD) {
			wire->line[wire->have++] = *data;
			used = 1;
			if (wire->have == NB_WIRE_HEAD)
				err = take_head(wire);
			if (!err && wire->have == NB_WIRE_HEAD && !wire->left)
				err = deliver(wire);
		} else {
			err = take_body(wire, data, n, &used);
		}
	}
	return err;
}
