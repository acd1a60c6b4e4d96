/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/backup_id.h"

#include <stddef.h>
#include <string.h>

const char *
nb_backup_id_end(const char *name)
{
	for (const char *form = "99999999T999999Z-ffffffff"; *form; form++) {
		const char *set = *form == '9' ? "0123456789"
			: *form == 'f'         ? "0123456789abcdef"
					       : NULL;

		if (!*name || (set ? !strchr(set, *name) : *name != *form))
			return NULL;
		name++;
	}
	return name;
}
