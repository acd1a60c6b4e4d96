/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/record/disc_readme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

#define WIDTH 80
#define INDENT 6 /* what continues a line */

static const char readme_head[] =
	"This disc was written by nightburn, a program that backs up a server "
	"to optical\n"
	"disc.  Only common tools are needed to read it:\n"
	"\n"
	"  RESTORE.txt              how to restore the data, step by step\n"
	"  restore.sh               a shell script that performs these steps\n"
	"  index.html               this text as a web page\n"
	"  SHA256SUMS               to check all files: sha256sum -c "
	"SHA256SUMS\n"
	"  nightburn/label.json     the identity of this disc\n"
	"  nightburn/manifest.json  every file of the backup that was written "
	"last: name,\n"
	"                           owner, mode, date, size and SHA-256\n";

static const char readme_end[] =
	"\n"
	"The file system is ISO 9660 with Rock Ridge and Joliet.\n"
	"\n";

static const char restore_head[] =
	"How to restore from this disc\n"
	"=============================\n"
	"\n"
	"1. Check that all files are intact.  In the directory of this file:\n"
	"\n"
	"       sha256sum -c SHA256SUMS\n"
	"\n"
	"   The sums find damage, not forgery: the manifest of this disc may "
	"be\n"
	"   signed, and neither they nor restore.sh can check that, only\n"
	"   nightburn with its key.\n"
	"\n"
	"2. The short way: set @SERVER_NAMES@ for your server and "
	"run\n"
	"\n"
	"       sh restore.sh\n"
	"       sh restore.sh --run-as USER         as root, where the server "
	"is\n"
	"\n"
	"   It restores the roles and databases of the newest backup of a job "
	"(named\n"
	"   below).  It checks each file first, names what is damaged, and "
	"restores the\n"
	"   rest.  For trees, and for what was appended by hand (\"job "
	"append\"):\n"
	"\n"
	"       sh restore.sh --to DIRECTORY\n"
	"       sh restore.sh --backup ID --to DIRECTORY\n"
	"\n"
	"3. By hand, according to the suffix of a file name:\n"
	"\n";

static const char restore_end[] =
	"   %XX          in the name of a source or database: the byte with "
	"this\n"
	"                hexadecimal number.  Below a tree, names are what "
	"they were\n"
	"\n"
	"4. If sessions were appended to this disc later and the newest cannot "
	"be\n"
	"   read, mount an earlier one:  mount -o ro,session=0 (1, 2, ...), or "
	"on\n"
	"   DVD+RW, DVD-RAM and BD-RE  mount -o ro,sbsector=32.\n"
	"\n"
	"5. If bsdtar refuses the disc, because of names longer than about 110 "
	"bytes\n"
	"   in an earlier session:\n"
	"\n"
	"       bsdtar -xf DISC --options 'iso9660:!rockridge'\n"
	"\n"
	"   That truncates names to 64 characters; manifest.json has them in "
	"full.\n"
	"\n";

static const char restore_contents[] = "Contents of this disc, newest first\n"
				       "-----------------------------------\n"
				       "\n";

/* "lvm home: /home", "postgres db (custom, PostgreSQL 15.4): db.dump" */
static void
add_source(struct nb_str *s, const struct nb_disc_readme_facts *facts,
	   const struct nb_manifest_source *source)
{
	const struct nb_source_kind *kind =
		nb_source_kind(facts->kinds, source->kind);
	const char *server = kind && kind->server ? kind->server : "server";
	struct nb_str line = NB_STR_INIT;
	size_t column;
	char *text;

	nb_str_addf(&line, "    %s %s", source->kind, source->name);
	if (source->format)
		nb_str_addf(&line, " (%s", source->format);
	if (source->format && source->server_version)
		nb_str_addf(&line, ", %s %s", server, source->server_version);
	if (source->format)
		nb_str_add(&line, ")");
	if (source->path)
		nb_str_add(&line, ":");
	if (nb_str_take(&line, &text)) {
		s->failed = true;
		return;
	}
	column = nb_str_add_wrapped(s, text, 0, INDENT);
	free(text);
	if (source->path) {
		bool fits = column + 1 + strlen(source->path) <= WIDTH;

		/* One line, including spaces. */
		nb_str_add(s, fits ? " " : "\n      ");
		nb_str_add(s, source->path);
	}
	nb_str_add(s, "\n");
}

static void
add_list(struct nb_str *s, const struct nb_disc_readme_facts *facts)
{
	char date[NB_CLOCK_TEXT];

	for (size_t i = 0; i < facts->count; i++) {
		const struct nb_manifest *m = facts->backups[i];

		char *head;

		if (nb_str_format(
			    &head, "%s  generation %llu, %s, job %s, host %s",
			    m->backup_id, (unsigned long long)m->generation,
			    nb_clock_text(m->created, date), m->job, m->host)) {
			s->failed = true;
			return;
		}
		nb_str_add_wrapped(s, head, 0, INDENT);
		nb_str_add(s, "\n");
		free(head);
		for (size_t k = 0; k < m->sources.count; k++)
			add_source(s, facts, &m->sources.at[k]);
	}
}

/* The default of restore.sh for the backup to restore; without it, the script
 * finds out itself. */
static void
add_newest(struct nb_str *s, const struct nb_disc_readme_facts *facts)
{
	const struct nb_manifest *newest = facts->backups[0];

	for (size_t i = facts->count; i-- > 0;)
		if (!nb_job_is_by_hand(facts->backups[i]->job))
			newest = facts->backups[i];
	nb_str_addf(s, "The newest backup of a job is %s.\n\n",
		    newest->backup_id);
}

static void
add_html_text(struct nb_str *s, const char *text)
{
	for (const char *p = text; *p; p++) {
		if (*p == '<')
			nb_str_add(s, "&lt;");
		else if (*p == '>')
			nb_str_add(s, "&gt;");
		else if (*p == '&')
			nb_str_add(s, "&amp;");
		else if (*p == '"')
			nb_str_add(s, "&quot;");
		else
			nb_str_add_bytes(s, p, 1);
	}
}

enum nb_err
nb_disc_readme_text(const struct nb_disc_readme_facts *facts, char **text)
{
	struct nb_str s = NB_STR_INIT;

	nb_str_addf(&s, "%s\n\n%s", facts->volume_id, readme_head);
	for (size_t i = 0; facts->kinds[i]; i++)
		if (facts->kinds[i]->readme)
			nb_str_add(&s, facts->kinds[i]->readme);
	nb_str_add(&s, readme_end);
	add_list(&s, facts);
	return nb_str_take(&s, text);
}

static const char off_disc_head[] =
	"\n"
	"Not on the disc itself, because ISO 9660 cannot hold them: the "
	"targets\n"
	"of these symbolic links, or these dates or flags (of chattr).  They "
	"are in\n"
	"the manifest of the backup, in the line with that \"path\" "
	"(\"target\",\n"
	"\"mtime\", \"flags\").\n";

static bool
is_off_disc(enum nb_note what)
{
	return what == NB_NOTE_OFF_DISC || what == NB_NOTE_DATE
		|| what == NB_NOTE_FLAGS;
}

/* A file may lack both its date and its flags. */
static bool
is_listed(const struct nb_manifest_source *source, size_t k)
{
	const struct nb_manifest_note *notes = source->notes.at;

	for (size_t i = 0; i < k; i++)
		if (is_off_disc(notes[i].what)
		    && !strcmp(notes[i].path, notes[k].path))
			return true;
	return false;
}

/* What is not on the disc and is needed for a restore by hand. */
static void
add_off_disc(struct nb_str *s, const struct nb_manifest *m, const char **head)
{
	for (size_t i = 0; i < m->sources.count; i++) {
		const struct nb_manifest_source *source = &m->sources.at[i];

		for (size_t k = 0; k < source->notes.count; k++) {
			const struct nb_manifest_note *note =
				&source->notes.at[k];

			if (!is_off_disc(note->what) || is_listed(source, k))
				continue;
			nb_str_addf(s, "%s  %s/%s\n", *head, source->path,
				    note->path);
			*head = "";
		}
	}
}

enum nb_err
nb_disc_restore_text(const struct nb_disc_readme_facts *facts, char **text)
{
	const char *head = off_disc_head;
	struct nb_str s = NB_STR_INIT;

	nb_disc_expand(&s, restore_head, facts);
	for (size_t i = 0; facts->kinds[i]; i++)
		if (facts->kinds[i]->how_to)
			nb_str_add(&s, facts->kinds[i]->how_to);
	nb_str_add(&s, restore_end);
	add_newest(&s, facts);
	nb_str_add(&s, restore_contents);
	add_list(&s, facts);
	for (size_t i = 0; i < facts->count; i++)
		add_off_disc(&s, facts->backups[i], &head);
	return nb_str_take(&s, text);
}

enum nb_err
nb_disc_page_text(const struct nb_disc_readme_facts *facts, char **text)
{
	char *readme = NULL, *restore = NULL;
	struct nb_str s = NB_STR_INIT;
	enum nb_err err = nb_disc_readme_text(facts, &readme);

	if (!err)
		err = nb_disc_restore_text(facts, &restore);
	if (!err) {
		nb_str_add(&s,
			   "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
			   "<meta charset=\"utf-8\">\n<title>");
		add_html_text(&s, facts->volume_id);
		nb_str_add(&s, "</title>\n</head>\n<body>\n<h1>");
		add_html_text(&s, facts->volume_id);
		nb_str_add(&s, "</h1>\n<pre>\n");
		add_html_text(&s, readme);
		nb_str_add(&s, "</pre>\n<pre>\n");
		add_html_text(&s, restore);
		nb_str_add(&s, "</pre>\n</body>\n</html>\n");
		err = nb_str_take(&s, text);
	}
	free(readme);
	free(restore);
	return err;
}
