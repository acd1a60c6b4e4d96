/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/jobs.h"
#include "job/disc/inspect.h"

#include <string.h>

#include "job/disc/choose_drive.h"
#include "job/disc/fallback_session.h"
#include "store/key.h"
#include "store/owners.h"

/* Was the label made with the key of the installation?  This does not need the
 * catalog, which may be damaged. */
static void
judge(struct nightburn *nb, const struct nb_label *label,
      struct nb_disc_info *out)
{
	struct nb_key key = { { 0 } };
	enum nb_err err;

	if (!nb)
		return;
	err = nb_key_load(nb->config->state_dir, &key);
	out->key_checked = !err || err == NB_ENOTFOUND;
	out->ours = !err && nb_label_is_signed(label, &key);
	nb_key_clear(&key);
}

static void
fill_label(struct nightburn *nb, const struct nb_inspection *look,
	   struct nb_disc_info *out)
{
	const struct nb_label *label = &look->label;

	if (!look->session)
		out->label = look->label_state;
	out->session = look->session;
	if (look->label_state != NB_LABEL_GOOD)
		return;
	memcpy(out->disc_id, label->disc_id, sizeof out->disc_id);
	memcpy(out->pool, label->pool, sizeof out->pool);
	memcpy(out->disc, label->disc, sizeof out->disc);
	memcpy(out->backup_id, label->backup_id, sizeof out->backup_id);
	out->generation = label->generation;
	out->created = label->created;
	judge(nb, label, out);
}

void
nb_inspect_fill(struct nightburn *nb, const struct nb_inspection *look,
		struct nb_disc_info *out)
{
	memset(out, 0, sizeof *out);
	out->size = sizeof *out;
	memcpy(out->device, look->device, sizeof out->device);
	if (look->config)
		strncpy(out->drive, look->config->name, sizeof out->drive - 1);
	out->state = look->medium.state;
	memcpy(out->profile, look->medium.profile_name, sizeof out->profile);
	out->capacity = look->medium.capacity;
	out->free = look->medium.free;
	out->sessions = look->medium.sessions;
	out->last_start = look->medium.last_start;
	out->next_writable = look->medium.next_writable;
	memcpy(out->volume_id, look->volume_id, sizeof out->volume_id);
	fill_label(nb, look, out);
}

/* Without the catalog, which may be damaged. */
static enum nb_err
tell_taken_over(struct nightburn *nb, const struct nb_label *label)
{
	struct nb_pool_view view = { .name = "" };
	struct nb_state *state = NULL;
	enum nb_err err;

	if (!nb_catalog_exists(nb))
		return NB_OK;
	err = nb_state_open(nb->config->state_dir, &state);
	if (!err)
		err = nb_owners_load(state->dir, label->pool, &view.owner);
	if (!err && strcmp(label->installation, state->installation) != 0
	    && label->take_overs >= view.owner.take_overs)
		view.owner.fenced = label->take_overs;
	if (!err && nb_pool_is_fenced(&view))
		nb_inspect_warn_fenced(label->disc, label->pool);
	nb_pool_view_clear(&view);
	nb_state_close(state);
	return err;
}

enum nb_err
nb_job_disc(struct nightburn *nb, const struct nb_drive_choice *choice,
	    struct nb_disc_info *out)
{
	const struct nb_search any = { .purpose = NB_CHOOSE_ANY };
	struct nb_inspection look;
	bool none;
	enum nb_err err;

	err = nb_choose_drive(nb, choice, &any, &look);
	if (err)
		return err;
	nb_inspect_fill(nb, &look, out);
	none = look.medium.state == NB_MEDIUM_NONE;
	if (look.label_state != NB_LABEL_GOOD) {
		err = nb_fallback_session(&look);
		if (!err)
			fill_label(nb, &look, out);
	}
	if (!err && out->ours)
		err = tell_taken_over(nb, &look.label);
	nb_inspect_close(&look);
	if (err && err != NB_ENOTFOUND)
		return err;
	return none ? NB_ENOMEDIUM : NB_OK;
}

enum nb_err
nb_job_msinfo(struct nightburn *nb, const struct nb_drive_choice *choice,
	      struct nb_disc_info *out)
{
	enum nb_err err = nb_job_disc(nb, choice, out);

	if (err == NB_ENOMEDIUM)
		return nb_fail(err, "%s: no disc", out->device);
	if (!err && out->state != NB_MEDIUM_BLANK
	    && out->state != NB_MEDIUM_APPENDABLE)
		err = nb_fail(NB_EWRONG, "%s: %s: no session can be appended",
			      out->device, nb_medium_state_name(out->state));
	return err;
}
