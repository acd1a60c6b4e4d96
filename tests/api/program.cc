// SPDX-License-Identifier: GPL-2.0-or-later
// A program in C++ that looks at a disc through libnightburn.
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
	nb_disc_info info = {};
	int messages = 0;
	nb_err err = NB_EUSAGE;

	nb_set_log(count_message, &messages);
	if (argc == 2)
		err = nb_open(argv[1], &nb);
	if (!err)
		err = nb_disc(nb, nullptr, &info);
	nb_close(nb);
	if (!err)
		std::printf("%s: %s, %d messages\n", info.drive, nb_err_name(err),
			    messages);
	return nb_exit_status(err);
}
