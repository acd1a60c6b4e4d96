/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB with its menu, created by the programs of the distribution. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/str.h"
#include "source/boot/disc.h"

#define PROGRAM_MS 120000
#define GRUB_DIR "/usr/lib/grub/"

/* All modules that a menu of Debian may need are in the image: those of another
 * version would not fit. */
static const char *const modules[] = { "iso9660",
				       "fat",
				       "part_msdos",
				       "part_gpt",
				       "ext2",
				       "xfs",
				       "btrfs",
				       "lvm",
				       "mdraid09",
				       "mdraid1x",
				       "search",
				       "search_fs_uuid",
				       "search_fs_file",
				       "search_label",
				       "configfile",
				       "normal",
				       "linux",
				       "chain",
				       "echo",
				       "test",
				       "true",
				       "regexp",
				       "halt",
				       "reboot",
				       "ls",
				       "cat",
				       "help",
				       "gzio",
				       "xzio",
				       "lzopio",
				       "minicmd",
				       "loadenv",
				       "serial",
				       "all_video",
				       "gfxterm",
				       "font",
				       "png",
				       "sleep",
				       "memdisk",
				       "tar",
				       NULL };

/* Whether the source provides an image for BIOS, or for UEFI. */
static bool
brings_image(const struct nb_config_source *source, bool efi)
{
	return nb_boot_disc_options(source)->firmware
		!= (efi ? NB_FIRMWARE_BIOS : NB_FIRMWARE_EFI);
}

static enum nb_err
check_program(const struct nb_config_source *source, const char *program,
	      const char *package)
{
	const char *path = getenv("PATH");
	char *list = NULL, *at, *save = NULL, *full;
	bool found = false;
	enum nb_err err = nb_str_dup(path ? path : "/usr/bin:/bin", &list);

	for (at = err ? NULL : strtok_r(list, ":", &save); at && !found && !err;
	     at = strtok_r(NULL, ":", &save)) {
		err = nb_path_join(at, program, &full);
		if (err)
			break;
		found = !access(full, X_OK);
		free(full);
	}
	free(list);
	if (!err && !found)
		err = nb_fail(NB_ESOURCE,
			      "bootdisc %s: program not found: %s\n"
			      "hint: apt-get install %s",
			      source->name, program, package);
	return err;
}

static enum nb_err
check_modules(const struct nb_config_source *source, const char *directory,
	      const char *package)
{
	if (!access(directory, R_OK))
		return NB_OK;
	return nb_fail(NB_ESOURCE,
		       "bootdisc %s: no %s\nhint: apt-get install "
		       "%s, or firmware = %s",
		       source->name, directory, package,
		       strstr(package, "efi") ? "bios" : "efi");
}

enum nb_err
nb_bootdisc_check(const struct nb_config_source *source)
{
	const struct nb_boot_disc_options *disc = nb_boot_disc_options(source);
	bool bios = brings_image(source, false) && !disc->bios_image;
	bool efi = brings_image(source, true) && !disc->efi_image;
	enum nb_err err = NB_OK;

	if (bios || efi)
		err = check_program(source, "grub-mkimage", "grub-common");
	if (!err && bios)
		err = check_modules(source, GRUB_DIR "i386-pc", "grub-pc-bin");
	if (!err && efi)
		err = check_modules(source, GRUB_DIR "x86_64-efi",
				    "grub-efi-amd64-bin");
	if (!err && efi)
		err = check_program(source, "mformat", "mtools");
	return err;
}

/* Runs it in DIRECTORY; its messages become part of ours. */
static enum nb_err
run(const struct nb_stage *stage, const char *const *argv)
{
	char *epoch = NULL;
	const char *environment[] = { NULL, "MTOOLS_SKIP_CHECK=1", NULL };
	struct nb_proc proc = { .argv = argv,
				.stdin_fd = -1,
				.environ_add = environment,
				.timeout_ms = PROGRAM_MS };
	struct nb_proc_result result = { .exit_code = 0 };
	enum nb_err err;

	/* The same input gives the same bytes. */
	err = nb_str_format(&epoch, "SOURCE_DATE_EPOCH=%lld",
			    (long long)stage->context->date);
	environment[0] = epoch;
	if (!err)
		err = nb_proc_run(&proc, &result);
	if (!err)
		err = nb_proc_check(argv[0], &result, NB_ESOURCE);
	nb_proc_result_free(&result);
	free(epoch);
	return err;
}

/* Temporary files: the menu at the path where GRUB expects it. */
struct work {
	struct nb_stage *stage;
	char *dir; /* full path */
	char *tar, *core, *fat;
};

static enum nb_err
make_tar(struct work *w, const char *menu)
{
	char *mtime = NULL, *grub = NULL;
	int dir = -1;
	enum nb_err err;

	err = nb_str_format(&mtime, "--mtime=@%lld",
			    (long long)w->stage->context->date);
	if (!err)
		err = nb_str_format(&grub, "%s/work/boot/grub", w->stage->path);
	if (!err)
		err = nb_path_make(w->stage->context->staging, grub, 0755);
	if (!err) {
		dir = nb_path_open(w->stage->context->staging, grub,
				   O_RDONLY | O_DIRECTORY, 0);
		if (dir < 0)
			err = nb_fail_errno(NB_EIO, "%s: cannot open", grub);
	}
	if (!err)
		err = nb_fd_save(dir, "grub.cfg", menu, strlen(menu), 0644);
	if (!err) {
		const char *const argv[] = {
			"tar",       "--format=ustar", mtime,  "--owner=0",
			"--group=0", "--sort=name",    "-C",   w->dir,
			"-cf",       w->tar,           "boot", NULL
		};

		err = run(w->stage, argv);
	}
	nb_fd_close(&dir);
	free(mtime);
	free(grub);
	return err;
}

static enum nb_err
make_core(struct work *w, bool efi, const char *out)
{
	enum { FIXED = 9, COUNT = sizeof modules / sizeof *modules };
	const char *argv[FIXED + COUNT + 1] = {
		"grub-mkimage",
		"-O",
		efi ? "x86_64-efi" : "i386-pc-eltorito",
		"-p",
		"(memdisk)/boot/grub",
		"-m",
		w->tar,
		"-o",
		out,
	};
	size_t n = FIXED;

	if (!efi)
		argv[n++] = "biosdisk";
	for (size_t i = 0; modules[i]; i++)
		argv[n++] = modules[i];
	return run(w->stage, argv);
}

/* UEFI loads a FAT file system with a program of this name (UEFI 2.10,
 * 3.5.1.1). */
static enum nb_err
make_fat(struct work *w)
{
	const char *const format[] = {
		"mformat", "-i", w->fat,     "-C", "-f",
		"2880",    "-N", "4e425542", "::", NULL
	};
	const char *const mkdir[] = { "mmd",    "-i",          w->fat,
				      "::/EFI", "::/EFI/BOOT", NULL };
	const char *const copy[] = {
		"mcopy", "-i", w->fat, w->core, "::/EFI/BOOT/BOOTX64.EFI", NULL
	};
	enum nb_err err = run(w->stage, format);

	if (!err)
		err = run(w->stage, mkdir);
	return err ? err : run(w->stage, copy);
}

static enum nb_err
make_bios(struct work *w)
{
	enum nb_err err = make_core(w, false, w->core);

	return err ? err : nb_stage_copy(w->stage, w->core, NB_BOOTDISC_BIOS);
}

static enum nb_err
make_efi(struct work *w)
{
	enum nb_err err = make_core(w, true, w->core);

	if (!err)
		err = make_fat(w);
	return err ? err : nb_stage_copy(w->stage, w->fat, NB_BOOTDISC_EFI);
}

static enum nb_err
begin(struct work *w, const char *menu)
{
	enum nb_err err =
		nb_str_format(&w->dir, "%s/%s/work",
			      w->stage->context->staging_path, w->stage->path);

	if (!err)
		err = nb_str_format(&w->tar, "%s/menu.tar", w->dir);
	if (!err)
		err = nb_str_format(&w->core, "%s/core", w->dir);
	if (!err)
		err = nb_str_format(&w->fat, "%s/fat", w->dir);
	return err ? err : make_tar(w, menu);
}

static enum nb_err
remove_work(const struct nb_stage *stage)
{
	int dir = nb_path_open(stage->context->staging, stage->path,
			       O_RDONLY | O_DIRECTORY, 0);
	enum nb_err err = dir < 0
		? nb_fail_errno(NB_EIO, "%s: cannot open", stage->path)
		: nb_path_remove(dir, "work");

	nb_fd_close(&dir);
	return err;
}

enum nb_err
nb_bootdisc_images(struct nb_stage *stage,
		   const struct nb_config_source *source, const char *menu)
{
	const struct nb_boot_disc_options *disc = nb_boot_disc_options(source);
	struct work w = { .stage = stage };
	enum nb_err err = begin(&w, menu);

	if (!err && brings_image(source, false))
		err = disc->bios_image ? nb_stage_copy(stage, disc->bios_image,
						       NB_BOOTDISC_BIOS)
				       : make_bios(&w);
	if (!err && brings_image(source, true))
		err = disc->efi_image
			? nb_stage_copy(stage, disc->efi_image, NB_BOOTDISC_EFI)
			: make_efi(&w);
	if (!err)
		err = remove_work(stage);
	free(w.dir);
	free(w.tar);
	free(w.core);
	free(w.fat);
	return err;
}
