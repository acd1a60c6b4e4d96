/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logical volumes and their snapshots, through the programs of LVM.  Private to
 * source/.
 *
 * Our snapshots are named "nightburn-<source>" and have three tags:
 * "nightburn", "nightburn.installation=<id>" and "nightburn.run=<id>".  Only a
 * volume with such a name and the tag of this installation is ever removed.
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

/* Derives the names from SOURCE.  NB_ENOMEM.  Free in every case. */
enum nb_err nb_lvm_init(const struct nb_config_source *source,
			struct nb_lvm *lvm);
void nb_lvm_clear(struct nb_lvm *lvm);

/* All volumes of the group.  NB_ESOURCE.  Free LIST in every case. */
enum nb_err nb_lvm_list(const struct nb_lvm *lvm, struct nb_lvm_volumes *list);

/* Finds the volume to back up in LIST: it must exist, be active and not be a
 * snapshot.  NB_ESOURCE */
enum nb_err nb_lvm_origin(const struct nb_lvm *lvm,
			  const struct nb_lvm_volumes *list,
			  const struct nb_lvm_volume **out);

/*
 * Removes the snapshots that other runs of this installation left in the group,
 * and creates that of this run; a thin one for a thin volume.  NB_ESOURCE, also
 * if a volume that is not ours has the name: it is not touched.
 */
enum nb_err nb_lvm_create(const struct nb_lvm *lvm,
			  const struct nb_source_context *context);

/* Checks that the snapshot is still valid.  NB_ESOURCE: it ran full or is
 * gone. */
enum nb_err nb_lvm_check(const struct nb_lvm *lvm);

enum nb_err nb_lvm_remove(const struct nb_lvm *lvm, const char *snapshot);

#endif
