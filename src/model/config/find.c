/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/config/config.h"

#include <string.h>

const struct nb_config_drive *
nb_config_drive(const struct nb_config *config, const char *name)
{
	for (size_t i = 0; i < config->drives.count; i++)
		if (!strcmp(config->drives.at[i].name, name))
			return &config->drives.at[i];
	return NULL;
}

const struct nb_config_pool *
nb_config_pool(const struct nb_config *config, const char *name)
{
	for (size_t i = 0; i < config->pools.count; i++)
		if (!strcmp(config->pools.at[i].name, name))
			return &config->pools.at[i];
	return NULL;
}
