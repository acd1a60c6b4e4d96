/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GET CONFIGURATION (MMC-5 6.6) and the features (5.3, MMC-6 for BD). */
#include <string.h>

#include "vdrive/engine/drive_private.h"

/* Lists of profiles, in the order of the profile list. */
enum {
	IN_CD_R = 1,
	IN_CD_RW = 2,
	IN_DVD_R = 4,
	IN_DVD_RAM = 8,
	IN_OVERWRITE = 16,
	IN_DVD_RW = 32,
	IN_PLUS_RW = 64,
	IN_PLUS_R = 128,
	IN_BD_R = 256,
	IN_BD_RE = 512,
	IN_CD = IN_CD_R | IN_CD_RW,
	IN_BD = IN_BD_R | IN_BD_RE,
	IN_DVD = IN_DVD_R | IN_DVD_RAM | IN_OVERWRITE | IN_DVD_RW | IN_PLUS_RW
		| IN_PLUS_R,
	IN_DISC = IN_CD | IN_DVD | IN_BD,
	IN_ALWAYS = 1024
};

static const uint16_t profiles[] = { VD_PROFILE_CD_R,
				     VD_PROFILE_CD_RW,
				     VD_PROFILE_DVD_R,
				     VD_PROFILE_DVD_RAM,
				     VD_PROFILE_DVD_RW_OVERWRITE,
				     VD_PROFILE_DVD_RW,
				     VD_PROFILE_DVD_PLUS_RW,
				     VD_PROFILE_DVD_PLUS_R,
				     VD_PROFILE_BD_R,
				     VD_PROFILE_BD_RE };

#define PROFILES (sizeof profiles / sizeof *profiles)

struct feature {
	uint16_t code;
	uint8_t version;
	uint8_t length; /* length after the first four bytes */
	int current;    /* profiles with which it is current */
	uint8_t data[24];
};

static const struct feature features[] = {
	{ 0x0000, 0, 4 * PROFILES, IN_ALWAYS, { 0 } },
	/* Core: SCSI, device busy events. */
	{ 0x0001, 2, 8, IN_ALWAYS, { 0, 0, 0, 1, 1 } },
	{ 0x0002, 1, 4, IN_ALWAYS, { 2 } },
	/* Removable medium: tray, eject, lock. */
	{ 0x0003, 0, 4, IN_ALWAYS, { 0x29 } },
	/* Random readable: blocks of 2,048 bytes, 16 of them. */
	{ 0x0010, 0, 8, IN_DISC, { 0, 0, 8, 0, 0, 16, 0 } },
	{ 0x001d, 0, 0, IN_CD, { 0 } },
	{ 0x001e, 2, 4, IN_CD, { 0 } },
	{ 0x001f, 1, 4, IN_DVD, { 1, 0, 1, 0 } },
	/* Random writable; the last block address is filled in. */
	{ 0x0020,
	  1,
	  12,
	  IN_DVD_RAM | IN_PLUS_RW | IN_BD_RE,
	  { 0, 0, 0, 0, 0, 0, 8, 0, 0, 1, 0 } },
	/* Incremental streaming writable: buffer under-run free, link 16. */
	{ 0x0021,
	  3,
	  8,
	  IN_CD | IN_DVD_R | IN_DVD_RW,
	  { 0x01, 0x00, 0x01, 1, 16 } },
	/* Formattable: expansion, quick and full certification; BD-R spares. */
	{ 0x0023,
	  1,
	  8,
	  IN_DVD_RAM | IN_OVERWRITE | IN_DVD_RW | IN_PLUS_RW | IN_BD,
	  { 0x0f, 0, 0, 0, 0 } },
	{ 0x0024, 1, 4, IN_DVD_RAM | IN_BD_RE, { 0 } },
	/* Restricted overwrite. */
	{ 0x0026, 0, 0, IN_OVERWRITE, { 0 } },
	{ 0x002a, 1, 4, IN_PLUS_RW, { 1, 0 } },
	{ 0x002b, 1, 4, IN_PLUS_R, { 1, 0 } },
	/* Rigid restricted overwrite: intermediate, blank. */
	{ 0x002c, 0, 4, IN_OVERWRITE, { 0x03 } },
	/* CD track at once: buffer under-run free, test write, CD-RW. */
	{ 0x002d, 2, 4, IN_CD, { 0x46, 0, 0x3f, 0x01 } },
	/* CD mastering: session at once; 3,200 bytes of cue sheet. */
	{ 0x002e, 1, 4, IN_CD, { 0x66, 0, 0x0c, 0x80 } },
	/* DVD-R/-RW write: buffer under-run free, test write, DVD-RW. */
	{ 0x002f, 2, 4, IN_DVD_R | IN_DVD_RW, { 0x46 } },
	{ 0x0037, 0, 4, IN_CD_RW, { 0, 0xff } },
	/* BD read and write: BD-RE and BD-R of classes 0 and 1, versions 1
	 * and 2; no BD-ROM. */
	{ 0x0040, 0, 28, IN_BD, { [5] = 6, [7] = 6, [13] = 6, [15] = 6 } },
	{ 0x0041, 0, 24, IN_BD, { [5] = 6, [7] = 6, [13] = 6, [15] = 6 } },
	{ 0x0100, 0, 0, IN_ALWAYS, { 0 } },
	{ 0x0105, 1, 4, IN_ALWAYS, { 0 } },
	/* Real-time streaming: write speed descriptors, SET SPEED, buffer. */
	{ 0x0107, 4, 4, IN_DISC, { 0x1b } },
	{ 0x0108, 0, 16, IN_ALWAYS, { 0 } }
};

#define FEATURES (sizeof features / sizeof *features)
#define ANSWER_MAX 1024

static int
current_set(const struct vd_drive *drive)
{
	uint16_t profile;

	if (!drive->disc || drive->open)
		return 0;
	profile = vd_layout_profile(drive->disc);
	for (size_t i = 0; i < PROFILES; i++)
		if (profiles[i] == profile)
			return 1 << i;
	return 0;
}

static bool
is_current(const struct vd_drive *drive, const struct feature *feature, int set)
{
	if (feature->current == IN_ALWAYS)
		return true;
	/* A DVD-RW that was blanked fast cannot be written incrementally. */
	if (feature->code == 0x0021 && set == IN_DVD_RW
	    && drive->disc->sequential_only)
		return false;
	return feature->current & set;
}

/* The parts that depend on the state of the drive. */
static void
fill(const struct vd_drive *drive, const struct feature *feature, int set,
     uint8_t *data)
{
	switch (feature->code) {
	case 0x0000:
		for (size_t i = 0; i < PROFILES; i++) {
			size_t j = PROFILES - 1 - i;

			vd_put16(data + 4 * i, profiles[j]);
			data[4 * i + 2] = set == 1 << j;
		}
		break;
	case 0x0010:
		if (set & IN_CD)
			data[5] = 1;
		break;
	case 0x0020:
		if (drive->disc && drive->disc->formatted)
			vd_put32(data, (uint32_t)drive->disc->formatted - 1);
		break;
	case 0x0021:
		if (set & IN_CD)
			data[4] = 7; /* blocks of a CD's link */
		break;
	case 0x0108:
		memset(data, ' ', 16);
		memcpy(data, drive->serial, strlen(drive->serial));
		break;
	default:
		break;
	}
}

static size_t
add_feature(const struct vd_drive *drive, const struct feature *feature,
	    int set, uint8_t *out)
{
	bool persistent = feature->current == IN_ALWAYS;

	vd_put16(out, feature->code);
	out[2] = (uint8_t)(feature->version << 2 | persistent << 1
			   | is_current(drive, feature, set));
	out[3] = feature->length;
	if (feature->code)
		memcpy(out + 4, feature->data,
		       feature->length < sizeof feature->data
			       ? feature->length
			       : sizeof feature->data);
	fill(drive, feature, set, out + 4);
	return 4 + (size_t)feature->length;
}

VD_COMMAND(vd_get_configuration)
{
	uint8_t data[ANSWER_MAX] = { 0 };
	uint8_t want = io->cdb[1] & 3;
	uint32_t first = vd_get16(io->cdb + 2);
	int set = current_set(drive);
	size_t n = 8;

	if (want == 3)
		return VD_BAD_FIELD;
	for (size_t i = 0; i < FEATURES; i++) {
		const struct feature *feature = &features[i];

		if (want == 2 ? feature->code != first : feature->code < first)
			continue;
		if (want == 1 && !is_current(drive, feature, set))
			continue;
		n += add_feature(drive, feature, set, data + n);
	}
	vd_put32(data, (uint32_t)n - 4);
	vd_put16(data + 6, set ? vd_layout_profile(drive->disc) : 0);
	vd_give(io, data, n, vd_get16(io->cdb + 7));
	return VD_GOOD;
}
