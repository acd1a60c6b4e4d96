/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disc in the drive: insertion, removal, loss of power. */
#include "vdrive/engine/drive_private.h"

#define LOAD_TIME (6 * VD_SECOND) /* time until a disc is recognised */

/* Sets the state of a drive with a new disc. */
static void
begin_medium(struct vd_drive *drive, bool attention)
{
	drive->cue_count = 0;
	drive->read_next = 0;
	drive->drained = 0;
	drive->busy = (struct vd_busy){ 0 };
	drive->attention_disc = attention;
	drive->event = attention ? 2 : 0; /* new media (MMC-5 6.7.2.5.2) */
	vd_mode_reset(drive);
	if (attention && drive->disc)
		vd_begin(drive, NULL, true, LOAD_TIME, VD_BECOMING_READY, NULL);
}

int
vd_drive_insert(struct vd_drive *drive, struct vd_disc *disc, bool attention)
{
	int result;

	vd_finish(drive);
	vd_end_test(drive);
	result = vd_disc_close(drive->disc);
	drive->disc = disc;
	drive->open = false;
	if (disc
	    && (drive->options.power_loss
		|| vd_faults_have(drive->options.faults, VD_FAULT_POWER)))
		result |= vd_disc_buffer(disc) ? -1 : 0;
	begin_medium(drive, attention && disc);
	if (!disc)
		drive->event = 3; /* media removal */
	return result;
}

void
vd_drive_tray(struct vd_drive *drive, bool open)
{
	if (open == drive->open)
		return;
	vd_finish(drive);
	vd_end_test(drive);
	if (drive->disc) {
		vd_save(drive);
		vd_disc_forget(drive->disc);
	}
	drive->open = open;
	drive->locked = false;
	if (open)
		drive->event = 3;
	else
		begin_medium(drive, drive->disc);
}

const struct vd_disc *
vd_drive_disc(const struct vd_drive *drive)
{
	return drive->disc;
}

bool
vd_drive_is_open(const struct vd_drive *drive)
{
	return drive->open;
}

void
vd_interrupt(struct vd_drive *drive)
{
	drive->busy = (struct vd_busy){ 0 };
	vd_end_test(drive);
	if (drive->disc)
		vd_disc_power_loss(drive->disc);
}

void
vd_drive_power_loss(struct vd_drive *drive)
{
	vd_interrupt(drive);
	begin_medium(drive, false);
	drive->locked = false;
	drive->attention_power = true;
}
