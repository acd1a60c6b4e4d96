/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

/* ---- images ---- */

#define IMAGE struct nb_image_row

static const struct nb_column image_columns[] = {
	NB_COLUMN(TEXT, "image", IMAGE, file),
	NB_COLUMN(TEXT, "backup", IMAGE, backup_id),
	NB_COLUMN(NUMBER, "files", IMAGE, files),
	NB_COLUMN(BYTES, "bytes", IMAGE, bytes),
	NB_COLUMN(BLOCKS, "blocks", IMAGE, blocks),
};

static void
describe_image(struct nb_str *s, const void *row)
{
	const struct nb_image_row *r = row;
	char size[16], image[16], files[48];

	nb_str_addf(s, "%s: %s, %s, an image of %s\n", r->file,
		    nb_report_count(r->files, "file", files),
		    nb_str_size(r->bytes, size),
		    nb_str_size(r->blocks * 2048, image));
}

const struct nb_record nb_record_image =
	NB_RECORD("image", image_columns, describe_image);

/* ---- verifications ---- */

static const struct nb_column run_columns[] = {
	NB_COLUMN(NUMBER, "first", struct nb_block_run, first),
	NB_COLUMN(NUMBER, "count", struct nb_block_run, count),
};

static const struct nb_record run_record =
	NB_RECORD("blocks", run_columns, NULL);

#define BAD_BLOCKS(function)                                  \
	{                                                     \
		.name = "bad_blocks", .type = NB_COLUMN_LIST, \
		.item = function, .record = &run_record       \
	}

#define VERIFY struct nb_verify_result

static const void *
verify_run(const void *row, size_t index)
{
	const VERIFY *r = row;

	return index < r->bad_block_runs ? &r->bad_blocks[index] : NULL;
}

static const struct nb_column verify_columns[] = {
	NB_COLUMN_CHARS("disc", VERIFY, disc),
	NB_COLUMN_CHARS("backup", VERIFY, backup_id),
	NB_COLUMN(NUMBER, "generation", VERIFY, generation),
	NB_COLUMN(NUMBER, "files", VERIFY, files),
	NB_COLUMN(BYTES, "bytes", VERIFY, bytes),
	NB_COLUMN(NUMBER, "bad", VERIFY, bad),
	NB_COLUMN(NUMBER, "session", VERIFY, session),
	NB_COLUMN(BOOL, "incomplete", VERIFY, incomplete),
	NB_COLUMN(NUMBER, "lost", VERIFY, lost),
	BAD_BLOCKS(verify_run),
};

static void
describe_verify(struct nb_str *s, const void *row)
{
	const struct nb_verify_result *r = row;
	char size[16], files[48];

	nb_str_addf(s, "disc %s, ", r->disc);
	if (r->session)
		nb_str_addf(s, "session %d, ", r->session);
	nb_str_addf(s, "generation %llu: ", (unsigned long long)r->generation);
	if (r->files || !r->incomplete)
		nb_str_addf(s, "%s, %s, %s good%s",
			    nb_report_count(r->files, "file", files),
			    nb_str_size(r->bytes, size),
			    r->files == 1 ? "is" : "are",
			    r->bad || r->incomplete ? ", " : "");
	if (r->bad)
		nb_str_addf(s, "%llu %s BAD%s", (unsigned long long)r->bad,
			    r->bad == 1 ? "is" : "are",
			    r->incomplete ? ", " : "");
	if (r->incomplete)
		nb_str_addf(s, "%s could NOT be checked",
			    r->files || r->bad ? "the rest" : "it");
	if (r->lost)
		nb_str_addf(s, ", %llu of them LOST when %s burned",
			    (unsigned long long)r->lost,
			    r->lost == 1 ? "it was" : "they were");
	nb_str_add(s, "\n");
}

const struct nb_record nb_record_verify =
	NB_RECORD("verification", verify_columns, describe_verify);

/* ---- restores ---- */

#define RESTORE struct nb_restore_result

static const void *
restore_run(const void *row, size_t index)
{
	const RESTORE *r = row;

	return index < r->bad_block_runs ? &r->bad_blocks[index] : NULL;
}

static const struct nb_column restore_columns[] = {
	NB_COLUMN_CHARS("backup", RESTORE, backup_id),
	NB_COLUMN_CHARS("disc", RESTORE, disc),
	NB_COLUMN(NUMBER, "generation", RESTORE, generation),
	NB_COLUMN(NUMBER, "files", RESTORE, files),
	NB_COLUMN(BYTES, "bytes", RESTORE, bytes),
	NB_COLUMN(NUMBER, "bad", RESTORE, bad),
	NB_COLUMN(BOOL, "restored", RESTORE, restored),
	NB_COLUMN(BOOL, "older", RESTORE, older),
	NB_COLUMN(NUMBER, "unproved", RESTORE, unproved),
	NB_COLUMN(NUMBER, "lost", RESTORE, lost),
	NB_COLUMN_CHARS("old_database", RESTORE, old_database),
	BAD_BLOCKS(restore_run),
};

static void
describe_restore(struct nb_str *s, const void *row)
{
	const struct nb_restore_result *r = row;
	char size[16], files[48];

	nb_str_addf(s, "%s from disc %s: %s, %s, %s", r->backup_id,
		    r->disc[0] ? r->disc : "(no label)",
		    nb_report_count(r->files, "file", files),
		    nb_str_size(r->bytes, size),
		    r->restored ? "restored" : "delivered");
	if (r->bad)
		nb_str_addf(s, ", %llu NOT delivered",
			    (unsigned long long)r->bad);
	if (r->lost)
		nb_str_addf(s, ", %llu of them LOST",
			    (unsigned long long)r->lost);
	if (r->older)
		nb_str_add(s, ", an OLDER backup");
	if (r->unproved)
		nb_str_addf(s, ", %llu NOT proved",
			    (unsigned long long)r->unproved);
	nb_str_add(s, "\n");
}

const struct nb_record nb_record_restore =
	NB_RECORD("restore", restore_columns, describe_restore);

/* ---- clones ---- */

#define CLONE struct nb_clone_result

static const struct nb_column clone_columns[] = {
	NB_COLUMN_NAME("clone", CLONE, name),
	NB_COLUMN(NUMBER, "files", CLONE, files),
	NB_COLUMN(NUMBER, "transferred", CLONE, transferred),
	NB_COLUMN(NUMBER, "deleted", CLONE, deleted),
	NB_COLUMN(BYTES, "bytes", CLONE, bytes),
	NB_COLUMN(BOOL, "compared", CLONE, compared),
	NB_COLUMN(NUMBER, "corrupt", CLONE, corrupt),
};

static void
describe_clone(struct nb_str *s, const void *row)
{
	const struct nb_clone_result *r = row;
	char size[16], files[48];

	nb_str_addf(s, "clone %s: %s, %llu copied (%s), %llu deleted%s",
		    r->name, nb_report_count(r->files, "file", files),
		    (unsigned long long)r->transferred,
		    nb_str_size(r->bytes, size), (unsigned long long)r->deleted,
		    r->compared ? ", contents compared" : "");
	nb_str_add(s, "\n");
}

const struct nb_record nb_record_clone =
	NB_RECORD("clone", clone_columns, describe_clone);
