/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vdrive/engine/drive_private.h"
#include "vdrive/engine/trace.h"

int
vd_drive_new(const struct vd_drive_options *options, struct vd_drive **out)
{
	struct vd_drive *drive = calloc(1, sizeof *drive);

	if (!drive)
		return -1;
	drive->options = *options;
	snprintf(drive->serial, sizeof drive->serial, "%s",
		 options->serial ? options->serial : "VDRIVE0000000000");
	vd_mode_reset(drive);
	drive->began = vd_now(drive);
	*out = drive;
	return 0;
}

int
vd_drive_free(struct vd_drive *drive)
{
	int result = 0;

	if (!drive)
		return 0;
	vd_finish(drive);
	vd_end_test(drive);
	result = vd_disc_close(drive->disc);
	vd_faults_free(drive->options.faults);
	free(drive);
	return result;
}

/* Whether the drive is in a state to accept the command at all. */
static uint32_t
check_state(struct vd_drive *drive, const struct vd_handler *handler)
{
	bool bridge = drive->options.personality == VD_USB_BRIDGE;

	if (handler->flags & VD_ANY_TIME)
		return VD_GOOD;
	if (drive->attention_power) {
		drive->attention_power = false;
		if (!bridge)
			return VD_POWER_ON;
	}
	if (drive->attention_disc) {
		drive->attention_disc = false;
		if (!bridge)
			return VD_MEDIUM_CHANGED;
	}
	if (handler->flags & VD_NEEDS_DISC && drive->open)
		return VD_TRAY_OPEN;
	if (handler->flags & VD_NEEDS_DISC && !drive->disc)
		return VD_NO_DISC;
	return drive->busy.until ? drive->busy.sense : VD_GOOD;
}

static bool
bridge_drops(const struct vd_drive *drive, uint8_t op)
{
	return drive->options.personality == VD_USB_BRIDGE
		&& (op == VD_GET_PERFORMANCE || op == VD_SET_STREAMING
		    || op == VD_BUFFER_CAPACITY || op == VD_READ_STRUCTURE);
}

static uint32_t
run(struct vd_drive *drive, const struct vd_command *command, struct vd_io *io)
{
	const struct vd_handler *handler = vd_handler_of(command->cdb[0]);
	uint32_t sense;

	if (!handler || bridge_drops(drive, command->cdb[0]))
		return VD_BAD_OPCODE;
	if (command->cdb_length < handler->cdb_length)
		return VD_BAD_FIELD;
	sense = check_state(drive, handler);
	return sense ? sense : handler->run(drive, io);
}

/* Fixed format, with progress while an operation is running (SPC-3 4.5.3). */
static void
put_sense(const struct vd_drive *drive, uint32_t sense, int progress,
	  struct vd_answer *answer)
{
	uint8_t *p = answer->sense;

	answer->status = 2;
	answer->sense_length = VD_SENSE_LENGTH;
	memset(p, 0, VD_SENSE_LENGTH);
	p[0] = 0x70;
	p[2] = (uint8_t)(sense >> 16);
	p[7] = VD_SENSE_LENGTH - 8;
	p[12] = (uint8_t)(sense >> 8);
	p[13] = (uint8_t)sense;
	if (progress < 0 && drive->busy.until && sense == drive->busy.sense
	    && drive->options.personality != VD_USB_BRIDGE)
		progress = (int)vd_progress(drive);
	if (progress >= 0) {
		p[15] = 0x80;
		vd_put16(p + 16, (uint32_t)progress);
	}
}

/* The transfer length of commands that have an address. */
static uint32_t
blocks_of(const uint8_t *cdb)
{
	switch (cdb[0]) {
	case VD_READ_12:
	case VD_WRITE_12:
		return vd_get32(cdb + 6);
	case VD_READ_CD:
		return vd_get24(cdb + 6);
	default:
		return vd_get16(cdb + 7);
	}
}

static struct vd_occasion
occasion_of(const struct vd_drive *drive, const struct vd_command *command)
{
	const struct vd_handler *handler = vd_handler_of(command->cdb[0]);
	struct vd_occasion occasion = { .op = command->cdb[0],
					.bytes = command->length,
					.count = 1,
					.elapsed =
						vd_now(drive) - drive->began };

	if (handler && handler->flags & VD_HAS_LBA
	    && command->cdb_length >= handler->cdb_length) {
		occasion.has_lba = true;
		occasion.lba = (int32_t)vd_get32(command->cdb + 2);
		occasion.count = blocks_of(command->cdb);
	}
	return occasion;
}

/* Blanking and formatting are interrupted half-way. */
static void
begin_in_vain(struct vd_drive *drive, const struct vd_command *command)
{
	struct vd_io io = { .cdb = command->cdb,
			    .data = command->data,
			    .length = command->length,
			    .to_drive = command->to_drive,
			    .interrupted = true };

	if (command->cdb[0] == VD_BLANK || command->cdb[0] == VD_FORMAT_UNIT)
		run(drive, command, &io);
}

static void
damage_track(struct vd_drive *drive)
{
	if (drive->disc && vd_layout_open(drive->disc))
		vd_layout_open(drive->disc)->damaged = true;
}

/* The effect of a fault before the command, or instead of it: true if that was
 * the answer. */
static bool
act(struct vd_drive *drive, const struct vd_command *command,
    const struct vd_rule *rule, struct vd_answer *answer)
{
	static const enum vd_end ends[] = { [VD_FAULT_HANG] = VD_HANGS,
					    [VD_FAULT_TIMEOUT] = VD_TIMED_OUT,
					    [VD_FAULT_DETACH] = VD_DETACHED,
					    [VD_FAULT_KILL] = VD_KILLS,
					    [VD_FAULT_POWER] = VD_KILLS,
					    [VD_FAULT_SWAP] = VD_SWAPS,
					    [VD_FAULT_SERIAL] = VD_ANSWERED,
					    [VD_FAULT_HUP] = VD_SIGNALS,
					    [VD_FAULT_INT] = VD_SIGNALS,
					    [VD_FAULT_TERM] = VD_SIGNALS };

	switch (rule->action) {
	case VD_FAULT_SENSE:
		put_sense(drive, rule->sense, rule->progress, answer);
		return true;
	case VD_FAULT_POWER:
		begin_in_vain(drive, command);
		vd_drive_power_loss(drive);
		break;
	case VD_FAULT_DETACH:
		drive->detached = true;
		break;
	case VD_FAULT_EJECT:
		begin_in_vain(drive, command);
		vd_interrupt(drive);
		vd_drive_tray(drive, true);
		break;
	case VD_FAULT_DAMAGE:
		damage_track(drive);
		break;
	case VD_FAULT_SERIAL:
		memcpy(drive->serial, "OTHER", 5);
		break;
	case VD_FAULT_HUP:
	case VD_FAULT_INT:
	case VD_FAULT_TERM:
		answer->signal = rule->action == VD_FAULT_HUP ? SIGHUP
			: rule->action == VD_FAULT_INT        ? SIGINT
							      : SIGTERM;
		break;
	default:
		break;
	}
	answer->end = ends[rule->action];
	return answer->end != VD_ANSWERED;
}

/* A write that is dropped still advances the address: vd_store(). */
static bool
is_write(uint8_t op)
{
	return op == VD_WRITE_10 || op == VD_WRITE_12 || op == VD_WRITE_VERIFY;
}

/* The effect of a fault on data that was read. */
static void
spoil(const struct vd_rule *rule, struct vd_io *io)
{
	if (rule->action == VD_FAULT_FLIP && !io->to_drive && io->done)
		io->data[io->done / 2] ^= 0x10;
	if (rule->action == VD_FAULT_SHORT)
		io->done /= 2;
}

static void
answer_command(struct vd_drive *drive, const struct vd_command *command,
	       struct vd_answer *answer)
{
	struct vd_io io = { .cdb = command->cdb,
			    .data = command->data,
			    .length = command->length,
			    .to_drive = command->to_drive };
	struct vd_occasion occasion;
	uint32_t sense;

	if (drive->options.faults && !command->again) {
		occasion = occasion_of(drive, command);
		io.fault = vd_faults_match(drive->options.faults, &occasion);
		if (io.fault && act(drive, command, io.fault, answer))
			return;
	}
	if (io.fault && io.fault->action == VD_FAULT_DROP
	    && !is_write(command->cdb[0])) {
		answer->transferred = command->to_drive ? command->length : 0;
		return;
	}
	sense = run(drive, command, &io);
	if (io.fault)
		spoil(io.fault, &io);
	answer->transferred = io.done;
	answer->delay = io.delay;
	if (sense)
		put_sense(drive, sense, -1, answer);
	if (sense && io.has_bad) {
		answer->sense[0] |= 0x80;
		vd_put32(answer->sense + 3, (uint32_t)io.bad);
	}
}

void
vd_drive_execute(struct vd_drive *drive, const struct vd_command *command,
		 struct vd_answer *answer)
{
	answer->end = VD_ANSWERED;
	answer->status = 0;
	answer->transferred = 0;
	answer->sense_length = 0;
	answer->delay = 0;
	vd_settle(drive);
	if (drive->detached)
		answer->end = VD_DETACHED;
	else if (command->cdb_length)
		answer_command(drive, command, answer);
	else
		put_sense(drive, VD_BAD_FIELD, -1, answer);
	if (drive->options.trace)
		vd_trace(drive, command, answer);
}
