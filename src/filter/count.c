/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "filter/filter.h"

static enum nb_err
take(void *state, const void *data, size_t n, const struct nb_filter_out *out)
{
	struct nb_filter_count *count = state;

	if (n > count->limit - count->bytes)
		return nb_fail(NB_ECORRUPT, "%s: more than %" PRIu64 " bytes",
			       count->object, count->limit);
	count->bytes += n;
	return out->put(out->ctx, data, n);
}

const struct nb_filter_way nb_filter_count = { .take = take };
