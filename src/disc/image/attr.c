/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Owners, modes and times by Rock Ridge; ACLs and xattrs by AAIP. */
#include "disc/image/private.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"

/* The value of system.posix_acl_...: a version, then entries of tag,
 * permissions and id, all little-endian (linux/posix_acl_xattr.h). */
#define ACL_VERSION 2
#define ACL_HEAD 4
#define ACL_ENTRY 8
/* iso_node_set_attrs: also namespaces other than user. */
#define ALL_NAMESPACES 8
/* Of a directory record, for a name and its attributes: see fits(). */
#define ROOM 76

/* libisofs treats 0 as "no date" if it lists a node of an earlier session
 * again, and uses the current time instead. */
static void
set_times(IsoNode *node, int64_t date)
{
	if (!date)
		date = 1;
	iso_node_set_mtime(node, (time_t)date);
	iso_node_set_atime(node, (time_t)date);
	iso_node_set_ctime(node, (time_t)date);
}

void
nb_image_set_attributes(IsoNode *node, const struct nb_entry *e)
{
	iso_node_set_permissions(node, e->mode);
	iso_node_set_uid(node, e->uid);
	iso_node_set_gid(node, e->gid);
	set_times(node, e->mtime);
}

static unsigned int
little16(const uint8_t *p)
{
	return p[0] | (unsigned int)p[1] << 8;
}

static bool
add_acl_entry(struct nb_str *s, const uint8_t *p)
{
	static const struct {
		unsigned int tag;
		const char *word;
	} tags[] = {
		{ 0x01, "user" },  { 0x02, "user" }, { 0x04, "group" },
		{ 0x08, "group" }, { 0x10, "mask" }, { 0x20, "other" },
	};
	unsigned int tag = little16(p), rights = little16(p + 2);
	unsigned long id =
		little16(p + 4) | (unsigned long)little16(p + 6) << 16;

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		if (tags[i].tag != tag)
			continue;
		nb_str_addf(s, "%s:", tags[i].word);
		if (tag == 0x02 || tag == 0x08)
			nb_str_addf(s, "%lu", id);
		nb_str_addf(s, ":%c%c%c\n", rights & 4 ? 'r' : '-',
			    rights & 2 ? 'w' : '-', rights & 1 ? 'x' : '-');
		return true;
	}
	return false;
}

/* Converts to the text form of libisofs; *TEXT stays NULL if X is not an
 * ACL. */
static enum nb_err
acl_text(const struct nb_xattr *x, char **text)
{
	struct nb_str s = NB_STR_INIT;
	const uint8_t *p = x->value;

	if (x->size < ACL_HEAD + ACL_ENTRY || little16(p) != ACL_VERSION
	    || (x->size - ACL_HEAD) % ACL_ENTRY)
		return NB_OK;
	for (size_t at = ACL_HEAD; at < x->size; at += ACL_ENTRY) {
		if (!add_acl_entry(&s, p + at)) {
			nb_str_free(&s);
			return NB_OK;
		}
	}
	return nb_str_take(&s, text);
}

static const struct nb_xattr *
find_xattr(const struct nb_entry *e, const char *name)
{
	for (size_t i = 0; i < e->xattrs.count; i++)
		if (!strcmp(e->xattrs.at[i].name, name))
			return &e->xattrs.at[i];
	return NULL;
}

/* The manifest has all of them; other readers of the disc see fewer. */
static void
log_lack(const struct nb_entry *e)
{
	nb_log(NB_DEBUG, "%s: its extended attributes are only in the manifest",
	       e->path);
}

static enum nb_err
set_acls(IsoNode *node, const struct nb_entry *e)
{
	const struct nb_xattr *access = find_xattr(e, NB_XATTR_ACCESS);
	const struct nb_xattr *fallback = find_xattr(e, NB_XATTR_DEFAULT);
	char *texts[2] = { NULL, NULL };
	enum nb_err err = NB_OK;

	if (access)
		err = acl_text(access, &texts[0]);
	if (!err && fallback)
		err = acl_text(fallback, &texts[1]);
	if (!err && (texts[0] || texts[1])
	    && iso_node_set_acl_text(node, texts[0], texts[1], 0) < 0)
		log_lack(e);
	free(texts[0]);
	free(texts[1]);
	return err;
}

static enum nb_err
set_xattrs(IsoNode *node, const struct nb_entry *e)
{
	size_t count = e->xattrs.count, n = 0;
	char **names = calloc(count + 1, sizeof *names);
	char **values = calloc(count + 1, sizeof *values);
	size_t *sizes = calloc(count + 1, sizeof *sizes);
	enum nb_err err = NB_OK;

	for (size_t i = 0; names && values && sizes && i < count; i++) {
		struct nb_xattr *x = &e->xattrs.at[i];

		/* libisofs cannot parse a list with an empty value. */
		if (!strncmp(x->name, "system.", 7) || !x->size)
			continue;
		names[n] = x->name;
		values[n] = (char *)x->value;
		sizes[n++] = x->size;
	}
	if (!names || !values || !sizes)
		err = nb_fail_memory();
	else if (n
		 && iso_node_set_attrs(node, n, names, sizes, values,
				       ALL_NAMESPACES)
			 < 0)
		log_lack(e);
	free(names);
	free(values);
	free(sizes);
	return err;
}

/*
 * Whether name and attributes fit into the directory record of 255 bytes
 * (ECMA-119 9.1.1), beside 33 of its own, 38 of the short name, PX 44, TF 26,
 * AL and NM 10, CE 28. libisofs 1.5.4 counts and places them wrongly in the
 * continuation areas, and an entry that no reader understands costs the names
 * of the whole directory.  Each entry of an ACL takes 9 bytes at most.
 */
static bool
fits(const struct nb_entry *e)
{
	const char *slash = strrchr(e->path, '/');
	size_t need = strlen(slash ? slash + 1 : e->path);

	if (e->type == NB_ENTRY_SYMLINK)
		return false;
	for (size_t i = 0; i < e->xattrs.count; i++) {
		const struct nb_xattr *x = &e->xattrs.at[i];

		need += !strncmp(x->name, "system.", 7)
			? 4 + x->size / ACL_ENTRY * 9
			: strlen(x->name) + x->size + 4;
	}
	return need <= ROOM;
}

enum nb_err
nb_image_set_all(IsoNode *node, const struct nb_entry *e)
{
	enum nb_err err;

	nb_image_set_attributes(node, e);
	if (!e->xattrs.count)
		return NB_OK;
	if (!fits(e)) {
		log_lack(e);
		return NB_OK;
	}
	err = set_xattrs(node, e);
	return err ? err : set_acls(node, e);
}
