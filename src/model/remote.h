/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protocol for a source on another host: `nightburn remote` there reads one
 * request and answers it.
 *
 *     request    hello, one frame Q
 *     answer     hello, frames, and a final frame Z
 *
 * The hello is a line with the number of the protocol, so that different
 * versions recognize each other.  The frames are those of model/wire.h:
 *
 *     Q  the request, JSON: the task, and the source's options as they could
 *        stand in the configuration
 *     A  the answer to a question, JSON
 *     D  bytes: of a dump, or of the file that the next E describes
 *     R  discard the bytes of the file so far: it is read again
 *     E  a manifest (model/record/manifest.h) with the file of these bytes
 *     L  a manifest with files that have no bytes of their own
 *     S  a manifest with the one record of the source; of a dump, with a part
 *        of what was counted
 *     M  a message: "e", "w" or "n" for its level, then its text
 *     Z  the end, JSON: success or not; the number of bytes in D
 *        and their SHA-256
 *
 * Names, options and messages come from the other end and are not trusted.
 */
#ifndef NB_MODEL_REMOTE_H
#define NB_MODEL_REMOTE_H

#include "base/hash.h"
#include "model/config/config.h"
#include "model/record/label.h"
#include "model/record/manifest.h"

#define NB_REMOTE_PROTOCOL 1
/* The directory above all paths in a request, which this end removes again. */
#define NB_REMOTE_ABOVE "backup"
#define NB_REMOTE_REQUEST 'Q'
#define NB_REMOTE_ANSWER 'A'
#define NB_REMOTE_DATA 'D'
#define NB_REMOTE_AGAIN 'R'
#define NB_REMOTE_ENTRY 'E'
#define NB_REMOTE_LIST 'L'
#define NB_REMOTE_SOURCE 'S'
#define NB_REMOTE_MESSAGE 'M'
#define NB_REMOTE_END 'Z'

/* A request on behalf of a source. */
struct nb_remote_request {
	const char *task; /* one of those of the source's kind */
	struct nb_config_source source;
	char *database; /* the database to dump; NULL: globals */
	bool sizes;     /* include sizes */
	bool counts;    /* send S with what was counted; an older version does
			   not */
	/* For a tree: the first component of its paths while they are
	 * transferred; "backup_id" in JSON. */
	char above[NB_BACKUP_ID_MAX + 1];
	int64_t date;
};

void nb_remote_request_clear(struct nb_remote_request *request);

/* As JSON; the caller frees.  NB_ENOMEM */
enum nb_err nb_remote_request_render(const struct nb_remote_request *request,
				     char **text);

/*
 * Parses it strictly, for a task of one of KINDS: an option that does not exist
 * or is only for the other end (above all a program), or a value that the
 * configuration could not have, is NB_EUSAGE, logged.  *OUT is untouched on
 * failure.
 */
enum nb_err nb_remote_request_parse(const char *text, size_t length,
				    const struct nb_source_kind *const *kinds,
				    struct nb_remote_request *out);

/* The end of an answer. */
struct nb_remote_end {
	bool good;
	uint64_t bytes;
	uint8_t sha256[NB_SHA256_SIZE];
};

enum nb_err nb_remote_end_render(const struct nb_remote_end *end, char **text);
bool nb_remote_end_parse(const char *text, size_t length,
			 struct nb_remote_end *out);

/* The answer to a check and to a question. */
struct nb_remote_database {
	char *name;
	uint64_t size;
	char *left_out; /* why it cannot be dumped; NULL: it can be */
	struct nb_properties properties; /* an older version sends none */
};

struct nb_remote_answer {
	int version; /* as PQserverVersion; of pg_dump for a check, otherwise of
			the server */
	char *version_text;
	char *system;    /* the identifier of the cluster; NULL: unknown */
	uint64_t behind; /* seconds that a standby has got nothing new */
	struct NB_ARRAY(struct nb_remote_database) databases;
};

void nb_remote_answer_clear(struct nb_remote_answer *answer);
enum nb_err nb_remote_answer_render(const struct nb_remote_answer *answer,
				    char **text);
/* False: not such an answer; *OUT is empty then. */
bool nb_remote_answer_parse(const char *text, size_t length,
			    struct nb_remote_answer *out);

#endif
