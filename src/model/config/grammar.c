/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "model/config/build.h"

static const char *const rotations[] = { "alternate", "append", "fresh", NULL };
static const char *const drills[] = { "never", "nightly", "weekly", "monthly",
				      NULL };
static const char *const same_disc[] = { "refuse", "append", NULL };

#define FIELD(option, value, field) \
	NB_FIELD(struct RECORD, option, value, field)

#define RECORD nb_config
static const struct nb_field root_fields[] = {
	{ FIELD("state_dir", PATH, state_dir) },
	{ FIELD("staging_dir", PATH, staging_dir) },
	{ .name = NULL },
};

#undef RECORD
#define RECORD nb_config_drive
static const struct nb_field drive_fields[] = {
	{ FIELD("device", DEVICE, device), .required = true },
	{ FIELD("serial", TEXT, serial) },
	{ FIELD("speed", NUMBER, speed), .min = 0, .max = 1000 },
	{ FIELD("capacity", SIZE, capacity) },
	{ FIELD("timeout", NUMBER, timeout), .min = 1, .max = 86400 },
	{ FIELD("keep_tray_shut", FLAG, keep_tray_shut) },
	{ .name = NULL },
};

#undef RECORD
#define RECORD nb_config_pool
static const struct nb_field pool_fields[] = {
	{ FIELD("discs", NAMES, discs), .required = true },
	{ FIELD("disc_names", NAME, disc_names) },
	{ FIELD("drives", NAMES, drives), .required = true },
	{ FIELD("rotation", WORD, rotation), .words = rotations },
	{ FIELD("on_same_disc", CHOICE, append_on_same_disc),
	  .words = same_disc },
	{ FIELD("max_nights_on_one_disc", NUMBER, max_nights_on_one_disc),
	  .min = 0, .max = 1000 },
	{ FIELD("close", FLAG, close) },
	{ FIELD("max_verify_age", TIME, max_verify_age) },
	{ .name = NULL },
};

#undef RECORD
#define RECORD nb_config_job
static const struct nb_field job_fields[] = {
	{ FIELD("pool", NAME, pool), .required = true },
	{ FIELD("drill", WORD, drill), .words = drills },
	{ .name = NULL },
};

#undef RECORD
#define RECORD nb_config_power
static const char *const unknown[] = { "refuse", "go", NULL };

static const struct nb_field power_fields[] = {
	{ FIELD("ups", TEXT, ups), .required = true },
	{ FIELD("upsc", PROGRAM, upsc) },
	{ FIELD("min_runtime", TIME, min_runtime) },
	{ FIELD("unknown", CHOICE, unknown_goes), .words = unknown },
	{ .name = NULL },
};

/* In a job: each kind of source, each hook, and the end. */
static void
make_job(const struct nb_source_kind *const *kinds, struct nb_section *job)
{
	for (; *kinds; kinds++)
		*job++ = (struct nb_section){ .name = (*kinds)->name,
					      .fields = (*kinds)->fields };
	for (size_t i = 0; i < NB_HOOKS; i++)
		*job++ = (struct nb_section){ .name = nb_config_hook_names[i],
					      .fields = nb_config_hook_fields,
					      .untitled = true };
	*job = (struct nb_section){ .name = NULL };
}

void
nb_grammar_make(const struct nb_source_kind *const *kinds,
		struct nb_grammar *grammar)
{
	const struct nb_section blocks[NB_ROOT_BLOCKS] = {
		{ .name = "drive", drive_fields },
		{ .name = "pool", pool_fields },
		{ .name = "job", job_fields, grammar->job },
		{ .name = "clone", nb_config_clone_fields },
		{ .name = "guard", power_fields, .untitled = true },
		{ .name = NULL },
	};

	grammar->kinds = kinds;
	grammar->root = (struct nb_section){ .name = "root",
					     root_fields,
					     grammar->blocks };
	memcpy(grammar->blocks, blocks, sizeof blocks);
	make_job(kinds, grammar->job);
}
