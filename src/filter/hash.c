/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hash.h"

#include "filter/filter.h"

static enum nb_err
begin(const struct nb_filter_spec *spec, void **state)
{
	struct nb_sha256 *hash = NULL;
	enum nb_err err = nb_sha256_new(&hash);

	(void)spec;
	*state = hash;
	return err;
}

static enum nb_err
take(void *state, const void *data, size_t n, const struct nb_filter_out *out)
{
	nb_sha256_add(state, data, n);
	return out->put(out->ctx, data, n);
}

static void
end(void *state)
{
	nb_sha256_free(state);
}

const struct nb_filter_way nb_filter_hash = {
	.begin = begin,
	.take = take,
	.free = end,
};
