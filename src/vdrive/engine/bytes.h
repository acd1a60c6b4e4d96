/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Big-endian fields in CDBs and in the data that drives return. */
#ifndef VDRIVE_BYTES_H
#define VDRIVE_BYTES_H

#include <stdint.h>

static inline uint32_t
vd_get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t
vd_get24(const uint8_t *p)
{
	return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static inline uint32_t
vd_get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | vd_get24(p + 1);
}

static inline void
vd_put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void
vd_put24(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 16);
	vd_put16(p + 1, v);
}

static inline void
vd_put32(uint8_t *p, uint32_t v)
{
	vd_put16(p, v >> 16);
	vd_put16(p + 2, v);
}

#endif
