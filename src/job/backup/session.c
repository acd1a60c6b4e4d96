/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/dedup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "job/backup/rewritten.h"
#include "job/backup/silent.h"
#include "job/backup/hooked.h"
#include "job/backup/off_disc.h"
#include "job/backup/previous_sessions.h"
#include "job/backup/shrink.h"
#include "job/backup/too_large.h"
#include "model/record/backup_path.h"
#include "model/record/own_files.h"
#include "model/volume_id.h"

#define GAP_BLOCKS 2048
#define GAP_PART 1024

static void
make_volume_id(const struct nb_manifest *m, char id[NB_VOLUME_ID_SIZE])
{
	char date[NB_CLOCK_TEXT];

	nb_volume_id_make(m->pool, m->disc, nb_clock_compact(m->created, date),
			  id);
}

/* What a user appends by hand does not move the disc in the rotation. */
static enum nb_err
choose_generation(const struct nb_backup *backup,
		  const struct nb_inspection *look, bool append,
		  uint64_t *generation)
{
	if (nb_backup_is_by_hand(backup) && append) {
		*generation = look->label.generation;
		return NB_OK;
	}
	if (!backup->context->catalog) {
		*generation = 1;
		return NB_OK;
	}
	return nb_catalog_next_generation(backup->context->catalog,
					  backup->context->pool->name,
					  generation);
}

/* The identity of the disc, and the hash of the previous label. */
static enum nb_err
continue_chain(const struct nb_backup *backup, const struct nb_inspection *look,
	       bool append, struct nb_label *label)
{
	uint8_t id[NB_ID_SIZE];
	enum nb_err err;

	if (append) {
		memcpy(label->disc_id, look->label.disc_id,
		       sizeof label->disc_id);
		nb_hex(look->label_sha256, NB_SHA256_SIZE, label->previous);
		return NB_OK;
	}
	err = nb_random(id, sizeof id);
	if (err)
		return err;
	nb_hex(id, sizeof id, label->disc_id);
	return nb_catalog_last_hash(backup->context->catalog, label->pool,
				    NB_LABEL_PATH, label->previous);
}

static enum nb_err
make_label(const struct nb_backup *backup, const struct nb_inspection *look,
	   const struct nb_decision *decision, struct nb_session *s)
{
	const struct nb_manifest *m = &backup->staged.manifest;
	bool append = look && decision->plan == NB_PLAN_APPEND;
	struct nb_label *label = &s->label;
	enum nb_err err;

	err = choose_generation(backup, look, append, &label->generation);
	if (err)
		return err;
	memcpy(label->backup_id, m->backup_id, sizeof label->backup_id);
	memcpy(label->pool, m->pool, sizeof label->pool);
	label->created = m->created;
	label->by_hand = nb_backup_is_by_hand(backup);
	if (!look)
		return NB_OK;
	memcpy(label->installation, backup->context->view.installation,
	       sizeof label->installation);
	label->take_overs = backup->context->view.owner.take_overs;
	memcpy(label->disc, decision->disc, sizeof label->disc);
	err = continue_chain(backup, look, append, label);
	if (!err)
		err = nb_pool_context_key(backup->context, true);
	if (err)
		return err;
	s->key = &backup->context->key;
	label->has_manifest_mac = true;
	return nb_label_sign(label, s->key);
}

static void
make_manifest(const struct nb_backup *backup, struct nb_session *s)
{
	const struct nb_manifest *from = &backup->staged.manifest;
	struct nb_manifest *m = &s->manifest;

	memcpy(m->backup_id, from->backup_id, sizeof m->backup_id);
	memcpy(m->job, from->job, sizeof m->job);
	memcpy(m->pool, from->pool, sizeof m->pool);
	memcpy(m->host, from->host, sizeof m->host);
	memcpy(m->disc, s->label.disc, sizeof m->disc);
	memcpy(m->disc_id, s->label.disc_id, sizeof m->disc_id);
	m->generation = s->label.generation;
	m->created = from->created;
}

/* The facts for nightburn's own files, except those for README.txt and similar
 * texts. */
static struct nb_own_facts
own_facts(const struct nb_session *s)
{
	return (struct nb_own_facts){
		.label = s->label.disc_id[0] ? &s->label : NULL,
		.manifest = &s->manifest,
		.entries = &s->entries,
		.kept = &s->kept,
		.key = s->key,
	};
}

/* README.txt and similar texts describe all backups that will be on the
 * disc. */
static enum nb_err
add_own_files(struct nb_session *s, const char *volume_id)
{
	const struct nb_manifest **all;
	struct nb_disc_readme_facts readme = { .kinds = nb_source_kinds,
					       .count = s->earlier.count + 1,
					       .volume_id = volume_id };
	struct nb_own_facts facts = own_facts(s);
	enum nb_err err;

	all = calloc(readme.count, sizeof *all);
	if (!all)
		return nb_fail_memory();
	all[0] = &s->manifest;
	for (size_t i = 0; i < s->earlier.count; i++)
		all[i + 1] = s->earlier.at[i];
	readme.backups = all;
	facts.readme = &readme;
	err = nb_own_files_add(&facts, &s->entries);
	free(all);
	return err;
}

static enum nb_err
render_late(void *ctx, const struct nb_entry *entry, char **text,
	    size_t *length)
{
	struct nb_session *s = ctx;
	const struct nb_own_facts facts = own_facts(s);
	enum nb_err err = NB_OK;

	/* What is written late comes after all that the sources hold. */
	nb_hooked_read(s->hooked);
	nb_own_files_share(&s->entries);
	if (!s->read)
		err = nb_backup_compare_lost(s->backup, &s->manifest,
					     &s->entries);
	s->read = true;
	if (err)
		return err;
	return nb_own_file_find(entry->path)->render(&facts, text, length);
}

/* The backup as its sources list it, and which of its files are on the disc
 * already. */
static enum nb_err
list_backup(struct nb_backup *backup, struct nb_session *s)
{
	enum nb_err err = nb_backup_list(backup, &s->entries,
					 &s->manifest.sources, &s->roots);

	if (!err)
		err = nb_off_disc_mark(&s->entries, &s->manifest.sources);
	if (!err)
		err = nb_entries_sort(&s->entries);
	if (!err)
		err = nb_backup_compare(backup, &s->manifest, &s->entries);
	if (!err)
		err = nb_rewritten_find(backup, s);
	if (!err)
		nb_backup_accept(backup);
	if (!err && s->base)
		err = nb_dedup(backup, s);
	if (!err)
		err = nb_silent_find(backup, s);
	if (!err && s->label.disc_id[0])
		err = nb_shrinks_copy(&backup->shrinks, &s->manifest.shrinks);
	if (!err && s->label.disc_id[0])
		err = nb_backup_reserve(backup, &s->manifest);
	nb_previous_sessions_compared(s);
	return err;
}

/* Puts everything in its place on the disc: the backup, and the sources of the
 * earlier ones, which README.txt and similar texts describe. */
static enum nb_err
put_ids(struct nb_session *s)
{
	const char *id = s->manifest.backup_id;
	enum nb_err err =
		nb_backup_path_put(id, &s->entries, &s->manifest.sources);

	for (size_t i = 0; !err && i < s->disc.backups.count; i++) {
		struct nb_manifest *m = &s->disc.backups.at[i].manifest;
		struct nb_entries none = NB_ARRAY_INIT;

		err = nb_backup_path_put(m->backup_id, &none, &m->sources);
	}
	return err ? err
		   : nb_entries_add_dir(&s->entries, id, s->manifest.created);
}

static enum nb_err
build_entries(struct nb_backup *backup, struct nb_session *s,
	      const char *volume_id)
{
	struct nb_own_facts facts;
	enum nb_err err = list_backup(backup, s);

	if (!err)
		err = put_ids(s);
	if (!err)
		err = add_own_files(s, volume_id);
	if (!err)
		err = nb_entries_sort(&s->entries);
	if (err)
		return err;
	nb_previous_sessions_replace(s);
	facts = own_facts(s);
	return nb_own_files_measure(&facts, &s->entries);
}

/* The file NAME of SOURCE, or NULL. */
static struct nb_entry *
boot_file(struct nb_session *s, const struct nb_manifest_source *source,
	  const char *name)
{
	struct nb_entry *e = NULL;
	char *path = NULL;

	if (name && source->path
	    && !nb_str_format(&path, "%s/%s", source->path, name))
		e = nb_entries_find(&s->entries, path);
	free(path);
	return e;
}

/* Firmware loads the boot images that a source provides. */
static void
choose_boot(struct nb_session *s, struct nb_image_options *options)
{
	for (size_t i = 0; i < s->manifest.sources.count; i++) {
		const struct nb_manifest_source *source =
			&s->manifest.sources.at[i];
		const struct nb_source_ops *ops = nb_source_find(source->kind);
		struct nb_entry *bios =
			boot_file(s, source, ops ? ops->boot_bios : NULL);
		struct nb_entry *efi =
			boot_file(s, source, ops ? ops->boot_efi : NULL);

		if (bios) {
			bios->content = NB_CONTENT_BOOT;
			bios->hashed = false;
			options->boot_bios = bios->path;
		}
		if (efi)
			options->boot_efi = efi->path;
	}
}

/* The gap between manifest, SHA256SUMS and their copies: 4 MiB, but no more
 * than a 1,024th of the disc, which is about equally wide on each kind of
 * disc. */
static uint32_t
gap_blocks(const struct nb_inspection *look)
{
	uint64_t most = look ? look->medium.capacity / GAP_PART : GAP_BLOCKS;

	return most < GAP_BLOCKS ? (uint32_t)most : GAP_BLOCKS;
}

static enum nb_err
build_image(const struct nb_inspection *look, struct nb_session *s,
	    const char *volume_id)
{
	struct nb_image_options options = {
		.date = s->manifest.created,
		.is_disc = look,
		.start = s->start,
		.overwritable = look && look->medium.random_access,
		.previous = s->previous,
		.previous_start = s->previous ? nb_inspect_start(look) : 0,
		.gap = gap_blocks(look),
		.roots = s->roots.at,
		.root_count = s->roots.count,
		.calls = s->calls,
		.render = render_late,
		.ctx = s,
	};
	enum nb_err err;

	snprintf(options.volume_id, sizeof options.volume_id, "%s", volume_id);
	choose_boot(s, &options);
	err = nb_image_new(&options, &s->entries,
			   s->previous ? look->label.backup_id : NULL,
			   &s->image);
	if (!err)
		err = nb_image_size(s->image, &s->blocks);
	return err;
}

enum nb_err
nb_session_new(struct nb_backup *backup, const struct nb_inspection *look,
	       const struct nb_decision *decision, struct nb_session **out)
{
	bool append = look && decision->plan == NB_PLAN_APPEND;
	char volume_id[NB_VOLUME_ID_MAX + 1];
	struct nb_session *s = calloc(1, sizeof *s);
	enum nb_err err;

	if (!s)
		return nb_fail_memory();
	s->backup = backup;
	s->hooked = backup->hooked;
	s->calls = backup->calls;
	if (append)
		s->start = look->medium.next_writable;
	else if (look && look->medium.random_access)
		s->start = NB_OVERWRITE_START;
	err = make_label(backup, look, decision, s);
	if (!err)
		make_manifest(backup, s);
	if (!err && append)
		err = nb_previous_sessions_load(backup->context->nb, look, s);
	if (!err) {
		make_volume_id(&s->manifest, volume_id);
		err = build_entries(backup, s, volume_id);
	}
	if (!err)
		err = nb_check_size(&s->entries, s->start);
	if (!err)
		err = build_image(look, s, volume_id);
	if (err)
		nb_session_free(s);
	else
		*out = s;
	return err;
}

void
nb_session_free(struct nb_session *s)
{
	if (!s)
		return;
	nb_image_free(s->image);
	nb_roots_close(&s->roots);
	nb_entries_free(&s->entries);
	nb_sums_free(&s->kept);
	nb_array_free(&s->earlier);
	nb_disc_contents_free(&s->disc);
	nb_manifest_clear(&s->manifest);
	free(s);
}
