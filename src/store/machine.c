/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/machine.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/path.h"

#define MACHINE_ID "/etc/machine-id"
#define HASH_BYTES 16
#define HASH_SIZE (2 * HASH_BYTES + 1)

struct machine {
	char host[NB_HOST_SIZE];
	char hash[HASH_SIZE]; /* or "-" */
};

/* A machine without that file is known by its name alone. */
static enum nb_err
hash_id(const char *installation, char hash[HASH_SIZE])
{
	uint8_t digest[NB_SHA256_SIZE];
	struct nb_sha256 *sha = NULL;
	char *text = NULL;
	size_t length = 0;
	enum nb_err err;

	snprintf(hash, HASH_SIZE, "-");
	if (access(MACHINE_ID, R_OK)
	    || nb_fd_load(AT_FDCWD, MACHINE_ID, 256, &text, &length) || !length)
		goto none;
	err = nb_sha256_new(&sha);
	if (err) {
		free(text);
		return err;
	}
	nb_sha256_add(sha, "nightburn ", 10);
	nb_sha256_add(sha, installation, strlen(installation));
	nb_sha256_add(sha, text, length);
	nb_sha256_finish(sha, digest);
	nb_sha256_free(sha);
	nb_hex(digest, HASH_BYTES, hash);
none:
	free(text);
	return NB_OK;
}

static enum nb_err
this_machine(const char *installation, struct machine *out)
{
	memset(out, 0, sizeof *out);
	if (gethostname(out->host, sizeof out->host - 1) || !out->host[0])
		snprintf(out->host, sizeof out->host, "localhost");
	return hash_id(installation, out->hash);
}

static bool
parse(const char *text, struct machine *out)
{
	size_t n = strcspn(text, "\n");
	size_t m = text[n] ? strcspn(text + n + 1, "\n") : 0;

	if (!n || n >= sizeof out->host || !m || m >= sizeof out->hash)
		return false;
	snprintf(out->host, sizeof out->host, "%.*s", (int)n, text);
	snprintf(out->hash, sizeof out->hash, "%.*s", (int)m, text + n + 1);
	return true;
}

/* NB_ENOTFOUND, not logged. */
static enum nb_err
load(const char *path, struct machine *out)
{
	char *text = NULL;
	size_t length;
	enum nb_err err = nb_fd_load(AT_FDCWD, path, 1024, &text, &length);

	if (!err && !parse(text, out))
		err = nb_fail(NB_ECORRUPT,
			      "%s: damaged\nhint: remove it, if this machine "
			      "burned the newest backup: it is written again",
			      path);
	free(text);
	return err;
}

enum nb_err
nb_machine_check(const char *state_dir, const char *installation,
		 char from[NB_HOST_SIZE])
{
	struct machine home, here;
	char *path;
	enum nb_err err = nb_path_join(state_dir, "machine", &path);

	from[0] = '\0';
	if (err)
		return err;
	err = load(path, &home);
	free(path);
	if (err)
		return err == NB_ENOTFOUND ? NB_OK : err;
	err = this_machine(installation, &here);
	if (!err
	    && (strcmp(home.host, here.host) != 0
		|| (home.hash[0] != '-' && here.hash[0] != '-'
		    && strcmp(home.hash, here.hash) != 0)))
		snprintf(from, NB_HOST_SIZE, "%s", home.host);
	return err;
}

enum nb_err
nb_machine_save(const char *state_dir, const char *installation, bool once)
{
	char *path, text[NB_HOST_SIZE + HASH_SIZE + 2];
	struct machine here;
	enum nb_err err = nb_path_join(state_dir, "machine", &path);

	if (err)
		return err;
	if (!once || access(path, F_OK)) {
		err = this_machine(installation, &here);
		snprintf(text, sizeof text, "%s\n%s\n", here.host, here.hash);
		if (!err)
			err = nb_fd_save(AT_FDCWD, path, text, strlen(text),
					 0600);
	}
	free(path);
	return err;
}
