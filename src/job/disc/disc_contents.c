/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/disc_contents.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "job/disc/manifest_mac.h"
#include "job/run/previous_sessions.h"
#include "store/key.h"

#define PIECE_BLOCKS 512 /* 1 MiB */

#define MOVED_MANIFEST "/manifest.json"

static void
found_clear(struct nb_disc_content *found)
{
	nb_manifest_clear(&found->manifest);
	nb_entries_free(&found->entries);
}

static enum nb_err
read_manifest(struct nb_blocks *blocks, uint32_t start, const char *path,
	      struct nb_disc_content *found)
{
	char *text;
	size_t length;
	enum nb_err err = nb_disc_text(blocks, start, path, &text, &length);

	if (err)
		return err;
	err = nb_manifest_parse(path, text, length, &found->manifest,
				&found->entries);
	free(text);
	return err;
}

static enum nb_err
read_label(struct nb_blocks *blocks, uint32_t start, const char *path,
	   struct nb_label *label)
{
	char *text;
	size_t length;
	enum nb_err err = nb_disc_text(blocks, start, path, &text, &length);

	if (err)
		return err;
	err = nb_label_parse(path, text, length, label);
	free(text);
	return err;
}

/* An earlier session's: "nightburn/<backup id>/manifest.json". */
static enum nb_err
add_earlier(struct nb_blocks *blocks, uint32_t start, const char *path,
	    struct nb_disc_contents *list)
{
	struct nb_disc_content found = { .entries = NB_ARRAY_INIT };
	char *label = NULL;
	enum nb_err err;

	err = nb_str_format(&label, "%.*s/label.json",
			    (int)(strlen(path) - strlen(MOVED_MANIFEST)), path);
	if (!err)
		err = read_label(blocks, start, label, &found.label);
	if (!err)
		err = read_manifest(blocks, start, path, &found);
	if (!err)
		err = nb_array_push(list, found);
	if (err)
		found_clear(&found);
	free(label);
	return err;
}

static enum nb_err
add_all_earlier(struct nb_blocks *blocks, uint32_t start,
		struct nb_disc_contents *list)
{
	struct nb_entries kept = NB_ARRAY_INIT;
	char *text;
	size_t length;
	enum nb_err err =
		nb_disc_text(blocks, start, NB_SUMS_PATH, &text, &length);

	if (err)
		return err;
	err = nb_sums_load(NB_SUMS_PATH, text, length, &kept);
	free(text);
	for (size_t i = 0; !err && i < kept.count; i++)
		if (nb_manifest_is_earlier(kept.at[i].path))
			err = add_earlier(blocks, start, kept.at[i].path, list);
	nb_entries_free(&kept);
	return err;
}

static int
oldest_first(const void *a, const void *b)
{
	const struct nb_disc_content *x = a, *y = b;

	if (x->label.generation != y->label.generation)
		return x->label.generation < y->label.generation ? -1 : 1;
	return x->label.created < y->label.created
		? -1
		: x->label.created > y->label.created;
}

/* The newest one, and those before it, by what they left on the disc. */
static enum nb_err
find_all(const struct nb_inspection *look, struct nb_blocks *blocks,
	 struct nb_disc_contents *list)
{
	struct nb_disc_content newest = { .label = look->label,
					  .entries = NB_ARRAY_INIT };
	uint32_t start = nb_inspect_start(look);
	enum nb_err err = add_all_earlier(blocks, start, list);

	if (!err)
		err = read_manifest(blocks, start, NB_MANIFEST_PATH, &newest);
	if (!err && strcmp(newest.manifest.backup_id, look->label.backup_id))
		err = nb_fail(NB_ECORRUPT,
			      "%s: label and manifest are of "
			      "different backups",
			      look->label.disc);
	if (!err && list->count)
		qsort(list->at, list->count, sizeof *list->at, oldest_first);
	if (!err)
		err = nb_array_push(list, newest);
	if (err)
		found_clear(&newest);
	for (size_t i = 0; !err && i < list->count; i++)
		list->at[i].number = (int)i + 1;
	return err;
}

/* The file PATH of the session, which its manifest does not list, becomes an
 * entry as it was when the session was written. */
static enum nb_err
add_own_file(struct nb_blocks *blocks, const char *path,
	     struct nb_disc_content *found)
{
	struct nb_sha256 *sha256 = NULL;
	struct nb_entry *e;
	char *text = NULL;
	size_t length;
	enum nb_err err;

	err = nb_disc_text(blocks, found->start, path, &text, &length);
	if (!err)
		err = nb_sha256_new(&sha256);
	if (!err)
		err = nb_entries_add_text(&found->entries, path, text, length,
					  found->manifest.created);
	if (!err) {
		e = &found->entries.at[found->entries.count - 1];
		nb_sha256_add(sha256, text, length);
		nb_sha256_finish(sha256, e->sha256);
		e->hashed = true;
	}
	nb_sha256_free(sha256);
	free(text);
	return err;
}

static enum nb_err
read_checksum(struct nb_blocks *blocks, struct nb_disc_content *found)
{
	uint8_t *buf = malloc((size_t)PIECE_BLOCKS * NB_BLOCK);
	uint64_t at = found->start, end = at + found->blocks;
	struct nb_checksum *sum = NULL;
	enum nb_err err = buf ? nb_checksum_new(&sum) : nb_fail_memory();

	while (!err && at < end) {
		uint32_t n = end - at < PIECE_BLOCKS ? (uint32_t)(end - at)
						     : PIECE_BLOCKS;

		err = nb_blocks_read(blocks, (uint32_t)at, n, buf);
		if (!err)
			nb_checksum_add(sum, buf, (size_t)n * NB_BLOCK);
		at += n;
	}
	if (!err)
		nb_checksum_finish(sum, found->checksum);
	nb_checksum_free(sum);
	free(buf);
	return err;
}

/* The session that brought FOUND, when it is this one. */
static enum nb_err
complete(struct nb_blocks *blocks, const struct nb_disc_session *s,
	 struct nb_disc_contents *list, int number)
{
	struct nb_label label;
	struct nb_disc_content *found = NULL;
	enum nb_err err = read_label(blocks, s->start, NB_LABEL_PATH, &label);

	for (size_t i = 0; !err && i < list->count; i++)
		if (!strcmp(list->at[i].label.backup_id, label.backup_id))
			found = &list->at[i];
	if (err || !found || found->blocks)
		return err;
	found->number = number;
	found->start = s->start;
	found->blocks = s->blocks;
	err = add_own_file(blocks, NB_MANIFEST_PATH, found);
	if (!err)
		err = add_own_file(blocks, NB_SUMS_PATH, found);
	return err ? err : read_checksum(blocks, found);
}

static enum nb_err
complete_all(const struct nb_inspection *look, struct nb_blocks *blocks,
	     struct nb_disc_contents *list)
{
	struct nb_disc_sessions sessions = NB_ARRAY_INIT;
	enum nb_err err = nb_drive_sessions(look->drive, blocks, &sessions);

	/* A session that cannot be read by itself is known by what the newest
	 * one shows of it. */
	for (size_t i = 0; !err && i < sessions.count; i++) {
		if (!sessions.at[i].blocks
		    || (look->session && (int)i >= look->session))
			continue;
		err = complete(blocks, &sessions.at[i], list, (int)i + 1);
		if (err == NB_EIO || err == NB_ECORRUPT)
			err = NB_OK;
	}
	nb_array_free(&sessions);
	return err;
}

static enum nb_err
mac_of(const struct nb_inspection *look, struct nb_blocks *blocks,
       const struct nb_key *key, struct nb_disc_content *found)
{
	uint32_t start = nb_inspect_start(look);
	char *path = NULL;
	enum nb_err err = NB_OK;

	if (strcmp(found->label.backup_id, look->label.backup_id))
		err = nb_str_format(&path, "nightburn/%s" MOVED_MANIFEST,
				    found->label.backup_id);
	if (!err)
		found->mac = nb_manifest_mac_inspect(
			blocks, start, path ? path : NB_MANIFEST_PATH, key);
	free(path);
	return err;
}

enum nb_err
nb_disc_contents_load(const struct nb_inspection *look,
		      const struct nb_key *key, struct nb_disc_contents *list)
{
	struct nb_blocks *blocks = NULL;
	enum nb_err err = nb_drive_blocks(look->drive, &blocks);

	if (!err)
		err = find_all(look, blocks, list);
	for (size_t i = 0; !err && i < list->count; i++)
		err = mac_of(look, blocks, key, &list->at[i]);
	if (!err)
		err = complete_all(look, blocks, list);
	nb_blocks_free(blocks);
	return err;
}

void
nb_disc_contents_free(struct nb_disc_contents *list)
{
	for (size_t i = 0; i < list->count; i++)
		found_clear(&list->at[i]);
	nb_array_free(list);
}
