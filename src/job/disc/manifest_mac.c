/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/manifest_mac.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "job/run/previous_sessions.h"
#include "store/key.h"

/* The label in the directory of the manifest PATH, when it bears KEY. */
static bool
load_label(struct nb_blocks *blocks, uint32_t start, const char *path,
	   const struct nb_key *key, struct nb_label *label)
{
	char *name = NULL, *text = NULL;
	size_t length;
	bool ours;

	if (nb_str_format(&name, "%.*s/label.json",
			  (int)(strrchr(path, '/') - path), path))
		return false;
	ours = !nb_reader_file(blocks, start, name, 65536, &text, &length)
		&& !nb_label_parse(name, text, length, label)
		&& nb_label_is_signed(label, key);
	free(text);
	free(name);
	return ours;
}

enum nb_manifest_mac
nb_manifest_mac_inspect(struct nb_blocks *blocks, uint32_t start,
			const char *path, const struct nb_key *key)
{
	struct nb_label label;
	enum nb_manifest_mac mac;
	char *text;
	size_t length;

	if (!key || !load_label(blocks, start, path, key, &label)
	    || nb_disc_text(blocks, start, path, &text, &length))
		return NB_MAC_NO_KEY;
	mac = nb_manifest_mac_of(text, length, key, label.has_manifest_mac);
	free(text);
	return mac;
}

static enum nb_err
tell(const char *path, enum nb_manifest_mac mac)
{
	if (mac == NB_MAC_NONE)
		nb_log(NB_NOTE,
		       "%s: bears no MAC: an older nightburn wrote "
		       "it",
		       path);
	if (mac != NB_MAC_WRONG)
		return NB_OK;
	return nb_fail(NB_ECORRUPT,
		       "%s: its MAC is wrong: this is not the "
		       "manifest that was written\nhint: do not trust what is "
		       "on this disc without comparing it",
		       path);
}

/* The key of the installation, where there is one; nobody is told of none. */
static bool
load_key(const struct nightburn *nb, struct nb_key *key)
{
	return nb && nb_key_load(nb->config->state_dir, key) == NB_OK;
}

enum nb_err
nb_manifest_mac_check(struct nightburn *nb, struct nb_blocks *blocks,
		      uint32_t start, const char *path)
{
	struct nb_key key = { { 0 } };
	enum nb_err err = NB_OK;

	if (load_key(nb, &key))
		err = tell(path,
			   nb_manifest_mac_inspect(blocks, start, path, &key));
	nb_key_clear(&key);
	return err;
}

static enum nb_err
check_all(struct nightburn *nb, const struct nb_inspection *look,
	  struct nb_blocks *blocks)
{
	uint32_t start = nb_inspect_start(look);
	struct nb_entries kept = NB_ARRAY_INIT;
	enum nb_err err, first;
	char *text;
	size_t length;

	first = nb_manifest_mac_check(nb, blocks, start, NB_MANIFEST_PATH);
	err = nb_disc_text(blocks, start, NB_SUMS_PATH, &text, &length);
	if (err)
		return first ? first : err;
	err = nb_sums_load(NB_SUMS_PATH, text, length, &kept);
	free(text);
	if (!first)
		first = err;
	for (size_t i = 0; i < kept.count; i++) {
		if (!nb_manifest_is_earlier(kept.at[i].path))
			continue;
		err = nb_manifest_mac_check(nb, blocks, start, kept.at[i].path);
		if (!first)
			first = err;
	}
	nb_entries_free(&kept);
	return first;
}

enum nb_err
nb_manifest_macs_check(struct nightburn *nb, const struct nb_inspection *look)
{
	struct nb_blocks *blocks = NULL;
	enum nb_err err;

	if (!nb)
		return NB_OK;
	err = nb_drive_blocks(look->drive, &blocks);
	if (!err)
		err = check_all(nb, look, blocks);
	nb_blocks_free(blocks);
	return err;
}
