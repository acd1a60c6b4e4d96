/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/device/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <blkid/blkid.h>
#include <libfdisk/libfdisk.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"

/* libfdisk passes messages that it would otherwise print. */
static int
ask(struct fdisk_context *cxt, struct fdisk_ask *question, void *data)
{
	(void)cxt;
	(void)data;
	switch (fdisk_ask_get_type(question)) {
	case FDISK_ASKTYPE_INFO:
	case FDISK_ASKTYPE_WARN:
	case FDISK_ASKTYPE_WARNX:
		return 0;
	default:
		return -EINVAL;
	}
}

static enum nb_err
open_table(const char *object, const char *device, bool readonly,
	   struct fdisk_context **out)
{
	struct fdisk_context *cxt = fdisk_new_context();
	int ret;

	if (!cxt)
		return nb_fail_memory();
	fdisk_set_ask(cxt, ask, NULL);
	fdisk_disable_dialogs(cxt, 1);
	ret = fdisk_assign_device(cxt, device, readonly);
	if (ret) {
		errno = -ret;
		fdisk_unref_context(cxt);
		return nb_fail_errno(NB_EIO, "%s: cannot read %s", object,
				     device);
	}
	*out = cxt;
	return NB_OK;
}

/* Texts that are not UTF-8 are not recorded. */
static enum nb_err
take(const char *text, char **out)
{
	if (!text || !*text || !nb_str_is_utf8(text, strlen(text)))
		return NB_OK;
	return nb_str_dup(text, out);
}

static enum nb_err
take_type(struct fdisk_parttype *type, struct nb_disk_part *out)
{
	enum nb_err err;

	if (!type)
		return NB_OK;
	if (fdisk_parttype_get_string(type))
		err = take(fdisk_parttype_get_string(type), &out->type);
	else
		err = nb_str_format(&out->type, "0x%02x",
				    fdisk_parttype_get_code(type));
	return err ? err : take(fdisk_parttype_get_name(type), &out->type_name);
}

static enum nb_err
take_part(struct fdisk_partition *pa, unsigned int sector,
	  struct nb_disk_part *out)
{
	enum nb_err err;

	out->number = (unsigned int)fdisk_partition_get_partno(pa) + 1;
	out->start = (uint64_t)fdisk_partition_get_start(pa) * sector;
	out->size = (uint64_t)fdisk_partition_get_size(pa) * sector;
	out->bootable = fdisk_partition_is_bootable(pa) == 1;
	out->container = fdisk_partition_is_container(pa) == 1;
	err = take_type(fdisk_partition_get_type(pa), out);
	if (!err)
		err = take(fdisk_partition_get_uuid(pa), &out->uuid);
	if (!err)
		err = take(fdisk_partition_get_name(pa), &out->name);
	return err;
}

static enum nb_err
take_parts(const char *object, struct fdisk_context *cxt, struct nb_disk *disk)
{
	struct fdisk_table *table = NULL;
	struct fdisk_iter *at = fdisk_new_iter(FDISK_ITER_FORWARD);
	struct fdisk_partition *pa;
	enum nb_err err = NB_OK;

	if (!at)
		return nb_fail_memory();
	if (fdisk_get_partitions(cxt, &table))
		err = nb_fail(NB_EIO, "%s: cannot list the partitions", object);
	while (!err && !fdisk_table_next_partition(table, at, &pa)) {
		struct nb_disk_part part = { .number = 0 };

		if (!fdisk_partition_has_start(pa)
		    || !fdisk_partition_has_size(pa))
			continue;
		err = take_part(pa, disk->sector, &part);
		if (!err)
			err = nb_array_push(&disk->parts, part);
		if (err)
			nb_disk_part_clear(&part);
	}
	fdisk_unref_table(table);
	fdisk_free_iter(at);
	return err;
}

static enum nb_err
take_value(blkid_probe probe, const char *name, char **out)
{
	const char *value = NULL;

	if (blkid_probe_lookup_value(probe, name, &value, NULL))
		return NB_OK;
	return take(value, out);
}

/* Two file systems in one partition are treated as none. */
static enum nb_err
take_contents(int fd, struct nb_disk_part *part)
{
	blkid_probe probe = part->size ? blkid_new_probe() : NULL;
	enum nb_err err = NB_OK;

	if (!part->size)
		return NB_OK;
	if (!probe)
		return nb_fail_memory();
	if (!blkid_probe_set_device(probe, fd, (blkid_loff_t)part->start,
				    (blkid_loff_t)part->size)
	    && !blkid_probe_enable_superblocks(probe, 1)
	    && !blkid_probe_set_superblocks_flags(
		    probe,
		    BLKID_SUBLKS_TYPE | BLKID_SUBLKS_UUID | BLKID_SUBLKS_LABEL)
	    && !blkid_do_safeprobe(probe)) {
		err = take_value(probe, "TYPE", &part->fs);
		if (!err)
			err = take_value(probe, "UUID", &part->fs_uuid);
		if (!err)
			err = take_value(probe, "LABEL", &part->fs_label);
	}
	blkid_free_probe(probe);
	return err;
}

static enum nb_err
take_table(const char *object, struct fdisk_context *cxt, struct nb_disk *disk)
{
	struct fdisk_label *label;
	char *id = NULL;
	enum nb_err err;

	disk->sector = (unsigned int)fdisk_get_sector_size(cxt);
	disk->size = (uint64_t)fdisk_get_nsectors(cxt) * disk->sector;
	label = fdisk_has_label(cxt) ? fdisk_get_label(cxt, NULL) : NULL;
	err = nb_str_dup(label ? fdisk_label_get_name(label) : "",
			 &disk->table);
	if (err)
		return err;
	if (strcmp(disk->table, "gpt") && strcmp(disk->table, "dos")) {
		disk->table[0] = '\0';
		return NB_ENOTFOUND;
	}
	if (!fdisk_get_disklabel_id(cxt, &id))
		err = take(id, &disk->id);
	free(id);
	return err ? err : take_parts(object, cxt, disk);
}

enum nb_err
nb_disk_read(const char *object, const char *device, struct nb_disk *out)
{
	struct nb_disk disk = { .table = NULL };
	struct fdisk_context *cxt = NULL;
	int fd = -1;
	enum nb_err err = open_table(object, device, true, &cxt);

	if (err)
		return err;
	err = take_table(object, cxt, &disk);
	fdisk_unref_context(cxt);
	if (!err) {
		fd = open(device, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			err = nb_fail_errno(NB_EIO, "%s: cannot open %s",
					    object, device);
	}
	for (size_t i = 0; !err && i < disk.parts.count; i++)
		if (!disk.parts.at[i].container)
			err = take_contents(fd, &disk.parts.at[i]);
	nb_fd_close(&fd);
	if (err && err != NB_ENOTFOUND)
		nb_disk_clear(&disk);
	else
		*out = disk;
	return err;
}

static enum nb_err
write_script(const char *object, struct fdisk_context *cxt, char **text)
{
	struct fdisk_script *script = fdisk_new_script(cxt);
	char *buf = NULL;
	size_t n = 0;
	FILE *f = script ? open_memstream(&buf, &n) : NULL;
	bool bad;

	if (!f) {
		fdisk_unref_script(script);
		return nb_fail_memory();
	}
	bad = fdisk_script_read_context(script, NULL)
		|| fdisk_script_write_file(script, f);
	bad |= fclose(f) != 0;
	fdisk_unref_script(script);
	if (bad) {
		free(buf);
		return nb_fail(NB_EIO, "%s: cannot save the partition table",
			       object);
	}
	*text = buf;
	return NB_OK;
}

enum nb_err
nb_disk_script(const char *object, const char *device, char **text)
{
	struct fdisk_context *cxt = NULL;
	enum nb_err err = open_table(object, device, true, &cxt);

	if (!err)
		err = write_script(object, cxt, text);
	fdisk_unref_context(cxt);
	return err;
}

enum nb_err
nb_disk_move_backup(const char *object, const char *device)
{
	struct fdisk_context *cxt = NULL;
	enum nb_err err = open_table(object, device, false, &cxt);
	int ret;

	if (err)
		return err;
	ret = fdisk_write_disklabel(cxt);
	if (!ret)
		ret = fdisk_deassign_device(cxt, 0);
	if (ret) {
		errno = -ret;
		err = nb_fail_errno(
			NB_EIO, "%s: cannot write the backup partition table",
			object);
	}
	fdisk_unref_context(cxt);
	return err;
}
