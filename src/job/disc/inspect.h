/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inspecting the disc in a drive: medium, label, volume id; and the plan for
 * it.  An inspection keeps the drive open until it is closed.
 */
#ifndef NB_JOB_LOOK_H
#define NB_JOB_LOOK_H

#include "disc/drive/drive.h"
#include "disc/read/reader.h"
#include "job/job.h"

struct nb_inspection {
	const struct nb_config_drive *config; /* NULL: a bare device */
	char device[512];
	struct nb_drive *drive;
	struct nb_medium medium;
	enum nb_label_state label_state;
	struct nb_label label;
	uint8_t label_sha256[NB_SHA256_SIZE];
	char volume_id[33];
	char identity[512]; /* of the drive: address, serial */
	/*
	 * If the newest session has no good label, an earlier one may have: it
	 * identifies the disc.  Nothing is written because of it.
	 */
	bool has_earlier;
	struct nb_label earlier;
	/* Label and start are those of this session, from 1; 0: of the newest,
	 * as after nb_inspect_again. */
	int session;
	uint32_t start; /* its first block, if SESSION is not 0 */
	bool salvage;   /* a damaged tree is accepted */
	struct nb_block_runs *bad_blocks; /* receives the unreadable blocks of
					     files; may be NULL */
};

/* Opens DEVICE: the name of a drive of NB's configuration, or a device in the
 * form of the configuration; the serial number is checked only for a drive that
 * is named by its name.  NB may be NULL.  job/disc/choose_drive.h decides which
 * drive.  Close accepts a zeroed inspection. */
enum nb_err nb_inspect_open(struct nightburn *nb, const char *device,
			    struct nb_inspection *look);
void nb_inspect_close(struct nb_inspection *look);

/* Inspects medium and label again, as after a reload or blank. */
enum nb_err nb_inspect_again(struct nb_inspection *look);

/* First block of the session with that label, for nb_reader_*. */
uint32_t nb_inspect_start(const struct nb_inspection *look);

/* What is known of the backup that will be written. */
struct nb_need {
	uint64_t fresh, append; /* sizes in blocks; 0: unknown */
	bool shrunk;            /* it must not be written to a blanked disc */
};

/* The plan for the disc of LOOK. */
struct nb_decision nb_inspect_decide(const struct nb_pool_context *context,
				     const struct nb_inspection *look,
				     enum nb_intent intent,
				     struct nb_need need);

/* Checks whether the disc is newer than the catalog knows.  If so, the catalog
 * is an old copy: CONTEXT->view.stale is set, logged and recorded. */
enum nb_err nb_inspect_heed(struct nb_pool_context *context,
			    const struct nb_inspection *look);

/* Did the installation that wrote LABEL, which has our key and is of CONTEXT's
 * pool, take that over from this one?  Then CONTEXT->view.owner.fenced is set,
 * and kept if the lock is held, for the discs that still look as this one left
 * them. */
enum nb_err nb_inspect_heed_owner(struct nb_pool_context *context,
				  const struct nb_label *label);

/* TEXT: both hosts, if the state directory is that of another machine. */
void nb_inspect_tell_moved(const struct nb_pool_context *context, char *text,
			   size_t size);

/* Warns that another machine took POOL over. */
void nb_inspect_warn_fenced(const char *disc, const char *pool);

/* Fills in OUT, a struct of the API, from the decision. */
void nb_plan_fill(const struct nb_pool_context *context,
		  const struct nb_inspection *look,
		  const struct nb_decision *decision, struct nb_plan_info *out);

/* Fills in OUT, a struct of the API, from LOOK.  NB may be NULL. */
void nb_inspect_fill(struct nightburn *nb, const struct nb_inspection *look,
		     struct nb_disc_info *out);

/* Logs a refusal with its hint, and returns its error. */
enum nb_err nb_plan_refused(const struct nb_plan_info *plan);

#endif
