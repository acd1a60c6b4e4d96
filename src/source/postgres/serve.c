/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/serve.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "source/postgres/postgres.h"
#include "source/serve/serve.h"

/* In one frame. */
#define COUNTS 4096

static enum nb_err
send_answer(struct nb_serve *serve, const struct nb_remote_answer *answer)
{
	char *text = NULL;
	enum nb_err err = nb_remote_answer_render(answer, &text);

	if (!err)
		err = nb_serve_send(serve, NB_REMOTE_ANSWER, text,
				    strlen(text));
	free(text);
	return err;
}

static enum nb_err
check(struct nb_serve *serve, const struct nb_config_source *source)
{
	struct nb_remote_answer answer = { .version = 0 };
	enum nb_err err;

	err = nb_pg_preflight(source, &answer.version, &answer.version_text);
	if (!err)
		err = send_answer(serve, &answer);
	nb_remote_answer_clear(&answer);
	return err;
}

static enum nb_err
ask(struct nb_serve *serve, const struct nb_remote_request *request)
{
	struct nb_pg_server server = { .version = 0 };
	struct nb_remote_answer answer = { .version = 0 };
	enum nb_err err = nb_pg_ask(&request->source, request->sizes, &server);

	answer.version = server.version;
	answer.version_text = server.version_text;
	answer.system = server.system;
	answer.behind = (uint64_t)server.behind;
	for (size_t i = 0; !err && i < server.databases.count; i++)
		err = nb_array_push(
			&answer.databases,
			(struct nb_remote_database){
				.name = server.databases.at[i].name,
				.size = server.databases.at[i].size,
				.left_out = server.databases.at[i].left_out,
				.properties =
					server.databases.at[i].properties });
	if (!err)
		err = send_answer(serve, &answer);
	nb_array_free(&answer.databases);
	nb_pg_server_clear(&server);
	return err;
}

static enum nb_err
pass_on(void *ctx, const void *data, size_t n)
{
	return nb_serve_data(ctx, data, n);
}

static enum nb_err
send_again(struct nb_pg_dump *dump)
{
	return nb_serve_send(dump->sink_ctx, NB_REMOTE_AGAIN, "", 0);
}

/* SOME of what was counted, so that no frame is too long. */
static enum nb_err
send_some(struct nb_serve *serve, const struct nb_properties *some)
{
	static char kind[] = "postgres", name[] = "counts";
	struct nb_manifest_source record = { .kind = kind,
					     .name = name,
					     .counts = *some };
	const struct nb_manifest m = { .backup_id = NB_REMOTE_ABOVE,
				       .disc_id = "remote",
				       .sources = { &record, 1, 0 } };
	const struct nb_entries none = NB_ARRAY_INIT;
	char *text = NULL;
	size_t n;
	enum nb_err err = nb_manifest_render(&m, &none, &text, &n);

	if (!err)
		err = nb_serve_send(serve, NB_REMOTE_SOURCE, text, n);
	free(text);
	return err;
}

static enum nb_err
send_counts(struct nb_serve *serve, const struct nb_properties *counts)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < counts->count; i += COUNTS) {
		size_t left = counts->count - i;
		const struct nb_properties some = {
			counts->at + i, left < COUNTS ? left : COUNTS, 0
		};

		err = send_some(serve, &some);
	}
	return err;
}

static enum nb_err
dump(struct nb_serve *serve, const struct nb_remote_request *request)
{
	const struct nb_config_source *source = &request->source;
	const struct nb_source_context context = {
		.staging = -1, .progress = nb_serve_progress, .ctx = serve
	};
	struct nb_pg_dump one = { .source = source,
				  .context = &context,
				  .format = nb_pg_format_of(source),
				  .name = source->name,
				  .database = request->database,
				  .sink = pass_on,
				  .again = send_again,
				  .counted = request->counts,
				  .sink_ctx = serve };
	char *object = NULL;
	enum nb_err err = nb_str_format(&object, "postgres %s", source->name);

	one.object = object;
	if (!err)
		err = nb_pg_dump_stream(&one);
	if (!err)
		err = send_counts(serve, &one.counts);
	nb_properties_clear(&one.counts);
	free(object);
	return err;
}

enum nb_err
nb_pg_serve(struct nb_serve *serve, const struct nb_remote_request *request)
{
	const struct nb_config_source *source = &request->source;

	if (nb_pg_format_of(source)->directory)
		return nb_fail(NB_EUSAGE,
			       "postgres %s: format = directory cannot be "
			       "streamed",
			       source->name);
	if (!strcmp(request->task, NB_PG_TASK_CHECK))
		return check(serve, source);
	return strcmp(request->task, NB_PG_TASK_ASK) ? dump(serve, request)
						     : ask(serve, request);
}
