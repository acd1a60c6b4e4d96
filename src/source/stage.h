/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes files to staging, for every source that has more than one.  Private to
 * source/.
 */
#ifndef NB_SOURCE_STAGE_H
#define NB_SOURCE_STAGE_H

#include "source/dump_file.h"
#include "source/source.h"

struct nb_stage {
	const char *object; /* in messages, as "bootarea sda" */
	const struct nb_source_context *context;
	struct nb_source_output *out;
	char *path;           /* "bootarea/sda", beneath staging */
	uint64_t raw, stored; /* bytes of files so far */
};

/* Creates the directory KIND/<NAME encoded> in staging and lists it; the caller
 * frees ->path.  NB_EIO, NB_EFULL */
enum nb_err nb_stage_begin(struct nb_stage *stage, const char *kind,
			   const char *name);

/* Lists FILE, which is finished. */
enum nb_err nb_stage_add(struct nb_stage *stage,
			 const struct nb_dump_file *file);
/* Writes TEXT to the file NAME. */
enum nb_err nb_stage_text(struct nb_stage *stage, const char *name,
			  const char *text);
/* Copies the rest of FD to FILE; the caller finishes it. */
enum nb_err nb_stage_pump(struct nb_stage *stage, int fd,
			  struct nb_dump_file *file);
/* Copies the file FROM, a path of this machine, to NAME. */
enum nb_err nb_stage_copy(struct nb_stage *stage, const char *from,
			  const char *name);

/* Adds the record of the source to the manifest: all files so far. */
enum nb_err nb_stage_record(struct nb_stage *stage, const char *kind,
			    const char *name);

#endif
