/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A look at the disc in a drive: medium, label, volume id; and the plan for
 * it.  A look holds the drive open until it is closed.
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
	 * Where the newest session has no good label, one before it may have:
	 * that proves which disc it is.  Nothing is written by it.
	 */
	bool has_earlier;
	struct nb_label earlier;
	/* Label and start are of this one, from 1; 0: of the newest, as
	 * nb_inspect_again leaves it. */
	int session;
	uint32_t start; /* its first block, where SESSION is not 0 */
};

/* Opens DEVICE: the name of a drive of NB's configuration, or a device as
 * configurations name it; one that a person names by its device may have
 * another serial number than the configuration says.  NB may be NULL.  Which
 * drive it is to be decides job/disc/choose_drive.h.  Close accepts a zeroed
 * look. */
enum nb_err nb_inspect_open(struct nightburn *nb, const char *device,
			    struct nb_inspection *look);
void nb_inspect_close(struct nb_inspection *look);

/* Medium and label anew, as after a reload or blank. */
enum nb_err nb_inspect_again(struct nb_inspection *look);

/* First block of the session whose label it is, as nb_reader_* want it. */
uint32_t nb_inspect_start(const struct nb_inspection *look);

/* Sizes in blocks as far as they are known; 0: not known. */
struct nb_need {
	uint64_t fresh, append;
};

/* The plan for the disc that LOOK saw. */
struct nb_decision nb_inspect_decide(const struct nb_pool_context *context,
				     const struct nb_inspection *look,
				     enum nb_intent intent,
				     struct nb_need need);

/* Does the disc say more than the catalog knows?  Then the catalog is an old
 * copy: SITE->view.stale is set, and that is told and remembered. */
enum nb_err nb_inspect_heed(struct nb_pool_context *context,
			    const struct nb_inspection *look);

/* Tells what was decided in the form of the API. */
void nb_plan_tell(const struct nb_pool_context *context,
		  const struct nb_inspection *look,
		  const struct nb_decision *decision, struct nb_plan_info *out);

/* Tells what was seen in the form of the API.  NB may be NULL. */
void nb_inspect_tell(struct nightburn *nb, const struct nb_inspection *look,
		     struct nb_disc_info *out);

/* Logs a refusal with its hint, and returns its error. */
enum nb_err nb_plan_refused(const struct nb_plan_info *plan);

#endif
