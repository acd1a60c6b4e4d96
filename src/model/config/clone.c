/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/config/build.h"

#include "base/str.h"

#define TIMEOUT (12 * 3600)
#define MAX_DELETE 10

static const char *const checksums[] = { "never", "weekly", "always", NULL };

#define FIELD(option, value, field) \
	NB_FIELD(struct nb_config_clone, option, value, field)

const struct nb_field nb_config_clone_fields[] = {
	{ FIELD("source", PATH, source) },
	{ FIELD("target", PATH, target) },
	{ FIELD("device", TEXT, device) },
	{ FIELD("exclude", TEXTS, exclude) },
	{ FIELD("one_file_system", FLAG, one_file_system) },
	{ FIELD("checksum", WORD, checksum), .words = checksums },
	{ FIELD("max_delete", NUMBER, max_delete), .min = 0, .max = 100 },
	{ FIELD("timeout", TIME, timeout) },
	{ .name = NULL },
};

void
nb_config_clone_begin(struct nb_config_clone *clone)
{
	clone->checksum = NB_COMPARE_WEEKLY;
	clone->max_delete = MAX_DELETE;
	clone->timeout = TIMEOUT;
}

enum nb_err
nb_config_clone_end(const char *file, struct nb_config_clone *clone)
{
	if (!clone->target == !clone->device)
		return nb_fail(NB_ECONFIG,
			       "%s:%d: clone \"%s\" has %s target "
			       "%s device; expected one of them",
			       file, clone->line, clone->name,
			       clone->target ? "both" : "neither",
			       clone->target ? "and" : "nor");
	return clone->source ? NB_OK : nb_str_dup("/", &clone->source);
}
