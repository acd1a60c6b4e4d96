/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything that makes the disc itself boot, in staging beneath
 * "bootdisc/<name>/": the images that firmware loads, and kernel and initramfs
 * of a rescue system.  The menu is in the images, so that it is available from
 * whichever session of the disc the firmware took them.
 */
#include "source/boot/disc.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/str.h"

static enum nb_err
check_file(const struct nb_config_source *source, const char *path)
{
	struct stat st;

	if (!path
	    || (!stat(path, &st) && S_ISREG(st.st_mode) && !access(path, R_OK)))
		return NB_OK;
	return nb_fail(NB_ESOURCE, "bootdisc %s: %s is not a readable file",
		       source->name, path);
}

static enum nb_err
preflight(const struct nb_config_source *source)
{
	const struct nb_boot_disc_options *disc = nb_boot_disc_options(source);
	const char *const files[] = { disc->kernel, disc->initramfs,
				      disc->bios_image, disc->efi_image };
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < sizeof files / sizeof *files; i++)
		err = check_file(source, files[i]);
	return err ? err : nb_bootdisc_check(source);
}

static enum nb_err
estimate(const struct nb_config_source *source, uint64_t *bytes)
{
	const struct nb_boot_disc_options *disc = nb_boot_disc_options(source);
	const char *const files[] = { disc->kernel, disc->initramfs,
				      disc->bios_image, disc->efi_image };
	struct stat st;

	*bytes = (uint64_t)8 << 20;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (files[i] && !stat(files[i], &st))
			*bytes += (uint64_t)st.st_size;
	return NB_OK;
}

/* $disc and $at: where this backup is, by its name on the disc.  On a disc with
 * several sessions GRUB sees the tree of the first, which has an earlier
 * backup. */
static void
add_search(struct nb_str *s, const struct nb_stage *stage)
{
	const char *id = stage->context->backup_id;

	nb_str_addf(s, "set at='/%s/%s'\n", id, stage->path);
	nb_str_add(s,
		   "search --no-floppy --set=disc --file $at/grub.cfg\n"
		   "if [ -z \"$disc\" ]; then\n"
		   "\tsearch --no-floppy --set=disc --file "
		   "/nightburn/label.json\n");
	nb_str_addf(s, "\tfor one in ($disc)/*/%s/grub.cfg; do\n", stage->path);
	nb_str_add(s,
		   "\t\tregexp --set=1:at '^\\([^)]*\\)(/.*)/grub.cfg$' "
		   "\"$one\"\n"
		   "\tdone\nfi\n");
}

static void
add_system(struct nb_str *s, const char *root)
{
	nb_str_add(s,
		   "menuentry 'Boot the installed system from its disk' "
		   "--id system {\n");
	if (!root) {
		nb_str_add(s,
			   "\tif [ \"$grub_platform\" = efi ]; then exit; "
			   "fi\n\tset root=hd0\n\tchainloader +1\n}\n");
		return;
	}
	nb_str_addf(s, "\tsearch --no-floppy --set=root --%s %s\n",
		    strncmp(root, "UUID=", 5) ? "label" : "fs-uuid",
		    strchr(root, '=') + 1);
	nb_str_add(s,
		   "\tfor one in /boot/grub /grub /boot/grub2 /grub2; do\n"
		   "\t\tif [ -f ($root)$one/grub.cfg ]; then\n"
		   "\t\t\tset prefix=($root)$one\n"
		   "\t\t\tconfigfile ($root)$one/grub.cfg\n"
		   "\t\tfi\n\tdone\n");
	nb_str_add(s,
		   "\tif [ \"$grub_platform\" = pc ]; then\n"
		   "\t\tchainloader +1\n\t\tboot\n\tfi\n}\n");
}

static enum nb_err
make_menu(const struct nb_stage *stage, const struct nb_config_source *source,
	  char **menu)
{
	const struct nb_boot_disc_options *disc = nb_boot_disc_options(source);
	struct nb_str s = NB_STR_INIT;

	nb_str_addf(&s, "set timeout=%d\nset default=%s\n", disc->timeout,
		    disc->rescue ? "rescue" : "system");
	add_search(&s, stage);
	add_system(&s, disc->root);
	if (disc->kernel) {
		nb_str_addf(&s,
			    "menuentry 'Rescue system on this disc' --id "
			    "rescue {\n\tlinux ($disc)$at/kernel %s\n",
			    disc->append ? disc->append : "");
		if (disc->initramfs)
			nb_str_add(&s, "\tinitrd ($disc)$at/initramfs\n");
		nb_str_add(&s, "}\n");
	}
	return nb_str_take(&s, menu);
}

static enum nb_err
collect(const struct nb_config_source *source,
	const struct nb_source_context *context, void *held,
	struct nb_source_output *out)
{
	const struct nb_boot_disc_options *disc = nb_boot_disc_options(source);
	struct nb_stage stage = { .context = context, .out = out };
	char *object = NULL, *menu = NULL;
	enum nb_err err = nb_str_format(&object, "bootdisc %s", source->name);

	(void)held;
	stage.object = object;
	if (!err)
		err = nb_stage_begin(&stage, "bootdisc", source->name);
	if (!err)
		err = make_menu(&stage, source, &menu);
	if (!err)
		err = nb_stage_text(&stage, "grub.cfg", menu);
	if (!err)
		err = nb_bootdisc_images(&stage, source, menu);
	if (!err && disc->kernel)
		err = nb_stage_copy(&stage, disc->kernel, "kernel");
	if (!err && disc->initramfs)
		err = nb_stage_copy(&stage, disc->initramfs, "initramfs");
	if (!err)
		err = nb_stage_record(&stage, "bootdisc", source->name);
	free(stage.path);
	free(object);
	free(menu);
	return err;
}

static bool
is_staged(const struct nb_config_source *source)
{
	(void)source;
	return true;
}

/* There is nothing to restore. */
static void
add_item(struct nb_str *script, const char *backup_id,
	 const struct nb_manifest_source *record)
{
	(void)script;
	(void)backup_id;
	(void)record;
}

const struct nb_source_ops nb_source_bootdisc = {
	.kind = {
		.name = "bootdisc",
		.fields = nb_boot_disc_fields,
		.size = sizeof(struct nb_boot_disc_options),
		.begin = nb_boot_disc_options_begin,
		.end = nb_boot_disc_options_end,
		.once = true,
		.readme = "  <backup>/bootdisc/       what makes this disc "
			  "boot\n",
		.add_item = add_item,
	},
	.boot_bios = NB_BOOTDISC_BIOS,
	.boot_efi = NB_BOOTDISC_EFI,
	.preflight = preflight,
	.estimate = estimate,
	.collect = collect,
	.is_staged = is_staged,
};
