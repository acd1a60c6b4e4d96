/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/hint/hint.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static bool
matches(const struct nb_pg_cause *cause, const char *message)
{
	const char *found = strstr(message, cause->mark);

	return found
		&& (!cause->also
		    || strstr(found + strlen(cause->mark), cause->also));
}

/* REMEDY with the name for each "%s". */
static enum nb_err
fill_in(const struct nb_pg_cause *cause, const char *message,
	const char *remedy, char **out)
{
	const char *name = strstr(message, cause->mark) + strlen(cause->mark);
	struct nb_str s = NB_STR_INIT;
	const char *gap;

	for (; (gap = strstr(remedy, "%s")); remedy = gap + 2) {
		nb_str_add_bytes(&s, remedy, (size_t)(gap - remedy));
		nb_str_add_bytes(&s, name, strcspn(name, "\"\n"));
	}
	nb_str_add(&s, remedy);
	return nb_str_take(&s, out);
}

static enum nb_err
tell(const struct nb_pg_cause *cause, const char *message,
     enum nb_pg_doing doing, char **out)
{
	const char *remedy = cause->remedy[doing];

	if (!remedy && doing == NB_PG_LOADING)
		remedy = cause->remedy[NB_PG_RESTORING];
	if (cause->find)
		return cause->find(message, doing, out);
	return remedy ? fill_in(cause, message, remedy, out) : NB_OK;
}

enum nb_err
nb_pg_hint(const char *errors, enum nb_pg_doing doing, char **out)
{
	char *message = NULL;
	enum nb_err err = nb_proc_cause(errors ? errors : "", &message);

	*out = NULL;
	for (size_t i = 0; !err && !*out && i < nb_pg_cause_count; i++)
		if (matches(&nb_pg_causes[i], message))
			err = tell(&nb_pg_causes[i], message, doing, out);
	free(message);
	return err;
}

enum nb_err
nb_pg_check(const char *name, const struct nb_proc_result *result,
	    enum nb_err err, enum nb_pg_doing doing, const char *usual)
{
	char *hint = NULL;
	enum nb_err found;

	if (!result->signal && result->exit_code == 0)
		return NB_OK;
	found = result->signal ? NB_OK
			       : nb_pg_hint(result->errors, doing, &hint);
	err = found ? found
		    : nb_proc_fail(name, result, err, hint ? hint : usual);
	free(hint);
	return err;
}
