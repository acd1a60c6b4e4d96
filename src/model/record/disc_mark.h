/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * By what a disc of nightburn, or a file in the place of one, is recognized
 * without its label.  Only the label, which has a MAC, proves anything.
 */
#ifndef NB_MODEL_DISC_MARK_H
#define NB_MODEL_DISC_MARK_H

/* What blanking writes at the start of overwritable media: it marks what
 * follows as old data of nightburn.  Zeros alone do not prove this. */
#define NB_BLANK_MARK "nightburn: blank\n"

/* The application identifier in the volume descriptors (ECMA-119 8.4.20), and
 * the data preparer's (8.4.19). */
#define NB_APPLICATION_ID "NIGHTBURN"

/* The publisher (8.4.18) of an image that is no disc: it has no label. */
#define NB_IMAGE_MARK "NIGHTBURN IMAGE"

#endif
