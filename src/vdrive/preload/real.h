/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions that the library interposes: the next ones in the search order,
 * which are the C library's or a sanitizer's.  They are looked up when first
 * used, so that they work before any constructor has run.
 */
#ifndef VDRIVE_PRELOAD_REAL_H
#define VDRIVE_PRELOAD_REAL_H

#include <dlfcn.h>
#include <stdlib.h>

#define VF_EXPORT __attribute__((visibility("default")))

/*
 * REAL(open)(...) calls the next `open`.  Every use has its own pointer; if two
 * threads look it up at the same time, they store the same value.
 */
#define REAL(name)                                                        \
	(__extension__({                                                  \
		static __typeof__(&name) real_;                           \
		__typeof__(&name) now_ =                                  \
			__atomic_load_n(&real_, __ATOMIC_RELAXED);        \
		if (!now_) {                                              \
			*(void **)&now_ = dlsym(RTLD_NEXT, #name);        \
			if (!now_)                                        \
				abort();                                  \
			__atomic_store_n(&real_, now_, __ATOMIC_RELAXED); \
		}                                                         \
		now_;                                                     \
	}))

#endif
