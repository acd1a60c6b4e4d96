/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/unlabelled.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "job/disc/disc_contents.h"

static enum nb_err
read_manifest(struct nb_blocks *blocks, uint32_t start, const char *path,
	      struct nb_manifest *m)
{
	struct nb_entries entries = NB_ARRAY_INIT;
	char *text = NULL;
	size_t length;
	enum nb_err err = nb_reader_file(blocks, start, path, NB_DISC_TEXT_MAX,
					 &text, &length);

	if (!err)
		err = nb_manifest_parse(path, text, length, m, &entries);
	nb_entries_free(&entries);
	free(text);
	return err;
}

static void
take(const struct nb_manifest *m, struct nb_inspection *look)
{
	struct nb_label *label = &look->label;

	memset(label, 0, sizeof *label);
	memcpy(label->backup_id, m->backup_id, sizeof label->backup_id);
	memcpy(label->pool, m->pool, sizeof label->pool);
	label->generation = m->generation;
	label->created = m->created;
	snprintf(label->disc, sizeof label->disc, "%s", look->volume_id);
}

enum nb_err
nb_unlabelled_identify(struct nb_inspection *look)
{
	static const char *const paths[] = { NB_MANIFEST_PATH,
					     NB_MANIFEST_COPY };
	struct nb_manifest m = { .backup_id = "" };
	struct nb_blocks *blocks = NULL;
	enum nb_err err = NB_ENOTFOUND;

	if (look->label_state != NB_LABEL_NONE)
		return err;
	err = nb_drive_blocks(look->drive, &blocks);
	for (size_t i = 0; !err && i < sizeof paths / sizeof *paths; i++) {
		err = read_manifest(blocks, nb_inspect_start(look), paths[i],
				    &m);
		if (err != NB_ECORRUPT && err != NB_EIO)
			break;
		err = i ? err : NB_OK;
	}
	if (!err) {
		take(&m, look);
		nb_log(NB_NOTE,
		       "%s: an image without a label: nothing proves who wrote "
		       "it",
		       look->device);
	}
	nb_manifest_clear(&m);
	nb_blocks_free(blocks);
	return err;
}
