/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/copies.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "disc/read/bad_blocks.h"

enum nb_err
nb_copy_path(const char *path, char **out)
{
	const char *name = strrchr(path, '/');

	if (!name)
		return nb_str_format(out, "nightburn/copy/%s", path);
	return nb_str_format(out, "%.*s/copy%s", (int)(name - path), path,
			     name);
}

enum nb_err
nb_copy_text(const struct nb_disc_contents *c, const char *path, char **text,
	     size_t *length)
{
	const struct nb_node *node = nb_nodes_find(&c->nodes, path);

	if (!node)
		return nb_fail(NB_ECORRUPT, "%s: missing on the disc", path);
	return nb_reader_text(c->blocks, node, NB_DISC_TEXT_MAX, text, length);
}

/* Might the other copy be better? */
static bool
is_damage(enum nb_err err)
{
	return err == NB_ECORRUPT || err == NB_EIO || err == NB_EFULL;
}

enum nb_err
nb_disc_text(const struct nb_disc_contents *c, const char *path, char **text,
	     size_t *length)
{
	enum nb_err err = nb_copy_text(c, path, text, length), first = err;
	char *copy = NULL;

	if (!is_damage(err))
		return err;
	err = nb_copy_path(path, &copy);
	if (!err && nb_nodes_find(&c->nodes, copy))
		err = nb_copy_text(c, copy, text, length);
	else if (!err)
		err = first;
	free(copy);
	return err == NB_ENOMEM || err == NB_ECANCELED || !err ? err : first;
}

static enum nb_err
parse_sums(const struct nb_disc_contents *c, const char *path,
	   struct nb_sums *sums)
{
	char *text = NULL;
	size_t length;
	enum nb_err err = nb_copy_text(c, path, &text, &length);

	if (!err)
		err = nb_sums_load(path, text, length, sums);
	free(text);
	if (err)
		nb_sums_free(sums);
	return err;
}

enum nb_err
nb_disc_sums(const struct nb_disc_contents *c, struct nb_sums *sums)
{
	enum nb_err err = parse_sums(c, NB_SUMS_PATH, sums);

	if (!is_damage(err) || !nb_nodes_find(&c->nodes, NB_SUMS_COPY)
	    || parse_sums(c, NB_SUMS_COPY, sums))
		return err;
	nb_log(NB_WARNING, NB_SUMS_PATH ": damaged; its copy is read instead");
	return NB_OK;
}

enum nb_err
nb_copy_label(const struct nb_disc_contents *c, const struct nb_disc_backup *b,
	      struct nb_label *label)
{
	char *paths[2] = { NULL, NULL }, *text;
	enum nb_err err, first = NB_ENOTFOUND;
	size_t length;

	err = nb_str_format(&paths[0], "%.*s/label.json",
			    (int)(strrchr(b->path, '/') - b->path), b->path);
	if (!err)
		err = nb_copy_path(paths[0], &paths[1]);
	for (int i = 0; i < 2 && paths[i]; i++) {
		const struct nb_node *node = nb_nodes_find(&c->nodes, paths[i]);

		if (!node)
			continue;
		err = nb_reader_text(c->blocks, node, NB_LABEL_MAX, &text,
				     &length);
		if (!err) {
			err = nb_label_parse(paths[i], text, length, label);
			free(text);
		}
		first = i && err ? first : err;
		if (!is_damage(err))
			break;
	}
	free(paths[0]);
	free(paths[1]);
	return err == NB_ENOMEM || err == NB_ECANCELED ? err : first;
}

static enum nb_err
add_bytes(void *ctx, const void *data, size_t n)
{
	nb_sha256_add(ctx, data, n);
	return NB_OK;
}

enum nb_err
nb_copy_hash(const struct nb_disc_contents *c, const char *path,
	     uint8_t hash[NB_SHA256_SIZE], bool *good)
{
	const struct nb_node *node = nb_nodes_find(&c->nodes, path);
	struct nb_sha256 *sha256 = NULL;
	enum nb_err err = nb_sha256_new(&sha256);

	*good = false;
	if (err)
		return err;
	if (node)
		err = nb_reader_bytes(c->blocks, node, add_bytes, sha256);
	if (err == NB_EIO && nb_bad_blocks_find(c->blocks, node, NULL, NULL))
		err = NB_ENOMEM;
	nb_sha256_finish(sha256, hash);
	nb_sha256_free(sha256);
	*good = node && !err;
	return is_damage(err) ? NB_OK : err;
}

enum nb_err
nb_copy_check_sums(const struct nb_disc_contents *c, uint64_t *bad)
{
	uint8_t first[NB_SHA256_SIZE], second[NB_SHA256_SIZE];
	bool read_first, read_second = false;
	enum nb_err err;

	if (!nb_nodes_find(&c->nodes, NB_SUMS_COPY))
		return NB_OK;
	err = nb_copy_hash(c, NB_SUMS_PATH, first, &read_first);
	if (!err)
		err = nb_copy_hash(c, NB_SUMS_COPY, second, &read_second);
	if (err)
		return err;
	*bad += !read_first + !read_second;
	if (read_first && read_second && memcmp(first, second, sizeof first)) {
		nb_log(NB_ERROR, NB_SUMS_COPY ": differs from " NB_SUMS_PATH);
		++*bad;
	}
	return NB_OK;
}
