/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A drive: a recorder such as /dev/sr0, or a regular file ("stdio:PATH", the
 * path may be a symbolic link), through libburn and libisoburn.  One interface
 * for both; how a medium is blanked, formatted or overwritten is decided here.
 */
#ifndef NB_DISC_DRIVE_H
#define NB_DISC_DRIVE_H

#include "disc/blocks.h"
#include "disc/image/image.h"
#include "model/decide/guard.h"
#include "model/decide/medium.h"
#include "model/work.h"

struct nb_drive;

struct nb_drive_info {
	char address[256]; /* "/dev/sr0" */
	char vendor[16], product[24], revision[8], serial[64];
	char profiles[256]; /* what it writes: "CD-R CD-RW DVD+RW ..." */
};

/* The recorders of this machine (not stdio files); the caller frees *LIST.  An
 * empty list is not an error.  NB_EIO. */
enum nb_err nb_drive_list(struct nb_drive_info **list, size_t *count);

struct nb_drive_options {
	const char *device;   /* as configured */
	int speed;            /* times 1x of the medium; 0: automatic */
	uint64_t capacity;    /* bytes, an upper bound; 0: none */
	bool keep_tray_shut;  /* the drive cannot close its tray itself */
	unsigned int timeout; /* seconds within which a recorder must respond,
				 or this process is ended (nb_watchdog_begin);
				 0: ten minutes */
};

/*
 * Opens and grabs the drive.  A plain path to a regular file or hard disk is
 * refused with a hint about stdio: (NB_EUSAGE), and so is stdio: with anything
 * but a regular file; a drive that remains in use, or whose disc is mounted, is
 * NB_ELOCKED; a missing device is NB_ENOTFOUND.  A stdio path that does not
 * exist is a drive without a disc; an empty file is a blank disc.  PROGRESS
 * (may be NULL) is called during long operations with WORK, the blocks done and
 * the total (0: unknown); an error from it aborts them.
 */
typedef enum nb_err nb_drive_progress(void *ctx, enum nb_work work,
				      uint64_t done, uint64_t total);
enum nb_err nb_drive_open(const struct nb_drive_options *options,
			  nb_drive_progress *progress, void *ctx,
			  struct nb_drive **out);
void nb_drive_close(struct nb_drive *drive);

/*
 * Reads the current state of the disc.  For random-access media, a drive's
 * answer "blank" is trusted only after the blocks where a file system or a
 * label would be were read and are all zero.
 */
enum nb_err nb_drive_inspect(struct nb_drive *drive, struct nb_medium *out);

/* Blocks of the disc in the drive; free with nb_blocks_free before the drive
 * is closed or reloaded.  NB_ENOMEDIUM. */
enum nb_err nb_drive_blocks(struct nb_drive *drive, struct nb_blocks **out);

struct nb_disc_session {
	uint32_t start;  /* first block */
	uint64_t blocks; /* 0: it has no readable volume */
};
struct nb_disc_sessions NB_ARRAY(struct nb_disc_session);

/* The sessions of the disc, oldest first, each with the length that its volume
 * records.  Random-access media without a volume at their start may show
 * sessions of their earlier contents.  BLOCKS are those of the drive.  Free
 * with nb_array_free. */
enum nb_err nb_drive_sessions(struct nb_drive *drive, struct nb_blocks *blocks,
			      struct nb_disc_sessions *out);

/*
 * Makes the disc blank: BLANK fast for CD-RW and sequential DVD-RW; on
 * random-access media the first 64 KiB become zeros.  ANSWER is the blank
 * guard's answer, obtained immediately before; anything but NB_GUARD_PERMIT is
 * NB_EWRONG.  A failure leaves the disc suspect: NB_ESUSPECT.
 */
enum nb_err nb_drive_blank(struct nb_drive *drive, enum nb_guard answer);

/* Formats a disc that has no format yet (DVD+RW, BD-RE, DVD-RAM), or only a
 * quick one that left it without a block (DVD-RW).  Needs the
 * same permit; NB_EWRONG on any other disc.  NB_ESUSPECT: the format failed. */
enum nb_err nb_drive_format(struct nb_drive *drive, enum nb_guard answer);

struct nb_burn {
	struct nb_image *image; /* made for this medium's next writable
				      address (nb_medium.next_writable) */
	bool close;             /* close the disc: no session can follow */
	bool finish;            /* NB_ECANCELED from progress does not end it: a
				   truncated session would take the place of
				   those on the disc */
};

/*
 * Streams the image to the disc and synchronises.  A disc that is not the one
 * the image was made for (not blank, or with another next writable address) is
 * NB_EWRONG, and nothing is written.  Any message of severity SORRY or worse, a
 * truncated or failed source, or a cancelled burn is NB_ESUSPECT once the first
 * block may have been written.  CHECKSUM as in nb_image_finish.
 */
enum nb_err nb_drive_burn(struct nb_drive *drive, const struct nb_burn *burn,
			  uint8_t checksum[NB_CHECKSUM_SIZE]);

/* Makes the drive load the disc again (opens and closes the tray if it can), so
 * that nothing is read from a cache.  A stdio file stays the same. */
enum nb_err nb_drive_reload(struct nb_drive *drive);

/* Opens the tray.  Does nothing for stdio. */
enum nb_err nb_drive_eject(struct nb_drive *drive);

#endif
