/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/tree/options.h"

#include <stdlib.h>

#define COPY_NEWER (5 * 60)

/* In the order of their enumerations. */
static const char *const changes[] = { "report", "fail", NULL };
static const char *const unreadables[] = { "fail", "report", NULL };
static const char *const rereads[] = { "never", "daily", "weekly", "always",
				       NULL };
static const char *const packs[] = { "none", "tar.zst", NULL };

#define FIELD(option, value, field) \
	NB_FIELD(struct nb_tree_options, option, value, field)

const struct nb_field nb_tree_fields[] = {
	{ FIELD("path", PATH, path), .required = true },
	{ FIELD("exclude", TEXTS, rules.exclude) },
	{ FIELD("one_file_system", FLAG, rules.one_file_system) },
	{ FIELD("max_file_size", SIZE, rules.max_file_size) },
	{ FIELD("copy_first", TEXTS, rules.copy_first), .local = true },
	{ FIELD("copy_newer", TIME, rules.copy_newer), .local = true },
	{ FIELD("on_change", CHOICE, rules.fail_on_change), .words = changes },
	{ FIELD("on_unreadable", CHOICE, rules.skip_unreadable),
	  .words = unreadables },
	{ FIELD("checksum", WORD, checksum), .words = rereads, .local = true },
	{ FIELD("pack", WORD, rules.pack), .words = packs, .local = true },
	{ FIELD("min_ratio", RATIO, rules.least.ratio), .local = true },
	{ FIELD("min_kept", RATIO, rules.least.kept), .local = true },
	{ FIELD("min_unchanged", RATIO, rules.least.unchanged), .local = true },
	{ FIELD("io_timeout", TIME, rules.io_timeout) },
	NB_SSH_FIELDS(struct nb_tree_options, remote),
	{ FIELD("timeout", TIME, remote.timeout), .local = true },
	{ FIELD("max_size", SIZE, remote.max_size), .local = true },
	{ .name = NULL },
};

void
nb_tree_options_begin(void *options)
{
	*(struct nb_tree_options *)options = (struct nb_tree_options){
		.rules.copy_newer = COPY_NEWER,
		.rules.least = NB_TREE_LEAST,
		.rules.io_timeout = NB_TREE_IO_TIMEOUT,
		.checksum = NB_REREAD_WEEKLY,
	};
}

enum nb_err
nb_tree_options_end(const char *file, struct nb_config_source *source)
{
	struct nb_tree_options *tree = source->options;

	return nb_ssh_options_end(file, source, &tree->remote,
				  tree->rules.copy_first.count ? "copy_first"
					  : tree->rules.pack != NB_PACK_NONE
					  ? "pack"
					  : NULL);
}

void
nb_tree_options_clear(void *options)
{
	free(((struct nb_tree_options *)options)->rules.only);
}
