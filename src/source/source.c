/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/source.h"

#include <string.h>

/* A new kind of source is one line here. */
const struct nb_source_kind *const nb_source_kinds[] = {
	&nb_source_postgres.kind,
	&nb_source_tree.kind,
	&nb_source_lvm.kind,
	&nb_source_mirror.kind,
	&nb_source_bootarea.kind,
	&nb_source_bootdisc.kind,
	NULL,
};

const struct nb_source_ops *
nb_source_find(const char *name)
{
	const struct nb_source_kind *kind =
		nb_source_kind(nb_source_kinds, name);

	return kind ? nb_source_of(kind) : NULL;
}

bool
nb_source_covers(const struct nb_config_source *source, const char *kind,
		 const char *name, bool database)
{
	const struct nb_source_ops *ops = nb_source_ops(source);

	if (strcmp(source->kind->name, kind))
		return false;
	return ops->covers ? ops->covers(source, name, database)
			   : !strcmp(source->name, name);
}
