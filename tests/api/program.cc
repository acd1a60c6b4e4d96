// SPDX-License-Identifier: GPL-2.0-or-later
// A program in C++ that looks at a disc, and what a run would do with it.
#include <cstdio>
#include <cstring>

#include <nightburn/nightburn.h>

static void
count_message(void *ctx, enum nb_level level, const char *)
{
	if (level == NB_ERROR)
		++*static_cast<int *>(ctx);
}

int
main(int argc, char **argv)
{
	nightburn *nb = nullptr;
	nb_disc_info info = NB_INIT(nb_disc_info);
	nb_run_options options = {};
	nb_plan_info plan{};
	nb_run_result result = {};
	int messages = 0;
	nb_err err = NB_EUSAGE;

	nb_set_log(count_message, &messages);
	if (argc == 2)
		err = nb_open(argv[1], &nb);
	if (!err)
		err = nb_disc(nb, nullptr, &info);
	options.dry_run = true;
	result.plan = &plan;
	if (!err)
		err = nb_run(nb, &options, &result);
	nb_close(nb);
	if (!err)
		std::printf("%s: %s, %s, %d messages\n", info.drive,
			    nb_plan_name(plan.plan), nb_err_name(err), messages);
	return nb_exit_status(err);
}
