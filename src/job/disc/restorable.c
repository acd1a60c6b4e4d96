/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/restorable.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "disc/read/readback.h"

struct check {
	const struct nb_disc_contents *contents;
	const char *id; /* of the backup */
	const struct nb_sums *sums;
	uint64_t bad;
};

static void
log_bad(struct check *c, const char *path, const char *what)
{
	if (c->bad++ < NB_BAD_NAMED)
		nb_log(NB_ERROR, "%s/%s: %s", c->id, path, what);
}

/* Does SHA256SUMS have the same hash for the file at PATH as the manifest? */
static bool
agrees(const struct check *c, const struct nb_entry *e, const char *path)
{
	const struct nb_sum *sum;

	if (!c->sums || e->type != NB_ENTRY_FILE || !e->hashed)
		return true;
	sum = nb_sums_find(c->sums, path);
	return sum && !memcmp(sum->sha256, e->sha256, sizeof e->sha256);
}

static enum nb_err
check_entry(struct check *c, const struct nb_entry *e)
{
	const struct nb_node *node;
	char *path;
	enum nb_err err;

	if (e->off_disc)
		return NB_OK;
	err = nb_str_format(&path, "%s/%s", c->id, e->path);
	if (err)
		return err;
	node = nb_nodes_find(&c->contents->nodes, path);
	if (!node || node->entry.type != e->type)
		log_bad(c, e->path, "in the manifest, but missing on the disc");
	else if (e->type == NB_ENTRY_FILE && node->entry.size != e->size)
		log_bad(c, e->path, "of another size than in the manifest");
	else if (!agrees(c, e, path))
		log_bad(c, e->path,
			"SHA-256 of the manifest differs from that of "
			"SHA256SUMS");
	free(path);
	return NB_OK;
}

static uint64_t
count_lost(const struct nb_entries *entries)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < entries->count; i++)
		lost += entries->at[i].lost;
	return lost;
}

static uint64_t
count_all_lost(const struct nb_disc_backup *b)
{
	const struct nb_manifest_sources *sources = &b->manifest.sources;
	uint64_t lost = count_lost(&b->entries);

	for (size_t i = 0; i < sources->count; i++)
		lost += count_lost(&sources->at[i].members);
	return lost;
}

enum nb_err
nb_restorable(const struct nb_disc_contents *contents, struct nb_disc_backup *b,
	      const struct nb_sums *sums, uint64_t *bad)
{
	struct check c = { .contents = contents,
			   .id = b->manifest.backup_id,
			   .sums = sums };
	bool was_loaded = b->loaded;
	enum nb_err err = b->err ? b->err : nb_disc_backup_load(contents, b);

	if (err == NB_ECORRUPT || err == NB_EFULL) {
		c.bad++;
		err = NB_ECORRUPT;
	}
	b->lost = count_all_lost(b);
	for (size_t i = 0; !err && i < b->entries.count; i++)
		err = check_entry(&c, &b->entries.at[i]);
	if (!was_loaded && b->loaded)
		nb_disc_backup_unload(b);
	*bad += c.bad;
	b->looked_up = true;
	b->doubted = b->doubted || c.bad;
	return !err && c.bad ? NB_ECORRUPT : err;
}

/* ---- the MACs of the manifests ---- */

enum nb_err
nb_manifest_mac_log(const struct nb_disc_backup *backup)
{
	if (backup->mac == NB_MAC_NONE)
		nb_log(NB_NOTE, "%s: has no MAC; written by an older nightburn",
		       backup->path);
	if (backup->mac != NB_MAC_WRONG)
		return NB_OK;
	return nb_fail(NB_ECORRUPT,
		       "%s: wrong MAC; the manifest is not the one that was "
		       "written\nhint: do not trust the content of this disc "
		       "without checking it",
		       backup->path);
}

enum nb_err
nb_manifest_macs_check(const struct nb_disc_contents *contents)
{
	enum nb_err err, first = NB_OK;

	for (size_t i = contents->backups.count; i-- > 0;) {
		const struct nb_disc_backup *backup = &contents->backups.at[i];

		err = backup->judged ? nb_manifest_mac_log(backup) : NB_OK;
		if (!first)
			first = err;
	}
	return first;
}
