/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/transport.h"

#include <stdlib.h>

static enum nb_err
preflight(const struct nb_config_source *source, const char *restore)
{
	char *text = NULL;
	int number = 0;
	enum nb_err err = nb_pg_preflight(source, &number, &text);

	(void)restore;
	free(text);
	return err;
}

static const char *
run_as(const struct nb_config_source *source)
{
	return nb_pg_options(source)->run_as;
}

const struct nb_pg_transport nb_pg_here = {
	.preflight = preflight,
	.ask = nb_pg_ask_here,
	.stream = nb_pg_dump_stream,
	.owner = run_as,
	.reader = run_as,
};

const struct nb_pg_transport *
nb_pg_transport(const struct nb_config_source *source)
{
	return nb_pg_options(source)->remote.host ? &nb_pg_there : &nb_pg_here;
}

enum nb_err
nb_pg_ask(const struct nb_config_source *source, bool sizes,
	  struct nb_pg_server *out)
{
	return nb_pg_transport(source)->ask(source, sizes, out);
}
