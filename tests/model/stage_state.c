/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the rest of store/ is to the jobs, and what job/disc/disc_contents.c asks of a disc
 * beyond its files. */
#include <string.h>

#include "job/disc/restorable.h"
#include "job/disc/restorable.h"
#include "stage.h"
#include "base/str.h"
#include "base/watchdog.h"
#include "job/backup/too_large.h"
#include "store/machine.h"
#include "store/unread.h"
#include "store/catalog.h"
#include "store/staging.h"
#include "job/disc/known_backups.h"
#include "store/key.h"
#include "store/state.h"

enum nb_err
nb_state_open(const char *dir, struct nb_state **out)
{
	static struct nb_state state;

	state.dir = (char *)dir;
	state.catalog = (char *)dir;
	stage_id(0, state.installation);
	state.installation[NB_ID_HEX - 1] = '1';
	*out = &state;
	return NB_OK;
}

void
nb_state_close(struct nb_state *state)
{
	(void)state;
}

enum nb_err
nb_lock_take(const char *state_dir, struct nb_lock **out)
{
	*out = (struct nb_lock *)(uintptr_t)state_dir;
	return NB_OK;
}

void
nb_lock_release(struct nb_lock *lock)
{
	(void)lock;
}

/* ---- journal and key ---- */

enum nb_err
nb_journal_begin(const char *state_dir, const struct nb_journal *journal)
{
	const struct nb_label *label = &journal->label;

	(void)state_dir;
	if (stage_event(E_STORE))
		return NB_EIO;
	stage.world->journal = (uint8_t)(journal->step + 1);
	stage.world->dead = (struct dead){ stage_number(label->disc_id),
					   stage_name(label->disc),
					   (uint8_t)label->generation,
					   stage_number(label->backup_id) };
	return NB_OK;
}

enum nb_err
nb_journal_load(const char *state_dir, struct nb_journal *journal)
{
	const struct dead *dead = &stage.world->dead;
	struct medium m = { .id = dead->id, .name = dead->name, .count = 1 };

	(void)state_dir;
	if (!stage.world->journal)
		return NB_ENOTFOUND;
	m.session[0].generation = dead->generation;
	m.session[0].backup = dead->backup;
	journal->step = (enum nb_step)(stage.world->journal - 1);
	stage_label(&m, 0, &journal->label);
	return NB_OK;
}

enum nb_err
nb_journal_end(const char *state_dir)
{
	(void)state_dir;
	if (stage_event(E_STORE))
		return NB_EIO;
	stage.world->journal = 0;
	return NB_OK;
}

enum nb_err
nb_pool_context_key(struct nb_pool_context *context, bool make)
{
	(void)make;
	context->has_key = true;
	return NB_OK;
}

bool
nb_pool_context_signed(const struct nb_pool_context *context,
		       const struct nb_label *label)
{
	return nb_label_is_signed(label,
				  context->has_key ? &context->key : NULL);
}

const char *
nb_step_name(enum nb_step step)
{
	static const char *const names[] = { "blank", "burn", "verify" };

	return names[step];
}

enum nb_err
nb_staging_find(const char *staging_dir, const struct nb_line *line,
		const struct nb_pool_view *pool, struct nb_staged *staged)
{
	(void)staging_dir;
	(void)line;
	(void)pool;
	if (!stage.world->staged)
		return NB_ENOTFOUND;
	stage_backup(stage.world->staged, staged->manifest.backup_id);
	return NB_OK;
}

enum nb_err
nb_staging_remove(const char *staging_dir, struct nb_staged *staged)
{
	(void)staging_dir;
	(void)staged;
	stage.world->staged = 0;
	return NB_OK;
}

/* What it tells decides nothing. */
enum nb_err
nb_catalog_backup(struct nb_catalog *catalog, const char *which,
		  enum nb_err (*fn)(void *ctx,
				    const struct nb_catalog_backup *row),
		  void *ctx)
{
	const struct nb_catalog_backup row = { .id = which };

	(void)catalog;
	return fn(ctx, &row);
}

void
nb_calls_burning(struct nb_calls *calls, bool burning)
{
	(void)calls;
	(void)burning;
}

void
nb_tell_largest(const struct nb_entries *entries)
{
	(void)entries;
}

/* There is room always. */
enum nb_err
nb_staging_room(const char *staging_dir, uint64_t *bytes)
{
	(void)staging_dir;
	*bytes = UINT64_MAX;
	return NB_OK;
}

const char *
nb_str_size(uint64_t bytes, char buf[16])
{
	return bytes ? strcpy(buf, "much") : "";
}

/* ---- sessions by themselves: here a disc shows the newest one only ---- */

enum nb_err
nb_drive_sessions(struct nb_drive *drive, struct nb_blocks *blocks,
		  struct nb_disc_sessions *sessions)
{
	(void)drive;
	(void)blocks;
	(void)sessions;
	return NB_OK;
}

enum nb_manifest_mac
nb_manifest_mac_of(const char *text, size_t length, const struct nb_key *key,
		   bool promised)
{
	(void)text;
	(void)length;
	(void)promised;
	return key ? NB_MAC_GOOD : NB_MAC_NO_KEY;
}

enum nb_err
nb_manifest_macs_check(const struct nb_disc_contents *contents)
{
	(void)contents;
	return NB_OK;
}

enum nb_err
nb_key_load(const char *state_dir, struct nb_key *out)
{
	(void)state_dir;
	memset(out, 0, sizeof *out);
	return NB_OK;
}

/* No backup is empty. */
enum nb_err
nb_catalog_last_holdings(struct nb_catalog *catalog, const struct nb_line *line,
			 struct nb_holdings *out)
{
	(void)catalog;
	(void)line;
	(void)out;
	return NB_OK;
}

void
nb_holdings_free(struct nb_holdings *holdings)
{
	(void)holdings;
}

/* Generations are counted once, and each night has its date. */
enum nb_err
nb_known_check_order(struct nightburn *nb, const struct nb_label *label)
{
	(void)nb;
	(void)label;
	return NB_OK;
}

/* Never asked for, since no session is shown by itself, and no bytes pass. */
#define NEVER NB_EFAIL

/* What a disc lists is what it has: nb_readback_run says whether it is whole. */
enum nb_err
nb_restorable(const struct nb_disc_contents *contents,
	      struct nb_disc_backup *backup, const struct nb_sums *sums,
	      uint64_t *bad)
{
	(void)contents;
	(void)sums;
	(void)bad;
	backup->looked_up = true;
	return NB_OK;
}

enum nb_err
nb_sums_load(const char *name, const char *text, size_t length,
	     struct nb_sums *sums)
{
	(void)name;
	(void)text;
	(void)length;
	(void)sums;
	return NB_OK;
}

void
nb_sums_free(struct nb_sums *sums)
{
	(void)sums;
}

const struct nb_sum *
nb_sums_find(const struct nb_sums *sums, const char *path)
{
	(void)sums;
	(void)path;
	return NULL;
}

enum nb_err
nb_entries_sort(struct nb_entries *list)
{
	(void)list;
	return NB_OK;
}

enum nb_err
nb_reader_file(struct nb_blocks *blocks, uint32_t start, const char *path,
	       size_t max, char **text, size_t *length)
{
	(void)blocks;
	(void)start;
	(void)path;
	(void)max;
	(void)text;
	(void)length;
	return NEVER;
}

enum nb_err
nb_str_dup(const char *text, char **out)
{
	(void)text;
	(void)out;
	return NEVER;
}

enum nb_err
nb_entries_add(struct nb_entries *list, struct nb_entry *e)
{
	(void)list;
	(void)e;
	return NEVER;
}

void
nb_str_add_bytes(struct nb_str *s, const void *bytes, size_t n)
{
	(void)s;
	(void)bytes;
	(void)n;
}

void
nb_str_free(struct nb_str *s)
{
	(void)s;
}

enum nb_err
nb_sha256_new(struct nb_sha256 **out)
{
	(void)out;
	return NB_OK;
}

void
nb_sha256_add(struct nb_sha256 *h, const void *data, size_t n)
{
	(void)h;
	(void)data;
	(void)n;
}

void
nb_sha256_finish(struct nb_sha256 *h, uint8_t digest[NB_SHA256_SIZE])
{
	(void)h;
	(void)digest;
}

void
nb_sha256_free(struct nb_sha256 *h)
{
	(void)h;
}

/* It stays where it is. */
enum nb_err
nb_machine_check(const char *state_dir, const char *installation,
		 char from[NB_HOST_SIZE])
{
	(void)state_dir;
	(void)installation;
	from[0] = '\0';
	return NB_OK;
}

enum nb_err
nb_machine_save(const char *state_dir, const char *installation, bool once)
{
	(void)state_dir;
	(void)installation;
	(void)once;
	return NB_OK;
}

/* A disc that cannot be identified only makes the plan refuse more. */
enum nb_err
nb_unread_load(const char *state_dir, struct nb_pool_view *view)
{
	(void)state_dir;
	(void)view;
	return NB_OK;
}

enum nb_err
nb_unread_forget(const char *state_dir, const char *pool)
{
	(void)state_dir;
	(void)pool;
	return NB_OK;
}

bool
nb_job_is_by_hand(const char *job)
{
	return !strcmp(job, NB_JOB_BY_HAND);
}

enum nb_err
nb_unread_add(const char *state_dir, struct nb_pool_view *view, bool keep)
{
	(void)state_dir;
	(void)view;
	(void)keep;
	return NB_OK;
}

enum nb_err
nb_staging_is_apart(const char *staging_dir, const char *state_dir)
{
	(void)staging_dir;
	(void)state_dir;
	return NB_OK;
}
