/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the jobs: the open configuration, and the context of a job: a pool
 * with its state directory, lock, catalog and the view of its discs.
 */
#ifndef NB_JOB_JOB_H
#define NB_JOB_JOB_H

#include <nightburn/nightburn.h>

#include "model/config/config.h"
#include "model/decide/hint.h"
#include "model/decide/plan.h"
#include "model/work.h"
#include "store/catalog.h"
#include "store/lock.h"
#include "store/state.h"

struct nightburn {
	struct nb_config *config;
	nb_progress_fn *progress;
	void *progress_ctx;
	struct nb_power_watch *power; /* NULL: not begun (job/power.h) */
};

/* Reports the progress of WORK, in bytes.  NB_ECANCELED: the caller or a signal
 * (base/stop.h) asks to stop; NB_EFAIL: the power check.  NB may be NULL. */
enum nb_err nb_job_progress(struct nightburn *nb, enum nb_work work,
			    uint64_t done, uint64_t total);
/* The same, of a part of WORK that has a name for people: "tree www". */
enum nb_err nb_job_progress_of(struct nightburn *nb, enum nb_work work,
			       const char *name, uint64_t done, uint64_t total);
/* Checks between two steps whether to stop.  NB_ECANCELED. */
enum nb_err nb_job_check(struct nightburn *nb);

struct nb_passed_over {
	char device[512];
};

struct nb_pool_context {
	struct nightburn *nb;
	const struct nb_config_job *job;
	const struct nb_config_pool *pool;
	struct nb_state *state;     /* NULL: there is none yet (peek) */
	struct nb_lock *lock;       /* NULL with NB_POOL_PEEK */
	struct nb_catalog *catalog; /* NULL: there is none yet (peek) */
	struct nb_pool_view view;
	bool accept_shrink; /* the user says that what became less, and what a
			       disc alone holds, is no longer needed */
	bool has_key;
	struct nb_key key;    /* of the installation, when HAS_KEY */
	struct nb_label dead; /* the disc that a run was blanking or writing
				 when it died; disc_id "": none */
	bool died_blanking;
	struct NB_ARRAY(struct nb_passed_over) passed_over; /* drives whose disc
			       is too small for this backup */
};

enum nb_pool_context_mode {
	NB_POOL_PEEK,   /* create nothing: a missing catalog counts as empty */
	NB_POOL_WORK,   /* take the lock, create directories, handle the journal
			   of a run that died */
	NB_POOL_REBUILD /* the same, and replace a damaged catalog with a new
			   one */
};

/* The context of JOB (NULL: the only one).  NB_EUSAGE: no such job, or several;
 * NB_ELOCKED, and the errors of store/.  Close accepts a zeroed context. */
enum nb_err nb_pool_context_open(struct nightburn *nb, const char *job,
				 enum nb_pool_context_mode mode,
				 struct nb_pool_context *context);
/* Sets ->accept_shrink, and the view again. */
enum nb_err nb_pool_context_accept(struct nb_pool_context *context,
				   bool accept_shrink);
void nb_pool_context_close(struct nb_pool_context *context);

/*
 * Loads the key of the installation, once; must be called before anything is
 * decided about a disc.  A missing key is not an error: no label counts as
 * signed then.  With MAKE (the lock is held) it is created.  Errors of
 * nb_key_load.
 */
enum nb_err nb_pool_context_key(struct nb_pool_context *context, bool make);

/* The job of CONTEXT, which must outlive it, and its past. */
struct nb_line nb_pool_context_line(struct nb_pool_context *context);

/* HINT with "-j JOB" where a command needs it (model/decide/hint.h). */
const char *nb_pool_context_hint(const struct nb_pool_context *context,
				 const char *hint, char text[NB_HINT_MAX]);

/* Was LABEL signed with that key? */
bool nb_pool_context_signed(const struct nb_pool_context *context,
			    const struct nb_label *label);

/* ALONE: what the disc DISC_ID of the catalog, whether or not the configuration
 * names it and its pool, alone holds; "": nothing, or nobody needs it
 * (->accept_shrink). */
enum nb_err nb_pool_context_alone(struct nb_pool_context *context,
				  const char *disc_id,
				  char alone[NB_ALONE_TEXT]);

/* Reads the view of the pool from the catalog again. */
enum nb_err nb_pool_context_refresh(struct nb_pool_context *context);

/*
 * *OUT: the names of the discs of CONTEXT's pool, those of the configuration;
 * with automatic names OWN, which is empty and which the caller frees: those in
 * the catalog, and last the one that the next new disc gets, one higher than
 * any that was ever used.  NB_ENOMEM, and the errors of the catalog.
 * (pool_names.c)
 */
enum nb_err nb_pool_names(const struct nb_pool_context *context,
			  struct nb_names *own, const struct nb_names **out);
/* Is NAME the one that the next new disc gets, so that there is no disc of this
 * name to insert? */
bool nb_pool_is_new(const struct nb_pool_context *context, const char *name);
/* With automatic names the name of a disc in a drive is one of the pool, also
 * if the catalog lacks the disc: adds it to the view, not to be written.
 * NB_ENOMEM */
enum nb_err nb_pool_heed_name(struct nb_pool_context *context,
			      const struct nb_label *label);

/* Is there a catalog in the state directory of the configuration? */
bool nb_catalog_exists(struct nightburn *nb);

/* Opens only the catalog, for queries (NB_CATALOG_QUERY or NB_CATALOG_LIST).
 * NB_ENOTFOUND, with a hint, if nothing was ever burned. */
enum nb_err nb_catalog_of(struct nightburn *nb, enum nb_catalog_mode mode,
			  struct nb_catalog **out);

/* The row of the API for a file, without backup, disc and generation; its texts
 * are those of ENTRY. */
struct nb_file_row nb_file_row_of(const struct nb_entry *entry);
/* A row of SOURCE, without the number of its files. */
struct nb_source_row nb_source_row_of(const struct nb_manifest_source *source);

/* The return value of a job that ended with ERR: NB_EWRONG if it succeeded but
 * RESULT counts something that needs attention. */
enum nb_err nb_run_verdict(enum nb_err err, const struct nb_run_result *result);

#endif
