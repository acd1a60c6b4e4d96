/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/faults.h"

#include <stdlib.h>

void
vd_faults_free(struct vd_faults *faults)
{
	if (faults)
		free(faults->rules);
	free(faults);
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
	case VD_WHEN_AT:
		return occasion->elapsed >= rule->from;
	default:
		return true;
	}
}

const struct vd_rule *
vd_faults_match(struct vd_faults *faults, const struct vd_occasion *occasion)
{
	const struct vd_rule *found = NULL;

	for (size_t i = 0; i < faults->count; i++) {
		struct vd_rule *rule = &faults->rules[i];

		if (!(rule->ops[occasion->op / 8] >> occasion->op % 8 & 1))
			continue;
		rule->seen++;
		if (!found && (!rule->times || rule->fired < rule->times)
		    && holds(rule, occasion)) {
			rule->fired++;
			found = rule;
		}
		rule->bytes += occasion->bytes;
	}
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
