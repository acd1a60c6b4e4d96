/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disc: a file with a head that describes what is recorded, and the blocks.
 *
 * The head exists twice and is written to each place in turn, so that one is
 * always complete.  It is saved when a track is opened or closed, when a
 * session ends, on a synchronize and on closing.  Blocks are written
 * immediately or, if a loss of power must be possible, through a buffer like
 * those of drives.  Nothing in the file depends on time or chance.
 */
#ifndef VDRIVE_DISC_H
#define VDRIVE_DISC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vdrive/engine/medium.h"

#define VD_DISC_VERSION 1
#define VD_HEAD_SIZE (512 * 1024)        /* size of each head in bytes */
#define VD_DATA_START (2 * VD_HEAD_SIZE) /* position of block 0 */
#define VD_TRACKS_MAX 1000
#define VD_WHY_MAX 512
#define VD_PREGAP 150 /* blocks before a CD track (MMC-5 4.2.3.5.2) */
#define VD_RUN_OUT 2  /* blocks after a CD track written by TAO */

/* What a drive was doing to a disc when the power failed. */
enum vd_pending { VD_NO_PENDING, VD_HALF_BLANKED, VD_HALF_FORMATTED };

/* DVD+RW, READ DISC INFORMATION byte 7 (MMC-5 6.22.3.1.13). */
enum vd_background {
	VD_BACKGROUND_NONE,
	VD_BACKGROUND_STOPPED,
	VD_BACKGROUND_RUNNING,
	VD_BACKGROUND_DONE
};

struct vd_track {
	int32_t start;    /* first block */
	int32_t next;     /* after the last recorded block */
	int32_t end;      /* of a closed track: where the next one may begin; of
			     a reserved one: its limit */
	uint16_t session; /* from 1 */
	uint8_t control;  /* 4: data (MMC-5 6.26.3.2) */
	bool closed;
	bool reserved; /* ends at END, which was known in advance */
	bool damaged;  /* was not closed properly */
};

struct vd_disc {
	const struct vd_medium *medium;
	enum vd_type type;
	int32_t capacity;
	uint16_t sessions; /* number of closed ones */
	uint16_t track_count;
	struct vd_track tracks[VD_TRACKS_MAX];
	bool finalised;       /* nothing can be appended */
	bool overwrite;       /* a DVD-RW formatted for overwriting */
	bool sequential_only; /* a DVD-RW blanked fast: takes one session by
				 DAO */
	int32_t formatted;    /* blocks that are formatted, or 0 */
	int32_t spare;        /* blocks kept for replacement (BD) */
	enum vd_background background;
	enum vd_pending pending;
	uint32_t cycles; /* number of times it was blanked or formatted */

	int fd;
	bool read_only;
	uint64_t generation; /* generation of the head that was read or saved */
	int32_t synced[2];   /* START and NEXT of the last track when it was
				saved */
	struct vd_buffer *buffer; /* blocks not on the disc yet, or NULL */
	char path[1024];
};

/* Creates a new, sparse file at PATH, which must not exist.  CAPACITY 0 means
 * that of a real disc. 0, or -1 with the reason in WHY. */
int vd_disc_create(const char *path, enum vd_type type, int32_t capacity,
		   char why[VD_WHY_MAX]);

/*
 * Opens the disc at PATH; a disc can be in only one drive at a time.  READ_ONLY
 * inspects it wherever it is. 0, or -1 with the reason in WHY. vd_disc_close()
 * saves and frees; it accepts NULL and returns -1 if saving failed.
 */
int vd_disc_open(const char *path, bool read_only, struct vd_disc **out,
		 char why[VD_WHY_MAX]);
int vd_disc_close(struct vd_disc *disc);

/* Writes out the buffer and the head.  0, or an errno. */
int vd_disc_save(struct vd_disc *disc);

/* Gives the disc a buffer whose contents a loss of power destroys. 0 or
 * ENOMEM. */
int vd_disc_buffer(struct vd_disc *disc);

/* Applies a power failure to the disc: what was buffered is lost, and a track
 * that was being written is damaged. 0, or an errno. */
int vd_disc_power_loss(struct vd_disc *disc);

/* Whole blocks of user data.  0, or an errno. */
int vd_disc_read(struct vd_disc *disc, int32_t lba, size_t count, void *data);
int vd_disc_write(struct vd_disc *disc, int32_t lba, size_t count,
		  const void *data);

/* Like vd_disc_write(), but the data is only in the drive's memory: it can be
 * read until vd_disc_forget(). */
int vd_disc_pretend(struct vd_disc *disc, int32_t lba, size_t count,
		    const void *data);
void vd_disc_forget(struct vd_disc *disc);

/* One audio block of 2,352 bytes. */
int vd_disc_read_audio(struct vd_disc *disc, int32_t lba, void *data);
int vd_disc_write_audio(struct vd_disc *disc, int32_t lba, const void *data);

/* Makes COUNT blocks from LBA zeros that use no space. 0, or an errno. */
int vd_disc_erase(struct vd_disc *disc, int32_t lba, int32_t count);

#endif
