/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of a block for the host where the source does its work. */
#ifndef NB_SOURCE_SSH_OPTIONS_H
#define NB_SOURCE_SSH_OPTIONS_H

#include "model/config/value.h"

struct nb_ssh_options {
	char *host;     /* "user@name"; NULL: this one */
	int port;       /* 0: the default of ssh */
	char *identity; /* private key; NULL: the default of ssh */
	char *known_hosts;
	char *ssh;         /* program */
	int64_t timeout;   /* of a tree, in seconds; a dump has its own */
	uint64_t max_size; /* bytes of a tree; 0: no limit */
};

/* The table rows of the struct nb_ssh_options that is the member AT of
 * RECORD. */
#define NB_SSH_FIELDS(record, at)                                        \
	{ NB_FIELD(record, "host", TEXT, at.host), .local = true },      \
		{ NB_FIELD(record, "port", NUMBER, at.port), .min = 1,   \
		  .max = 65535, .local = true },                         \
		{ NB_FIELD(record, "identity", PATH, at.identity),       \
		  .local = true },                                       \
		{ NB_FIELD(record, "known_hosts", PATH, at.known_hosts), \
		  .local = true },                                       \
	{                                                                \
		NB_FIELD(record, "ssh", PROGRAM, at.ssh), .local = true  \
	}

/*
 * Checks the options of the host of SOURCE against each other and sets their
 * defaults.  DOUBTFUL is an option that cannot be used together with a host, or
 * NULL.  NB_ECONFIG, logged with FILE and the source's line.
 */
enum nb_err nb_ssh_options_end(const char *file,
			       const struct nb_config_source *source,
			       struct nb_ssh_options *options,
			       const char *doubtful);

#endif
