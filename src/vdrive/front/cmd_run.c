/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/front/command.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vdrive/front/rundir.h"
#include "vdrive/front/serve.h"
#include "vdrive/front/options.h"
#include "vdrive/front/spawn.h"
#include "vdrive/station/station.h"
#include "vdrive/tcmu/target.h"

struct run {
	struct vf_station_options drives[VF_DRIVES_MAX];
	struct vf_node nodes[VF_DRIVES_MAX];
	char names[VF_DRIVES_MAX][16];
	struct vf_station *stations[VF_DRIVES_MAX];
	size_t count;
	const char *device; /* options of the next drive, or NULL */
	bool kernel;        /* create real device nodes */
	struct vk_target *targets[VF_DRIVES_MAX];
	struct vf_station_options common;
};

/* A disc for the last drive, which is created if DISC begins one. */
static int
add_disc(struct run *run, const char *disc)
{
	struct vf_station_options *drive;

	if (!run->count)
		return vf_usage("--add follows --disc or --empty", disc);
	drive = &run->drives[run->count - 1];
	if (drive->disc_count == VF_STACK_MAX)
		return vf_usage("too many discs for one drive", disc);
	drive->discs[drive->disc_count++] = disc;
	return 0;
}

static int
add_drive(struct run *run, const char *disc)
{
	if (run->count == VF_DRIVES_MAX)
		return vf_usage("too many drives", disc);
	run->drives[run->count++].device = run->device;
	run->device = NULL;
	return disc ? add_disc(run, disc) : 0;
}

static int
take_option(struct run *run, int option, const char *value)
{
	switch (option) {
	case VF_OPT_DISC:
		return add_drive(run, value);
	case VF_OPT_EMPTY:
		return add_drive(run, NULL);
	case VF_OPT_ADD:
		return add_disc(run, value);
	case VF_OPT_OPEN:
		if (!run->count)
			return vf_usage("follows --disc or --empty", "--open");
		run->drives[run->count - 1].open = true;
		return 0;
	case VF_OPT_DEVICE:
		if (*value != '/' || !value[1] || strchr(value, '\n')
		    || strlen(value) > 200)
			return vf_usage("not a short absolute path", value);
		run->device = value;
		return 0;
	case VF_OPT_FAULTS:
		run->common.faults = value;
		return 0;
	case VF_OPT_TRACE:
		run->common.trace = value;
		return 0;
	case VF_OPT_TIMING:
		run->common.timing = value;
		return 0;
	case VF_OPT_DRIVE:
		run->common.personality = value;
		return 0;
	case VF_OPT_POWER_LOSS:
		run->common.power_loss = true;
		return 0;
	case VF_OPT_KERNEL:
		run->kernel = true;
		return 0;
	case VF_OPT_HURRY:
		setenv(VF_ENV_HURRY, VF_HURRY, 1);
		return 0;
	default:
		return VF_EXIT_USAGE;
	}
}

static bool
is_taken(const struct run *run, const char *name)
{
	for (size_t i = 0; i < run->count; i++)
		if (run->drives[i].device
		    && !strcmp(run->drives[i].device, name))
			return true;
	return false;
}

static bool
names_one(const struct run *run)
{
	for (size_t i = 0; i < run->count; i++)
		if (run->drives[i].device)
			return true;
	return false;
}

/* Names the drives that have no name, and copies the common options to all. */
static void
complete(struct run *run)
{
	unsigned int next = 0;

	for (size_t i = 0; i < run->count; i++) {
		struct vf_station_options *drive = &run->drives[i];

		while (!drive->device) {
			snprintf(run->names[i], sizeof *run->names, "/dev/sr%u",
				 next++);
			if (!is_taken(run, run->names[i]))
				drive->device = run->names[i];
		}
		drive->faults = run->common.faults;
		drive->trace = run->common.trace;
		drive->timing = run->common.timing;
		drive->personality = run->common.personality;
		drive->power_loss = run->common.power_loss;
		run->nodes[i].device = drive->device;
		run->nodes[i].minor = (unsigned int)i;
		if (sscanf(drive->device, "/dev/sr%3u", &run->nodes[i].minor)
		    != 1)
			run->nodes[i].minor = 100 + (unsigned int)i;
	}
}

static int
parse(struct run *run, int argc, char **argv)
{
	int option, status;

	while ((option = vf_option_next("", argc, argv)) != -1) {
		status = take_option(run, option, optarg);
		if (status)
			return status;
	}
	if (optind == argc)
		return vf_usage("a command is missing", NULL);
	if (run->kernel && (run->device || names_one(run)))
		return vf_usage("cannot be combined with --kernel", "--device");
	if (!run->count)
		add_drive(run, NULL);
	complete(run);
	return 0;
}

/* The library: in the directory of this program in a build tree, otherwise as
 * installed. */
static int
find_preload(char out[PATH_MAX])
{
	static const char *const beside[] = { ".libs", "../lib/nightburn",
					      "../lib64/nightburn" };
	const char *given = getenv("VDRIVE_PRELOAD");
	char program[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);

	if (given)
		return snprintf(out, PATH_MAX, "%s", given) >= PATH_MAX;
	program[n < 0 ? 0 : n] = '\0';
	if (n > 0)
		*strrchr(program, '/') = '\0';
	for (size_t i = 0; i < sizeof beside / sizeof *beside; i++)
		if (snprintf(out, PATH_MAX, "%s/%s/libvdrive-preload.so",
			     program, beside[i])
			    < PATH_MAX
		    && !access(out, R_OK))
			return 0;
	snprintf(out, PATH_MAX, "%s/libvdrive-preload.so", VF_PKGLIBDIR);
	return access(out, R_OK);
}

static int
fail(const char *what, int error)
{
	fprintf(stderr, "vdrive: %s: %s\n", what, strerror(error));
	return VF_EXIT_FAILED;
}

static int
run_command(struct run *run, const struct vf_rundir *directory,
	    char *const argv[])
{
	char preload[PATH_MAX];
	pid_t pid;
	int error = vf_serve_listen(directory), status;

	if (error)
		return fail("cannot listen", error);
	if (!run->kernel && find_preload(preload))
		return fail(preload, ENOENT);
	pid = vf_spawn(argv, run->kernel ? NULL : preload, directory);
	if (pid < 0)
		return fail(argv[0], errno);
	for (size_t i = 0; run->kernel && i < run->count; i++)
		vk_target_client(run->targets[i], pid);
	error = vf_serve_start(run->stations, run->count);
	if (error) {
		fail("cannot start a thread", error);
		kill(pid, SIGKILL);
	}
	status = vf_spawn_wait(pid);
	if (!error)
		vf_serve_stop();
	return error ? VF_EXIT_FAILED : status;
}

/* A command that was written for virtual drives must not find a real one
 * there. */
static int
check_name(const char *want, const char *got)
{
	if (!strcmp(want, got))
		return 0;
	fprintf(stderr,
		"vdrive: %s: the kernel names it %s\n"
		"hint: --kernel requires a machine without other recorders\n",
		want, got);
	return VF_EXIT_FAILED;
}

static int
open_drives(struct run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		if (vf_station_open(&run->drives[i], &run->stations[i]))
			return VF_EXIT_FAILED;
		if (!run->kernel)
			continue;
		if (vk_target_open(run->stations[i], (unsigned int)i,
				   &run->targets[i])
		    || check_name(run->drives[i].device,
				  vk_target_device(run->targets[i])))
			return VF_EXIT_FAILED;
	}
	return 0;
}

static int
close_drives(struct run *run, int status)
{
	for (size_t i = 0; i < run->count; i++) {
		vk_target_close(run->targets[i]);
		if (vf_station_close(run->stations[i]) && !status)
			status = VF_EXIT_FAILED;
	}
	return status;
}

int
vf_command_run(int argc, char **argv)
{
	struct run run = { 0 };
	struct vf_rundir directory;
	int status = parse(&run, argc, argv), error;

	if (status)
		return status;
	vf_spawn_prepare();
	status = open_drives(&run);
	if (!status) {
		error = vf_rundir_make(run.nodes, run.count, &directory);
		if (error) {
			status = fail("cannot make a runtime directory", error);
		} else {
			status = run_command(&run, &directory, argv + optind);
			vf_rundir_remove(&directory);
		}
	}
	return close_drives(&run, status);
}
