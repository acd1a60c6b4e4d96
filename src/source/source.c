/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/source.h"

const struct nb_source_ops *
nb_source_ops(enum nb_source_kind kind)
{
	static const struct nb_source_ops *const ops[] = {
		[NB_SOURCE_POSTGRES] = &nb_source_postgres,
		[NB_SOURCE_TREE] = &nb_source_tree,
		[NB_SOURCE_LVM] = &nb_source_lvm,
		[NB_SOURCE_MIRROR] = &nb_source_mirror,
		[NB_SOURCE_BOOTAREA] = &nb_source_bootarea,
		[NB_SOURCE_BOOTDISC] = &nb_source_bootdisc,
	};

	return ops[kind];
}
