/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of /boot and of the EFI system partition. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "source/boot/area.h"
#include "source/dump_file.h"
#include "source/device/loop.h"
#include "source/tree/tree.h"

/* Copies one file of the open directory ROOT to PATH in staging. */
static enum nb_err
copy_file(struct nb_boot_job *job, int root, const char *path,
	  struct nb_entry *e)
{
	struct nb_dump_file file = { .fd = -1 };
	int fd = nb_path_open(root, e->root_path, O_RDONLY, 0);
	enum nb_err err = NB_OK;

	if (fd < 0)
		err = nb_fail_errno(NB_ESOURCE, "%s: cannot open %s",
				    job->object, e->root_path);
	if (!err)
		err = nb_dump_file_open(&file,
					&(struct nb_dump_file_spec){
						job->stage.context->staging,
						path, NULL, -1, NULL });
	if (!err)
		err = nb_stage_pump(&job->stage, fd, &file);
	if (!err)
		err = nb_dump_file_finish(&file);
	if (!err) {
		e->size = file.stored;
		e->hashed = true;
		e->content = NB_CONTENT_ROOT;
		memcpy(e->sha256, file.sha256, sizeof e->sha256);
		job->stage.raw += file.raw;
		job->stage.stored += file.stored;
	}
	nb_dump_file_clear(&file);
	nb_fd_close(&fd);
	return err;
}

/* Turns the entry that the walk listed into one of staging beneath SUB. */
static enum nb_err
take(struct nb_boot_job *job, const char *sub, const struct nb_roots *roots,
     struct nb_entry *e)
{
	bool top = !strcmp(e->root_path, ".");
	char *path = NULL;
	enum nb_err err =
		nb_str_format(&path, "%s/%s%s%s", job->stage.path, sub,
			      top ? "" : "/", top ? "" : e->root_path);

	if (!err && e->type == NB_ENTRY_DIR)
		err = nb_path_make(job->stage.context->staging, path, 0711);
	if (!err && e->type == NB_ENTRY_FILE)
		err = copy_file(job, roots->at[e->root], path, e);
	if (!err) {
		free(e->root_path);
		e->root_path = path;
		path = NULL;
		free(e->path);
		e->path = NULL;
		err = nb_str_dup(e->root_path, &e->path);
	}
	if (!err) {
		e->root = 0;
		e->dev = e->ino = 0;
		err = nb_entries_add(job->stage.out->entries, e);
		memset(e, 0, sizeof *e);
	}
	free(path);
	return err;
}

/* Takes ownership of ROOT. */
static enum nb_err
copy_tree(struct nb_boot_job *job, int root, const char *sub)
{
	/* The system partition may be mounted beneath /boot. */
	const struct nb_tree_rules rules = {
		.one_file_system = true,
		.fixed = true,
		.io_timeout = NB_TREE_IO_TIMEOUT,
	};
	struct nb_entries list = NB_ARRAY_INIT;
	struct nb_manifest_sources sources = NB_ARRAY_INIT;
	struct nb_roots roots = NB_ARRAY_INIT;
	struct nb_source_output out = { &list, &sources, &roots };
	enum nb_err err = nb_array_push(&roots, job->stage.context->staging);

	if (err)
		nb_fd_close(&root);
	else
		err = nb_tree_collect(job->source, &rules, job->stage.context,
				      root, &out);
	for (size_t i = 0; !err && i < list.count; i++)
		if (list.at[i].root_path)
			err = take(job, sub, &roots, &list.at[i]);
	for (size_t i = 1; i < roots.count; i++)
		nb_fd_close(&roots.at[i]);
	for (size_t i = 0; i < sources.count; i++)
		nb_manifest_source_clear(&sources.at[i]);
	nb_array_free(&sources);
	nb_array_free(&roots);
	nb_entries_free(&list);
	return err;
}

static enum nb_err
open_directory(const struct nb_boot_job *job, const char *path, int *root)
{
	*root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*root < 0)
		return nb_fail_errno(NB_ESOURCE, "%s: cannot open %s",
				     job->object, path);
	return NB_OK;
}

/* The root of the partition's file system: where it is mounted, otherwise
 * through a mount of our own. *ROOT stays -1 if the kernel cannot read it. */
static enum nb_err
open_part(struct nb_boot_job *job, const struct nb_disk_part *p, int *root)
{
	dev_t node = nb_disk_node(job->device, p->number);
	struct nb_loop loop = { .fd = -1 };
	char *where = NULL;
	enum nb_err err = node ? nb_disk_mount(node, &where) : NB_OK;

	if (!err && where) {
		err = open_directory(job, where, root);
		goto out;
	}
	if (!err && p->fs)
		err = nb_loop_open(job->object, job->fd, true, p->start,
				   p->size, &loop);
	if (!err && p->fs)
		err = nb_loop_mount(job->object, loop.path, p->fs, root);
	nb_loop_close(&loop);
	if (err == NB_ENOTFOUND || (!err && !p->fs)) {
		nb_log(NB_WARNING,
		       "%s: the files of partition %u are not copied: the "
		       "kernel does not support its file system (%s)",
		       job->object, p->number, p->fs ? p->fs : "none");
		err = NB_OK;
	}
out:
	free(where);
	return err;
}

static enum nb_err
copy_part(struct nb_boot_job *job, const struct nb_disk_part *p,
	  const char *sub)
{
	int root = -1;
	enum nb_err err = open_part(job, p, &root);

	return err || root < 0 ? err : copy_tree(job, root, sub);
}

enum nb_err
nb_boot_files(struct nb_boot_job *job)
{
	const struct nb_disk_parts *parts = &job->area.disk.parts;
	enum nb_err err = NB_OK;
	bool esp = false;
	int root = -1;

	/* A /boot that is not a partition: the directory, if it is meant. */
	if (!job->own && !nb_boot_area_options(job->source)->boot) {
		err = open_directory(
			job, nb_boot_area_options(job->source)->path, &root);
		if (!err)
			err = copy_tree(job, root, "boot");
	}
	for (size_t i = 0; !err && i < parts->count; i++) {
		const struct nb_disk_part *p = &parts->at[i];

		if (p->boot)
			err = copy_part(job, p, "boot");
		else if (nb_disk_part_is_esp(p) && !esp) {
			esp = true;
			err = copy_part(job, p, "efi");
		}
	}
	return err;
}
