/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

#define TEXT_MAX 4096 /* a key and a generous amount of white space */

static enum nb_err
export_key(struct nightburn *nb)
{
	struct nb_str s = NB_STR_INIT;
	char text[NB_KEY_LINE];
	enum nb_err err = nb_key_export(nb, text);

	if (err)
		return err;
	nb_str_addf(&s, "%s\n", text);
	return cli_print(&s);
}

/* All of FILE, or of stdin for "-"; a text that is too long is not a key. */
static enum nb_err
read_text(struct cli *cli, const char *file, char text[TEXT_MAX + 1])
{
	FILE *from = strcmp(file, "-") ? fopen(file, "re") : stdin;
	enum nb_err err = NB_OK;
	size_t n = 0;

	if (from) {
		cli_let_signals(true);
		n = fread(text, 1, TEXT_MAX, from);
		cli_let_signals(false);
		text[n] = '\0';
	}
	if (!from || ferror(from))
		err = cli_fail(cli, NB_EIO, "%s: %s", file, strerror(errno));
	if (from && from != stdin)
		fclose(from);
	return err;
}

static enum nb_err
import_key(struct cli *cli, struct nightburn *nb, const char *file)
{
	struct nb_key_result result = NB_INIT(nb_key_result);
	char text[TEXT_MAX + 1] = "";
	enum nb_err err = read_text(cli, file, text);

	if (!err)
		err = nb_key_import(nb, text, cli->force, &result);
	if (!err && cli_wants_report(cli, true))
		err = cli_report_one(cli, err, &nb_record_key, &result);
	return err;
}

enum nb_err
cmd_key(struct cli *cli)
{
	bool export = !strcmp(cli->args[0], "export");
	struct nightburn *nb = NULL;
	enum nb_err err;

	if (!export && strcmp(cli->args[0], "import"))
		return cli_wrong_usage(cli, "key", "expected export or import");
	if (export && (cli->arg_count > 1 || cli->force || cli->form->name))
		return cli_wrong_usage(
			cli, "key",
			"export takes neither a file nor an option");
	err = cli_open(cli, &nb);
	if (!err)
		err = export
			? export_key(nb)
			: import_key(cli, nb,
				     cli->arg_count > 1 ? cli->args[1] : "-");
	nb_close(nb);
	return err;
}
