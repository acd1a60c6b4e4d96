/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar of the file: libconfuse's without its surprises
 * (model/config/scan.h), and an option given twice is an error.  Values remain
 * text, each with its line; model/config/build.c interprets them.
 */
#ifndef NB_MODEL_CONFIG_SYNTAX_H
#define NB_MODEL_CONFIG_SYNTAX_H

#include <confuse.h>

#include "base/err.h"
#include "model/config/value.h"

struct nb_section {
	const char *name;               /* NULL: end of a table */
	const struct nb_field *fields;  /* ended by one without name */
	const struct nb_section *inner; /* NULL: none */
	bool untitled;                  /* the block has no name */
};

struct nb_syntax_value {
	int line;
	char text[];
};

/*
 * Parses TEXT by the grammar ROOT.  Each error is logged as "FILE:LINE: what;
 * what was expected": NB_ECONFIG.  NB_ENOMEM.  Free *OUT with cfg_free.
 */
enum nb_err nb_syntax_parse(const char *file, const char *text,
			    const struct nb_section *root, cfg_t **out);

/* The I-th value of option NAME, or NULL. */
const struct nb_syntax_value *nb_syntax_value(cfg_t *section, const char *name,
					      unsigned int i);

/* The line where SECTION begins. */
int nb_syntax_line(cfg_t *section);

/* The title of SECTION, which it keeps; NULL: it has none. */
const char *nb_syntax_title(cfg_t *section);

#endif
