/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "source/postgres/transport.h"
#include "source/ssh/ssh.h"

#define ASK_SECONDS 120

/* The only answer to a question. */
struct question {
	const struct nb_config_source *source;
	struct nb_remote_answer answer;
	bool answered;
};

/* The part of a request that borrows from SOURCE. */
static struct nb_remote_request
request_for(const struct nb_config_source *source, const char *task)
{
	return (struct nb_remote_request){ .task = task, .source = *source };
}

static enum nb_err
take_answer(void *ctx, char type, const char *body, size_t n)
{
	struct question *q = ctx;

	if (type != NB_REMOTE_ANSWER || q->answered
	    || !nb_remote_answer_parse(body, n, &q->answer))
		return nb_remote_nonsense(&nb_pg_options(q->source)->remote,
					  "an invalid reply");
	q->answered = true;
	return NB_OK;
}

static enum nb_err
ask_there(const struct nb_remote_request *request, struct question *q)
{
	char *text = NULL;
	enum nb_err err = nb_remote_request_render(request, &text);

	if (!err)
		err = nb_remote_call(&(struct nb_remote_call){
			.request = text,
			.remote = &nb_pg_options(q->source)->remote,
			.fn = take_answer,
			.ctx = q,
			.timeout = ASK_SECONDS });
	free(text);
	if (!err && !q->answered)
		err = nb_remote_nonsense(&nb_pg_options(q->source)->remote,
					 "no response");
	if (err)
		nb_remote_answer_clear(&q->answer);
	return err;
}

/* An archive can be read by a newer pg_restore, but hardly by an older one. */
static enum nb_err
check_restore(const struct nb_config_source *source, const char *restore,
	      const struct nb_remote_answer *dump)
{
	char *text = NULL;
	int number = 0;
	enum nb_err err;

	err = nb_pg_program_version(source, restore, &number, &text);
	if (!err && number < dump->version)
		err = nb_fail(NB_ESOURCE,
			      "postgres %s: pg_restore %s here is "
			      "older than pg_dump %s on %s\nhint: install that "
			      "version of postgresql-client on this host",
			      source->name, text, dump->version_text,
			      nb_pg_options(source)->remote.host);
	free(text);
	return err;
}

static enum nb_err
preflight(const struct nb_config_source *source, const char *restore)
{
	const struct nb_remote_request request =
		request_for(source, NB_PG_TASK_CHECK);
	struct question q = { .source = source };
	enum nb_err err = ask_there(&request, &q);

	if (!err && restore)
		err = check_restore(source, restore, &q.answer);
	nb_remote_answer_clear(&q.answer);
	return err;
}

static enum nb_err
take_databases(struct nb_remote_answer *answer, struct nb_pg_server *server)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < answer->databases.count; i++) {
		struct nb_remote_database *from = &answer->databases.at[i];
		struct nb_pg_database d = { .name = from->name,
					    .size = from->size,
					    .left_out = from->left_out,
					    .properties = from->properties };

		if (!d.left_out)
			err = nb_str_dup("", &from->left_out);
		d.left_out = from->left_out;
		if (!err)
			err = nb_array_push(&server->databases, d);
		if (!err)
			*from = (struct nb_remote_database){ .name = NULL };
	}
	return err;
}

static enum nb_err
ask(const struct nb_config_source *source, bool sizes, struct nb_pg_server *out)
{
	struct nb_remote_request request = request_for(source, NB_PG_TASK_ASK);
	struct nb_pg_server server = { .version = 0 };
	struct question q = { .source = source };
	enum nb_err err;

	request.sizes = sizes;
	err = ask_there(&request, &q);
	if (!err)
		err = take_databases(&q.answer, &server);
	if (!err)
		err = nb_str_dup(q.answer.version_text, &server.version_text);
	if (!err)
		err = nb_str_dup(q.answer.system, &server.system);
	server.version = q.answer.version;
	server.behind = (int64_t)q.answer.behind;
	nb_remote_answer_clear(&q.answer);
	if (err)
		nb_pg_server_clear(&server);
	else
		*out = server;
	return err;
}

/* A part of what was counted. */
static enum nb_err
take_counts(struct nb_pg_dump *dump, const char *body, size_t n)
{
	const struct nb_ssh_options *remote =
		&nb_pg_options(dump->source)->remote;
	struct nb_entries list = NB_ARRAY_INIT;
	struct nb_manifest m = { .created = 0 };
	enum nb_err err = nb_manifest_parse(remote->host, body, n, &m, &list);

	if (err)
		return err == NB_ECORRUPT ? NB_ESOURCE : err;
	err = m.sources.count == 1 && !list.count
		? nb_properties_copy(&m.sources.at[0].counts, &dump->counts)
		: nb_remote_nonsense(remote, "something other than a dump");
	nb_entries_free(&list);
	nb_manifest_clear(&m);
	return err;
}

static enum nb_err
take_dump(void *ctx, char type, const char *body, size_t n)
{
	struct nb_pg_dump *dump = ctx;

	if (type == NB_REMOTE_AGAIN)
		return dump->again(dump);
	if (type == NB_REMOTE_SOURCE && dump->counted)
		return take_counts(dump, body, n);
	if (type != NB_REMOTE_DATA)
		return nb_remote_nonsense(&nb_pg_options(dump->source)->remote,
					  "something other than a dump");
	return dump->sink(dump->sink_ctx, body, n);
}

static enum nb_err
report_progress(void *ctx)
{
	struct nb_pg_dump *dump = ctx;
	const struct nb_source_context *context = dump->context;

	return context->progress ? context->progress(context->ctx, dump->object,
						     dump->file.raw, 0)
				 : NB_OK;
}

static enum nb_err
stream(struct nb_pg_dump *dump)
{
	struct nb_remote_request request =
		request_for(dump->source, NB_PG_TASK_DUMP);
	char *text = NULL;
	enum nb_err err;

	request.database = (char *)(uintptr_t)dump->database;
	request.counts = dump->counted;
	err = nb_remote_request_render(&request, &text);
	if (!err)
		err = nb_remote_call(&(struct nb_remote_call){
			.request = text,
			.remote = &nb_pg_options(dump->source)->remote,
			.fn = take_dump,
			.ctx = dump,
			.tick = report_progress,
			.max_bytes = nb_pg_options(dump->source)->max_size,
			.timeout = nb_pg_options(dump->source)->timeout });
	free(text);
	if (!err && !dump->file.raw)
		err = nb_remote_nonsense(&nb_pg_options(dump->source)->remote,
					 "an empty dump");
	return err;
}

/* It arrived as bytes and belongs to our own user. */
static const char *
owner(const struct nb_config_source *source)
{
	(void)source;
	return NULL;
}

/* What another host sent is read by an unprivileged user of this one. */
static const char *
reader(const struct nb_config_source *source)
{
	(void)source;
	return geteuid() ? NULL : "nobody";
}

const struct nb_pg_transport nb_pg_there = {
	.preflight = preflight,
	.ask = ask,
	.stream = stream,
	.owner = owner,
	.reader = reader,
};
