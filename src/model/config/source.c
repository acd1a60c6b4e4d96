/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/config/build.h"

#include <string.h>

#include "base/str.h"

#define TIMEOUT (6 * 3600)
#define LOCK_TIMEOUT (10 * 60)
#define BOOTDISC_TIMEOUT 10
#define BOOTAREA_MAX ((uint64_t)4000000000)
#define COPY_NEWER (5 * 60)

static const char *const formats[] = { "custom", "plain", "directory", NULL };
static const char *const checks[] = { "list", "full", NULL };

static const char *const firmwares[] = { "both", "bios", "efi", NULL };
static const char *const entries[] = { "system", "rescue", NULL };
/* In the order of their enumerations (config.h). */
static const char *const changes[] = { "report", "fail", NULL };
static const char *const rereads[] = { "never", "daily", "weekly", "always",
				       NULL };
static const char *const packs[] = { "none", "tar.zst", NULL };

#define FIELD(option, value, field) \
	NB_FIELD(struct nb_config_source, option, value, field)

/* Where the work is done (model/config/remote.c). */
#define REMOTE_FIELDS                                                         \
	{ FIELD("host", TEXT, remote.host), .local = true },                  \
		{ FIELD("port", NUMBER, remote.port), .min = 1, .max = 65535, \
		  .local = true },                                            \
		{ FIELD("identity", PATH, remote.identity), .local = true },  \
		{ FIELD("known_hosts", PATH, remote.known_hosts),             \
		  .local = true },                                            \
	{                                                                     \
		FIELD("ssh", PROGRAM, remote.ssh), .local = true              \
	}

static const struct nb_field postgres_fields[] = {
	{ FIELD("database", TEXT, postgres.database) },
	{ FIELD("conninfo", TEXT, postgres.conninfo) },
	{ FIELD("run_as", NAME, postgres.run_as) },
	{ FIELD("globals_only", FLAG, postgres.globals_only) },
	{ FIELD("all", FLAG, postgres.all) },
	{ FIELD("format", WORD, postgres.format), .words = formats },
	{ FIELD("jobs", NUMBER, postgres.jobs), .min = 1, .max = 64 },
	{ FIELD("compress", COMPRESS, postgres.compression) },
	{ FIELD("pg_dump", PROGRAM, postgres.pg_dump), .local = true },
	{ FIELD("pg_dumpall", PROGRAM, postgres.pg_dumpall), .local = true },
	{ FIELD("pg_restore", PROGRAM, postgres.pg_restore), .local = true },
	{ FIELD("timeout", TIME, postgres.timeout) },
	{ FIELD("lock_timeout", TIME, postgres.lock_timeout) },
	{ FIELD("max_size", SIZE, postgres.max_size) },
	{ FIELD("min_ratio", RATIO, postgres.min_ratio), .local = true },
	{ FIELD("check", CHOICE, postgres.full_check), .words = checks,
	  .local = true },
	REMOTE_FIELDS,
	{ .name = NULL },
};

static const struct nb_field tree_fields[] = {
	{ FIELD("path", PATH, tree.path), .required = true },
	{ FIELD("exclude", TEXTS, tree.exclude) },
	{ FIELD("one_file_system", FLAG, tree.one_file_system) },
	{ FIELD("max_file_size", SIZE, tree.max_file_size) },
	{ FIELD("copy_first", TEXTS, tree.copy_first), .local = true },
	{ FIELD("copy_newer", TIME, tree.copy_newer), .local = true },
	{ FIELD("on_change", CHOICE, tree.fail_on_change), .words = changes },
	{ FIELD("checksum", WORD, tree.checksum), .words = rereads,
	  .local = true },
	{ FIELD("pack", WORD, tree.pack), .words = packs, .local = true },
	REMOTE_FIELDS,
	{ FIELD("timeout", TIME, remote.timeout), .local = true },
	{ FIELD("max_size", SIZE, remote.max_size), .local = true },
	{ .name = NULL },
};

static const struct nb_field bootarea_fields[] = {
	{ FIELD("disk", PATH, bootarea.disk), .required = true },
	{ FIELD("boot", TEXT, bootarea.boot) },
	{ FIELD("path", PATH, bootarea.path) },
	{ FIELD("max_size", SIZE, bootarea.max_size) },
	{ .name = NULL },
};

static const struct nb_field bootdisc_fields[] = {
	{ FIELD("firmware", WORD, bootdisc.firmware), .words = firmwares },
	{ FIELD("root", TEXT, bootdisc.root) },
	{ FIELD("kernel", PATH, bootdisc.kernel) },
	{ FIELD("initramfs", PATH, bootdisc.initramfs) },
	{ FIELD("append", TEXT, bootdisc.append) },
	{ FIELD("bios_image", PATH, bootdisc.bios_image) },
	{ FIELD("efi_image", PATH, bootdisc.efi_image) },
	{ FIELD("default", CHOICE, bootdisc.rescue), .words = entries },
	{ FIELD("timeout", NUMBER, bootdisc.timeout), .min = 0, .max = 3600 },
	{ .name = NULL },
};

const struct nb_section nb_config_job_blocks[] = {
	[NB_SOURCE_POSTGRES] = { .name = "postgres", postgres_fields },
	[NB_SOURCE_TREE] = { .name = "tree", tree_fields },
	[NB_SOURCE_LVM] = { .name = "lvm", nb_config_lvm_fields },
	[NB_SOURCE_MIRROR] = { .name = "mirror", nb_config_mirror_fields },
	[NB_SOURCE_BOOTAREA] = { .name = "bootarea", bootarea_fields },
	[NB_SOURCE_BOOTDISC] = { .name = "bootdisc", bootdisc_fields },
	[NB_SOURCE_KINDS + NB_HOOK_BEFORE] = { .name = "before",
					       nb_config_hook_fields,
					       .untitled = true },
	[NB_SOURCE_KINDS + NB_HOOK_AFTER] = { .name = "after",
					      nb_config_hook_fields,
					      .untitled = true },
	[NB_SOURCE_KINDS + NB_HOOK_ON_FAILURE] = { .name = "on_failure",
						   nb_config_hook_fields,
						   .untitled = true },
	[NB_SOURCE_KINDS + NB_HOOKS] = { .name = NULL },
};

void
nb_config_source_begin(enum nb_source_kind kind,
		       struct nb_config_source *source)
{
	source->kind = kind;
	if (kind == NB_SOURCE_POSTGRES)
		source->postgres = (struct nb_config_postgres){
			.jobs = 1,
			.level = -1,
			.timeout = TIMEOUT,
			.lock_timeout = LOCK_TIMEOUT,
			.min_ratio = 0.5,
			.full_check = true,
		};
	if (kind == NB_SOURCE_BOOTAREA)
		source->bootarea.max_size = BOOTAREA_MAX;
	if (kind == NB_SOURCE_BOOTDISC)
		source->bootdisc.timeout = BOOTDISC_TIMEOUT;
	if (kind == NB_SOURCE_TREE)
		source->tree = (struct nb_config_tree){
			.copy_newer = COPY_NEWER,
			.checksum = NB_REREAD_WEEKLY,
		};
	if (kind == NB_SOURCE_LVM || kind == NB_SOURCE_MIRROR)
		nb_config_volume_begin(source);
}

static enum nb_err
end_postgres(const char *file, struct nb_config_source *source)
{
	struct nb_config_postgres *pg = &source->postgres;
	const char *what = NULL;

	if (pg->globals_only && pg->all)
		what = "globals_only together with all; expected one of them";
	else if (pg->all && pg->database)
		what = "database together with all; expected one of them";
	else if (pg->globals_only && pg->database)
		what = "database together with globals_only; expected one of "
		       "them";
	else if (pg->jobs > 1 && pg->format != NB_FORMAT_DIRECTORY)
		what = "jobs without format = directory; expected both";
	if (what)
		return nb_fail(NB_ECONFIG, "%s:%d: postgres \"%s\" has %s",
			       file, source->line, source->name, what);
	return pg->database ? NB_OK : nb_str_dup(source->name, &pg->database);
}

static enum nb_err
end_bootdisc(const char *file, const struct nb_config_source *source)
{
	const struct nb_config_bootdisc *disc = &source->bootdisc;
	const char *what = NULL;

	if (disc->root && strncmp(disc->root, "UUID=", 5)
	    && strncmp(disc->root, "LABEL=", 6))
		what = "an invalid root; expected UUID=... or LABEL=...";
	else if (disc->root && disc->root[strcspn(disc->root, "'\"\\$ ;")])
		what = "quotes, blanks or special characters in root; expected "
		       "none";
	else if (!disc->kernel
		 && (disc->initramfs || disc->append || disc->rescue))
		what = "initramfs, append or default = rescue without kernel; "
		       "expected a kernel";
	if (what)
		return nb_fail(NB_ECONFIG, "%s:%d: bootdisc \"%s\" has %s",
			       file, source->line, source->name, what);
	return NB_OK;
}

enum nb_err
nb_config_source_end(const char *file, struct nb_config_source *source)
{
	enum nb_err err = nb_config_remote_end(file, source);

	if (err)
		return err;
	if (source->kind == NB_SOURCE_POSTGRES)
		return end_postgres(file, source);
	if (source->kind == NB_SOURCE_LVM || source->kind == NB_SOURCE_MIRROR)
		return nb_config_volume_end(file, source);
	if (source->kind == NB_SOURCE_BOOTDISC)
		return end_bootdisc(file, source);
	if (source->kind == NB_SOURCE_BOOTAREA && !source->bootarea.path)
		return nb_str_dup("/boot", &source->bootarea.path);
	return NB_OK;
}
