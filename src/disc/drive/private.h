/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files of the drive.  A stdio file is kept open and locked as
 * long as the drive is open; libburn gets its path with links resolved.
 */
#ifndef NB_DISC_DRIVE_PRIVATE_H
#define NB_DISC_DRIVE_PRIVATE_H

#include <libburn/libburn.h>

#include "base/watchdog.h"
#include "disc/drive/drive.h"
#include "disc/profile.h"

/* 0x7ffffff0 blocks: the largest stdio file that libburn addresses. */
#define NB_STDIO_BLOCKS_MAX UINT64_C(0x7ffffff0)

/* The blocks at the start of overwritable media that are inspected, and that
 * blanking fills with zeros: descriptors, first session header, and the UDF
 * anchor (ECMA-167 3/8.4.2.1). */
#define NB_PROBE_BLOCKS 64
#define NB_PROBE_ANCHOR 256

struct nb_probe;

struct nb_drive {
	struct burn_drive_info *infos; /* NULL: libburn has not grabbed the
					  drive now */
	struct burn_drive *burn;       /* of infos[0] */
	bool grabbed;
	bool stdio;
	bool read_only;   /* the file must not be written */
	int fd;           /* of the stdio file; -1: no disc */
	char *path;       /* as opened, or its name in libburn */
	char *address;    /* what libburn scans for; a failed scan may still
			     read it */
	char *configured; /* what follows "stdio:" */
	int speed;
	uint64_t capacity;            /* bytes; 0: no limit */
	struct nb_watchdog *watchdog; /* of a recorder */
	unsigned int timeout;         /* its seconds */
	bool keep_tray_shut;
	bool writes;        /* a write to the disc has begun */
	unsigned int calls; /* nested, into the functions of drive.h */
	nb_drive_progress *progress;
	void *ctx;
};

/* Makes libburn inspect the medium again, without moving the tray. */
enum nb_err nb_drive_again(struct nb_drive *drive);

/* A sign of life. */
void nb_drive_beat(struct nb_drive *drive);

/* Around what uses the drive: the watchdog rests between the outermost ones.
 * leave() returns ERR. */
void nb_drive_enter(struct nb_drive *drive);
enum nb_err nb_drive_leave(struct nb_drive *drive, enum nb_err err);

/* Calls the progress function, if there is one. */
enum nb_err nb_drive_report_progress(struct nb_drive *drive, enum nb_work work,
				     uint64_t done, uint64_t total);

/* Makes libburn hold the drive (for stdio: the open file). NB_EIO,
 * NB_ELOCKED, NB_ECANCELED. */
enum nb_err nb_drive_grab(struct nb_drive *drive, bool load);
/* Gets infos for ADDRESS; waits for a short time if another process is using
 * the drive.  NB_ELOCKED, with the name of that process; NB_ECANCELED. */
enum nb_err nb_drive_claim(struct nb_drive *drive, char *address, bool load);
/* The last check before a write.  NB_ELOCKED: mounted. */
enum nb_err nb_drive_check_mount(const struct nb_drive *drive);

/* Opens the file to which the path of a stdio drive leads now (no file: fd
 * stays -1). */
enum nb_err nb_drive_stdio_open(struct nb_drive *drive);
/* Blocks that the file may grow to, and whether its file system lets it. */
enum nb_err nb_drive_stdio_capacity(struct nb_drive *drive,
				    struct nb_medium *m);
enum nb_err nb_drive_stdio_size(struct nb_drive *drive, uint64_t *blocks);

/* A file is blank only if it is empty, or nightburn blanked it: anything else
 * may be somebody's. */
enum nb_err nb_drive_stdio_judge(struct nb_drive *drive,
				 struct nb_probe *probe);

/*
 * Waits until libburn's job is done, and reports progress as WORK.  STOP is
 * called each time with CTX and the result of progress; its first error cancels
 * the job and is returned when the drive is idle.  Without STOP (NULL) a job is
 * never cancelled; once progress asks to stop, the watchdog gets no more signs
 * of life, so that the job has as much time as a single command.
 */
enum nb_err nb_drive_wait(struct nb_drive *drive, enum nb_work work,
			  enum nb_err (*stop)(void *ctx, enum nb_err asked),
			  void *ctx);

/* Writes N bytes at the byte address AT of random-access media, both whole
 * units of its profile, and synchronises. NB_EIO. */
enum nb_err nb_drive_put(struct nb_drive *drive, off_t at, const void *data,
			 size_t n);

/*
 * The volume space size of a primary volume descriptor (ECMA-119 8.4), or 0
 * when BLOCK is none: type 1, "CD001", version 1, 2,048-byte blocks.
 */
uint32_t nb_volume_size(const uint8_t *block);

/* The first block from BLOCK on at which a session of random-access media may
 * begin. */
uint64_t nb_chain_align(uint64_t block);

/*
 * The sessions of random-access media whose volume ends at END: from block 32
 * on, each has a header of its own that counts only its own blocks; the next
 * one begins after it, aligned.  A volume without this chain has none.
 */
enum nb_err nb_chain_load(struct nb_blocks *blocks, uint64_t end,
			  struct nb_disc_sessions *out);

/* What is at the start of random-access media. */
struct nb_probe {
	bool blank;      /* everything that was to be read is zero */
	bool marked;     /* nightburn blanked it */
	bool headless;   /* the volume descriptors cannot be read */
	bool iso;        /* a volume descriptor of ISO 9660 */
	uint64_t volume; /* its blocks */
	int sessions;
	uint32_t next; /* next writable */
};

enum nb_err nb_probe_run(struct nb_blocks *blocks, struct nb_probe *out);

/* Derives from a probe of random-access media the medium's state, sessions,
 * addresses, free blocks (its capacity must be filled in). */
void nb_medium_judge(struct nb_medium *m, const struct nb_probe *probe);

/* Inspects the medium of a recorder (recorder.c). */
enum nb_err nb_recorder_inspect(struct nb_drive *drive, struct nb_medium *m);
/* Does the disc need a format that it does not have?  The drive is grabbed. */
bool nb_recorder_is_unformatted(struct nb_drive *drive);

#endif
