/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/config/syntax.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "model/config/scan.h"

/*
 * Names that cannot occur in a scanned text.  END is an option after the text:
 * if the root does not see it, a block is still open.  BEGIN_OPTION is never
 * given; its default value is read where each block starts, so it has the line
 * number of that.
 */
#define END "\002"
#define BEGIN_OPTION "\003"

#define SEEN (1 << 24) /* in cfg_opt_t.flags: the option was given */
#define MAX_OPTIONS 32 /* of a section */

/* libconfuse has one scanner per process. */
static pthread_mutex_t scanner = PTHREAD_MUTEX_INITIALIZER;
static struct {
	const char *file;
	int lines;
	bool reported;
} parsing;

static int
line_of(const cfg_t *cfg)
{
	return cfg->line < parsing.lines ? cfg->line : parsing.lines;
}

static void
report(const cfg_t *cfg, const char *what)
{
	if (!parsing.reported)
		nb_fail(NB_ECONFIG, "%s:%d: %s", parsing.file, line_of(cfg),
			what);
	parsing.reported = true;
}

static void
add_options(struct nb_str *text, const cfg_t *cfg)
{
	const char *between = "";

	for (const cfg_opt_t *opt = cfg->opts; opt->name; opt++) {
		if (opt->name[0] < ' ')
			continue;
		nb_str_addf(text, "%s%s", between, opt->name);
		between = ", ";
	}
}

static void
add_expected(struct nb_str *text, const cfg_t *cfg, const char *message)
{
	static const struct {
		const char *message, *expected;
	} table[] = {
		{ "no such option", NULL },
		{ "missing title", "a name in quotes and \"{\"" },
		{ "found duplicate title", "each name once" },
		{ "unexpected token", "NAME = VALUE, or a block" },
		{ "unexpected closing", "NAME = VALUE, or a block" },
		{ "missing equal sign", "\"=\" and a value" },
		{ "missing opening brace", "\"{\"" },
		{ "attempt to append", "\"=\"" },
		{ "bad escape", "\\\\ for a backslash" },
		{ "invalid octal", "\\\\ for a backslash" },
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (strncmp(message, table[i].message,
			    strlen(table[i].message)))
			continue;
		nb_str_add(text, "; expected ");
		if (table[i].expected)
			nb_str_add(text, table[i].expected);
		else
			add_options(text, cfg);
		return;
	}
}

#define ENDS_EARLY                                          \
	"the file ends within a block or a list; expected " \
	"its \"}\""

static void
on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	struct nb_str text = NB_STR_INIT;
	char message[512];

	vsnprintf(message, sizeof message, fmt, ap);
	nb_scan_restore(message);
	nb_str_add(&text, message);
	add_expected(&text, cfg, message);
	report(cfg,
	       strstr(message, END) || strstr(message, "premature end")
		       ? ENDS_EARLY
		       : text.failed ? "out of memory"
				     : text.text);
	nb_str_free(&text);
}

/* Stores one value as text, with its line. */
static int
on_value(cfg_t *cfg, cfg_opt_t *opt, const char *text, void *result)
{
	size_t n = strlen(text) + 1;
	struct nb_syntax_value *value;

	if (strstr(text, END)) {
		report(cfg, ENDS_EARLY);
		return -1;
	}
	/* The first value of a list, or the only one, comes after "=". */
	if (opt->nvalues == 1 && opt->flags & SEEN) {
		cfg_error(cfg, "%s is given twice; expected once", opt->name);
		return -1;
	}
	opt->flags |= SEEN;
	value = malloc(sizeof *value + n);
	if (!value)
		return -1;
	value->line = line_of(cfg);
	memcpy(value->text, text, n);
	nb_scan_restore(value->text);
	*(void **)result = value;
	return 0;
}

static const cfg_opt_t no_option = CFG_END();

static void
add_values(cfg_opt_t *opts, size_t *n, const struct nb_field *fields)
{
	for (; fields && fields->name; fields++)
		opts[(*n)++] = (cfg_opt_t)CFG_PTR_CB(
			fields->name, NULL,
			nb_value_is_list(fields->kind) ? CFGF_LIST : CFGF_NONE,
			on_value, free);
}

/* Copies the options of SECTION to OPTS; those of blocks within it are in
 * INNER. libconfuse copies all of them. */
static void
make_options(const struct nb_section *section, cfg_opt_t *opts,
	     cfg_opt_t (*inner)[MAX_OPTIONS])
{
	const struct nb_section *block = section->inner;
	static char any[] = "1";
	size_t n = 0;

	add_values(opts, &n, section->fields);
	for (; block && block->name; block++, inner++)
		opts[n++] = (cfg_opt_t)CFG_SEC(
			block->name, *inner,
			CFGF_MULTI
				| (block->untitled
					   ? CFGF_NONE
					   : CFGF_TITLE | CFGF_NO_TITLE_DUPES));
	opts[n] = (cfg_opt_t)CFG_PTR_CB(BEGIN_OPTION, any, CFGF_NONE, on_value,
					free);
	opts[n + 1] = no_option;
}

#define MAX_BLOCKS 16 /* within one block */

static cfg_t *
new_parser(const struct nb_section *root)
{
	cfg_opt_t opts[MAX_OPTIONS], blocks[MAX_BLOCKS][MAX_OPTIONS];
	cfg_opt_t inner[MAX_BLOCKS][MAX_OPTIONS];
	cfg_opt_t *end = opts;
	cfg_t *cfg;

	for (int i = 0; root->inner[i].name; i++)
		make_options(&root->inner[i], blocks[i], inner);
	for (int i = 0; root->inner[i].name; i++)
		for (int j = 0;
		     root->inner[i].inner && root->inner[i].inner[j].name; j++)
			make_options(&root->inner[i].inner[j], inner[j], NULL);
	make_options(root, opts, blocks);
	while (end->name)
		end++;
	end[0] = (cfg_opt_t)CFG_PTR_CB(END, NULL, CFGF_NONE, on_value, free);
	end[1] = no_option;
	cfg = cfg_init(opts, CFGF_NONE);
	if (cfg)
		cfg_set_error_function(cfg, on_error);
	return cfg;
}

/* If a parse failed within a string, libconfuse remains in that state: to it,
 * this is a comment or the end of the string. */
static void
reset_scanner(void)
{
	cfg_opt_t none[] = { CFG_END() };
	cfg_t *cfg = cfg_init(none, CFGF_NONE);

	if (cfg) {
		cfg_set_error_function(cfg, on_error);
		cfg_parse_buf(cfg, "#\"\n");
		cfg_free(cfg);
	}
}

static enum nb_err
run_parser(cfg_t *cfg, const char *text)
{
	bool good = cfg_parse_buf(cfg, text) == CFG_SUCCESS;

	if (!good && !parsing.reported)
		return nb_fail_memory();
	if (!good)
		reset_scanner();
	else if (!nb_syntax_value(cfg, END, 0))
		report(cfg, ENDS_EARLY);
	return parsing.reported ? NB_ECONFIG : NB_OK;
}

static int
count_lines(const char *text)
{
	int lines = 1;

	for (; *text; text++)
		if (*text == '\n' && text[1])
			lines++;
	return lines;
}

enum nb_err
nb_syntax_parse(const char *file, const char *text,
		const struct nb_section *root, cfg_t **out)
{
	char *scanned = NULL, *marked = NULL;
	cfg_t *cfg = NULL;
	enum nb_err err;

	err = nb_scan(file, text, &scanned);
	if (!err)
		err = nb_str_format(&marked, "%s\n" END " = 1\n", scanned);
	free(scanned);
	if (err)
		return err;
	pthread_mutex_lock(&scanner);
	parsing.file = file;
	parsing.lines = count_lines(text);
	parsing.reported = false;
	cfg = new_parser(root);
	err = cfg ? run_parser(cfg, marked) : nb_fail_memory();
	pthread_mutex_unlock(&scanner);
	free(marked);
	/* libconfuse cannot free what it could not allocate completely. */
	if (err && err != NB_ENOMEM)
		cfg_free(cfg);
	else if (!err)
		*out = cfg;
	return err;
}

const struct nb_syntax_value *
nb_syntax_value(cfg_t *section, const char *name, unsigned int i)
{
	cfg_opt_t *opt = cfg_getopt(section, name);

	return opt && i < cfg_opt_size(opt) ? cfg_opt_getnptr(opt, i) : NULL;
}

int
nb_syntax_line(cfg_t *section)
{
	const struct nb_syntax_value *value =
		nb_syntax_value(section, BEGIN_OPTION, 0);

	return value ? value->line : 1;
}

/* libconfuse keeps it as it was scanned. */
const char *
nb_syntax_title(cfg_t *section)
{
	char *title = (char *)(uintptr_t)cfg_title(section);

	if (title)
		nb_scan_restore(title);
	return title;
}
