/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes one call of the API and ends with the exit status of what it returned,
 * and of nothing else: as the program should, too.
 *
 *     calls CONFIG CALL
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include <nightburn/nightburn.h>

static enum nb_err
call_run(struct nightburn *nb)
{
	struct nb_run_options options = NB_INIT(nb_run_options);
	struct nb_run_result result = NB_INIT(nb_run_result);

	return nb_run(nb, &options, &result);
}

static enum nb_err
call_append(struct nightburn *nb)
{
	struct nb_run_options options = NB_INIT(nb_run_options);
	struct nb_run_result result = NB_INIT(nb_run_result);

	return nb_append(nb, &options, &result);
}

static enum nb_err
call_image(struct nightburn *nb)
{
	struct nb_run_options options = NB_INIT(nb_run_options);
	struct nb_run_result result = NB_INIT(nb_run_result);

	return nb_image(nb, &options, open("/dev/null", O_WRONLY | O_CLOEXEC),
			&result);
}

static enum nb_err
call_plan(struct nightburn *nb)
{
	struct nb_plan_info plan = NB_INIT(nb_plan_info);

	return nb_plan_job(nb, NULL, &plan);
}

static enum nb_err
call_rotate(struct nightburn *nb)
{
	struct nb_media_options options = { .size = sizeof options,
					    .dry_run = true };
	struct nb_plan_info plan = NB_INIT(nb_plan_info);

	return nb_rotate(nb, &options, &plan);
}

static enum nb_err
call_blank(struct nightburn *nb)
{
	struct nb_media_options options = { .size = sizeof options,
					    .dry_run = true };
	struct nb_plan_info plan = NB_INIT(nb_plan_info);

	return nb_blank(nb, &options, &plan);
}

static enum nb_err
call_disc(struct nightburn *nb)
{
	struct nb_disc_info info = NB_INIT(nb_disc_info);

	return nb_disc(nb, NULL, &info);
}

static enum nb_err
call_msinfo(struct nightburn *nb)
{
	struct nb_disc_info info = NB_INIT(nb_disc_info);

	return nb_msinfo(nb, NULL, &info);
}

static enum nb_err
call_verify(struct nightburn *nb)
{
	struct nb_verify_result result = NB_INIT(nb_verify_result);

	return nb_verify(nb, NULL, &result);
}

static const struct {
	const char *name;
	enum nb_err (*call)(struct nightburn *nb);
} calls[] = {
	{ "append", call_append }, { "blank", call_blank },
	{ "disc", call_disc },     { "image", call_image },
	{ "msinfo", call_msinfo }, { "plan", call_plan },
	{ "rotate", call_rotate }, { "run", call_run },
	{ "verify", call_verify },
};

int
main(int argc, char **argv)
{
	struct nightburn *nb = NULL;
	enum nb_err err;

	if (argc != 3)
		return nb_exit_status(NB_EUSAGE);
	err = nb_open(argv[1], &nb);
	for (size_t i = 0; !err && i < sizeof calls / sizeof *calls; i++)
		if (!strcmp(argv[2], calls[i].name))
			err = calls[i].call(nb);
	nb_close(nb);
	return nb_exit_status(err);
}
