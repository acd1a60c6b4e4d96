/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of the API as text for people and as JSON for programs.  Each
 * function appends to a string; cli/ prints it.
 */
#ifndef NB_REPORT_REPORT_H
#define NB_REPORT_REPORT_H

#include <nightburn/nightburn.h>

#include "base/str.h"

/* "2026-11-21 01:15 UTC", or "never" for 0. */
const char *nb_report_date(int64_t date, char buf[32]);

/* A JSON object in the making: members are written in the order of the calls,
 * a NULL text as null. */
struct nb_object {
	struct nb_str *s;
	bool more;
};
struct nb_object nb_object_begin(struct nb_str *s);
void nb_object_text(struct nb_object *o, const char *key, const char *value);
/* Bytes that need not be UTF-8: then KEY_hex. */
void nb_object_bytes(struct nb_object *o, const char *key, const char *value);
void nb_object_number(struct nb_object *o, const char *key, uint64_t value);
void nb_object_date(struct nb_object *o, const char *key, int64_t value);
void nb_object_bool(struct nb_object *o, const char *key, bool value);
void nb_object_end(struct nb_object *o);

void nb_report_plan(struct nb_str *s, const struct nb_plan_info *plan,
		    bool json);
void nb_report_run(struct nb_str *s, const struct nb_run_result *result,
		   bool json);
/* FILE now holds the image of a backup. */
void nb_report_image(struct nb_str *s, const char *file,
		     const struct nb_run_result *result, bool json);
void nb_report_disc(struct nb_str *s, const struct nb_disc_info *disc,
		    bool json);
void nb_report_drive(struct nb_str *s, const struct nb_drive_row *drive,
		     bool json);
void nb_report_verify(struct nb_str *s, const struct nb_verify_result *result,
		      bool json);
void nb_report_restore(struct nb_str *s, const struct nb_restore_result *result,
		       bool json);
/* Both partition tables, side by side. */
void nb_report_bootarea(struct nb_str *s, const struct nb_bootarea_info *info,
			bool json);
void nb_report_clone(struct nb_str *s, const struct nb_clone_result *result,
		     bool json);
void nb_report_clone_row(struct nb_str *s, const struct nb_clone_row *row,
			 bool json);
void nb_report_key(struct nb_str *s, const struct nb_key_result *result,
		   bool json);
void nb_report_backup(struct nb_str *s, const struct nb_backup_row *row,
		      bool json);
void nb_report_source(struct nb_str *s, const struct nb_source_row *row,
		      bool json);
void nb_report_file(struct nb_str *s, const struct nb_file_row *row, bool json);
void nb_report_disc_row(struct nb_str *s, const struct nb_disc_row *row,
			bool json);

/*
 * One line of progress, shorter than WIDTH columns: what is done, and as far
 * as there is room for it, a bar, the percentage, MB/s and the time left.
 * SECONDS have gone since the step began.
 */
void nb_report_progress(struct nb_str *s, const struct nb_progress *p,
			double seconds, int width);

#endif
