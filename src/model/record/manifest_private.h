/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rendering and parsing the parts of a manifest. */
#ifndef NB_MODEL_MANIFEST_PRIVATE_H
#define NB_MODEL_MANIFEST_PRIVATE_H

#include "base/str.h"
#include "model/record/json.h"
#include "model/record/holding.h"
#include "model/record/manifest.h"

/* "KEY":"text", or "KEY_hex" for bytes that are not UTF-8. */
void nb_manifest_add_bytes(struct nb_str *s, const char *key,
			   const char *bytes);
/* The JSON object of one entry, or of one source.  STATE: with ctime and inode.
 * ARCHIVE: the path of the archive of a member, or NULL. */
void nb_manifest_add_entry(struct nb_str *s, const struct nb_entry *e,
			   bool state, const char *archive);
void nb_manifest_add_source(struct nb_str *s,
			    const struct nb_manifest_source *source);

/*
 * The same, parsed.  False: invalid, or out of memory; the caller clears what
 * was read so far.
 */
bool nb_manifest_read_bytes(const json_t *object, const char *key, char **out);
bool nb_manifest_read_filters(const json_t *object, struct nb_entry *e);
bool nb_manifest_read_entry(const json_t *object, struct nb_entry *e);
void nb_manifest_add_properties(struct nb_str *s,
				const struct nb_properties *list);
bool nb_manifest_read_properties(const json_t *object,
				 struct nb_properties *list);
void nb_manifest_add_counts(struct nb_str *s, const struct nb_properties *list);
bool nb_manifest_read_counts(const json_t *object, struct nb_properties *list);
void nb_manifest_add_identity(struct nb_str *s,
			      const struct nb_properties *list);
bool nb_manifest_read_identity(const json_t *object,
			       struct nb_properties *list);
bool nb_manifest_read_source(const json_t *object,
			     struct nb_manifest_source *source);

/* A disc may contain anything: the maximum that a reader accepts for the text
 * before the list of files, and for one line of that list. nb_manifest_render
 * writes nothing larger. */
#define NB_MANIFEST_HEAD_MAX ((size_t)64 << 20)
#define NB_MANIFEST_LINE_MAX ((size_t)1 << 20)
/* The same for the memory that reading the former takes (nb_json_cost). */
#define NB_MANIFEST_HEAD_COST ((uint64_t)512 << 20)

/* The length of TEXT up to the end of its last file's line, if it ends as
 * nb_manifest_render or nb_manifest_mac_add write it; otherwise 0. */
size_t nb_manifest_body(const char *text, size_t length);

/*
 * Manifests of early versions do not record the filters of FILES.  For these
 * alone they are derived from the suffix, for files that a source compressed.
 * NB_ENOMEM
 */
enum nb_err nb_manifest_guess_filters(const struct nb_manifest *m,
				      struct nb_entries *files);

#endif
