/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/volume/overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "source/device/loop.h"
#include "source/tool.h"

#define UUID "nightburn-"
#define SECTOR 512
#define ROOM_MAX ((uint64_t)4 << 30) /* larger than any journal */

static enum nb_err
open_base(const struct nb_overlay_spec *spec, struct nb_loop *loop)
{
	int file = open(spec->device, O_RDONLY | O_CLOEXEC);
	enum nb_err err;

	if (file < 0)
		return nb_fail_errno(NB_ESOURCE, "%s: cannot open %s",
				     spec->object, spec->device);
	err = nb_loop_open(spec->object, file, true, spec->offset, spec->size,
			   loop);
	nb_fd_close(&file);
	return err;
}

static enum nb_err
open_room(const struct nb_overlay_spec *spec, struct nb_loop *loop)
{
	uint64_t size = spec->size < ROOM_MAX ? spec->size : ROOM_MAX;
	int file = open(spec->directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	enum nb_err err;

	if (file < 0 || ftruncate(file, (off_t)size))
		err = nb_fail_errno(
			NB_ESOURCE,
			"%s: cannot create a file for the journal in %s",
			spec->object, spec->directory);
	else
		err = nb_loop_open(spec->object, file, false, 0, 0, loop);
	nb_fd_close(&file);
	return err;
}

static enum nb_err
map(const struct nb_overlay_spec *spec, const struct nb_loop *base,
    const struct nb_loop *room, struct nb_overlay *overlay)
{
	char table[160], uuid[160];
	const char *const argv[] = {
		"dmsetup",       "create", spec->name, "--noudevsync",
		"--noudevrules", "--uuid", uuid,       "--table",
		table,           NULL
	};
	enum nb_err err;

	snprintf(uuid, sizeof uuid, UUID "%s-%s", spec->installation,
		 spec->name);
	snprintf(table, sizeof table, "0 %" PRIu64 " snapshot %s %s N 8",
		 spec->size / SECTOR, base->path, room->path);
	err = nb_tool_run(spec->object, argv, NULL);
	if (!err)
		err = nb_str_dup(spec->name, &overlay->name);
	return err;
}

/* The node that the kernel creates; those in /dev/mapper are created by
 * udev. */
static enum nb_err
find_node(struct nb_overlay *overlay)
{
	const char *const argv[] = { "dmsetup",      "info", "--columns",
				     "--noheadings", "-o",   "blkdevname",
				     overlay->name,  NULL };
	char *text = NULL;
	enum nb_err err = nb_tool_run(overlay->object, argv, &text);

	if (!err)
		snprintf(overlay->path, sizeof overlay->path, "/dev/%.*s",
			 (int)strcspn(text, " \n"), text);
	free(text);
	return err;
}

enum nb_err
nb_overlay_open(const struct nb_overlay_spec *spec, struct nb_overlay *overlay)
{
	struct nb_loop base = { .fd = -1 }, room = { .fd = -1 };
	enum nb_err err;

	*overlay = (struct nb_overlay){ .object = spec->object, .base = -1 };
	err = open_base(spec, &base);
	if (err)
		return err;
	overlay->base = base.fd;
	snprintf(overlay->path, sizeof overlay->path, "%s", base.path);
	if (!spec->directory)
		return NB_OK;
	err = open_room(spec, &room);
	if (!err)
		err = map(spec, &base, &room, overlay);
	if (!err)
		err = find_node(overlay);
	/* From now on the mapped device keeps it open. */
	nb_fd_close(&room.fd);
	return err;
}

enum nb_err
nb_overlay_check(const struct nb_overlay *overlay)
{
	const char *const argv[] = { "dmsetup", "status", overlay->name, NULL };
	char *text = NULL;
	enum nb_err err;

	if (!overlay->name)
		return NB_OK;
	err = nb_tool_run(overlay->object, argv, &text);
	if (!err && (strstr(text, "Invalid") || strstr(text, "Overflow")))
		err = nb_fail(NB_ESOURCE,
			      "%s: no space left for the journal; the backup "
			      "is invalid",
			      overlay->object);
	free(text);
	return err;
}

static enum nb_err
remove_mapped(const char *object, const char *name)
{
	const char *const argv[] = {
		"dmsetup",       "remove", "--retry", "--noudevsync",
		"--noudevrules", name,     NULL
	};

	return nb_tool_run(object, argv, NULL);
}

void
nb_overlay_close(struct nb_overlay *overlay)
{
	if (overlay->name && remove_mapped(overlay->object, overlay->name))
		nb_log(NB_WARNING,
		       "%s: /dev/mapper/%s still exists; the next run removes "
		       "it",
		       overlay->object, overlay->name);
	free(overlay->name);
	overlay->name = NULL;
	nb_fd_close(&overlay->base);
}

/* The uuid of NAME in the lines "name:uuid" of TEXT; NULL: there is none. */
static const char *
find_line(const char *text, const char *name)
{
	size_t n = strlen(name);

	while (*text) {
		if (!strncmp(text, name, n) && text[n] == ':')
			return text + n + 1;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return NULL;
}

enum nb_err
nb_overlay_clean(const char *object, const char *installation, const char *name)
{
	static const char *const argv[] = { "dmsetup",     "info",
					    "--columns",   "--noheadings",
					    "--separator", ":",
					    "-o",          "name,uuid",
					    NULL };
	char *text = NULL;
	const char *uuid;
	size_t n = strlen(UUID);
	enum nb_err err = nb_tool_run(object, argv, &text);

	uuid = err ? NULL : find_line(text, name);
	if (uuid
	    && (strncmp(uuid, UUID, n)
		|| strncmp(uuid + n, installation, strlen(installation)))) {
		err = nb_fail(NB_ESOURCE,
			      "%s: /dev/mapper/%s exists but is not of this "
			      "installation; it was not touched",
			      object, name);
	} else if (uuid) {
		nb_log(NB_WARNING,
		       "%s: removing /dev/mapper/%s of a run that died", object,
		       name);
		err = remove_mapped(object, name);
	}
	free(text);
	return err;
}
