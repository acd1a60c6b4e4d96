/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "report/report.h"

static const char *
or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static void
disc_object(struct nb_str *s, const struct nb_disc_info *d)
{
	struct nb_object o = nb_object_begin(s);

	nb_object_text(&o, "device", d->device);
	nb_object_text(&o, "drive", or_null(d->drive));
	nb_object_text(&o, "state", nb_medium_state_name(d->state));
	nb_object_text(&o, "profile", or_null(d->profile));
	nb_object_number(&o, "capacity", d->capacity);
	nb_object_number(&o, "free", d->free);
	nb_object_number(&o, "sessions", (uint64_t)d->sessions);
	nb_object_number(&o, "last_start", d->last_start);
	nb_object_number(&o, "next_writable", d->next_writable);
	nb_object_bytes(&o, "volume_id", or_null(d->volume_id));
	nb_object_text(&o, "label", nb_label_state_name(d->label));
	nb_object_number(&o, "session", (uint64_t)d->session);
	nb_object_text(&o, "disc_id", or_null(d->disc_id));
	nb_object_text(&o, "pool", or_null(d->pool));
	nb_object_text(&o, "disc", or_null(d->disc));
	nb_object_text(&o, "backup", or_null(d->backup_id));
	nb_object_number(&o, "generation", d->generation);
	nb_object_date(&o, "created", d->created);
	nb_object_bool(&o, "ours", d->ours);
	nb_object_end(&o);
	nb_str_add(s, "\n");
}

void
nb_report_disc(struct nb_str *s, const struct nb_disc_info *d, bool json)
{
	char size[16], room[16], date[32];

	if (json) {
		disc_object(s, d);
		return;
	}
	nb_str_addf(s, "drive       %s%s%s\n", d->drive,
		    d->drive[0] ? ": " : "", d->device);
	nb_str_addf(s, "medium      %s%s%s\n", d->profile,
		    d->profile[0] ? ", " : "",
		    d->state == NB_MEDIUM_NONE
			    ? "no disc"
			    : nb_medium_state_name(d->state));
	if (d->state == NB_MEDIUM_NONE)
		return;
	nb_str_addf(s, "capacity    %s, %s free\n",
		    nb_str_size(d->capacity * 2048, size),
		    nb_str_size(d->free * 2048, room));
	if (d->sessions)
		nb_str_addf(s, "sessions    %d, the next one at block %lu\n",
			    d->sessions, (unsigned long)d->next_writable);
	if (d->volume_id[0])
		nb_str_addf(s, "volume id   %s\n", d->volume_id);
	nb_str_addf(s, "label       %s", nb_label_state_name(d->label));
	if (d->session)
		nb_str_addf(s, " in the newest session, good in session %d",
			    d->session);
	nb_str_add(s, "\n");
	if (d->label != NB_LABEL_GOOD && !d->session)
		return;
	nb_str_addf(s, "disc        %s of pool %s%s\n", d->disc, d->pool,
		    d->ours ? "" : ", without the key of this installation");
	nb_str_addf(s, "backup      %s, generation %llu, %s\n", d->backup_id,
		    (unsigned long long)d->generation,
		    nb_report_date(d->created, date));
}

void
nb_report_drive(struct nb_str *s, const struct nb_drive_row *d, bool json)
{
	if (json) {
		struct nb_object o = nb_object_begin(s);

		nb_object_text(&o, "address", d->address);
		nb_object_text(&o, "vendor", d->vendor);
		nb_object_text(&o, "product", d->product);
		nb_object_text(&o, "revision", d->revision);
		nb_object_text(&o, "serial", d->serial);
		nb_object_text(&o, "profiles", d->profiles);
		nb_object_end(&o);
		return;
	}
	nb_str_addf(s, "%s  %s %s %s%s%s\n  writes: %s\n", d->address,
		    d->vendor, d->product, d->revision,
		    d->serial[0] ? ", serial " : "", d->serial, d->profiles);
}

void
nb_report_key(struct nb_str *s, const struct nb_key_result *r, bool json)
{
	if (json) {
		struct nb_object o = nb_object_begin(s);

		nb_object_text(&o, "key", r->name);
		nb_object_text(&o, "before", or_null(r->before));
		nb_object_bool(&o, "changed", r->changed);
		nb_object_end(&o);
		nb_str_add(s, "\n");
	} else if (!r->changed) {
		nb_str_addf(s, "the key %s is here already\n", r->name);
	} else if (r->before[0]) {
		nb_str_addf(s, "the key %s is here now, in the place of %s\n",
			    r->name, r->before);
	} else {
		nb_str_addf(s, "the key %s is here now\n", r->name);
	}
}

void
nb_report_backup(struct nb_str *s, const struct nb_backup_row *b, bool json)
{
	char size[16];

	if (json) {
		struct nb_object o = nb_object_begin(s);

		nb_object_text(&o, "backup", b->id);
		nb_object_text(&o, "job", b->job);
		nb_object_text(&o, "pool", b->pool);
		nb_object_text(&o, "host", b->host);
		nb_object_number(&o, "generation", b->generation);
		nb_object_date(&o, "created", b->created);
		nb_object_date(&o, "verified", b->verified);
		nb_object_number(&o, "bytes", b->bytes);
		nb_object_number(&o, "files", b->files);
		nb_object_text(&o, "disc", b->disc);
		nb_object_text(&o, "disc_state",
			       b->disc ? nb_disc_state_name(b->disc_state)
				       : NULL);
		nb_object_number(&o, "session", (uint64_t)b->session);
		nb_object_end(&o);
		return;
	}
	nb_str_addf(s, "%4llu  %s  %-10s %8s",
		    (unsigned long long)b->generation, b->id, b->job,
		    nb_str_size(b->bytes, size));
	if (b->disc)
		nb_str_addf(s, "  %s (%s)\n", b->disc,
			    nb_disc_state_name(b->disc_state));
	else
		nb_str_add(s, "  on no disc any more\n");
}

void
nb_report_source(struct nb_str *s, const struct nb_source_row *r, bool json)
{
	char size[16];

	if (json) {
		struct nb_object o = nb_object_begin(s);

		nb_object_text(&o, "kind", r->kind);
		nb_object_bytes(&o, "name", r->name);
		nb_object_bytes(&o, "database", r->database);
		nb_object_text(&o, "format", r->format);
		nb_object_bytes(&o, "path", r->path);
		nb_object_text(&o, "compression", r->compression);
		nb_object_text(&o, "server_version", r->server_version);
		nb_object_number(&o, "bytes", r->bytes);
		nb_object_number(&o, "stored", r->stored);
		nb_object_end(&o);
		return;
	}
	nb_str_addf(s, "%s %s%s%s%s  %s  %s\n", r->kind, r->name,
		    r->format ? " (" : "", r->format ? r->format : "",
		    r->format ? ")" : "", nb_str_size(r->stored, size),
		    r->path ? r->path : "");
}

/* A name for a terminal: bytes that would do something to it, and those that
 * are no UTF-8, as in C. */
static void
add_name(struct nb_str *s, const char *name)
{
	bool utf8 = nb_str_is_utf8(name, strlen(name));

	for (const char *p = name; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == '\n')
			nb_str_add(s, "\\n");
		else if (c < ' ' || c == 0x7f || (c > 0x7f && !utf8))
			nb_str_addf(s, "\\%03o", c);
		else
			nb_str_add_bytes(s, p, 1);
	}
}

void
nb_report_file(struct nb_str *s, const struct nb_file_row *f, bool json)
{
	if (json) {
		struct nb_object o = nb_object_begin(s);

		nb_object_text(&o, "backup", f->backup_id);
		nb_object_text(&o, "disc", f->disc);
		nb_object_number(&o, "generation", f->generation);
		nb_object_bytes(&o, "path", f->path);
		nb_object_text(&o, "type", nb_entry_type_name(f->type));
		nb_object_bytes(&o, "target", f->target);
		nb_object_number(&o, "size", f->size);
		nb_object_number(&o, "uid", f->uid);
		nb_object_number(&o, "gid", f->gid);
		nb_str_addf(s, ", \"mode\": \"%04o\"", f->mode);
		nb_object_date(&o, "mtime", f->mtime);
		nb_object_text(&o, "sha256", or_null(f->sha256));
		nb_object_end(&o);
		return;
	}
	nb_str_addf(s, "%4llu  %-10s %12llu  ",
		    (unsigned long long)f->generation, f->disc ? f->disc : "-",
		    (unsigned long long)f->size);
	add_name(s, f->path);
	nb_str_add(s, "\n");
}

void
nb_report_disc_row(struct nb_str *s, const struct nb_disc_row *d, bool json)
{
	char date[32];

	if (json) {
		struct nb_object o = nb_object_begin(s);

		nb_object_text(&o, "pool", d->pool);
		nb_object_text(&o, "disc", d->name);
		nb_object_text(&o, "disc_id", d->disc_id);
		nb_object_text(&o, "state", nb_disc_state_name(d->state));
		nb_object_text(&o, "note", d->note);
		nb_object_text(&o, "profile", d->profile);
		nb_object_number(&o, "generation", d->generation);
		nb_object_date(&o, "verified", d->verified);
		nb_object_number(&o, "sessions", (uint64_t)d->sessions);
		nb_object_number(&o, "cycles", (uint64_t)d->cycles);
		nb_object_end(&o);
		return;
	}
	nb_str_addf(s, "%-10s %-10s %-8s generation %llu, verified %s%s%s\n",
		    d->pool, d->name, nb_disc_state_name(d->state),
		    (unsigned long long)d->generation,
		    nb_report_date(d->verified, date), d->note ? ", " : "",
		    d->note ? d->note : "");
}
