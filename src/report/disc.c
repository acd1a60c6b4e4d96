/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

/* ---- discs in a drive ---- */

static const char *
disc_state(const void *row)
{
	const struct nb_disc_info *d = row;

	return nb_medium_state_name(d->state);
}

static const char *
disc_label(const void *row)
{
	const struct nb_disc_info *d = row;

	return nb_label_state_name(d->label);
}

#define DISC struct nb_disc_info

static const struct nb_column disc_columns[] = {
	NB_COLUMN_NAME("device", DISC, device),
	NB_COLUMN_CHARS("drive", DISC, drive),
	{ .name = "state", .type = NB_COLUMN_WORD, .text = disc_state },
	NB_COLUMN_CHARS("profile", DISC, profile),
	NB_COLUMN(BLOCKS, "capacity", DISC, capacity),
	NB_COLUMN(BLOCKS, "free", DISC, free),
	NB_COLUMN(NUMBER, "sessions", DISC, sessions),
	NB_COLUMN(NUMBER, "last_start", DISC, last_start),
	NB_COLUMN(NUMBER, "next_writable", DISC, next_writable),
	NB_COLUMN_CHARS("volume_id", DISC, volume_id),
	{ .name = "label", .type = NB_COLUMN_WORD, .text = disc_label },
	NB_COLUMN(NUMBER, "session", DISC, session),
	NB_COLUMN_CHARS("disc_id", DISC, disc_id),
	NB_COLUMN_CHARS("pool", DISC, pool),
	NB_COLUMN_CHARS("disc", DISC, disc),
	NB_COLUMN_CHARS("backup", DISC, backup_id),
	NB_COLUMN(NUMBER, "generation", DISC, generation),
	NB_COLUMN(DATE, "created", DISC, created),
	NB_COLUMN(BOOL, "ours", DISC, ours),
	NB_COLUMN(BOOL, "key_checked", DISC, key_checked),
};

static void
describe_medium(struct nb_str *s, const struct nb_disc_info *d)
{
	char size[16], room[16];

	nb_str_addf(s, "capacity    %s, %s free\n",
		    nb_str_size(d->capacity * 2048, size),
		    nb_str_size(d->free * 2048, room));
	if (d->sessions)
		nb_str_addf(s, "sessions    %d, the next one at block %lu\n",
			    d->sessions, (unsigned long)d->next_writable);
	if (d->volume_id[0])
		nb_str_addf(s, "volume id   %s\n", d->volume_id);
}

static void
describe_disc(struct nb_str *s, const void *row)
{
	const struct nb_disc_info *d = row;
	bool none = d->state == NB_MEDIUM_NONE;
	char date[32];

	nb_str_addf(s, "drive       %s%s%s\n", d->drive,
		    d->drive[0] ? ": " : "", d->device);
	nb_str_addf(s, "medium      %s%s%s\n", d->profile,
		    d->profile[0] ? ", " : "",
		    none ? "no disc" : nb_medium_state_name(d->state));
	if (none)
		return;
	describe_medium(s, d);
	nb_str_addf(s, "label       %s", nb_label_state_name(d->label));
	if (d->session)
		nb_str_addf(s, " in the newest session, good in session %d",
			    d->session);
	nb_str_add(s, "\n");
	if (d->label != NB_LABEL_GOOD && !d->session)
		return;
	nb_str_addf(s, "disc        %s of pool %s%s\n", d->disc, d->pool,
		    d->ours ? ""
			    : d->key_checked
			    ? ", not made with the key of this "
			      "installation"
			    : ", key not checked");
	nb_str_addf(s, "backup      %s, generation %llu, %s\n", d->backup_id,
		    (unsigned long long)d->generation,
		    nb_report_date(d->created, date));
}

const struct nb_record nb_record_disc =
	NB_RECORD("disc", disc_columns, describe_disc);

/* The row begins with the disc, which JSON includes. */
_Static_assert(offsetof(struct nb_adopt_row, disc) == 0, "disc_columns fit");

static void
describe_adopt(struct nb_str *s, const void *row)
{
	const struct nb_adopt_row *r = row;

	nb_str_addf(s,
		    r->dry_run ? "the disc can become %s\n"
			       : "the disc is blank and can become %s\n",
		    r->as);
}

const struct nb_record nb_record_adopt =
	NB_RECORD("adoption", disc_columns, describe_adopt);

/* ---- drives ---- */

#define DRIVE struct nb_drive_row

static const struct nb_column drive_columns[] = {
	NB_COLUMN_NAME("address", DRIVE, address),
	NB_COLUMN_NAME("vendor", DRIVE, vendor),
	NB_COLUMN_NAME("product", DRIVE, product),
	NB_COLUMN_NAME("revision", DRIVE, revision),
	NB_COLUMN_NAME("serial", DRIVE, serial),
	NB_COLUMN_NAME("profiles", DRIVE, profiles),
};

static void
describe_drive(struct nb_str *s, const void *row)
{
	const struct nb_drive_row *d = row;

	nb_str_addf(s, "%s  %s %s %s%s%s\n  writes: %s\n", d->address,
		    d->vendor, d->product, d->revision,
		    d->serial[0] ? ", serial " : "", d->serial, d->profiles);
}

const struct nb_record nb_record_drive =
	NB_RECORD("drive", drive_columns, describe_drive);

/* ---- the key, and the catalog accepted ---- */

#define KEY struct nb_key_result

static const struct nb_column key_columns[] = {
	NB_COLUMN_NAME("key", KEY, name),
	NB_COLUMN_CHARS("before", KEY, before),
	NB_COLUMN(BOOL, "changed", KEY, changed),
};

static void
describe_key(struct nb_str *s, const void *row)
{
	const struct nb_key_result *r = row;

	if (!r->changed)
		nb_str_addf(s, "the key %s is already in use\n", r->name);
	else if (r->before[0])
		nb_str_addf(s, "the key %s is in use now and replaces %s\n",
			    r->name, r->before);
	else
		nb_str_addf(s, "the key %s is in use now\n", r->name);
}

const struct nb_record nb_record_key =
	NB_RECORD("key", key_columns, describe_key);

static const struct nb_column accept_columns[] = {
	NB_COLUMN(BOOL, "changed", struct nb_accept_row, changed),
};

static void
describe_accept(struct nb_str *s, const void *row)
{
	const struct nb_accept_row *r = row;

	nb_str_add(s,
		   r->changed ? "the catalog is accepted as it is\n"
			      : "nothing is missing from the catalog\n");
}

const struct nb_record nb_record_accept =
	NB_RECORD("catalog", accept_columns, describe_accept);

static const struct nb_column take_over_columns[] = {
	NB_COLUMN_NAME("pool", struct nb_take_over_result, pool),
	NB_COLUMN_CHARS("host", struct nb_take_over_result, host),
	NB_COLUMN(BOOL, "changed", struct nb_take_over_result, changed),
};

static void
describe_take_over(struct nb_str *s, const void *row)
{
	const struct nb_take_over_result *r = row;

	if (r->changed)
		nb_str_addf(s, "pool %s is taken over from %s\n", r->pool,
			    r->host);
	else
		nb_str_addf(s, "pool %s belongs to this machine\n", r->pool);
}

const struct nb_record nb_record_take_over =
	NB_RECORD("pool", take_over_columns, describe_take_over);

static const struct nb_column lost_columns[] = {
	NB_COLUMN_NAME("pool", struct nb_lost_result, pool),
	NB_COLUMN_NAME("disc", struct nb_lost_result, disc),
	NB_COLUMN_NAME("disc_id", struct nb_lost_result, disc_id),
	NB_COLUMN(BOOL, "changed", struct nb_lost_result, changed),
	NB_COLUMN(NUMBER, "backups", struct nb_lost_result, backups),
	NB_COLUMN_CHARS("newest", struct nb_lost_result, newest),
	NB_COLUMN(NUMBER, "generation", struct nb_lost_result, generation),
	NB_COLUMN(BOOL, "shrunk", struct nb_lost_result, shrunk),
};

static void
describe_lost(struct nb_str *s, const void *row)
{
	const struct nb_lost_result *r = row;

	nb_str_addf(s, "disc %s of pool %s %s lost\n", r->disc, r->pool,
		    r->changed ? "is recorded as" : "was already recorded as");
	if (r->newest[0])
		nb_str_addf(s,
			    "the newest good backup is generation %llu, on "
			    "disc %s%s\n",
			    (unsigned long long)r->generation, r->newest,
			    r->shrunk ? ", which lacks something of the one "
					"before it"
				      : "");
	else
		nb_str_add(s, "no other disc of the pool has a good backup\n");
}

const struct nb_record nb_record_lost =
	NB_RECORD("lost", lost_columns, describe_lost);
