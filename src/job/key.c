/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "job/catalog_file.h"
#include "job/job.h"
#include "job/jobs.h"
#include "store/key.h"

_Static_assert(NB_KEY_LINE == NB_KEY_TEXT + 1, "the line of the API");

/* Warns that the key was lost: all earlier labels become untrusted, and
 * somebody may have a copy of the key. */
static enum nb_err
make_key(struct nb_pool_context *context)
{
	enum nb_err err = nb_key_make(context->state->dir, &context->key);

	if (err)
		return err;
	context->has_key = true;
	if (context->view.generation)
		nb_log(NB_WARNING,
		       "%s: the key was lost; a new one is created\nhint: "
		       "restore the old one, and access to its discs, with "
		       "nightburn key import --force",
		       context->state->dir);
	return NB_OK;
}

enum nb_err
nb_pool_context_key(struct nb_pool_context *context, bool make)
{
	enum nb_err err;

	if (context->has_key)
		return NB_OK;
	err = nb_key_load(context->nb->config->state_dir, &context->key);
	if (!err)
		context->has_key = true;
	else if (err == NB_ENOTFOUND)
		err = make ? make_key(context) : NB_OK;
	return err;
}

bool
nb_pool_context_signed(const struct nb_pool_context *context,
		       const struct nb_label *label)
{
	return nb_label_is_signed(label,
				  context->has_key ? &context->key : NULL);
}

enum nb_err
nb_key_export(struct nightburn *nb, char text[NB_KEY_LINE])
{
	const char *dir = nb->config->state_dir;
	struct nb_key key = { { 0 } };
	enum nb_err err = nb_key_load(dir, &key);

	if (err == NB_ENOTFOUND)
		err = nb_fail(err,
			      "%s: no key yet\nhint: the first backup creates "
			      "one, nightburn key import imports one",
			      dir);
	if (!err)
		err = nb_key_render(&key, text);
	nb_key_clear(&key);
	return err;
}

/* Replaces HAVE, or nothing (NULL), by KEY. */
static enum nb_err
replace(const struct nb_state *state, const struct nb_key *have,
	const struct nb_key *key, bool force, struct nb_key_result *result)
{
	enum nb_err err = nb_key_name(key, result->name);

	if (!err && have)
		err = nb_key_name(have, result->before);
	if (err || (have && nb_key_same(have, key)))
		return err;
	if (have && !force)
		return nb_fail(NB_EFAIL,
			       "%s: has the key %s, which differs from "
			       "%s\nhint: --force replaces it; discs with the "
			       "replaced key become unknown",
			       state->dir, result->before, result->name);
	err = nb_key_save(state->dir, key);
	result->changed = !err;
	return err;
}

/* A new catalog does not know what is on the discs of this key. */
static enum nb_err
tell_unread(const struct nightburn *nb)
{
	bool unread;
	enum nb_err err = nb_catalog_unread(nb->config, &unread);

	if (!err && unread)
		nb_log(NB_WARNING,
		       "%s: the discs of this key are not in a catalog yet: "
		       "until then nothing is burned\nhint: run nightburn "
		       "catalog rebuild with each disc of the pool, newest "
		       "first; then, if some are lost or there are none, "
		       "nightburn catalog rebuild --finish",
		       nb->config->state_dir);
	return err;
}

static enum nb_err
import_locked(const struct nb_state *state, const struct nb_key *key,
	      bool force, struct nb_key_result *result)
{
	struct nb_key have = { { 0 } };
	enum nb_err err = nb_key_load(state->dir, &have);
	bool there = !err;

	/* With --force, a damaged file, or one that others could read, is
	 * replaced. */
	if (err == NB_ENOTFOUND
	    || (force && (err == NB_ECORRUPT || err == NB_ECONFIG)))
		err = NB_OK;
	if (!err)
		err = replace(state, there ? &have : NULL, key, force, result);
	nb_key_clear(&have);
	return err;
}

enum nb_err
nb_job_key_import(struct nightburn *nb, const char *text, bool force,
		  struct nb_key_result *result)
{
	struct nb_state *state = NULL;
	struct nb_lock *lock = NULL;
	struct nb_key key = { { 0 } };
	enum nb_err err;

	memset(result, 0, sizeof *result);
	err = nb_key_parse("key import", text, &key);
	if (!err)
		err = nb_state_open(nb->config->state_dir, &state);
	if (!err)
		err = nb_lock_take(state->dir, &lock);
	if (!err)
		err = import_locked(state, &key, force, result);
	if (!err && result->changed)
		err = tell_unread(nb);
	nb_lock_release(lock);
	nb_state_close(state);
	nb_key_clear(&key);
	return err;
}
