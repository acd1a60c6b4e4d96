/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local end of a source on another host.  Each call starts ssh, which
 * starts `nightburn remote` there (source/serve/serve.h), without a shell,
 * without prompts, and only for a host whose key is in known_hosts.  The answer
 * is not trusted.  Private to source/.
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
	nb_wire_fn *fn; /* takes all frames except M and Z; NULL: none is
			   expected */
	void *ctx;
	enum nb_err (*tick)(void *ctx); /* about once a second, or NULL */
	uint64_t max_bytes;             /* bytes of data; 0: no limit */
	int64_t timeout;                /* seconds */
};

/*
 * Makes the call.  NB_OK: the other end succeeded, and what arrived equals, in
 * number of bytes and SHA-256, what it sent.  NB_ESOURCE, NB_ECANCELED, or the
 * error of FN.  Messages of the other end are logged after its name.
 */
enum nb_err nb_remote_call(const struct nb_remote_call *call);

/* Logs that the host sent WHAT, which is unexpected: NB_ESOURCE. */
enum nb_err nb_remote_nonsense(const struct nb_ssh_options *remote,
			       const char *what);

/* The arguments to start ssh (command.c), NULL-ended; the caller frees them.
 * NB_ENOMEM */
enum nb_err nb_remote_arguments(const struct nb_ssh_options *remote,
				struct nb_names *arguments);
/* Explains why there was no answer, from the output and exit status of ssh.
 * NB_ESOURCE, logged. */
enum nb_err nb_remote_explain(const struct nb_ssh_options *remote,
			      const struct nb_proc_result *result,
			      bool greeted);

#endif
