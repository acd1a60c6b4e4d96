/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "model/ignore.h"
#include "model/record/holding.h"
#include "source/tree/hidden.h"
#include "source/tree/look.h"
#include "source/tree/mounted.h"

static enum nb_err
open_root(const struct nb_config_source *source, int *fd)
{
	const struct nb_tree_options *tree = nb_tree_options(source);
	const char *path = tree->path;
	enum nb_err err = nb_tree_answers(source->kind->name, source->name,
					  path, tree->rules.io_timeout);

	if (err)
		return err;
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return nb_fail(NB_ESOURCE,
			       "tree %s: cannot open %s: %s\n"
			       "hint: mount it, if it is on another file "
			       "system; or take the tree out of the "
			       "configuration, so that the rest of the job is "
			       "backed up",
			       source->name, path, strerror(errno));
	if (*fd < 0)
		return nb_fail_errno(NB_ESOURCE, "tree %s: cannot open %s",
				     source->name, path);
	return NB_OK;
}

static enum nb_err
add_record(struct nb_walk *w, size_t first, struct nb_manifest_sources *out)
{
	const struct nb_entries mine = { w->list->at + first,
					 w->list->count - first, 0 };
	struct nb_manifest_source *record = &w->record;
	enum nb_err err = nb_str_dup(w->source->name, &record->name);

	record->bytes = record->stored = nb_entries_bytes(&mine);
	record->checked = w->context->date;
	if (!err)
		err = nb_str_dup(w->prefix, &record->path);
	if (!err)
		err = nb_array_push(out, *record);
	if (!err)
		memset(record, 0, sizeof *record);
	return err;
}

/* The directory above the tree, and the names derived from that of the
 * source. */
static enum nb_err
begin(struct nb_walk *w)
{
	const char *kind = w->record.kind;
	char *encoded = NULL;
	enum nb_err err = nb_path_encode(w->source->name, &encoded);

	if (!err)
		err = nb_str_format(&w->object, "%s %s", kind, w->source->name);
	if (!err)
		err = nb_path_join(kind, encoded, &w->prefix);
	if (!err)
		err = nb_entries_add_dir(w->list, kind, w->context->date);
	free(encoded);
	return err;
}

/* Lists into OUT; the files stay where they are until they are burned. */
static enum nb_err
list(struct nb_walk *w, struct nb_source_output *out)
{
	enum nb_err err = begin(w);
	size_t first = w->list->count;

	if (!err)
		err = nb_tree_walk(w);
	return err ? err : add_record(w, first, out->sources);
}

enum nb_err
nb_tree_collect(const struct nb_config_source *source,
		const struct nb_tree_rules *rules,
		const struct nb_source_context *context, int root,
		struct nb_source_output *out)
{
	struct nb_walk w = { .source = source,
			     .rules = rules,
			     .context = context,
			     .list = out->entries,
			     .root = root,
			     .view = { context->ours, context->copy_of },
			     .probe = geteuid() != 0,
			     .now = (int64_t)time(NULL) };
	enum nb_err err = nb_array_push(out->roots, root);

	if (err) {
		nb_fd_close(&root);
		return err;
	}
	w.root_index = (unsigned int)out->roots->count - 1;
	err = nb_str_dup(source->kind->name, &w.record.kind);
	if (!err)
		err = rules->pack != NB_PACK_NONE ? nb_tree_pack(&w, out)
						  : list(&w, out);
	nb_manifest_source_clear(&w.record);
	free(w.prefix);
	free(w.object);
	free(w.copies);
	return err;
}

/* ---- on this host ---- */

/* What of a directory is hidden, and what and where it is. */
static enum nb_err
record_tree(const struct nb_config_source *source,
	    struct nb_manifest_source *record)
{
	const struct nb_tree_options *tree = nb_tree_options(source);
	char *object = NULL;
	enum nb_err err = nb_str_format(&object, "tree %s", source->name);

	if (!err)
		err = nb_tree_note_hidden(object, tree->path, &tree->rules,
					  record);
	free(object);
	return err ? err : nb_tree_record_place(tree->path, record);
}

/* The same; of a single file only the path. */
static enum nb_err
record_place(const struct nb_config_source *source,
	     struct nb_manifest_source *record)
{
	const struct nb_tree_options *tree = nb_tree_options(source);
	char *path = NULL;
	enum nb_err err;

	if (!tree->rules.only)
		return record_tree(source, record);
	err = nb_path_join(tree->path, tree->rules.only, &path);
	if (!err)
		err = nb_identity_add(&record->identity, NB_IDENTITY_PATH, "",
				      path);
	free(path);
	return err;
}

static enum nb_err
collect_here(const struct nb_config_source *source,
	     const struct nb_source_context *context,
	     struct nb_source_output *out)
{
	int root = -1;
	enum nb_err err = open_root(source, &root);

	if (!err)
		err = nb_tree_collect(source, &nb_tree_options(source)->rules,
				      context, root, out);
	return err ? err
		   : record_place(source,
				  &out->sources->at[out->sources->count - 1]);
}

static enum nb_err
preflight_here(const struct nb_config_source *source)
{
	int fd = -1;
	enum nb_err err = open_root(source, &fd);

	nb_fd_close(&fd);
	return err;
}

const struct nb_tree_transport nb_tree_here = {
	.preflight = preflight_here,
	.collect = collect_here,
};

/* ---- the source ---- */

static const struct nb_tree_transport *
transport(const struct nb_config_source *source)
{
	return nb_tree_options(source)->remote.host ? &nb_tree_there
						    : &nb_tree_here;
}

static enum nb_err
preflight(const struct nb_config_source *source)
{
	return transport(source)->preflight(source);
}

static enum nb_err
collect(const struct nb_config_source *source,
	const struct nb_source_context *context, void *held,
	struct nb_source_output *out)
{
	(void)held;
	return transport(source)->collect(source, context, out);
}

static bool
is_staged(const struct nb_config_source *source)
{
	return nb_tree_options(source)->rules.pack != NB_PACK_NONE
		|| transport(source)->staged;
}

static enum nb_reread
reread(const struct nb_config_source *source)
{
	return nb_tree_options(source)->checksum;
}

static struct nb_least
least(const struct nb_config_source *source)
{
	return nb_tree_options(source)->rules.least;
}

/* Or a directory above it. */
static bool
leaves_out(const struct nb_config_source *source, const char *path)
{
	const struct nb_tree_rules *rules = &nb_tree_options(source)->rules;
	bool found = rules->one_file_system;
	char *above = strdup(path), *slash = above;

	while (slash && !found) {
		found = nb_ignore_match(rules->exclude.at, rules->exclude.count,
					above, true);
		slash = strrchr(above, '/');
		if (slash)
			*slash = '\0';
	}
	free(above);
	return found;
}

/* ---- a path named by the user ---- */

/* The tree at PATH, or if that is a file, the file in its directory. */
static enum nb_err
take_path(const char *path, struct nb_tree_options *tree)
{
	char *slash;
	struct stat st;
	enum nb_err err =
		nb_tree_answers("tree", path, path, tree->rules.io_timeout);

	if (err)
		return err;
	tree->path = realpath(path, NULL);
	if (!tree->path || stat(tree->path, &st))
		return nb_fail_errno(nb_fd_open_error(), "%s: cannot find",
				     path);
	if (S_ISDIR(st.st_mode))
		return NB_OK;
	if (!S_ISREG(st.st_mode))
		return nb_fail(NB_EUSAGE, "%s: neither a file nor a directory",
			       path);
	slash = strrchr(tree->path, '/');
	tree->rules.only = strdup(slash + 1);
	if (!tree->rules.only)
		return nb_fail_memory();
	slash[slash == tree->path] = '\0';
	return NB_OK;
}

/* Its name is the last component of PATH. */
static enum nb_err
by_hand(const char *path, struct nb_config_source *source)
{
	struct nb_tree_options *tree = source->options;
	enum nb_err err = take_path(path, tree);

	if (!err && tree->rules.only)
		return nb_str_dup(tree->rules.only, &source->name);
	if (!err && tree->path[1])
		return nb_str_dup(strrchr(tree->path, '/') + 1, &source->name);
	return err ? err : nb_str_dup("root", &source->name);
}

static const char *const tasks[] = { NB_TREE_TASK_CHECK, NB_TREE_TASK, NULL };

static const char how_to[] =
	"\n"
	"   A tree needs no program: copy it with  cp -a <backup>/tree/NAME "
	"TARGET\n"
	"   .tar.zst     a tree in one archive; all of it, or the files "
	"named:\n"
	"                zstd -dc FILE | tar -xpf - -C TARGET [NAME/...]\n"
	"                (GNU tar: --xattrs '--xattrs-include=*' for "
	"attributes)\n"
	"   A mounted disc shows no ACLs, capabilities and other extended "
	"attributes.\n"
	"   cp and restore.sh keep them in a copy made by\n"
	"                xorriso -osirrox on -acl on -xattr any -indev "
	"/dev/sr0 "
	"\\\n"
	"                        -extract / TARGET\n"
	"   Hard links of a tree that is not packed become files of their "
	"own.\n";

const struct nb_source_ops nb_source_tree = {
	.kind = {
		.name = "tree",
		.fields = nb_tree_fields,
		.size = sizeof(struct nb_tree_options),
		.begin = nb_tree_options_begin,
		.end = nb_tree_options_end,
		.clear = nb_tree_options_clear,
		.directory = true,
		.tasks = tasks,
		.readme = "  <backup>/tree/           directories, as they "
			  "were\n",
		.how_to = how_to,
	},
	.preflight = preflight,
	.collect = collect,
	.is_staged = is_staged,
	.reread = reread,
	.least = least,
	.leaves_out = leaves_out,
	.by_hand = by_hand,
	.serve = nb_tree_serve,
	.may_serve = nb_tree_may_serve,
};
