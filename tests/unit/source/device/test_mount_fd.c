/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mounts as descriptors, where the C library lacks the calls and where the
 * kernel does.
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "source/device/loop.h"
#include "source/volume/filesystem.h"

/* The fallback, whatever the C library has. */
#undef HAVE_FSMOUNT
#define HAVE_FSMOUNT 0
#include "source/device/mount_fd.h"

static char *
read_file(const char *path)
{
	char *text = NULL;
	size_t n;

	nb_assert_ok(nb_fd_load(AT_FDCWD, path, 1 << 20, &text, &n));
	return text;
}

static int
mount_tmpfs(int context)
{
	int fd = -1;

	if (!fsconfig(context, FSCONFIG_SET_STRING, "size", "1m", 0)
	    && !fsconfig(context, FSCONFIG_SET_FLAG, "no-such-option", NULL, 0))
		ck_abort_msg("an option that does not exist was accepted");
	ck_assert_int_eq(errno, EINVAL);
	if (!fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		fd = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV);
	return fd;
}

/* Without the permission to mount, the kernel has to refuse the call itself. */
START_TEST(the_fallback_mounts_without_a_mount_point)
{
	char *before = read_file("/proc/self/mountinfo"), *after;
	int context = fsopen("tmpfs", FSOPEN_CLOEXEC), fd, file;
	struct stat here, there;

	if (context < 0) {
		ck_assert_int_eq(errno, EPERM);
		ck_assert_uint_ne(geteuid(), 0);
		free(before);
		return;
	}
	ck_assert_int_ne(fcntl(context, F_GETFD) & FD_CLOEXEC, 0);
	fd = mount_tmpfs(context);
	ck_assert_int_ge(fd, 0);
	file = openat(fd, "file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(write(file, "x", 1), 1);
	ck_assert_int_eq(fstat(file, &there), 0);
	ck_assert_int_eq(stat(nb_test_dir(), &here), 0);
	ck_assert_uint_ne(here.st_dev, there.st_dev);
	after = read_file("/proc/self/mountinfo");
	ck_assert_str_eq(before, after);
	close(file);
	close(fd);
	close(context);
	free(before);
	free(after);
}
END_TEST

START_TEST(a_file_system_that_the_kernel_lacks_is_an_error)
{
	if (!geteuid()) {
		ck_assert_int_eq(fsopen("nosuchfs", FSOPEN_CLOEXEC), -1);
		ck_assert_int_eq(errno, ENODEV);
	}
	ck_assert_int_eq(fsmount(-1, 0, 0), -1);
	ck_assert_int_ne(errno, ENOSYS);
	ck_assert_int_eq(fsconfig(-1, FSCONFIG_CMD_CREATE, NULL, NULL, 0), -1);
	ck_assert_int_ne(errno, ENOSYS);
}
END_TEST

/* From now on this process has a kernel before 5.2. */
static void
forbid_fsopen(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fsopen, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { sizeof code / sizeof *code, code };

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program),
			 0);
	ck_assert_int_eq(fsopen("tmpfs", FSOPEN_CLOEXEC), -1);
	ck_assert_int_eq(errno, ENOSYS);
}

/* As much of a superblock as tells that it is ext4. */
static void
write_ext4(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	uint8_t super[1024] = { [4] = 64, [56] = 0x53, 0xef };

	super[76] = 1;    /* revision with features */
	super[92] = 0x04; /* has a journal */
	super[96] = 0x40; /* extents */
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, 65536), 0);
	ck_assert_int_eq(pwrite(fd, super, sizeof super, 1024), sizeof super);
	close(fd);
}

START_TEST(a_kernel_without_these_calls_is_named)
{
	const struct nb_mount_options options = { .retries = 0 };
	struct nb_filesystem fs = { .object = "lvm home",
				    .origin = "vg0/home",
				    .device = nb_test_path("ext4"),
				    .mount = &options };
	char expected[512], *type = NULL;
	int fd = -1;

	write_ext4(fs.device);
	nb_assert_ok(nb_filesystem_probe(&fs, &type));
	ck_assert_str_eq(type, "ext4");
	free(type);
	forbid_fsopen();
	snprintf(expected, sizeof expected,
		 "error: lvm home: %s cannot be mounted (ext4), tried 1 time: "
		 "Function not implemented\nhint: this needs Linux 5.2\n",
		 fs.device);
	nb_assert_fails(nb_filesystem_mount(&fs, &fd), NB_ESOURCE, expected);
	ck_assert_int_eq(fd, -1);
	nb_assert_fails(nb_loop_mount("bootarea sda", fs.device, "ext4", &fd),
			NB_EIO,
			"error: bootarea sda: cannot mount its ext4: Function "
			"not implemented\n");
	ck_assert_int_eq(fd, -1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mount_fd");
	TCase *c = nb_test_case("mount_fd", 10);

	tcase_add_test(c, the_fallback_mounts_without_a_mount_point);
	tcase_add_test(c, a_file_system_that_the_kernel_lacks_is_an_error);
	/* Last: the filter stays. */
	tcase_add_test(c, a_kernel_without_these_calls_is_named);
	suite_add_tcase(suite, c);
	return nb_test_main(suite);
}
