/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/read/sandbox_private.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <nightburn/nightburn.h>

#include "base/fd.h"

#define BUFFER 65536
/* A directory record with Rock Ridge has about a hundred bytes, for which
 * libisofs allocates about five hundred. */
#define MEMORY_MIN ((rlim_t)128 << 20)
#define MEMORY_FACTOR 32
#define SECONDS_MIN 2
#define BYTES_A_SECOND ((uint64_t)1 << 20)

struct nb_sandbox_out {
	size_t length;
	uint8_t data[BUFFER];
};

struct child {
	struct nb_blocks blocks; /* first, so that a pointer to it is one to the
				    struct */
	struct nb_sandbox_out out;
	rlim_t before;  /* address space, in bytes */
	uint64_t bytes; /* read so far */
	char said[1024];
};

static int
flush(struct nb_sandbox_out *out)
{
	size_t n = out->length;

	out->length = 0;
	return nb_fd_write(STDOUT_FILENO, out->data, n);
}

static int
put_bytes(struct nb_sandbox_out *out, const void *data, size_t n)
{
	if (n > BUFFER - out->length && flush(out))
		return -1;
	if (n > BUFFER)
		return nb_fd_write(STDOUT_FILENO, data, n);
	memcpy(out->data + out->length, data, n);
	out->length += n;
	return 0;
}

static int
put_frame(struct nb_sandbox_out *out, enum nb_frame_kind kind, const void *data,
	  size_t n)
{
	struct nb_frame frame = { kind, (uint32_t)n };

	return put_bytes(out, &frame, sizeof frame) || put_bytes(out, data, n)
		? -1
		: 0;
}

enum nb_err
nb_sandbox_put(struct nb_sandbox_out *out, const void *record, size_t n)
{
	if (n > NB_SANDBOX_RECORD)
		return nb_fail(NB_ECORRUPT, "one entry of %zu bytes", n);
	return put_frame(out, NB_FRAME_RECORD, record, n) ? NB_EIO : NB_OK;
}

static rlim_t
address_space(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%lu", &pages) != 1)
		pages = 0;
	fclose(file);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void
limit(int resource, rlim_t soft)
{
	struct rlimit now;

	if (getrlimit(resource, &now) || soft > now.rlim_max)
		return;
	now.rlim_cur = soft;
	setrlimit(resource, &now);
}

/* The amount that was read limits the memory that a directory can need. */
static void
set_limits(const struct child *c)
{
	limit(RLIMIT_CPU, SECONDS_MIN + c->bytes / BYTES_A_SECOND);
	if (c->before)
		limit(RLIMIT_AS,
		      c->before + MEMORY_MIN + MEMORY_FACTOR * c->bytes);
}

/* Requests blocks from the other process. */
static uint32_t
child_get(struct nb_blocks *blocks, uint32_t lba, uint32_t count, void *buf)
{
	struct child *c = (struct child *)blocks;
	struct nb_answer answer;
	uint32_t done = 0;

	while (done < count) {
		uint32_t left = count - done;
		struct nb_frame_read ask = { lba + done,
					     left < NB_SANDBOX_BLOCKS
						     ? left
						     : NB_SANDBOX_BLOCKS };
		size_t n;

		if (put_frame(&c->out, NB_FRAME_READ, &ask, sizeof ask)
		    || flush(&c->out)
		    || nb_fd_read(STDIN_FILENO, &answer, sizeof answer)
			    != (ssize_t)sizeof answer
		    || answer.count > ask.count)
			_exit(1);
		n = (size_t)answer.count * NB_BLOCK;
		if (nb_fd_read(STDIN_FILENO,
			       (uint8_t *)buf + (size_t)done * NB_BLOCK, n)
		    != (ssize_t)n)
			_exit(1);
		c->bytes += n;
		set_limits(c);
		done += answer.count;
		errno = answer.error;
		if (answer.count < ask.count)
			break;
	}
	return done;
}

static void
keep_first(void *ctx, enum nb_level level, const char *message)
{
	struct child *c = ctx;

	if (level == NB_ERROR && !c->said[0])
		snprintf(c->said, sizeof c->said, "%s", message);
}

int
nb_sandbox_child(const struct nb_sandbox *spec)
{
	static struct child c;
	const struct rlimit none = { 0, 0 };
	int32_t code;

	c.blocks.get = child_get;
	c.blocks.count = spec->blocks->count;
	c.blocks.name = spec->blocks->name;
	c.before = address_space();
	setrlimit(RLIMIT_CORE, &none);
	set_limits(&c);
	nb_set_log(keep_first, &c);
	code = (int32_t)spec->inside(spec->ctx, &c.blocks, &c.out);
	if (code && c.said[0]
	    && put_frame(&c.out, NB_FRAME_SAID, c.said, strlen(c.said)))
		return 1;
	return put_frame(&c.out, NB_FRAME_DONE, &code, sizeof code)
		|| flush(&c.out);
}
