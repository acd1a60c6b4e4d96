/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "filter/chain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"

#define FILTERS_MAX 16 /* more than any disc needs */
#define OWN_STEPS 3    /* two counts and a hash */
#define PIECE ((size_t)256 << 10)

struct step {
	const struct nb_filter_way *way;
	void *state;
	struct nb_filter_out out;
};

struct nb_chain {
	struct step steps[FILTERS_MAX + OWN_STEPS];
	size_t count;
	struct nb_filter_count plain, stored;
	struct nb_sha256 *hash; /* of one of the steps */
	uint8_t sha256[NB_SHA256_SIZE];
	struct nb_chain_expected expected;
	bool reading;
};

static enum nb_err
take(void *ctx, const void *data, size_t n)
{
	struct step *s = ctx;

	return s->way->take(s->state, data, n, &s->out);
}

/* STATE is used for a direction that does not create its own. */
static enum nb_err
add(struct nb_chain *chain, const struct nb_chain_spec *spec,
    const struct nb_filter_way *way, void *state)
{
	const struct nb_filter_spec filter = { spec->object, spec->level };
	struct step *s = &chain->steps[chain->count];
	enum nb_err err = NB_OK;

	*s = (struct step){ .way = way, .state = state };
	if (way->begin)
		err = way->begin(&filter, &s->state);
	chain->count += !err;
	return err;
}

static enum nb_err
add_plain(struct nb_chain *chain, const struct nb_chain_spec *spec)
{
	return add(chain, spec, &nb_filter_count, &chain->plain);
}

static enum nb_err
add_stored(struct nb_chain *chain, const struct nb_chain_spec *spec)
{
	enum nb_err err = add(chain, spec, &nb_filter_count, &chain->stored);

	if (!err)
		err = add(chain, spec, &nb_filter_hash, NULL);
	if (!err)
		chain->hash = chain->steps[chain->count - 1].state;
	return err;
}

static enum nb_err
find_all(const struct nb_chain_spec *spec,
	 const struct nb_filter_type *found[FILTERS_MAX], size_t *count)
{
	const char *list = spec->filters, *name;
	size_t length;

	*count = 0;
	while ((name = nb_filters_next(&list, &length))) {
		const struct nb_filter_type *type =
			nb_filter_find(spec->types, name, length);

		if (!type)
			return nb_filters_unknown(spec->object, name, length);
		if (*count == FILTERS_MAX)
			return nb_fail(NB_ECORRUPT, "%s: more than %d filters",
				       spec->object, FILTERS_MAX);
		found[(*count)++] = type;
	}
	return NB_OK;
}

static enum nb_err
add_steps(struct nb_chain *chain, const struct nb_chain_spec *spec)
{
	const struct nb_filter_type *found[FILTERS_MAX];
	size_t count;
	enum nb_err err = find_all(spec, found, &count);

	if (!err)
		err = chain->reading ? add_stored(chain, spec)
				     : add_plain(chain, spec);
	for (size_t i = 0; !err && i < count; i++)
		err = chain->reading
			? add(chain, spec, &found[count - 1 - i]->read, NULL)
			: add(chain, spec, &found[i]->write, NULL);
	if (!err)
		err = chain->reading ? add_plain(chain, spec)
				     : add_stored(chain, spec);
	return err;
}

static enum nb_err
make(const struct nb_chain_spec *spec, bool reading, struct nb_chain **out)
{
	struct nb_chain *chain = calloc(1, sizeof *chain);
	enum nb_err err;

	if (!chain)
		return nb_fail_memory();
	chain->reading = reading;
	chain->expected = reading && spec->expected
		? *spec->expected
		: (struct nb_chain_expected){ NB_CHAIN_ANY, NULL,
					      NB_CHAIN_ANY };
	chain->plain.object = chain->stored.object = spec->object;
	chain->plain.limit = chain->expected.plain;
	chain->stored.limit = chain->expected.stored;
	err = add_steps(chain, spec);
	if (err) {
		nb_chain_free(chain);
		return err;
	}
	for (size_t i = 0; i < chain->count; i++)
		chain->steps[i].out = i + 1 < chain->count
			? (struct nb_filter_out){ take, &chain->steps[i + 1] }
			: (struct nb_filter_out){ spec->put, spec->ctx };
	*out = chain;
	return NB_OK;
}

enum nb_err
nb_chain_write(const struct nb_chain_spec *spec, struct nb_chain **out)
{
	return make(spec, false, out);
}

enum nb_err
nb_chain_read(const struct nb_chain_spec *spec, struct nb_chain **out)
{
	return make(spec, true, out);
}

void
nb_chain_free(struct nb_chain *chain)
{
	if (!chain)
		return;
	for (size_t i = 0; i < chain->count; i++)
		if (chain->steps[i].way->free)
			chain->steps[i].way->free(chain->steps[i].state);
	free(chain);
}

enum nb_err
nb_chain_put(struct nb_chain *chain, const void *data, size_t n)
{
	return take(&chain->steps[0], data, n);
}

static enum nb_err
check_count(const struct nb_filter_count *count)
{
	if (count->limit == NB_CHAIN_ANY || count->bytes == count->limit)
		return NB_OK;
	return nb_fail(NB_ECORRUPT, "%s: %" PRIu64 " bytes instead of %" PRIu64,
		       count->object, count->bytes, count->limit);
}

/* When reading, the stored bytes are complete now: they are the input. */
static enum nb_err
check_stored(struct nb_chain *chain)
{
	enum nb_err err = check_count(&chain->stored);

	if (!err && chain->expected.sha256
	    && memcmp(chain->sha256, chain->expected.sha256, NB_SHA256_SIZE))
		err = nb_fail(NB_ECORRUPT, "%s: SHA-256 differs",
			      chain->stored.object);
	return err;
}

enum nb_err
nb_chain_finish(struct nb_chain *chain)
{
	enum nb_err err = NB_OK;

	if (chain->reading) {
		nb_sha256_finish(chain->hash, chain->sha256);
		err = check_stored(chain);
	}
	for (size_t i = 0; !err && i < chain->count; i++)
		if (chain->steps[i].way->finish)
			err = chain->steps[i].way->finish(chain->steps[i].state,
							  &chain->steps[i].out);
	if (chain->reading)
		return err ? err : check_count(&chain->plain);
	nb_sha256_finish(chain->hash, chain->sha256);
	return err;
}

enum nb_err
nb_chain_pump(struct nb_chain *chain, int fd)
{
	char *buffer = malloc(PIECE);
	enum nb_err err = NB_OK;
	ssize_t n = 1;

	if (!buffer)
		return nb_fail_memory();
	while (!err && n > 0) {
		n = nb_fd_read(fd, buffer, PIECE);
		if (n < 0)
			err = nb_fail_errno(NB_EIO, "%s: cannot read",
					    chain->plain.object);
		else if (n)
			err = nb_chain_put(chain, buffer, (size_t)n);
	}
	free(buffer);
	return err ? err : nb_chain_finish(chain);
}

uint64_t
nb_chain_plain(const struct nb_chain *chain)
{
	return chain->plain.bytes;
}

uint64_t
nb_chain_stored(const struct nb_chain *chain)
{
	return chain->stored.bytes;
}

const uint8_t *
nb_chain_sha256(const struct nb_chain *chain)
{
	return chain->sha256;
}
