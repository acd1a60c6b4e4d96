/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/tree/arrival.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/os.h"
#include "base/path.h"
#include "base/str.h"

/* ---- bytes ---- */

static enum nb_err
begin_file(struct nb_arrival *a)
{
	enum nb_err err;

	err = nb_path_make(a->context->staging, a->source->kind->name, 0711);
	if (err)
		return err;
	a->fd = nb_path_open(a->context->staging, a->incoming,
			     O_WRONLY | O_CREAT | O_EXCL, 0600);
	return a->fd < 0 ? nb_fail_errno(nb_fd_write_error(),
					 "%s: cannot create", a->incoming)
			 : NB_OK;
}

enum nb_err
nb_arrival_take_bytes(struct nb_arrival *a, const char *data, size_t n)
{
	enum nb_err err = a->fd < 0 ? begin_file(a) : NB_OK;

	if (!err && nb_fd_write(a->fd, data, n))
		err = nb_fail_errno(nb_fd_write_error(), "%s: cannot write",
				    a->object);
	if (err)
		return err;
	nb_sha256_add(a->sha256, data, n);
	a->size += n;
	return NB_OK;
}

enum nb_err
nb_arrival_forget_bytes(struct nb_arrival *a)
{
	uint8_t digest[NB_SHA256_SIZE];

	if (a->fd >= 0 && (ftruncate(a->fd, 0) || lseek(a->fd, 0, SEEK_SET)))
		return nb_fail_errno(NB_EIO, "%s: cannot write", a->object);
	nb_sha256_finish(a->sha256, digest);
	a->size = 0;
	return NB_OK;
}

/* ---- paths ---- */

enum nb_err
nb_arrival_place_bytes(struct nb_arrival *a, const struct nb_entry *e)
{
	int parent = -1;
	const char *base;
	enum nb_err err = nb_parent_open(&a->parent, a->context->staging,
					 e->root_path, &parent, &base);

	if (!err && close(a->fd))
		err = nb_fail_errno(nb_fd_write_error(), "%s: cannot close",
				    e->root_path);
	a->fd = -1;
	if (!err
	    && nb_os_rename_new(a->context->staging, a->incoming, parent, base))
		err = nb_fail_errno(nb_fd_write_error(), "%s: cannot name %s",
				    a->object, e->root_path);
	a->size = 0;
	a->bytes += e->size;
	return err;
}

enum nb_err
nb_arrival_place_link(struct nb_arrival *a, const struct nb_entry *first,
		      const struct nb_entry *e)
{
	int from = -1, to = -1;
	const char *old, *new;
	struct nb_parent first_parent = NB_PARENT_INIT;
	enum nb_err err = nb_parent_open(&first_parent, a->context->staging,
					 first->root_path, &from, &old);

	if (!err)
		err = nb_parent_open(&a->parent, a->context->staging,
				     e->root_path, &to, &new);
	if (!err && linkat(from, old, to, new, 0))
		err = nb_fail_errno(nb_fd_write_error(), "%s: cannot name %s",
				    a->object, e->root_path);
	nb_parent_close(&first_parent);
	return err;
}
