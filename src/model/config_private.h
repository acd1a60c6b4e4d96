/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the configuration share. */
#ifndef NB_MODEL_CONFIG_PRIVATE_H
#define NB_MODEL_CONFIG_PRIVATE_H

#include <confuse.h>

#include "model/config.h"

/* Where the option NAME of SECTION was set, or where the section ends. */
struct nb_config_line {
	const cfg_t *section;
	const char *name;
	int line;
};

struct nb_config_reading {
	const char *file;
	struct nb_config *config;
	struct NB_ARRAY(struct nb_config_line) lines;
	enum nb_err err;
};

/* "FILE:LINE: message", NB_ECONFIG. */
enum nb_err nb_config_error(const struct nb_config_reading *r,
			    const cfg_t *section, const char *option,
			    const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* From libconfuse's tree to records, and the checks of the whole. */
enum nb_err nb_config_convert(struct nb_config_reading *r, cfg_t *root);

/* One source section (config_source.c). */
enum nb_err nb_config_read_postgres(struct nb_config_reading *r, cfg_t *sec,
				    struct nb_config_source *out);
enum nb_err nb_config_read_tree(struct nb_config_reading *r, cfg_t *sec,
				struct nb_config_source *out);

/* Shared readers of values. */
enum nb_err nb_config_name(const struct nb_config_reading *r, cfg_t *sec,
			   const char *what, char **out);
enum nb_err nb_config_list(cfg_t *sec, const char *option,
			   struct nb_names *out);
/* "700M", "4.7G", "64KiB": bytes. */
enum nb_err nb_config_size(const struct nb_config_reading *r, cfg_t *sec,
			   const char *option, uint64_t *out);
/* "90", "10m", "12h", "40d": seconds. */
enum nb_err nb_config_time(const struct nb_config_reading *r, cfg_t *sec,
			   const char *option, int64_t *out);
int nb_config_line(const struct nb_config_reading *r, const cfg_t *section,
		   const char *option);

#endif
