/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libisofs numbers directories (the file serial number of PX) in the order of
 * the addresses of their nodes, and so the same input would give other bytes if
 * the program allocated and freed something else before.
 */
#ifndef NB_DISC_IMAGE_IN_ORDER_H
#define NB_DISC_IMAGE_IN_ORDER_H

struct nb_in_order;

/* What is allocated until the end is at addresses that depend on nothing that
 * came before: all gaps of the heap are filled.  NULL if there is no memory;
 * the end accepts that. */
struct nb_in_order *nb_in_order_begin(void);
void nb_in_order_end(struct nb_in_order *filled);

#endif
