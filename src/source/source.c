/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/source.h"

const struct nb_source_ops *
nb_source_ops(enum nb_source_kind kind)
{
	return kind == NB_SOURCE_TREE ? &nb_source_tree : &nb_source_postgres;
}
