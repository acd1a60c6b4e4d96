/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "filter/filter.h"

const struct nb_filter_type *const nb_filter_types[] = {
	&nb_filter_gzip,
	&nb_filter_zstd,
	NULL,
};
