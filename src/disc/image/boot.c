/* SPDX-License-Identifier: GPL-2.0-or-later */
/* El Torito: the images that firmware loads from the disc. */
#include "disc/image/private.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/str.h"
#include "disc/library.h"

/* Does not belong to a backup or a tree: firmware finds it through block 17. */
#define CATALOG "/nightburn/boot.cat"
/* El Torito 2.2; UEFI 2.10, 13.3.2.1. */
#define PLATFORM_BIOS 0x00
#define PLATFORM_EFI 0xef
/* El Torito 2.0: the boot record. */
#define RECORD 17
/* Blocks of 512 bytes that the BIOS loads; these load the rest. */
#define BIOS_LOADS 4

static enum nb_err
add_image(struct nb_image *image, const char *path, bool first,
	  ElToritoBootImage **boot)
{
	char *full = NULL;
	enum nb_err err = nb_str_format(&full, "/%s", path);
	int ret;

	if (err)
		return err;
	if (first)
		ret = iso_image_set_boot_image(image->iso, full,
					       ELTORITO_NO_EMUL, CATALOG, boot);
	else
		ret = iso_image_add_boot_image(image->iso, full,
					       ELTORITO_NO_EMUL, 0, boot);
	free(full);
	return nb_library_check(ret, NB_EFAIL, path);
}

enum nb_err
nb_image_boot(struct nb_image *image)
{
	const char *bios = image->options.boot_bios;
	const char *efi = image->options.boot_efi;
	ElToritoBootImage *boot = NULL;
	enum nb_err err = NB_OK;

	if (!bios && !efi)
		return NB_OK;
	iso_image_remove_boot_image(image->iso);
	if (bios) {
		err = add_image(image, bios, true, &boot);
		if (err)
			return err;
		el_torito_set_boot_platform_id(boot, PLATFORM_BIOS);
		el_torito_set_load_size(boot, BIOS_LOADS);
	}
	if (efi) {
		err = add_image(image, efi, !bios, &boot);
		if (err)
			return err;
		el_torito_set_boot_platform_id(boot, PLATFORM_EFI);
		el_torito_set_full_load(boot, 1);
	}
	/* After the image for BIOS, which must be first. */
	iso_image_set_boot_catalog_weight(image->iso, NB_WEIGHT_BOOT / 2);
	iso_image_set_boot_catalog_hidden(
		image->iso, LIBISO_HIDE_ON_RR | LIBISO_HIDE_ON_JOLIET);
	return NB_OK;
}

void
nb_image_boot_at(struct nb_image *image, uint32_t address)
{
	pthread_mutex_lock(&image->lock);
	image->boot_address = address;
	pthread_cond_broadcast(&image->known);
	pthread_mutex_unlock(&image->lock);
}

uint32_t
nb_image_boot_address(struct nb_image *image)
{
	uint32_t address;

	pthread_mutex_lock(&image->lock);
	while (!image->boot_address)
		pthread_cond_wait(&image->known, &image->lock);
	address = image->boot_address;
	pthread_mutex_unlock(&image->lock);
	return address;
}

uint32_t
nb_image_word(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16
		| (uint32_t)p[3] << 24;
}

/* Sets the block LBA of the medium, if it is among the N bytes. */
static const uint8_t *
block_of(const struct nb_image *image, uint32_t lba, const uint8_t *data,
	 size_t n)
{
	uint64_t at = (uint64_t)(lba - image->options.start) * NB_BLOCK;

	if (lba < image->options.start || at < image->done
	    || at >= image->done + n)
		return NULL;
	return data + (at - image->done);
}

enum nb_err
nb_image_boot_check(struct nb_image *image, const uint8_t *data, size_t n)
{
	const uint8_t *block;

	if (!image->options.boot_bios)
		return NB_OK;
	block = block_of(image, image->options.start + RECORD, data, n);
	if (block)
		image->catalog = nb_image_word(block + 0x47);
	block = image->catalog ? block_of(image, image->catalog, data, n)
			       : NULL;
	if (block && nb_image_word(block + 32 + 8) != image->boot_address)
		return nb_fail(NB_EFAIL, "%s: at block %lu instead of %lu",
			       image->options.boot_bios,
			       (unsigned long)nb_image_word(block + 32 + 8),
			       (unsigned long)image->boot_address);
	return NB_OK;
}
