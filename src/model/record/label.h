/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The label: the small JSON file /nightburn/label.json in each session, which
 * identifies the disc.  Its last member is a message authentication code (MAC),
 * made with the key of the installation, of everything before it: a disc whose
 * label lacks a valid one may be read, but is never written.
 */
#ifndef NB_MODEL_LABEL_H
#define NB_MODEL_LABEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "model/record/key.h"
#include "model/state.h"

#define NB_LABEL_PATH "nightburn/label.json"
#define NB_LABEL_COPY "nightburn/copy/label.json"
#define NB_LABEL_VERSION 1
#define NB_ID_SIZE 16 /* bytes of a random id */
#define NB_ID_HEX (2 * NB_ID_SIZE)
#define NB_NAME_MAX 64 /* pool, disc, job, drive, source */
#define NB_BACKUP_ID_MAX 40

struct nb_label {
	char installation[NB_ID_HEX + 1]; /* random id of the state directory
					     that wrote it */
	char disc_id[NB_ID_HEX + 1];      /* hex; new each time the medium is
					     blanked or adopted */
	char pool[NB_NAME_MAX + 1];
	char disc[NB_NAME_MAX + 1]; /* name in the pool, as "DB-A" */
	uint64_t generation;        /* of the newest backup on it */
	char backup_id[NB_BACKUP_ID_MAX + 1];
	char previous[NB_SHA256_HEX + 1]; /* SHA-256 of the previous label file:
					     on this disc, or, for its first
					     label, that of the pool's newest
					     backup; "" if there is none */
	int64_t created;                  /* seconds since 1970 UTC */
	bool has_manifest_mac;            /* the manifest of the session has a
					     MAC too */
	uint64_t take_overs;      /* how often the pool had been taken over by
				another installation when it was written */
	bool by_hand;             /* BACKUP_ID was appended by hand:
					     newest is one of a job before it */
	char mac[NB_MAC_HEX + 1]; /* hex; "" if it has none */
};

/* The label as JSON text with a final newline; the member "mac" is left out
 * when it is empty, "manifest_mac" and "by_hand" when they are false,
 * "take_overs" when it is 0.  The caller frees.  NB_ENOMEM */
enum nb_err nb_label_render(const struct nb_label *label, char **text);

/* Fills in ->mac, of the text that nb_label_render makes of the label without a
 * MAC.  Must be called last.  NB_ENOMEM, NB_EFAIL. */
enum nb_err nb_label_sign(struct nb_label *label, const struct nb_key *key);

/* Does the label have a valid MAC?  False also if KEY is NULL, if there is no
 * MAC, or if it cannot be computed. */
bool nb_label_is_signed(const struct nb_label *label, const struct nb_key *key);

/*
 * Parses LENGTH bytes.  Every member but these four must be present, all with
 * the right type and within their bounds, ids in hex: else NB_ECORRUPT (logged
 * as a warning that begins with NAME) and OUT untouched.  Unknown members are
 * ignored.  The MAC is only read, not checked.
 */
enum nb_err nb_label_parse(const char *name, const char *text, size_t length,
			   struct nb_label *out);

/*
 * True if WHICH, a user's name for a backup, is a generation: only digits,
 * and fewer than a date has.  Anything else is an id or the beginning of one;
 * each id begins with a date, so "2" would match all of them.
 */
bool nb_backup_is_generation(const char *which);

#endif
