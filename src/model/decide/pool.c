/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/decide/pool.h"

#include <string.h>

void
nb_pool_view_clear(struct nb_pool_view *view)
{
	nb_array_free(&view->discs);
	memset(view, 0, sizeof *view);
}

const struct nb_pool_disc *
nb_pool_by_id(const struct nb_pool_view *view, const char *disc_id)
{
	for (size_t i = 0; disc_id[0] && i < view->discs.count; i++)
		if (!strcmp(view->discs.at[i].disc_id, disc_id))
			return &view->discs.at[i];
	return NULL;
}

const struct nb_pool_disc *
nb_pool_by_name(const struct nb_pool_view *view, const char *name)
{
	for (size_t i = 0; i < view->discs.count; i++)
		if (!strcmp(view->discs.at[i].name, name))
			return &view->discs.at[i];
	return NULL;
}
