/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The half of a mirror as one file, read in place.  Private to source/.
 */
#ifndef NB_SOURCE_MIRROR_IMAGE_H
#define NB_SOURCE_MIRROR_IMAGE_H

#include "source/volume/mirror_array.h"

/* Lists DEVICE, the contents of MIRROR, as
 * "<backup-id>/mirror/<name>/<array>.img".  NB_ESOURCE */
enum nb_err nb_mirror_image(const struct nb_config_source *source,
			    const struct nb_source_context *context,
			    const struct nb_mirror *mirror, const char *device,
			    struct nb_source_output *out);

#endif
