/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report of lvs as structs.  Private to source/.
 */
#ifndef NB_SOURCE_LVM_REPORT_H
#define NB_SOURCE_LVM_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/array.h"

/* The fields that nb_lvm_report_parse needs, for lvs -o; one row per volume. */
#define NB_LVM_FIELDS                                       \
	"vg_name,lv_name,lv_tags,origin,lv_layout,lv_size," \
	"vg_free,lv_active,snap_percent,lv_snapshot_invalid,lv_health_status"

struct nb_lvm_volume {
	char *group;
	char *name;
	char *tags;    /* separated by commas */
	char *origin;  /* of a snapshot; else "" */
	uint64_t size; /* bytes */
	uint64_t free; /* free bytes of its group */
	bool active;
	bool thin;
	bool invalid; /* a snapshot that ran full */
	bool failed;  /* a thin one whose pool failed */
	double used;  /* percent of a snapshot; 0: unknown */
};

struct nb_lvm_volumes NB_ARRAY(struct nb_lvm_volume);

/*
 * Parses TEXT, from lvs --reportformat json --units b --nosuffix.  NB_ESOURCE,
 * logged after OBJECT: it is not a report.  Free LIST in every case.
 */
enum nb_err nb_lvm_report_parse(const char *object, const char *text,
				struct nb_lvm_volumes *list);
void nb_lvm_volumes_free(struct nb_lvm_volumes *list);

/* By name; NULL when there is none. */
const struct nb_lvm_volume *nb_lvm_volumes_find(
	const struct nb_lvm_volumes *list, const char *name);

/* Does the volume have TAG? */
bool nb_lvm_has_tag(const struct nb_lvm_volume *volume, const char *tag);

#endif
