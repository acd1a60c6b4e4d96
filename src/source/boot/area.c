/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything that a disk needs to boot, in staging beneath "bootarea/<name>/":
 * a copy of the start of the disk, both partition tables, the table as a
 * script, and the files of /boot for a disk of another geometry.
 */
#include "source/boot/area.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "source/boot/area_restore.h"

static void
job_clear(struct nb_boot_job *job)
{
	nb_fd_close(&job->fd);
	nb_bootarea_clear(&job->area);
	free(job->object);
	free(job->stage.path);
}

static enum nb_err
open_disk(struct nb_boot_job *job)
{
	const char *disk = nb_boot_area_options(job->source)->disk;
	struct stat st;

	job->fd = open(disk, O_RDONLY | O_CLOEXEC);
	if (job->fd < 0 || fstat(job->fd, &st))
		return nb_fail_errno(NB_ESOURCE, "%s: cannot open %s",
				     job->object, disk);
	if (!S_ISBLK(st.st_mode) || !nb_disk_is_whole(st.st_rdev))
		return nb_fail(NB_ESOURCE,
			       "%s: %s is not a whole disk\n"
			       "hint: specify /dev/sda, not /dev/sda1",
			       job->object, disk);
	job->device = st.st_rdev;
	return NB_OK;
}

/* Opens the disk, reads its table, finds /boot. */
static enum nb_err
job_begin(const struct nb_config_source *source, struct nb_boot_job *job)
{
	enum nb_err err;

	*job = (struct nb_boot_job){ .source = source, .fd = -1 };
	err = nb_str_format(&job->object, "bootarea %s", source->name);
	if (!err)
		err = open_disk(job);
	if (!err)
		err = nb_str_dup(nb_boot_area_options(source)->disk,
				 &job->area.device);
	if (!err)
		err = nb_disk_read(job->object,
				   nb_boot_area_options(source)->disk,
				   &job->area.disk);
	if (err == NB_ENOTFOUND)
		err = nb_fail(
			NB_ESOURCE,
			"%s: %s has neither an MBR nor a GPT partition table",
			job->object, nb_boot_area_options(source)->disk);
	return err ? err : nb_boot_find(job);
}

static enum nb_err
preflight(const struct nb_config_source *source)
{
	struct nb_boot_job job;
	enum nb_err err = job_begin(source, &job);

	job_clear(&job);
	return err;
}

/* Copies its bytes, and its files as well. */
static enum nb_err
estimate(const struct nb_config_source *source, uint64_t *bytes)
{
	struct nb_boot_job job;
	enum nb_err err = job_begin(source, &job);

	if (!err)
		*bytes = 2 * nb_disk_boot_end(&job.area.disk);
	job_clear(&job);
	return err;
}

static const char help[] =
	"What a disk needs to boot\n"
	"=========================\n"
	"\n"
	"disk.json describes the disk.  To restore it by hand to a disk of the "
	"same\n"
	"size or a larger one, here /dev/X, which is OVERWRITTEN:\n"
	"\n"
	"1. The beginning of the disk, with the partition table, the boot "
	"loader\n"
	"   and, if it is a partition of its own, /boot:\n"
	"\n"
	"       zstd -dc start.img.zst | dd of=/dev/X bs=1M "
	"conv=fsync,notrunc\n"
	"\n"
	"2. MBR with logical partitions: each ebr-N.img to its \"offset\" in\n"
	"   disk.json (in bytes):\n"
	"\n"
	"       dd if=ebr-1.img of=/dev/X bs=1M oflag=seek_bytes seek=OFFSET "
	"\\\n"
	"           conv=fsync,notrunc\n"
	"\n"
	"3. GPT: move the backup GPT to the end of the disk:\n"
	"\n"
	"       sfdisk --relocate gpt-bak-std /dev/X\n"
	"\n"
	"4. blockdev --rereadpt /dev/X; then, for each partition of \"fs\" "
	"\"swap\"\n"
	"   in disk.json:\n"
	"\n"
	"       mkswap -U FS_UUID -L FS_LABEL /dev/XN\n"
	"\n"
	"5. The other partitions are empty: create their file systems with the "
	"same\n"
	"   UUIDs, and restore their files.\n"
	"\n"
	"UEFI boot entries are stored in the machine, not on the disk.  If the "
	"machine\n"
	"does not find the boot loader, create an entry with efibootmgr.\n"
	"\n"
	"For a disk of another geometry, edit partitions.sfdisk, then run\n"
	"\n"
	"       sfdisk /dev/X < partitions.sfdisk\n"
	"\n"
	"create the file systems, copy boot/ and efi/ to them, and reinstall "
	"the boot\n"
	"loader (grub-install).\n"
	"\n"
	"nightburn restore --bootarea performs steps 1 to 4.\n";

static enum nb_err
add_texts(struct nb_boot_job *job)
{
	char *script = NULL, *record = NULL;
	enum nb_err err;

	err = nb_disk_script(job->object,
			     nb_boot_area_options(job->source)->disk, &script);
	if (!err)
		err = nb_stage_text(&job->stage, NB_BOOTAREA_SCRIPT, script);
	if (!err)
		err = nb_bootarea_render(&job->area, &record);
	if (!err)
		err = nb_stage_text(&job->stage, NB_BOOTAREA_RECORD, record);
	if (!err)
		err = nb_stage_text(&job->stage, "RESTORE.txt", help);
	free(script);
	free(record);
	return err;
}

static enum nb_err
collect(const struct nb_config_source *source,
	const struct nb_source_context *context, void *held,
	struct nb_source_output *out)
{
	struct nb_boot_job job;
	enum nb_err err = job_begin(source, &job);

	(void)held;
	job.stage.object = job.object;
	job.stage.context = context;
	job.stage.out = out;
	if (!err)
		err = nb_stage_begin(&job.stage, "bootarea", source->name);
	/* Files first, so that a change that this causes is in the copy of the
	 * blocks. */
	if (!err)
		err = nb_boot_files(&job);
	if (!err)
		err = nb_boot_pieces(&job);
	if (!err)
		err = add_texts(&job);
	if (!err)
		err = nb_stage_record(&job.stage, "bootarea", source->name);
	job_clear(&job);
	return err;
}

static bool
is_staged(const struct nb_config_source *source)
{
	(void)source;
	return true;
}

const struct nb_source_ops nb_source_bootarea = {
	.kind = {
		.name = "bootarea",
		.fields = nb_boot_area_fields,
		.size = sizeof(struct nb_boot_area_options),
		.begin = nb_boot_area_options_begin,
		.end = nb_boot_area_options_end,
		.readme = "  <backup>/bootarea/       what makes a disk boot, "
			  "with its RESTORE.txt\n",
		.how_to = "   To restore a boot area, follow its own "
			  "RESTORE.txt.\n",
	},
	.preflight = preflight,
	.estimate = estimate,
	.collect = collect,
	.is_staged = is_staged,
	.restore = nb_boot_to_disk,
	.to_disk = true,
	.needs = nb_boot_needs,
};
