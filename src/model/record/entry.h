/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nodes of a backup: the path, type and attributes of each, and where its
 * bytes come from.  Sources append to a list of entries; the image is built
 * from it; the manifest and the catalog record it.
 *
 * Paths are exact bytes, relative to the root of the disc, without a leading
 * slash.  A list is sorted by path (memcmp order) before an image is built.
 */
#ifndef NB_MODEL_ENTRY_H
#define NB_MODEL_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/array.h"
#include "base/hash.h"
#include "model/state.h"

/* Where the bytes of a file come from. */
enum nb_content {
	NB_CONTENT_NONE,    /* not a file, or an empty one */
	NB_CONTENT_ROOT,    /* opened at root_path beneath roots[root] */
	NB_CONTENT_MEMORY,  /* data[0..size) */
	NB_CONTENT_EARLIER, /* already on the disc, in the backup `shared` */
	NB_CONTENT_LATE,    /* rendered when all other files were written */
	NB_CONTENT_BOOT     /* as ROOT; its address is written into its first
			       bytes (El Torito for BIOS) */
};

#define NB_PLAIN_UNKNOWN UINT64_MAX

#define NB_XATTR_ACCESS "system.posix_acl_access"
#define NB_XATTR_DEFAULT "system.posix_acl_default"

/* An extended attribute; POSIX ACLs are those named system.posix_acl_... */
struct nb_xattr {
	char *name;
	uint8_t *value; /* SIZE bytes, exact */
	size_t size;
};

struct nb_xattrs NB_ARRAY(struct nb_xattr);

struct nb_range {
	uint64_t at, bytes;
};

struct nb_ranges NB_ARRAY(struct nb_range);

struct nb_entry {
	char *path;
	enum nb_entry_type type;
	enum nb_content content;
	mode_t mode; /* permission bits, 07777 */
	uid_t uid;
	gid_t gid;
	int64_t mtime;     /* seconds since 1970 UTC */
	uint32_t mtime_ns; /* nanoseconds on top of it */
	uint64_t size;     /* of a file, in bytes as they are stored */
	char *filters;     /* filters that it passed, in the order of writing,
			      separated by commas; NULL: none */
	uint64_t plain;    /* with filters: bytes before them;
				NB_PLAIN_UNKNOWN: not recorded */
	/* If these are equal, a file counts as unchanged; 0: not recorded. */
	uint64_t inode;
	int64_t ctime;
	uint32_t ctime_ns;
	struct nb_xattrs xattrs;
	bool xattrs_cut;        /* it has more than XATTRS: too many */
	uint32_t flags;         /* of chattr (model/record/file_flags.h) */
	struct nb_ranges holes; /* of a sparse file, in order */
	char *shared;           /* the backup on this disc that wrote the bytes,
				   at the same path beneath its id; NULL: this
				   one */
	bool tolerant;          /* a change while it is read is reported and
				   does not make the image fail */
	bool torn;              /* the content may be inconsistent */
	bool lost;              /* TORN, too: not all bytes could be read; zeros
				   are in their place */
	bool off_disc;          /* a symbolic link that only the manifest has:
				   nb_entry_fits_disc */
	char *target;           /* of a symbolic link, exact bytes */
	dev_t rdev;             /* of a device */
	unsigned int root;      /* index of the open root directory */
	char *root_path;        /* beneath that root */
	char *data;             /* NB_CONTENT_MEMORY, size bytes */
	/* Two entries with the same non-zero ino are one file (hard links). */
	uint64_t dev;
	uint64_t ino;
	uint64_t links; /* how many names it has, of a tree that is listed */
	bool hashed;    /* sha256 is set */
	uint8_t sha256[NB_SHA256_SIZE];
	bool on_the_way; /* a restore: a directory that was not asked for, but
			    something in it */
};

struct nb_entries NB_ARRAY(struct nb_entry);

/* Frees what E owns and sets it to zeros. */
void nb_entry_clear(struct nb_entry *e);
void nb_entries_free(struct nb_entries *list);

/* A deep copy of E, except its data.  NB_ENOMEM, *OUT untouched. */
enum nb_err nb_entry_copy(const struct nb_entry *e, struct nb_entry *out);

/* Appends *E, taking ownership of what it points to in every case.
 * NB_ENOMEM */
enum nb_err nb_entries_add(struct nb_entries *list, struct nb_entry *e);

/* Appends a file from memory: TEXT (LENGTH bytes, copied), mode 0444. */
enum nb_err nb_entries_add_text(struct nb_entries *list, const char *path,
				const char *text, size_t length, int64_t mtime);

/* Appends a directory owned by root with mode 0755, if the path is missing. */
enum nb_err nb_entries_add_dir(struct nb_entries *list, const char *path,
			       int64_t mtime);

/*
 * Whether ISO 9660 with Rock Ridge, as libisofs writes it, can hold E: no
 * component of a symbolic link's target may be longer than 255 bytes, and the
 * target itself not longer than 1,023.
 */
bool nb_entry_fits_disc(const struct nb_entry *e);

/* Whether a directory record can have the date of E: its years are 1900 to
 * 2155 (ECMA-119 9.1.5, RRIP 4.1.6). */
bool nb_entry_date_fits_disc(const struct nb_entry *e);

/* Does HAVE, of a disc, match WANT: type, mode, owner, size, target? */
bool nb_entry_is_same(const struct nb_entry *want, const struct nb_entry *have);

/* Whether both have the same size, mtime, ctime and inode, all recorded. */
bool nb_entry_is_unchanged(const struct nb_entry *a, const struct nb_entry *b);

/* Sorts by path, and renumbers hard links in that order (dev 0, equal ino; both
 * 0 for a file with one name in the list).  Join lists before sorting: the same
 * number in two lists is not the same file.  Two entries with the same path:
 * NB_ECORRUPT, named. */
enum nb_err nb_entries_sort(struct nb_entries *list);

/* The entry of PATH in a sorted list, or NULL. */
struct nb_entry *nb_entries_find(const struct nb_entries *list,
				 const char *path);

/* The sum of the sizes of all files in bytes; each name of a file counts.
 * UINT64_MAX: more than that. */
uint64_t nb_entries_bytes(const struct nb_entries *list);

#endif
