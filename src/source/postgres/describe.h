/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts on a disc about dumps (model/source_kind.h). */
#ifndef NB_SOURCE_POSTGRES_DESCRIBE_H
#define NB_SOURCE_POSTGRES_DESCRIBE_H

#include "model/record/manifest.h"
#include "model/source_kind.h"

extern const char nb_pg_readme[], nb_pg_how_to[];
extern const struct nb_disc_part nb_pg_parts[];

void nb_pg_add_item(struct nb_str *script, const char *backup_id,
		    const struct nb_manifest_source *record);

#endif
