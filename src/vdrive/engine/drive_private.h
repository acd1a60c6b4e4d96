/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the commands share.  A command is a function that returns a sense code,
 * 0 for GOOD; table.c lists them.
 */
#ifndef VDRIVE_DRIVE_PRIVATE_H
#define VDRIVE_DRIVE_PRIVATE_H

#include "vdrive/engine/bytes.h"
#include "vdrive/engine/drive.h"
#include "vdrive/engine/layout.h"
#include "vdrive/engine/mmc.h"

#define VD_WRITE_PAGE 52 /* bytes of mode page 05h (MMC-5 7.5.4) */
#define VD_CUE_MAX 100   /* tracks of a cue sheet, with the lead-out */
#define VD_SECOND UINT64_C(1000000000)

/* A command in progress. */
struct vd_io {
	const uint8_t *cdb;
	uint8_t *data;
	size_t length; /* bytes of data that the host sends or accepts */
	bool to_drive;
	size_t done;                 /* bytes transferred */
	uint64_t delay;              /* nanoseconds */
	const struct vd_rule *fault; /* modifies the data; or NULL */
	bool interrupted; /* the operation that the command starts never ends */
	bool has_bad;     /* the sense data contains the block BAD */
	int32_t bad;
};

/* A part of a session that was announced by a cue sheet. */
struct vd_cue {
	int32_t start;
	int32_t end;
	uint16_t block; /* bytes that the host sends for a block */
	uint16_t skip;  /* number of these before the user data */
	uint8_t control;
	uint8_t track;
	bool pregap; /* index 0: on the disc, but not in the track */
};

/* An operation that continues after a command was answered, or while it
 * waits. */
struct vd_busy {
	uint64_t since, until; /* nanoseconds; UNTIL 0: there is none */
	uint32_t sense;        /* sense code that other commands get */
	void (*finish)(struct vd_drive *drive); /* called at the end; or NULL */
};

struct vd_drive {
	struct vd_disc *disc;
	bool open;
	bool locked;
	bool detached;
	bool attention_disc, attention_power;
	uint8_t event; /* GET EVENT STATUS: media event code */
	uint8_t write_page[VD_WRITE_PAGE];
	uint8_t recovery_page[12];
	struct vd_cue cues[VD_CUE_MAX];
	int cue_count;
	int32_t read_next; /* end of the last read */
	uint64_t began;
	uint64_t drained;          /* time at which the buffer will be empty */
	uint64_t background_until; /* time at which a DVD+RW will be
				      formatted */
	struct vd_busy busy;
	struct {
		uint8_t type;
		int32_t lba, blocks;
	} work;
	struct vd_disc *before; /* a test write: the state to be restored */
	char serial[17];
	struct vd_drive_options options;
};

/* ---- answers (transfer.c) ------------------------------------------------ */

/* Returns the first of N bytes to the host, at most ALLOCATION. */
void vd_give(struct vd_io *io, const void *data, size_t n, size_t allocation);

/* Takes N bytes of parameters; false if the host sends fewer. */
bool vd_take(struct vd_io *io, size_t n);

/* ---- the disc (tray.c) --------------------------------------------------- */

/* The power fails, or the disc is pulled out. */
void vd_interrupt(struct vd_drive *drive);

/* ---- time (timer.c) ------------------------------------------------------ */

uint64_t vd_now(const struct vd_drive *drive);

/*
 * Starts an operation that takes DURATION nanoseconds on a real drive and then
 * calls FINISH, immediately if time is instant.  Unless IMMEDIATE the host is
 * kept waiting.  Other commands get SENSE meanwhile.
 */
void vd_begin(struct vd_drive *drive, struct vd_io *io, bool immediate,
	      uint64_t duration, uint32_t sense,
	      void (*finish)(struct vd_drive *drive));

/* Ends operations whose time has come. */
void vd_settle(struct vd_drive *drive);

/* Ends the operation, whatever its time. */
void vd_finish(struct vd_drive *drive);

/* Progress of the operation, 0 to 65,535. */
unsigned int vd_progress(const struct vd_drive *drive);

/* Reserves space in the buffer for N bytes; false if it is full. */
bool vd_fill_buffer(struct vd_drive *drive, size_t n);
uint32_t vd_buffer_size(void);
uint32_t vd_buffer_free_bytes(const struct vd_drive *drive);

/* Nanoseconds until the buffer is written. */
uint64_t vd_drain_time(const struct vd_drive *drive);

/* Makes the host wait as long as reading COUNT blocks at LBA takes. */
void vd_read_time(struct vd_drive *drive, struct vd_io *io, int32_t lba,
		  uint32_t count);

/* Nanoseconds that writing BLOCKS takes. */
uint64_t vd_write_time(const struct vd_drive *drive, int32_t blocks);

/* ---- writing (record.c) -------------------------------------------------- */

/* Records blocks as the fault of the command requires.  A sense code. */
uint32_t vd_store(struct vd_drive *drive, const struct vd_io *io, int32_t lba,
		  uint32_t count, const uint8_t *data);

/* Does a write leave the disc unchanged, because of a test or a fault? */
bool vd_writes_nothing(const struct vd_drive *drive, const struct vd_io *io);

/* Undoes the changes of a test write to the disc's tracks. */
void vd_end_test(struct vd_drive *drive);

/* Records zeros in TRACK up to END.  A sense code. */
uint32_t vd_pad(struct vd_drive *drive, struct vd_track *track, int32_t end);

/* Ends the open track: run-out or padding, and lead-out.  A sense code. */
uint32_t vd_close_track(struct vd_drive *drive);

/* Ends the session; FINAL finalises the disc.  A sense code. */
uint32_t vd_close_session(struct vd_drive *drive, bool final);

/* Saves the disc.  A sense code. */
uint32_t vd_save(struct vd_drive *drive);

/* Writes to the session that a cue sheet announced (command/cue.c). */
uint32_t vd_write_session(struct vd_drive *drive, struct vd_io *io, int32_t lba,
			  uint32_t count);

/* Ends such a session if all of it is written.  A sense code. */
uint32_t vd_end_session(struct vd_drive *drive);

/* ---- the write parameters page (command/mode.c) ------------------------- */

enum vd_write_type vd_write_type(const struct vd_drive *drive);
bool vd_write_test(const struct vd_drive *drive);
bool vd_write_multi(const struct vd_drive *drive);
void vd_mode_reset(struct vd_drive *drive);

/* ---- the table (table.c) ------------------------------------------------- */

enum {
	VD_ANY_TIME = 1, /* a unit attention stays, operations continue (SPC-3
			    5.8.5) */
	VD_NEEDS_DISC = 2,
	VD_HAS_LBA = 4 /* bytes 2-5 */
};

struct vd_handler {
	uint32_t (*run)(struct vd_drive *drive, struct vd_io *io);
	uint8_t cdb_length;
	uint8_t flags;
};

/* NULL if OP is not implemented. */
const struct vd_handler *vd_handler_of(uint8_t op);

#define VD_COMMAND(name) uint32_t name(struct vd_drive *drive, struct vd_io *io)

VD_COMMAND(vd_blank);
VD_COMMAND(vd_buffer_capacity);
VD_COMMAND(vd_close);
VD_COMMAND(vd_format_unit);
VD_COMMAND(vd_get_configuration);
VD_COMMAND(vd_get_event);
VD_COMMAND(vd_get_performance);
VD_COMMAND(vd_inquiry);
VD_COMMAND(vd_mechanism_status);
VD_COMMAND(vd_mode_select);
VD_COMMAND(vd_mode_sense);
VD_COMMAND(vd_prevent_removal);
VD_COMMAND(vd_read_blocks);
VD_COMMAND(vd_read_capacity);
VD_COMMAND(vd_read_cd);
VD_COMMAND(vd_read_disc_info);
VD_COMMAND(vd_read_format_capacities);
VD_COMMAND(vd_read_structure);
VD_COMMAND(vd_read_toc);
VD_COMMAND(vd_read_track_info);
VD_COMMAND(vd_request_sense);
VD_COMMAND(vd_reserve_track);
VD_COMMAND(vd_send_cue_sheet);
VD_COMMAND(vd_send_opc);
VD_COMMAND(vd_set_speed);
VD_COMMAND(vd_set_streaming);
VD_COMMAND(vd_start_stop);
VD_COMMAND(vd_sync_cache);
VD_COMMAND(vd_test_unit_ready);
VD_COMMAND(vd_write_blocks);

#endif
