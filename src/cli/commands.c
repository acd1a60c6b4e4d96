/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <string.h>

#include "cli/cli.h"

const struct command commands[] = {
	{ "run", cmd_run, "", "run the nightly job: dump, burn, read back",
	  "jdDnRSJ", 0, 0 },
	{ "append", cmd_append, "[PATH...]",
	  "add a session to the disc in the drive", "jdDnRSJ", 0, SIZE_MAX },
	{ "plan", cmd_plan, "", "show what a run would do now, and why", "jdDJ",
	  0, 0 },
	{ "blank", cmd_blank, "", "blank the disc, if this is allowed",
	  "jdDnSJ", 0, 0 },
	{ "rotate", cmd_rotate, "",
	  "show which disc is wanted, eject any other", "jdDnWJ", 0, 0 },
	{ "adopt", cmd_adopt, "", "put an unknown disc into the pool",
	  "jdDnASVJ", 0, 0 },
	{ "verify", cmd_verify, "", "check the disc against its hashes", "jdDJ",
	  0, 0 },
	{ "restore", cmd_restore, "[BACKUP [PATH...]]", "restore a backup",
	  "jdDTIulsaHLGftmegopbkwMrKNFBOYCUJ", 0, SIZE_MAX },
	{ "drill", cmd_drill, "[BACKUP]",
	  "restore a backup to a throw-away place, and compare", "jdDsHkUJ", 0,
	  1 },
	{ "clone", cmd_clone, "[NAME]",
	  "copy the running system to a standby "
	  "disk",
	  "niXFJ", 0, 1 },
	{ "image", cmd_image, "FILE|-",
	  "write an image of a new backup to a file", "jSFJ", 1, 1 },
	{ "list", cmd_list, "", "list backups and discs", "PJ", 0, 0 },
	{ "show", cmd_show, "BACKUP", "show a backup with its files", "J", 1,
	  1 },
	{ "find", cmd_find, "NAME", "find files by name in all backups", "J", 1,
	  1 },
	{ "catalog", cmd_catalog, "rebuild | accept | lost DISC",
	  "rebuild a lost catalog, or say what is lost", "jdDZJ", 1, 2 },
	{ "pool", cmd_pool, "take-over",
	  "take a pool over from another machine", "jdDzJ", 1, 1 },
	{ "key", cmd_key, "export | import [FILE|-]",
	  "copy the key of this installation to another host", "FJ", 1, 2 },
	{ "remote", cmd_remote, "[KIND...] [PATH...]",
	  "serve a source to another host over ssh", "", 0, SIZE_MAX },
	{ "drives", cmd_drives, "", "list the recorders of this machine", "J",
	  0, 0 },
	{ "disc", cmd_disc, "", "show what is in the drive", "jdDJ", 0, 0 },
	{ "msinfo", cmd_msinfo, "",
	  "print where the next session goes, as cdrecord does", "jdD", 0, 0 },
	{ "check-config", cmd_check_config, "", "check the configuration",
	  "yEJ", 0, 0 },
	{ NULL, NULL, NULL, NULL, NULL, 0, 0 }
};

const struct command *
cli_find_command(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

#define NAME_SIZE 16

static size_t
least(size_t a, size_t b, size_t c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

/* The number of letters to add, remove or change to get from A to B
 * (Levenshtein). */
static size_t
distance(const char *a, const char *b)
{
	size_t row[NAME_SIZE + 1], n = strlen(b);

	if (n > NAME_SIZE || strlen(a) > NAME_SIZE)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (; *a; a++) {
		size_t corner = row[0]++;

		for (size_t j = 1; j <= n; j++) {
			size_t changed = corner + (*a != b[j - 1]);

			corner = row[j];
			row[j] = least(row[j] + 1, row[j - 1] + 1, changed);
		}
	}
	return row[n];
}

const char *
cli_nearest_command(const char *name)
{
	const char *nearest = NULL;
	size_t best = 3;

	for (const struct command *c = commands; c->name; c++) {
		size_t d = distance(name, c->name);

		if (d < best && d < strlen(c->name)) {
			best = d;
			nearest = c->name;
		}
	}
	return nearest;
}
