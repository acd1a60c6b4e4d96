/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of the blocks lvm and mirror. */
#ifndef NB_SOURCE_VOLUME_OPTIONS_H
#define NB_SOURCE_VOLUME_OPTIONS_H

#include "source/tree/options.h"

/* A file system that must be mounted before its tree can be read. */
struct nb_mount_options {
	char *subdirectory; /* what to read; NULL: all */
	int retries;        /* of the mount, after the first try */
	int64_t pause;      /* seconds between two of them */
	struct nb_tree_rules rules;
};

struct nb_lvm_options {
	char *volume;         /* "GROUP/VOLUME" */
	struct nb_share size; /* of the snapshot, of its origin */
	struct nb_mount_options mount;
};

struct nb_mirror_options {
	char *array;             /* "/dev/md0" */
	char *half;              /* the half to split off: "/dev/sdb1" */
	bool image;              /* as = tree | image */
	bool readd;              /* afterwards = detach | readd */
	int64_t stall;           /* seconds without progress of a resync */
	struct nb_names quiesce; /* a program with its arguments that runs
				    before the split; or none */
	struct nb_names resume;  /* the same, after it */
	int64_t hook_timeout;    /* seconds for each of them */
	struct nb_mount_options mount;
};

static inline const struct nb_lvm_options *
nb_lvm_options(const struct nb_config_source *source)
{
	return source->options;
}

static inline const struct nb_mirror_options *
nb_mirror_options(const struct nb_config_source *source)
{
	return source->options;
}

extern const struct nb_field nb_lvm_fields[];
void nb_lvm_options_begin(void *options);
enum nb_err nb_lvm_options_end(const char *file,
			       struct nb_config_source *source);

extern const struct nb_field nb_mirror_fields[];
void nb_mirror_options_begin(void *options);
enum nb_err nb_mirror_options_end(const char *file,
				  struct nb_config_source *source);

/* Their part of struct nb_source_ops. */
#define NB_LVM_KIND                                                       \
	{                                                                 \
		.name = "lvm", .fields = nb_lvm_fields,                   \
		.size = sizeof(struct nb_lvm_options),                    \
		.begin = nb_lvm_options_begin, .end = nb_lvm_options_end, \
		.directory = true,                                        \
		.readme = "  <backup>/lvm/ mirror/    directories of a "  \
			  "snapshot, or of half a mirror\n",              \
	}
#define NB_MIRROR_KIND                                           \
	{                                                        \
		.name = "mirror", .fields = nb_mirror_fields,    \
		.size = sizeof(struct nb_mirror_options),        \
		.begin = nb_mirror_options_begin,                \
		.end = nb_mirror_options_end, .directory = true, \
	}

#endif
