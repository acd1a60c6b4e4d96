/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logical volumes and snapshots of them, by the programs of LVM.  Private to
 * source/.
 *
 * A snapshot of ours is named "nightburn-<source>" and bears three tags:
 * "nightburn", "nightburn.installation=<id>" and "nightburn.run=<id>".  Only
 * what has that name and the tag of this installation is ever removed.
 */
#ifndef NB_SOURCE_LVM_VOLUME_H
#define NB_SOURCE_LVM_VOLUME_H

#include "source/volume/lvm_report.h"
#include "source/volume/options.h"

#define NB_LVM_PREFIX "nightburn-"

struct nb_lvm {
	const struct nb_config_source *source;
	char *object;       /* "lvm home" */
	char *group;        /* "vg0" */
	const char *volume; /* "home" */
	char *name;         /* of the snapshot, "nightburn-home" */
	char *snapshot;     /* "vg0/nightburn-home" */
	char *device;       /* "/dev/vg0/nightburn-home" */
};

/* The names that SOURCE leads to.  NB_ENOMEM.  Free in every case. */
enum nb_err nb_lvm_init(const struct nb_config_source *source,
			struct nb_lvm *lvm);
void nb_lvm_clear(struct nb_lvm *lvm);

/* All volumes of the group.  NB_ESOURCE.  Free LIST in every case. */
enum nb_err nb_lvm_list(const struct nb_lvm *lvm, struct nb_lvm_volumes *list);

/* The volume of LIST that is to be backed up: there, active, no snapshot
 * itself.  NB_ESOURCE */
enum nb_err nb_lvm_origin(const struct nb_lvm *lvm,
			  const struct nb_lvm_volumes *list,
			  const struct nb_lvm_volume **out);

/*
 * Removes the snapshots of this installation in the group that are of another
 * run, and takes this run's; a thin one of a thin volume.  NB_ESOURCE, also
 * when one that is not ours has the name that ours would have: it is not
 * touched.
 */
enum nb_err nb_lvm_create(const struct nb_lvm *lvm,
			  const struct nb_source_context *context);

/* The snapshot is whole still.  NB_ESOURCE: it ran full, or is gone. */
enum nb_err nb_lvm_check(const struct nb_lvm *lvm);

enum nb_err nb_lvm_remove(const struct nb_lvm *lvm, const char *snapshot);

#endif
