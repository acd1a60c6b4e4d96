/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/disc_contents.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "job/disc/copies.h"
#include "model/record/backup_path.h"
#include "store/key.h"

static void
judge(const struct nb_disc_contents *c, struct nb_disc_backup *b,
      const char *text, size_t length)
{
	b->judged = true;
	b->mac = NB_MAC_NO_KEY;
	if (c->has_key && b->has_label
	    && nb_label_is_signed(&b->label, &c->key))
		b->mac = nb_manifest_mac_of(text, length, &c->key,
					    b->label.has_manifest_mac);
}

static enum nb_err
hash_text(const char *text, size_t length, uint8_t digest[NB_SHA256_SIZE])
{
	struct nb_sha256 *sha256 = NULL;
	enum nb_err err = nb_sha256_new(&sha256);

	if (err)
		return err;
	nb_sha256_add(sha256, text, length);
	nb_sha256_finish(sha256, digest);
	nb_sha256_free(sha256);
	return NB_OK;
}

void
nb_disc_backup_unload(struct nb_disc_backup *b)
{
	nb_manifest_clear(&b->manifest);
	nb_entries_free(&b->entries);
	nb_entries_free(&b->elsewhere);
	b->loaded = false;
}

static enum nb_err
parse(struct nb_disc_backup *b, const char *text, size_t length)
{
	enum nb_err err = nb_manifest_parse(b->path, text, length, &b->manifest,
					    &b->entries);

	if (err)
		return err;
	b->loaded = true;
	if (b->has_label && strcmp(b->manifest.backup_id, b->label.backup_id))
		err = nb_fail(
			NB_ECORRUPT,
			"%s: label and manifest belong to different backups",
			b->label.disc);
	if (!err)
		err = nb_backup_path_take_all(b->manifest.backup_id,
					      &b->entries, &b->manifest.sources,
					      &b->elsewhere);
	if (err)
		nb_disc_backup_unload(b);
	return err;
}

enum nb_err
nb_disc_backup_take(const struct nb_disc_contents *c, struct nb_disc_backup *b,
		    const char *text, size_t length)
{
	enum nb_err err;

	if (b->loaded)
		return NB_OK;
	judge(c, b, text, length);
	err = hash_text(text, length, b->sha256);
	b->size = length;
	return err ? err : parse(b, text, length);
}

/* If no MAC can tell: is it the manifest that SHA256SUMS lists? */
static bool
is_right(const struct nb_disc_contents *c, const struct nb_disc_backup *b)
{
	struct nb_sums sums = NB_ARRAY_INIT;
	const struct nb_sum *e = NULL;
	bool right;

	if (b->mac == NB_MAC_GOOD || b->mac == NB_MAC_WRONG)
		return b->mac == NB_MAC_GOOD;
	if (!nb_disc_sums(c, &sums))
		e = nb_sums_find(&sums, b->path);
	right = !e || !memcmp(e->sha256, b->sha256, sizeof b->sha256);
	nb_sums_free(&sums);
	return right;
}

static enum nb_err
load_from(const struct nb_disc_contents *c, const char *path,
	  struct nb_disc_backup *b)
{
	char *text;
	size_t length;
	enum nb_err err = nb_copy_text(c, path, &text, &length);

	if (err)
		return err;
	nb_log(NB_DEBUG, "%s: read, %zu bytes", path, length);
	err = nb_disc_backup_take(c, b, text, length);
	free(text);
	return err;
}

/* Its copy at PATH, if that is better than what was read with ERR. */
static enum nb_err
load_copy(const struct nb_disc_contents *c, const char *path,
	  struct nb_disc_backup *b, enum nb_err err)
{
	struct nb_disc_backup other = *b;

	memset(&other.manifest, 0, sizeof other.manifest);
	memset(&other.entries, 0, sizeof other.entries);
	memset(&other.elsewhere, 0, sizeof other.elsewhere);
	other.loaded = false;
	if (load_from(c, path, &other) || !is_right(c, &other)) {
		nb_disc_backup_unload(&other);
		return err;
	}
	nb_log(NB_WARNING, "%s: damaged; its copy is read instead", b->path);
	nb_disc_backup_unload(b);
	*b = other;
	return NB_OK;
}

enum nb_err
nb_disc_backup_load(const struct nb_disc_contents *c, struct nb_disc_backup *b)
{
	enum nb_err err;
	char *copy;

	if (b->loaded)
		return NB_OK;
	err = load_from(c, b->path, b);
	if (err == NB_ENOMEM || err == NB_ECANCELED
	    || nb_copy_path(b->path, &copy))
		return err ? err : NB_ENOMEM;
	if (nb_nodes_find(&c->nodes, copy) && (err || !is_right(c, b)))
		err = load_copy(c, copy, b, err);
	free(copy);
	return err;
}

/* If nothing else identifies a backup, the path "nightburn/<backup
 * id>/manifest.json" does. */
static void
take_id_from_path(struct nb_disc_backup *b)
{
	const char *id = strchr(b->path, '/') + 1;
	size_t n = strcspn(id, "/");

	if (strcmp(b->path, NB_MANIFEST_PATH) && n <= NB_BACKUP_ID_MAX)
		memcpy(b->label.backup_id, id, n);
}

/* Identifies the backup: by its label, else by its manifest. */
static enum nb_err
identify(const struct nb_disc_contents *c, const struct nb_inspection *look,
	 struct nb_disc_backup *b)
{
	const struct nb_manifest *m = &b->manifest;
	enum nb_err err = NB_OK;

	if (!strcmp(b->path, NB_MANIFEST_PATH)
	    && look->label_state == NB_LABEL_GOOD) {
		b->label = look->label;
		b->has_label = true;
	} else {
		err = nb_copy_label(c, b, &b->label);
		b->has_label = !err;
	}
	if (err == NB_ENOMEM || err == NB_ECANCELED || b->has_label)
		return err;
	b->err = nb_disc_backup_load(c, b);
	if (b->err == NB_ENOMEM || b->err == NB_ECANCELED)
		return b->err;
	memcpy(b->label.backup_id, m->backup_id, sizeof m->backup_id);
	if (b->err)
		take_id_from_path(b);
	b->label.generation = m->generation;
	b->label.created = m->created;
	nb_disc_backup_unload(b);
	return NB_OK;
}

static int
oldest_first(const void *a, const void *b)
{
	const struct nb_label *x = &((const struct nb_disc_backup *)a)->label;
	const struct nb_label *y = &((const struct nb_disc_backup *)b)->label;

	if (x->generation != y->generation)
		return x->generation < y->generation ? -1 : 1;
	return x->created < y->created ? -1 : x->created > y->created;
}

static enum nb_err
list_backups(struct nb_disc_contents *c, const struct nb_inspection *look)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < c->nodes.count; i++) {
		struct nb_disc_backup b = {
			.path = c->nodes.at[i].entry.path,
		};

		if (!strcmp(b.path, NB_MANIFEST_COPY)
		    && !nb_nodes_find(&c->nodes, NB_MANIFEST_PATH))
			b.path = NB_MANIFEST_PATH;
		if (strcmp(b.path, NB_MANIFEST_PATH)
		    && !nb_manifest_is_earlier(b.path))
			continue;
		err = identify(c, look, &b);
		if (!err)
			err = nb_array_push(&c->backups, b);
	}
	if (!err && c->backups.count)
		qsort(c->backups.at, c->backups.count, sizeof *c->backups.at,
		      oldest_first);
	for (size_t i = 0; i < c->backups.count; i++)
		c->backups.at[i].number = (int)i + 1;
	return err;
}

enum nb_err
nb_disc_contents_open(struct nightburn *nb, const struct nb_inspection *look,
		      struct nb_disc_contents *c)
{
	enum nb_err err;

	memset(c, 0, sizeof *c);
	c->start = nb_inspect_start(look);
	c->has_key = nb && nb_key_load(nb->config->state_dir, &c->key) == NB_OK;
	err = nb_drive_blocks(look->drive, &c->blocks);
	if (!err) {
		c->blocks->bad = look->bad_blocks;
		err = nb_reader_tree(c->blocks, c->start, &c->nodes);
	}
	c->partial = look->salvage && (err == NB_ECORRUPT || err == NB_EIO);
	if (c->partial)
		err = nb_reader_damaged_tree(c->blocks, c->start, &c->nodes);
	return err ? err : list_backups(c, look);
}

void
nb_disc_contents_free(struct nb_disc_contents *c)
{
	for (size_t i = 0; i < c->backups.count; i++)
		nb_disc_backup_unload(&c->backups.at[i]);
	nb_array_free(&c->backups);
	nb_nodes_free(&c->nodes);
	nb_blocks_free(c->blocks);
	nb_key_clear(&c->key);
	memset(c, 0, sizeof *c);
}

/* The session that contains the bytes of the manifest of B is the one that
 * wrote it: later sessions do not move them. */
static void
find_session(const struct nb_disc_contents *c,
	     const struct nb_disc_sessions *sessions, size_t count,
	     struct nb_disc_backup *b)
{
	const struct nb_node *node = nb_nodes_find(&c->nodes, b->path);

	for (size_t i = 0; i < count && node && node->extent_count; i++) {
		const struct nb_disc_session *s = &sessions->at[i];
		uint32_t lba = node->extents[0].lba;

		if (lba < s->start || lba - s->start >= s->blocks)
			continue;
		b->number = (int)i + 1;
		b->part.start = s->start;
		b->part.blocks = s->blocks;
		return;
	}
}

enum nb_err
nb_disc_contents_sessions(struct nb_disc_contents *c,
			  const struct nb_inspection *look)
{
	struct nb_disc_sessions sessions = NB_ARRAY_INIT;
	enum nb_err err = nb_drive_sessions(look->drive, c->blocks, &sessions);
	size_t count = sessions.count;

	if (look->session && (size_t)look->session < count)
		count = (size_t)look->session;
	for (size_t i = 0; !err && i < c->backups.count; i++)
		find_session(c, &sessions, count, &c->backups.at[i]);
	nb_array_free(&sessions);
	return err;
}

static enum nb_err
add_own_file(struct nb_disc_backup *b, const char *path, uint64_t size,
	     const uint8_t sha256[NB_SHA256_SIZE])
{
	struct nb_entry e = {
		.type = NB_ENTRY_FILE,
		.mode = 0444,
		.mtime = b->manifest.created,
		.size = size,
		.hashed = true,
	};
	enum nb_err err = nb_str_dup(path, &e.path);

	memcpy(e.sha256, sha256, sizeof e.sha256);
	return err ? err : nb_entries_add(&b->entries, &e);
}

/* Later sessions have a SHA256SUMS of their own: that of this session is only
 * in its own directory. */
static enum nb_err
own_sums(const struct nb_disc_contents *c, const struct nb_disc_backup *b,
	 size_t *length, uint8_t sha256[NB_SHA256_SIZE])
{
	char *text = NULL;
	enum nb_err err;

	if (!strcmp(b->path, NB_MANIFEST_PATH))
		err = nb_disc_text(c, NB_SUMS_PATH, &text, length);
	else
		err = nb_reader_file(c->blocks, b->part.start, NB_SUMS_PATH,
				     NB_DISC_TEXT_MAX, &text, length);
	if (err == NB_EIO && strcmp(b->path, NB_MANIFEST_PATH))
		err = nb_reader_file(c->blocks, b->part.start, NB_SUMS_COPY,
				     NB_DISC_TEXT_MAX, &text, length);
	if (!err)
		err = hash_text(text, *length, sha256);
	free(text);
	return err;
}

static bool
lists(const struct nb_disc_backup *b, const char *path)
{
	for (size_t i = b->entries.count; i-- > 0;)
		if (!strcmp(b->entries.at[i].path, path))
			return true;
	return false;
}

/* Backup and own files in one list, with paths on the disc. */
static enum nb_err
join(struct nb_disc_backup *b)
{
	enum nb_err err = nb_backup_path_put(b->manifest.backup_id, &b->entries,
					     &b->manifest.sources);
	struct nb_entries *from = &b->elsewhere;

	for (size_t i = 0; !err && i < from->count; i++) {
		struct nb_entry e = from->at[i];

		memset(&from->at[i], 0, sizeof from->at[i]);
		err = nb_entries_add(&b->entries, &e);
	}
	nb_entries_free(from);
	return err;
}

enum nb_err
nb_disc_backup_complete(const struct nb_disc_contents *c,
			struct nb_disc_backup *b)
{
	uint8_t sha256[NB_SHA256_SIZE];
	size_t length = 0;
	enum nb_err err = join(b);
	bool has_copies = lists(b, NB_LABEL_COPY);

	if (err || !b->part.blocks)
		return err;
	err = own_sums(c, b, &length, sha256);
	if (err == NB_EIO || err == NB_ECORRUPT || err == NB_ENOTFOUND) {
		memset(&b->part, 0, sizeof b->part);
		return NB_OK;
	}
	if (!err)
		err = add_own_file(b, NB_MANIFEST_PATH, b->size, b->sha256);
	if (!err)
		err = add_own_file(b, NB_SUMS_PATH, length, sha256);
	if (!err && has_copies)
		err = add_own_file(b, NB_MANIFEST_COPY, b->size, b->sha256);
	return err || !has_copies
		? err
		: add_own_file(b, NB_SUMS_COPY, length, sha256);
}
