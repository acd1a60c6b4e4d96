/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a manifest's text, rendered and read. */
#ifndef NB_MODEL_MANIFEST_PRIVATE_H
#define NB_MODEL_MANIFEST_PRIVATE_H

#include "base/str.h"
#include "model/record/json.h"
#include "model/record/manifest.h"

/* "KEY":"text", or "KEY_hex" for bytes that are not UTF-8. */
void nb_manifest_add_bytes(struct nb_str *s, const char *key,
			   const char *bytes);
/* The object of one entry, of one source.  STATE: with ctime and inode.
 * ARCHIVE: the path of the archive that it is a member of, or NULL. */
void nb_manifest_add_entry(struct nb_str *s, const struct nb_entry *e,
			   bool state, const char *archive);
void nb_manifest_add_source(struct nb_str *s,
			    const struct nb_manifest_source *source);

/*
 * The same, read.  False: not sound, or no memory; what was read so far is the
 * caller's to clear.
 */
bool nb_manifest_read_bytes(const json_t *object, const char *key, char **out);
bool nb_manifest_read_filters(const json_t *object, struct nb_entry *e);
bool nb_manifest_read_entry(const json_t *object, struct nb_entry *e);
bool nb_manifest_read_source(const json_t *object,
			     struct nb_manifest_source *source);

/*
 * The manifests of earlier versions do not record what their FILES passed.
 * There, and only there, the ending of the name tells it, for those files that
 * a source compressed.  NB_ENOMEM
 */
enum nb_err nb_manifest_guess_filters(const struct nb_manifest *m,
				      struct nb_entries *files);

#endif
