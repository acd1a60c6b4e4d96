/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/ssh/ssh.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"

#define MESSAGES_MAX 200
/* Limits everything that is not data, mostly names.  Enough for a tree of ten
 * million files. */
#define CONTROL_MAX ((uint64_t)4 << 30)
/* A pipe takes a request of this size before anyone reads it. */
#define REQUEST_MAX (1 << 20)

struct call {
	const struct nb_remote_call *call;
	const struct nb_ssh_options *remote;
	struct nb_wire wire;
	struct nb_sha256 *sha256;
	uint64_t bytes, control;
	int messages;
	bool complained; /* it reported an error */
	bool ended;
	struct nb_remote_end end;
};

enum nb_err
nb_remote_nonsense(const struct nb_ssh_options *remote, const char *what)
{
	return nb_fail(NB_ESOURCE, "%s: sent %s", remote->host, what);
}

static enum nb_err
take_message(struct call *c, const char *body)
{
	const char *host = c->remote->host;
	enum nb_level level = *body == 'e' ? NB_ERROR
		: *body == 'w'             ? NB_WARNING
					   : NB_NOTE;

	if (!*body)
		return nb_remote_nonsense(c->remote, "an empty message");
	if (level == NB_ERROR)
		c->complained = true;
	if (++c->messages < MESSAGES_MAX)
		nb_log(level, "%s: %s", host, body + 1);
	else if (c->messages == MESSAGES_MAX)
		nb_log(NB_WARNING, "%s: further messages are suppressed", host);
	return NB_OK;
}

static enum nb_err
take_data(struct call *c, const char *body, size_t n)
{
	uint64_t cap = c->call->max_bytes;
	char size[16];

	c->bytes += n;
	if (cap && c->bytes > cap)
		return nb_fail(NB_ESOURCE, "%s: more than %s (max_size)",
			       c->remote->host, nb_str_size(cap, size));
	nb_sha256_add(c->sha256, body, n);
	return NB_OK;
}

static enum nb_err
take_frame(void *ctx, char type, const char *body, size_t n)
{
	struct call *c = ctx;
	enum nb_err err = NB_OK;

	if (c->ended)
		return nb_remote_nonsense(c->remote, "data after the end");
	if (type == NB_REMOTE_DATA)
		err = take_data(c, body, n);
	else
		c->control += n;
	if (!err && c->control > CONTROL_MAX)
		return nb_remote_nonsense(c->remote,
					  "an endless list of names");
	if (type == NB_REMOTE_MESSAGE)
		return take_message(c, body);
	if (type == NB_REMOTE_END) {
		c->ended = true;
		return nb_remote_end_parse(body, n, &c->end)
			? NB_OK
			: nb_remote_nonsense(c->remote, "an invalid end");
	}
	if (!err && !c->call->fn)
		return nb_remote_nonsense(c->remote,
					  "data that was not requested");
	return err ? err : c->call->fn(c->call->ctx, type, body, n);
}

static enum nb_err
feed(void *ctx, const void *data, size_t n)
{
	struct call *c = ctx;

	return nb_wire_feed(&c->wire, data, n);
}

static enum nb_err
tick(void *ctx)
{
	struct call *c = ctx;

	return c->call->tick ? c->call->tick(c->call->ctx) : NB_OK;
}

/* Greeting and request, in a pipe.  The other end of *KEEP stays open as long
 * as the answer is wanted; its closing tells the host that it is not. */
static enum nb_err
put_request(const struct nb_remote_call *call, int *from, int *keep)
{
	uint8_t head[NB_WIRE_HEAD];
	struct nb_str s = NB_STR_INIT;
	size_t n = strlen(call->request);
	enum nb_err err = NB_OK;
	int ends[2];

	if (n > REQUEST_MAX / 2)
		return nb_fail(NB_ECONFIG,
			       "%s: the options are too long for a request",
			       call->remote->host);
	nb_str_addf(&s, NB_WIRE_HELLO "%d\n", NB_REMOTE_PROTOCOL);
	nb_wire_head(NB_REMOTE_REQUEST, (uint32_t)n, head);
	nb_str_add_bytes(&s, head, sizeof head);
	nb_str_add_bytes(&s, call->request, n);
	if (s.failed) {
		err = nb_fail_memory();
		goto out;
	}
	if (pipe2(ends, O_CLOEXEC)) {
		err = nb_fail_errno(NB_EIO, "pipe");
		goto out;
	}
	*from = ends[0];
	*keep = ends[1];
	if ((s.length > 4096 && fcntl(*keep, F_SETPIPE_SZ, REQUEST_MAX) < 0)
	    || nb_fd_write(*keep, s.text, s.length))
		err = nb_fail_errno(NB_EIO, "pipe");
out:
	nb_str_free(&s);
	return err;
}

/* Is what arrived everything that was sent? */
static enum nb_err
judge(struct call *c, const struct nb_proc_result *result)
{
	const char *host = c->remote->host;
	uint8_t sha256[NB_SHA256_SIZE];

	if (!c->ended)
		return nb_remote_explain(c->remote, result, c->wire.greeted);
	if (!c->end.good)
		return c->complained
			? NB_ESOURCE
			: nb_fail(NB_ESOURCE, "%s: failed without a message",
				  host);
	nb_sha256_finish(c->sha256, sha256);
	if (c->end.bytes != c->bytes)
		return nb_fail(NB_ESOURCE,
			       "%s: received %" PRIu64
			       " bytes, it sent %" PRIu64,
			       host, c->bytes, c->end.bytes);
	if (memcmp(c->end.sha256, sha256, sizeof sha256))
		return nb_fail(NB_ESOURCE,
			       "%s: the SHA-256 of the received data differs "
			       "from that of the sent data",
			       host);
	return NB_OK;
}

static enum nb_err
run(struct call *c, int from)
{
	struct nb_names arguments = NB_ARRAY_INIT;
	struct nb_proc_result result = { .output = NULL };
	char *name = NULL;
	enum nb_err err = nb_remote_arguments(c->remote, &arguments);

	if (!err)
		err = nb_str_format(&name, "%s: ssh", c->remote->host);
	if (!err)
		err = nb_proc_run(
			&(struct nb_proc){
				.argv = (const char *const *)arguments.at,
				.name = name,
				.stdin_fd = from,
				.sink = feed,
				.ctx = c,
				.tick = tick,
				.timeout_ms = c->call->timeout * 1000 },
			&result);
	if (err == NB_EFAIL || err == NB_ENOTFOUND)
		err = NB_ESOURCE;
	if (!err)
		err = judge(c, &result);
	nb_proc_result_free(&result);
	nb_names_free(&arguments);
	free(name);
	return err;
}

enum nb_err
nb_remote_call(const struct nb_remote_call *call)
{
	struct call c = {
		.call = call,
		.remote = call->remote,
		.wire = { .peer = call->remote->host,
			  .protocol = NB_REMOTE_PROTOCOL,
			  .fn = take_frame },
	};
	int from = -1, keep = -1;
	enum nb_err err = nb_sha256_new(&c.sha256);

	c.wire.ctx = &c;
	if (!err)
		err = put_request(call, &from, &keep);
	if (!err)
		err = run(&c, from);
	nb_fd_close(&from);
	nb_fd_close(&keep);
	nb_wire_clear(&c.wire);
	nb_sha256_free(c.sha256);
	return err;
}
