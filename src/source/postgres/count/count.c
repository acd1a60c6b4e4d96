/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/count/count.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "source/postgres/count/child.h"

#define MAX_WARNINGS 10
#define MAX_OUTPUT ((uint64_t)1 << 30)
/* The process itself observes the time limit. */
#define GRACE 120

struct run {
	const struct nb_pg_count *spec;
	struct nb_properties *out;
	int ends[2];           /* of its stdin, and ours */
	struct nb_str pending; /* of its output */
	bool begun;            /* the snapshot is known */
	enum nb_err failed;    /* error of the dump, or of taking what was
				  counted */
};

void
nb_pg_count_go(int go)
{
	/* Without raising SIGPIPE. */
	if (go >= 0)
		(void)!send(go, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* The dump ends while the process counts, or before that.  SNAPSHOT: NULL if
 * there is none. */
static enum nb_err
begin(struct run *r, const char *snapshot)
{
	const struct nb_pg_count *spec = r->spec;
	enum nb_err err = NB_OK;

	r->begun = true;
	if (spec->dump)
		err = spec->dump(spec->ctx, snapshot, r->ends[1]);
	nb_fd_close(&r->ends[1]);
	return err;
}

static enum nb_err
take_count(struct run *r, const char *const parts[NB_PG_COUNT_PARTS])
{
	const struct nb_property p = { .what = (char *)(uintptr_t)parts[0],
				       .role = (char *)(uintptr_t)parts[1],
				       .name = (char *)(uintptr_t)parts[2],
				       .value = (char *)(uintptr_t)parts[3] };

	return nb_properties_add(r->out, &p);
}

/* The size in bytes of COUNT texts at TEXT, each with its NUL; 0: they are
 * incomplete. */
static size_t
find_texts(const char *text, size_t n, const char **parts, int count)
{
	size_t at = 0;

	for (int i = 0; i < count; i++) {
		const char *end = at < n ? memchr(text + at, 0, n - at) : NULL;

		if (!end)
			return 0;
		parts[i] = text + at;
		at = (size_t)(end - text) + 1;
	}
	return at;
}

static enum nb_err
take_pending(struct run *r)
{
	const char *parts[NB_PG_COUNT_PARTS];
	struct nb_str *pending = &r->pending;
	size_t at = 0, n;
	enum nb_err err = NB_OK;

	do {
		n = find_texts(pending->text + at, pending->length - at, parts,
			       r->begun ? NB_PG_COUNT_PARTS : 1);
		if (n)
			err = r->begun ? take_count(r, parts)
				       : begin(r, *parts[0] ? parts[0] : NULL);
		at += n;
	} while (!err && n);
	memmove(pending->text, pending->text + at, pending->length - at);
	pending->length -= at;
	return err;
}

static enum nb_err
sink(void *ctx, const void *data, size_t n)
{
	struct run *r = ctx;

	nb_str_add_bytes(&r->pending, data, n);
	r->failed = r->pending.failed ? nb_fail_memory() : take_pending(r);
	return r->failed;
}

static enum nb_err
tick(void *ctx)
{
	const struct run *r = ctx;

	return r->spec->tick ? r->spec->tick(r->spec->ctx) : NB_OK;
}

static int
child(void *ctx)
{
	const struct run *r = ctx;

	return nb_pg_count_child(r->spec);
}

static void
warn(const char *object, const char *text)
{
	for (int i = 0; *text && i < MAX_WARNINGS; i++) {
		size_t n = strcspn(text, "\n");

		nb_log(NB_WARNING, "%s: %.*s", object, (int)n, text);
		text += n + (text[n] == '\n');
	}
	if (*text)
		nb_log(NB_WARNING, "%s: ... and others", object);
}

/* Logs the messages of the process. */
static enum nb_err
judge(const struct run *r, const struct nb_proc_result *result)
{
	const char *object = r->spec->object;
	char *cause = NULL;
	enum nb_err err = NB_OK;

	if (!result->signal && result->exit_code == 0) {
		warn(object, result->errors ? result->errors : "");
		return NB_OK;
	}
	err = nb_proc_cause(result->errors ? result->errors : "", &cause);
	if (err)
		return err;
	if (r->spec->watch_only)
		nb_log(NB_WARNING,
		       "%s: whether a table was rewritten during the dump is "
		       "not known: %s",
		       object, *cause ? cause : "the process ended");
	else if (r->spec->dump)
		nb_log(NB_WARNING, "%s: %s: %s", object,
		       r->begun ? "not everything is counted"
				: "its tables are not counted",
		       *cause ? cause : "the process ended");
	else
		err = nb_fail(NB_EFAIL, "%s: cannot count: %s", object,
			      *cause ? cause : "the process ended");
	free(cause);
	return err;
}

static enum nb_err
run(struct run *r)
{
	const struct nb_pg_count *spec = r->spec;
	struct nb_proc_result result = { .output = NULL };
	enum nb_err err = nb_proc_run(
		&(struct nb_proc){ .name = spec->object,
				   .function = child,
				   .environ_add = spec->environ_add,
				   .run_as = spec->run_as,
				   .stdin_fd = r->ends[0],
				   .sink = sink,
				   .tick = tick,
				   .ctx = r,
				   .max_bytes = MAX_OUTPUT,
				   .timeout_ms =
					   (spec->timeout + GRACE) * 1000 },
		&result);

	if (r->failed)
		err = r->failed;
	else if (!err)
		err = judge(r, &result);
	else if (err == NB_EFAIL && spec->dump)
		err = NB_OK;
	nb_proc_result_free(&result);
	return err;
}

enum nb_err
nb_pg_count(const struct nb_pg_count *count, struct nb_properties *out)
{
	struct run r = { .spec = count, .out = out, .ends = { -1, -1 } };
	enum nb_err err;

	if (count->dump
	    && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, r.ends))
		return nb_fail_errno(NB_EFAIL, "%s: cannot create a socket",
				     count->object);
	err = run(&r);
	nb_fd_close(&r.ends[1]);
	if (!err && !r.begun && count->dump)
		err = begin(&r, NULL);
	nb_fd_close(&r.ends[0]);
	nb_str_free(&r.pending);
	return err;
}
