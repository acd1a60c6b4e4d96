/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A drive: /dev/sr0 and its like, or a regular file ("stdio:PATH", the path
 * may be a symbolic link), through libburn and libisoburn.  One interface for
 * both; what a medium needs (blank, format, overwrite) is decided in here.
 */
#ifndef NB_DISC_DRIVE_H
#define NB_DISC_DRIVE_H

#include "disc/blocks.h"
#include "disc/image/image.h"
#include "model/decide/guard.h"
#include "model/decide/medium.h"

struct nb_drive;

struct nb_drive_info {
	char address[256]; /* "/dev/sr0" */
	char vendor[16], product[24], revision[8], serial[64];
	char profiles[256]; /* what it writes: "CD-R CD-RW DVD+RW ..." */
};

/* The recorders of this machine (not stdio files); the caller frees *LIST.
 * None is no error.  NB_EIO. */
enum nb_err nb_drive_list(struct nb_drive_info **list, size_t *count);

struct nb_drive_options {
	const char *device;   /* as configured */
	int speed;            /* times 1x of the medium; 0: automatic */
	uint64_t capacity;    /* bytes, an upper bound; 0: none */
	bool keep_tray_shut;  /* the tray cannot be loaded by command */
	unsigned int timeout; /* seconds in which a recorder has to give a
				     sign of life, else this process is ended
				     (nb_watchdog_begin); 0: ten minutes */
};

/*
 * Opens and grabs the drive.  A plain path to a regular file or hard disk is
 * refused with a hint about stdio: (NB_EUSAGE), stdio: to anything but a
 * regular file too; a drive that stays in use, or whose disc is mounted, is
 * NB_ELOCKED; no such device NB_ENOTFOUND.
 * A stdio path that does not exist is a drive without a disc; an empty file is
 * a blank disc.  PROGRESS (may be NULL) is told of long operations: WHAT,
 * blocks done and in all (0: not known); not NB_OK from it aborts.
 */
typedef enum nb_err nb_drive_progress(void *ctx, const char *what,
				      uint64_t done, uint64_t total);
enum nb_err nb_drive_open(const struct nb_drive_options *options,
			  nb_drive_progress *progress, void *ctx,
			  struct nb_drive **out);
void nb_drive_close(struct nb_drive *drive);

/*
 * What the drive says about the disc now.  "Blank" from a drive is believed
 * for random-access media only after the blocks where a file system or a label
 * would stand were read and are all zero.
 */
enum nb_err nb_drive_inspect(struct nb_drive *drive, struct nb_medium *out);

/* Blocks of the disc in the drive; free with nb_blocks_free before the drive
 * is closed or reloaded.  NB_ENOMEDIUM. */
enum nb_err nb_drive_blocks(struct nb_drive *drive, struct nb_blocks **out);

struct nb_disc_session {
	uint32_t start;  /* first block */
	uint64_t blocks; /* 0: it holds no volume that can be read */
};
struct nb_disc_sessions NB_ARRAY(struct nb_disc_session);

/* The sessions of the disc, the oldest first, as long as the volume of each
 * says.  Random-access media whose head is no volume may show some of what they
 * held before.  BLOCKS are those of the drive.  Free with nb_array_free. */
enum nb_err nb_drive_sessions(struct nb_drive *drive, struct nb_blocks *blocks,
			      struct nb_disc_sessions *out);

/*
 * Makes the disc blank: BLANK fast for CD-RW and sequential DVD-RW; on
 * random-access media the first 64 KiB become zeros.  ANSWER must be
 * NB_GUARD_PERMIT, the guard's answer just obtained, or NB_EWRONG.
 * A failure leaves the disc suspect: NB_ESUSPECT.
 */
enum nb_err nb_drive_blank(struct nb_drive *drive, enum nb_guard answer);

/* Makes a never formatted disc (DVD+RW, BD-RE, DVD-RAM) writable; nothing to
 * do on others.  Same permit. */
enum nb_err nb_drive_format(struct nb_drive *drive, enum nb_guard answer);

struct nb_burn {
	struct nb_image *image; /* made for this medium's next writable
				      address (nb_medium.next_writable) */
	bool close;             /* no further session shall follow */
	bool finish;            /* NB_ECANCELED of progress does not end it:
				      a session cut short would stand before
				      those that are on the disc */
};

/*
 * Streams the image to the disc and synchronises.  A disc that is not the one
 * the image was made for (not blank, or with another next writable address) is
 * NB_EWRONG, and nothing is written.  Any message of severity
 * SORRY or worse, a short or failed source, or a cancelled burn is
 * NB_ESUSPECT once the first block may have been written.  CHECKSUM as
 * nb_image_finish.
 */
enum nb_err nb_drive_burn(struct nb_drive *drive, const struct nb_burn *burn,
			  uint8_t checksum[NB_CHECKSUM_SIZE]);

/* Makes the drive look at the disc anew (tray out and in where it can), so
 * that nothing is served from a cache.  The same stdio file stays "in". */
enum nb_err nb_drive_reload(struct nb_drive *drive);

/* Opens the tray.  Nothing to do, and NB_OK, for stdio. */
enum nb_err nb_drive_eject(struct nb_drive *drive);

#endif
