/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/serve/serve.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nightburn/nightburn.h>

#include "base/fd.h"
#include "base/str.h"
#include "base/watchdog.h"
#include "model/wire.h"
#include "source/source.h"

#define PEER "remote"

/* Receives all messages of this process, instead of stderr. */
static void
send_message(void *ctx, enum nb_level level, const char *message)
{
	struct nb_str s = NB_STR_INIT;

	if (level == NB_DEBUG)
		return;
	nb_str_add(&s,
		   level == NB_ERROR             ? "e"
			   : level == NB_WARNING ? "w"
						 : "n");
	nb_str_add(&s, message);
	if (!s.failed)
		nb_serve_send(ctx, NB_REMOTE_MESSAGE, s.text, s.length);
	nb_str_free(&s);
}

/* ---- reading requests ---- */

struct reading {
	struct nb_remote_request *request;
	bool done;
};

static enum nb_err
take_request(void *ctx, char type, const char *body, size_t n)
{
	struct reading *r = ctx;
	enum nb_err err;

	if (type != NB_REMOTE_REQUEST || r->done)
		return nb_fail(NB_EUSAGE, PEER ": not a request");
	err = nb_remote_request_parse(body, n, nb_source_kinds, r->request);
	r->done = !err;
	return err;
}

static enum nb_err
read_request(struct nb_serve *serve, struct nb_remote_request *request)
{
	struct reading r = { .request = request };
	struct nb_wire wire = { .peer = PEER,
				.protocol = NB_REMOTE_PROTOCOL,
				.fn = take_request,
				.ctx = &r };
	enum nb_err err = NB_OK;
	char buffer[4096];

	while (!err && !r.done) {
		ssize_t n = read(serve->in, buffer, sizeof buffer);

		if (n < 0 && errno == EINTR)
			continue;
		err = n > 0
			? nb_wire_feed(&wire, buffer, (size_t)n)
			: nb_fail(NB_EUSAGE,
				  PEER ": no request\nhint: this command is "
				       "started by nightburn on another host");
	}
	nb_wire_clear(&wire);
	return err;
}

/* ---- what may be requested ---- */

/* The word that permits reading sources of KIND; NULL: no word does. */
static const char *
word_of(const struct nb_source_kind *kind)
{
	const struct nb_source_ops *ops = nb_source_of(kind);

	return ops->serve && !ops->may_serve ? kind->name : NULL;
}

static enum nb_err
refuse_word(const char *word)
{
	struct nb_str words = NB_STR_INIT;
	char *text = NULL;
	enum nb_err err;

	for (size_t i = 0; nb_source_kinds[i]; i++)
		if (word_of(nb_source_kinds[i]))
			nb_str_addf(&words, "%s%s", words.length ? ", " : "",
				    word_of(nb_source_kinds[i]));
	err = nb_str_take(&words, &text);
	if (!err)
		err = nb_fail(NB_EUSAGE,
			      PEER ": %s: expected %s or absolute paths", word,
			      text);
	free(text);
	return err;
}

/* An unknown word would silently forbid what it was meant to permit. */
static enum nb_err
check_words(const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct nb_source_kind *kind =
			nb_source_kind(nb_source_kinds, words[i]);

		if (*words[i] != '/' && !(kind && word_of(kind)))
			return refuse_word(words[i]);
	}
	return NB_OK;
}

static enum nb_err
may_serve(const struct nb_serve *serve, struct nb_remote_request *request)
{
	const char *word = request->source.kind->name;

	for (size_t i = 0; i < serve->allowed_count; i++)
		if (!strcmp(serve->allowed[i], word))
			return NB_OK;
	return nb_fail(NB_ESOURCE,
		       "%s %s: reading it is not allowed\nhint: nightburn "
		       "remote was started without the word %s",
		       word, request->source.name, word);
}

static enum nb_err
serve_request(struct nb_serve *serve, struct nb_remote_request *request)
{
	const struct nb_source_ops *ops = nb_source_ops(&request->source);
	enum nb_err err = NB_OK;

	if (serve->allowed_count)
		err = (ops->may_serve ? ops->may_serve : may_serve)(serve,
								    request);
	return err ? err : ops->serve(serve, request);
}

/* ---- the request ---- */

/* What of nightburn is on this host, if it burns backups of its own, too.  A
 * user who may not read its configuration cannot read the rest either. */
static enum nb_err
find_ours(const char *file, struct nb_ours *ours)
{
	struct nb_config *config = NULL;
	enum nb_err err;

	if (access(file, R_OK))
		return NB_OK;
	err = nb_config_load(file, nb_source_kinds, &config);
	if (!err)
		err = nb_ours_find(config, ours);
	nb_config_free(config);
	return err;
}

static enum nb_err
send_hello(struct nb_serve *serve)
{
	static const char hello[] = NB_WIRE_HELLO;
	char text[sizeof hello + 8] = NB_WIRE_HELLO;

	text[sizeof hello - 1] = '0' + NB_REMOTE_PROTOCOL;
	text[sizeof hello] = '\n';
	return nb_fd_write(serve->out, text, sizeof hello + 1) ? NB_ECANCELED
							       : NB_OK;
}

static enum nb_err
send_end(struct nb_serve *serve, enum nb_err how)
{
	struct nb_remote_end end = { .good = !how, .bytes = serve->bytes };
	char *text = NULL;
	enum nb_err err;

	nb_sha256_finish(serve->sha256, end.sha256);
	err = nb_remote_end_render(&end, &text);
	if (!err)
		err = nb_serve_send(serve, NB_REMOTE_END, text, strlen(text));
	free(text);
	return how ? how : err;
}

static enum nb_err
do_request(struct nb_serve *serve, const char *config, struct nb_ours *ours)
{
	struct nb_remote_request request = { .date = 0 };
	enum nb_err err = read_request(serve, &request);

	if (!err && request.source.kind->directory)
		err = find_ours(config, ours);
	if (!err)
		err = serve_request(serve, &request);
	nb_remote_request_clear(&request);
	return err;
}

enum nb_err
nb_remote_serve(const char *config, int in, int out, const char *const *allowed,
		size_t count)
{
	struct nb_ours ours = NB_ARRAY_INIT;
	struct nb_serve serve = {
		.ours = &ours,
		.in = in,
		.out = out,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.allowed = allowed,
		.allowed_count = count,
	};
	enum nb_err err = check_words(allowed, count);

	if (!err)
		err = nb_calls_begin(&serve.calls);
	if (!err)
		err = nb_sha256_new(&serve.sha256);
	if (err) {
		nb_calls_end(serve.calls);
		return err;
	}
	signal(SIGPIPE, SIG_IGN);
	nb_set_log(send_message, &serve);
	err = send_hello(&serve);
	if (!err)
		err = send_end(&serve, do_request(&serve, config, &ours));
	nb_array_free(&ours);
	nb_set_log(NULL, NULL);
	nb_sha256_free(serve.sha256);
	nb_calls_end(serve.calls);
	return err;
}
