/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sources whose work is done on another host: the near end.  Each call starts
 * ssh, which starts `nightburn remote` there (source/serve/serve.h); no shell
 * takes part, no one is asked for anything, and no host is talked to whose key
 * is not in known_hosts.  What comes is not trusted.  Private to source/.
 */
#ifndef NB_SOURCE_SSH_SSH_H
#define NB_SOURCE_SSH_SSH_H

#include "base/names.h"
#include "base/proc.h"
#include "model/remote.h"
#include "model/wire.h"
#include "source/ssh/options.h"

struct nb_remote_call {
	const struct nb_ssh_options *remote; /* the host */
	const char *request;                 /* its text (model/remote.h) */
	nb_wire_fn *fn; /* takes all frames but M and Z; NULL: none
				    may come */
	void *ctx;
	enum nb_err (*tick)(void *ctx); /* about once a second, or NULL */
	uint64_t max_bytes;             /* of data; 0: no cap */
	int64_t timeout;                /* seconds */
};

/*
 * Makes the call.  NB_OK: the other end did its work, and what came is, by
 * number and SHA-256, what it sent.  NB_ESOURCE, NB_ECANCELED, or what FN
 * returned.  Messages of the other end are logged with its name in front.
 */
enum nb_err nb_remote_call(const struct nb_remote_call *call);

/* Logs that the host sent WHAT, which it should not have: NB_ESOURCE. */
enum nb_err nb_remote_nonsense(const struct nb_ssh_options *remote,
			       const char *what);

/* How ssh is started (command.c): ARGUMENTS, NULL-ended, the caller's to
 * free.  NB_ENOMEM */
enum nb_err nb_remote_arguments(const struct nb_ssh_options *remote,
				struct nb_names *arguments);
/* Why no answer came, from what ssh left behind.  NB_ESOURCE, logged. */
enum nb_err nb_remote_explain(const struct nb_ssh_options *remote,
			      const struct nb_proc_result *result,
			      bool greeted);

#endif
