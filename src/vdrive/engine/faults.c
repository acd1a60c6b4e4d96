/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/engine/faults.h"

#include <stdlib.h>

void
vd_faults_free(struct vd_faults *faults)
{
	if (faults)
		free(faults->rules);
	free(faults);
}

static bool
is_in(const uint8_t ops[VD_OP_SET], uint8_t op)
{
	return ops[op / 8] >> op % 8 & 1;
}

static bool
holds(const struct vd_rule *rule, const struct vd_occasion *occasion)
{
	uint64_t lba = (uint64_t)occasion->lba;

	switch (rule->when) {
	case VD_WHEN_NTH:
		return rule->seen >= rule->from;
	case VD_WHEN_LBA:
		return occasion->has_lba && occasion->lba >= 0
			&& lba <= rule->to
			&& lba + occasion->count > rule->from;
	case VD_WHEN_AFTER:
		return rule->bytes >= rule->from;
	case VD_WHEN_FOLLOWS:
		return rule->begun;
	case VD_WHEN_AT:
		return occasion->elapsed >= rule->from;
	default:
		return true;
	}
}

/* Counts the command; true if the rule could fire for it. */
static bool
may_fire(struct vd_rule *rule, const struct vd_occasion *occasion)
{
	bool named = is_in(rule->ops, occasion->op), may;

	rule->seen += named;
	may = named && (!rule->times || rule->fired < rule->times)
		&& holds(rule, occasion);
	rule->bytes += named ? occasion->bytes : 0;
	if (is_in(rule->first, occasion->op))
		rule->begun = true;
	return may;
}

const struct vd_rule *
vd_faults_match(struct vd_faults *faults, const struct vd_occasion *occasion)
{
	struct vd_rule *found = NULL;

	for (size_t i = 0; i < faults->count; i++)
		if (may_fire(&faults->rules[i], occasion) && !found)
			found = &faults->rules[i];
	if (found)
		found->fired++;
	return found;
}

bool
vd_faults_have(const struct vd_faults *faults, enum vd_action action)
{
	for (size_t i = 0; faults && i < faults->count; i++)
		if (faults->rules[i].action == action)
			return true;
	return false;
}
