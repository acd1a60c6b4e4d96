/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/restore/restore_select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "job/disc/fallback_session.h"

#define TEXT_MAX ((size_t)1 << 30)

static enum nb_err
load_manifest(struct nb_blocks *blocks, uint32_t start, const char *path,
	      struct nb_disc_backup *held)
{
	enum nb_err err;
	char *text;
	size_t length;

	memset(held, 0, sizeof *held);
	err = nb_reader_file(blocks, start, path, TEXT_MAX, &text, &length);
	if (err == NB_ENOTFOUND)
		return nb_fail(NB_ECORRUPT, "%s: missing on the disc", path);
	if (err)
		return err;
	err = nb_manifest_parse(path, text, length, &held->manifest,
				&held->entries);
	free(text);
	return err;
}

void
nb_disc_backup_clear(struct nb_disc_backup *held)
{
	nb_manifest_clear(&held->manifest);
	nb_entries_free(&held->entries);
}

static bool
is_asked_for(const struct nb_manifest *m, const char *which)
{
	char number[24];

	if (!which)
		return true;
	snprintf(number, sizeof number, "%llu",
		 (unsigned long long)m->generation);
	return nb_backup_is_generation(which)
		? !strcmp(which, number)
		: !strncmp(m->backup_id, which, strlen(which));
}

/* A backup by hand stands behind the generation that it belongs to. */
static bool
is_newer(const struct nb_manifest *a, const struct nb_manifest *b)
{
	bool a_by_hand = !strcmp(a->job, NB_JOB_BY_HAND);
	bool b_by_hand = !strcmp(b->job, NB_JOB_BY_HAND);

	if (a_by_hand != b_by_hand)
		return b_by_hand;
	if (a->generation != b->generation)
		return a->generation > b->generation;
	return a->created > b->created;
}

static enum nb_err
not_here(const struct nb_inspection *look, const char *which)
{
	return nb_fail(NB_ENOTFOUND,
		       "%s: backup %s is not on disc %s\n"
		       "hint: nightburn list tells which disc holds it",
		       look->device, which ? which : "(any)", look->label.disc);
}

static enum nb_err
find(const struct nb_inspection *look, struct nb_blocks *blocks,
     const char *which, const struct nb_nodes *nodes,
     struct nb_disc_backup *out)
{
	struct nb_disc_backup best = { 0 }, next;
	enum nb_err err = NB_OK;
	bool found = false;

	for (size_t i = 0; !err && i < nodes->count; i++) {
		const char *path = nodes->at[i].entry.path;

		if (strcmp(path, NB_MANIFEST_PATH)
		    && !nb_manifest_is_earlier(path))
			continue;
		err = load_manifest(blocks, nb_inspect_start(look), path,
				    &next);
		if (err)
			break;
		if (is_asked_for(&next.manifest, which)
		    && (!found || is_newer(&next.manifest, &best.manifest))) {
			nb_disc_backup_clear(&best);
			best = next;
			best.path = path;
			found = true;
		} else {
			nb_disc_backup_clear(&next);
		}
	}
	if (!err && !found)
		err = not_here(look, which);
	if (!err)
		err = nb_entries_sort(&best.entries);
	if (err)
		nb_disc_backup_clear(&best);
	else
		*out = best;
	return err;
}

/* What the session that LOOK is at holds, and the backup in it. */
static enum nb_err
find_in_session(const struct nb_inspection *look, struct nb_blocks *blocks,
		const char *which, struct nb_nodes *nodes,
		struct nb_disc_backup *out)
{
	enum nb_err err;

	err = nb_reader_tree(blocks, nb_inspect_start(look), nodes);
	if (!err)
		err = find(look, blocks, which, nodes, out);
	if (err)
		nb_nodes_free(nodes);
	return err;
}

enum nb_err
nb_restore_find(struct nb_inspection *look, struct nb_blocks *blocks,
		const char *which, struct nb_nodes *nodes,
		struct nb_disc_backup *out)
{
	enum nb_err err, first = NB_OK, back = NB_OK;

	do {
		err = find_in_session(look, blocks, which, nodes, out);
		if (!first)
			first = err;
		if (nb_fallback_may_help(err))
			back = nb_fallback_session(look);
		else
			back = NB_ENOTFOUND;
	} while (err && !back);
	if (!err)
		return NB_OK;
	return back == NB_ENOTFOUND ? first : back;
}

enum nb_err
nb_restore_look(struct nightburn *nb, const char *device,
		struct nb_inspection *look)
{
	enum nb_err err = nb_inspect_open(nb, device, look);

	if (err)
		return err;
	if (look->medium.state == NB_MEDIUM_NONE)
		err = nb_fail(NB_ENOMEDIUM, "%s: no disc", look->device);
	else if (look->label_state != NB_LABEL_GOOD)
		err = nb_fallback_session(look);
	if (err == NB_ENOTFOUND)
		err = nb_fail(NB_EFOREIGN,
			      "%s: no label of nightburn on "
			      "this disc\nhint: mount it and read its "
			      "RESTORE.txt",
			      look->device);
	if (err)
		nb_inspect_close(look);
	return err;
}
