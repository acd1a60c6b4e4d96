/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/state.h"

#include <stddef.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const plans[] = {
	[NB_PLAN_REFUSE] = "refuse",
	[NB_PLAN_FRESH] = "fresh",
	[NB_PLAN_APPEND] = "append",
	[NB_PLAN_BLANK_FRESH] = "blank-then-fresh",
};

static const char *const media[] = {
	[NB_MEDIUM_NONE] = "none",
	[NB_MEDIUM_BLANK] = "blank",
	[NB_MEDIUM_APPENDABLE] = "appendable",
	[NB_MEDIUM_OVERWRITABLE] = "overwritable",
	[NB_MEDIUM_CLOSED] = "closed",
	[NB_MEDIUM_DAMAGED] = "damaged",
};

static const char *const labels[] = {
	[NB_LABEL_NONE] = "none",
	[NB_LABEL_GOOD] = "good",
	[NB_LABEL_UNREADABLE] = "unreadable",
};

static const char *const discs[] = {
	[NB_DISC_UNUSED] = "unused",   [NB_DISC_GOOD] = "good",
	[NB_DISC_SUSPECT] = "suspect", [NB_DISC_BLANKED] = "blanked",
	[NB_DISC_RETIRED] = "retired", [NB_DISC_REPLACED] = "replaced",
};

static const char *const clones[] = {
	[NB_CLONE_WRITING] = "writing",
	[NB_CLONE_GOOD] = "good",
	[NB_CLONE_INCOMPLETE] = "incomplete",
};

static const char *const drills[] = {
	[NB_DRILL_NONE] = "none",
	[NB_DRILL_GOOD] = "good",
	[NB_DRILL_PARTIAL] = "partial",
	[NB_DRILL_FAILED] = "failed",
};

static const char *const checks[] = {
	[NB_CHECK_NONE] = "none",
	[NB_CHECK_GOOD] = "good",
	[NB_CHECK_DAMAGED] = "damaged",
};

static const char *const types[] = {
	[NB_ENTRY_FILE] = "file",       [NB_ENTRY_DIR] = "dir",
	[NB_ENTRY_SYMLINK] = "symlink", [NB_ENTRY_FIFO] = "fifo",
	[NB_ENTRY_CHAR] = "char",       [NB_ENTRY_BLOCK] = "block",
	[NB_ENTRY_SOCKET] = "socket",
};

static const char *
name_of(const char *const *names, size_t count, size_t value)
{
	return value < count ? names[value] : "unknown";
}

/* The place of NAME, or COUNT. */
static size_t
find(const char *const *names, size_t count, const char *name)
{
	size_t i = 0;

	while (i < count && strcmp(name, names[i]) != 0)
		i++;
	return i;
}

const char *
nb_plan_name(enum nb_plan plan)
{
	return name_of(plans, COUNT(plans), plan);
}

const char *
nb_medium_state_name(enum nb_medium_state state)
{
	return name_of(media, COUNT(media), state);
}

const char *
nb_label_state_name(enum nb_label_state state)
{
	return name_of(labels, COUNT(labels), state);
}

const char *
nb_disc_state_name(enum nb_disc_state state)
{
	return name_of(discs, COUNT(discs), state);
}

const char *
nb_clone_state_name(enum nb_clone_state state)
{
	return name_of(clones, COUNT(clones), state);
}

const char *
nb_entry_type_name(enum nb_entry_type type)
{
	return name_of(types, COUNT(types), type);
}

bool
nb_disc_state_parse(const char *name, enum nb_disc_state *out)
{
	size_t i = find(discs, COUNT(discs), name);

	if (i < COUNT(discs))
		*out = (enum nb_disc_state)i;
	return i < COUNT(discs);
}

bool
nb_clone_state_parse(const char *name, enum nb_clone_state *out)
{
	size_t i = find(clones, COUNT(clones), name);

	if (i < COUNT(clones))
		*out = (enum nb_clone_state)i;
	return i < COUNT(clones);
}

const char *
nb_drill_state_name(enum nb_drill_state state)
{
	return name_of(drills, COUNT(drills), state);
}

bool
nb_drill_state_parse(const char *name, enum nb_drill_state *out)
{
	size_t i = find(drills, COUNT(drills), name);

	if (i < COUNT(drills))
		*out = (enum nb_drill_state)i;
	return i < COUNT(drills);
}

const char *
nb_check_state_name(enum nb_check_state state)
{
	return name_of(checks, COUNT(checks), state);
}

bool
nb_check_state_parse(const char *name, enum nb_check_state *out)
{
	size_t i = find(checks, COUNT(checks), name);

	if (i < COUNT(checks))
		*out = (enum nb_check_state)i;
	return i < COUNT(checks);
}

bool
nb_entry_type_parse(const char *name, enum nb_entry_type *out)
{
	size_t i = find(types, COUNT(types), name);

	if (i < COUNT(types))
		*out = (enum nb_entry_type)i;
	return i < COUNT(types);
}
