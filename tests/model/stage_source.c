/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What source/, staging and image are to the jobs: backups without content,
 * sessions that are nothing but their label.
 */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "disc/read/bad_blocks.h"
#include "job/hook.h"
#include "job/backup/hooked.h"
#include "job/last_size.h"
#include "job/power.h"
#include "job/backup/shrink.h"
#include "job/run/waiting.h"
#include "model/record/backup_path.h"
#include "stage.h"

enum { SESSION_BLOCKS = 100 };

/* ---- the configuration: one job, one drive ---- */

static char letters[NAMES][2] = { "A", "B", "C", "D" };
static char *names[] = { letters[0], letters[1], letters[2], letters[3] };
static char pool_name[] = "p", drive_name[] = "d";
static char *drives[] = { drive_name };

const struct nb_config_pool *
nb_config_pool(const struct nb_config *config, const char *name)
{
	static struct nb_config_pool pool = { .name = pool_name };

	(void)config;
	if (strcmp(name, "p"))
		return NULL;
	pool.discs.at = names;
	pool.discs.count = (size_t)setting.discs;
	pool.drives.at = drives;
	pool.drives.count = 1;
	pool.rotation = setting.rotation;
	pool.append_on_same_disc = !setting.refuse_same;
	pool.max_verify_age = setting.limit ? 1000 : 0;
	return &pool;
}

const struct nb_config_drive *
nb_config_drive(const struct nb_config *config, const char *name)
{
	static struct nb_config_drive drive = { .name = drive_name,
						.device = drive_name };

	(void)config;
	(void)name;
	return &drive;
}

enum nb_err
nb_config_find_drive(const struct nb_config *config, const char *name,
		     const struct nb_config_drive **out)
{
	*out = nb_config_drive(config, name);
	return NB_OK;
}

enum nb_err
nb_config_job(const struct nb_config *config, const char *name,
	      const struct nb_config_job **out)
{
	(void)name;
	*out = &config->jobs.at[0];
	return NB_OK;
}

/* ---- backups ---- */

bool
nb_backup_is_by_hand(const struct nb_backup *backup)
{
	return backup->sources == &backup->by_hand;
}

enum nb_err
nb_backup_prepare(struct nb_pool_context *context,
		  const struct nb_run_options *options,
		  struct nb_backup *backup)
{
	memset(backup, 0, sizeof *backup);
	backup->context = context;
	backup->sources =
		options->path_count ? &backup->by_hand : &context->job->sources;
	return NB_OK;
}

static void
describe(struct nb_backup *backup, uint8_t id)
{
	struct nb_manifest *m = &backup->staged.manifest;

	stage_backup(id, m->backup_id);
	m->created = id;
	strcpy(m->pool, "p");
	strcpy(m->job, nb_backup_is_by_hand(backup) ? NB_JOB_BY_HAND : "j");
}

enum nb_err
nb_backup_collect(struct nb_backup *backup, bool fixed_id)
{
	uint8_t id = stage_new_backup();

	(void)fixed_id;
	if (stage_event(E_DUMP))
		return NB_ESOURCE;
	describe(backup, id);
	if (nb_backup_is_by_hand(backup))
		return NB_OK;
	stage.world->staged = id;
	stage.world->staged_shrunk = stage.shrunk;
	return NB_OK;
}

enum nb_err
nb_backup_resume(struct nb_backup *backup)
{
	bool burned = false;

	if (!stage.world->staged)
		return NB_ENOTFOUND;
	describe(backup, stage.world->staged);
	nb_catalog_holds(NULL, backup->staged.manifest.backup_id, NULL,
			 &burned);
	if (!burned)
		return NB_OK;
	stage.world->staged = 0;
	return NB_ENOTFOUND;
}

enum nb_err
nb_backup_discard(struct nb_backup *backup)
{
	(void)backup;
	return NB_OK;
}

void
nb_backup_clear(struct nb_backup *backup)
{
	(void)backup;
}

void
nb_staged_free(struct nb_staged *staged)
{
	(void)staged;
}

enum nb_err
nb_waiting_make_room(const struct nb_backup *backup, bool *must_burn)
{
	(void)backup;
	*must_burn = false;
	return NB_OK;
}

enum nb_err
nb_waiting_replace(const struct nb_backup *backup)
{
	(void)backup;
	return NB_OK;
}

void
nb_waiting_tell_others(struct nb_pool_context *context)
{
	(void)context;
}

void
nb_waiting_tell(const struct nb_backup *backup)
{
	(void)backup;
}

void
nb_waiting_tell_kept(const struct nb_backup *backup, enum nb_intent intent,
		     const struct nb_plan_info *plan)
{
	(void)backup;
	(void)intent;
	(void)plan;
}

enum nb_err
nb_waiting_end(struct nb_backup *backup, struct nb_run_result *result)
{
	(void)backup;
	(void)result;
	if (stage_event(E_STORE))
		return NB_EIO;
	stage.world->staged = 0;
	return NB_OK;
}

void
nb_backup_tell_shrinks(const struct nb_backup *backup)
{
	(void)backup;
}

void
nb_backup_tell_lost(const struct nb_backup *backup, size_t told)
{
	(void)backup;
	(void)told;
}

bool
nb_source_covers(const struct nb_config_source *source, const char *kind,
		 const char *name, bool database)
{
	(void)source;
	(void)kind;
	(void)name;
	(void)database;
	return true;
}

/* ---- a session: as job/backup/session.c makes its label ---- */

enum nb_err
nb_session_new(struct nb_backup *backup, const struct nb_inspection *look,
	       const struct nb_decision *decision, struct nb_session **out)
{
	bool append = decision->plan == NB_PLAN_APPEND;
	struct nb_session *s = calloc(1, sizeof *s);
	uint8_t id =
		append ? stage_number(look->label.disc_id) : stage_new_id();
	struct medium m = { .id = id, .count = 1 };
	uint64_t next = 0;

	nb_catalog_next_generation(backup->context->catalog, "p", &next);
	m.name = stage_name(decision->disc);
	m.session[0].backup = stage_number(backup->staged.manifest.backup_id);
	m.session[0].generation = nb_backup_is_by_hand(backup) && append
		? (uint8_t)look->label.generation
		: (uint8_t)next;
	stage_label(&m, 0, &s->label);
	s->manifest = backup->staged.manifest;
	memcpy(s->manifest.backup_id, s->label.backup_id,
	       sizeof s->manifest.backup_id);
	s->manifest.generation = s->label.generation;
	s->manifest.shrinks.count =
		!nb_backup_is_by_hand(backup) && stage.world->staged_shrunk;
	s->blocks = SESSION_BLOCKS;
	s->image = (struct nb_image *)s;
	s->previous = append ? (struct nb_blocks *)s : NULL;
	s->earlier.count = append ? (size_t)look->medium.sessions : 0;
	*out = s;
	return NB_OK;
}

void
nb_session_free(struct nb_session *session)
{
	(void)session;
}

/* ---- what stands on a disc, as job/disc/disc_contents.c reads it ---- */

static char
which_session(const char *path)
{
	const struct medium *m = stage_disc();
	uint8_t backup;

	if (strncmp(path, "nightburn/", 10) || path[10] < '0' || path[10] > '9')
		return (char)(m->count - 1);
	backup = stage_number(path + 10);
	for (int i = 0; i < m->count - 1; i++)
		if (m->session[i].backup == backup)
			return (char)i;
	return (char)(m->count - 1);
}

/* A label and a manifest of each session, those of the newest at the end. */
enum nb_err
nb_reader_tree(struct nb_blocks *blocks, uint32_t start, struct nb_nodes *out)
{
	const struct medium *m = stage_disc();

	(void)blocks;
	(void)start;
	if (!m || !m->count)
		return NB_EIO;
	for (int i = 0; i < 2 * m->count; i++) {
		const char *name = i % 2 ? "manifest" : "label";
		struct nb_node node = { .entry.type = NB_ENTRY_FILE };
		char id[NB_BACKUP_ID_MAX + 1];

		stage_backup(m->session[i / 2].backup, id);
		if (i / 2 < m->count - 1)
			nb_str_format(&node.entry.path, "nightburn/%s/%s.json",
				      id, name);
		else
			nb_str_format(&node.entry.path, "nightburn/%s.json",
				      name);
		if (nb_array_push(out, node))
			return NB_ENOMEM;
	}
	return NB_OK;
}

const struct nb_node *
nb_nodes_find(const struct nb_nodes *nodes, const char *path)
{
	static char name[] = NB_SUMS_PATH;
	static const struct nb_node sums = { .entry.type = NB_ENTRY_FILE,
					     .entry.path = name };

	if (!strcmp(path, NB_SUMS_PATH))
		return &sums;
	for (size_t i = 0; i < nodes->count; i++)
		if (!strcmp(nodes->at[i].entry.path, path))
			return &nodes->at[i];
	return NULL;
}

void
nb_nodes_free(struct nb_nodes *nodes)
{
	(void)nodes;
}

enum nb_err
nb_reader_text(struct nb_blocks *blocks, const struct nb_node *node, size_t max,
	       char **text, size_t *length)
{
	(void)blocks;
	(void)max;
	if (!stage_disc() || !stage_disc()->count)
		return NB_EIO;
	*text = calloc(1, 2);
	**text = which_session(node->entry.path);
	*length = 1;
	return NB_OK;
}

enum nb_err
nb_bad_blocks_find(struct nb_blocks *blocks, const struct nb_node *node,
		   enum nb_err (*tick)(void *tick_ctx), void *ctx)
{
	(void)blocks;
	(void)node;
	(void)tick;
	(void)ctx;
	return NB_OK;
}

void
nb_bad_blocks_tidy(struct nb_block_runs *runs)
{
	(void)runs;
}

enum nb_err
nb_reader_bytes(struct nb_blocks *blocks, const struct nb_node *node,
		enum nb_err (*fn)(void *fn_ctx, const void *data, size_t n),
		void *ctx)
{
	(void)blocks;
	(void)node;
	(void)fn;
	(void)ctx;
	return NB_EIO;
}

bool
nb_manifest_is_earlier(const char *path)
{
	return strstr(path, "/manifest.json") && strcmp(path, NB_MANIFEST_PATH);
}

enum nb_err
nb_label_parse(const char *name, const char *text, size_t length,
	       struct nb_label *out)
{
	(void)name;
	(void)length;
	stage_label(stage_disc(), text[0], out);
	return NB_OK;
}

enum nb_err
nb_manifest_parse(const char *name, const char *text, size_t length,
		  struct nb_manifest *m, struct nb_entries *entries)
{
	const struct medium *disc = stage_disc();

	(void)name;
	(void)length;
	(void)entries;
	memset(m, 0, sizeof *m);
	stage_backup(disc->session[(int)text[0]].backup, m->backup_id);
	strcpy(m->pool, "p");
	m->shrinks.count = (disc->session[(int)text[0]].flags & SHRUNK) != 0;
	strcpy(m->job,
	       disc->session[(int)text[0]].flags & BY_HAND ? NB_JOB_BY_HAND
							   : "j");
	return NB_OK;
}

void
nb_manifest_clear(struct nb_manifest *m)
{
	(void)m;
}

void
nb_entries_free(struct nb_entries *entries)
{
	(void)entries;
}

const char *
nb_backup_path_within(const char *id, const char *path)
{
	size_t n = strlen(id);

	return strncmp(path, id, n) || path[n] != '/' ? NULL : path + n + 1;
}

/* No backup has a file, so none has a path. */
enum nb_err
nb_backup_path_put(const char *id, struct nb_entries *entries,
		   struct nb_manifest_sources *sources)
{
	(void)id;
	(void)entries;
	(void)sources;
	return NB_OK;
}

enum nb_err
nb_backup_path_take_all(const char *id, struct nb_entries *entries,
			struct nb_manifest_sources *sources,
			struct nb_entries *elsewhere)
{
	(void)elsewhere;
	return nb_backup_path_put(id, entries, sources);
}

void
nb_inspect_fill(struct nightburn *nb, const struct nb_inspection *look,
		struct nb_disc_info *out)
{
	(void)nb;
	(void)look;
	(void)out;
}

/* ---- nothing here runs on a battery, has hooks or snapshots ---- */

enum nb_err
nb_power_permit(struct nightburn *nb, enum nb_work work)
{
	(void)nb;
	(void)work;
	return NB_OK;
}

enum nb_err
nb_power_check(struct nightburn *nb, enum nb_work work,
	       const struct nb_progress *now)
{
	(void)nb;
	(void)work;
	(void)now;
	return NB_OK;
}

enum nb_err
nb_hook_owed(const struct nb_config *config)
{
	(void)config;
	return NB_OK;
}

enum nb_err
nb_hooked_new(const struct nightburn *nb, const struct nb_run_options *options,
	      const struct nb_run_result *result, struct nb_hooked **out)
{
	(void)nb;
	(void)options;
	(void)result;
	*out = NULL;
	return NB_OK;
}

enum nb_err
nb_hooked_before(struct nb_hooked *hooked)
{
	(void)hooked;
	return NB_OK;
}

void
nb_hooked_read(struct nb_hooked *hooked)
{
	(void)hooked;
}

enum nb_err
nb_hooked_end(struct nb_hooked *hooked, enum nb_err err)
{
	(void)hooked;
	return err;
}

bool
nb_backup_is_staged(const struct nb_backup *backup)
{
	(void)backup;
	return true;
}

enum nb_err
nb_backup_release(struct nb_backup *backup)
{
	(void)backup;
	return NB_OK;
}

void
nb_roots_close(struct nb_roots *roots)
{
	(void)roots;
}

void
nb_image_free(struct nb_image *image)
{
	(void)image;
}

enum nb_err
nb_last_size_tell(const struct nb_pool_context *context,
		  struct nb_plan_info *plan)
{
	(void)context;
	(void)plan;
	return NB_OK;
}
