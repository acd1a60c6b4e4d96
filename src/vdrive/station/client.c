/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/station/client.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* Descriptors from here on are out of the way of programs that count theirs. */
#define HIGH_FD 700

struct link {
	pthread_mutex_t lock;
	int fd;
	dev_t dev; /* identity of the socket: a program may close descriptors
		      that are not its own */
	ino_t ino;
	uint8_t *data;
};

static struct link links[VF_DRIVES_MAX];
static char socket_path[sizeof((struct sockaddr_un *)0)->sun_path];

/* System calls whose C functions the library itself interposes. */
static int
raw_close(int fd)
{
	return (int)syscall(SYS_close, fd);
}

static int
raw_fstat(int fd, struct stat *st)
{
#ifdef SYS_newfstatat
	return (int)syscall(SYS_newfstatat, fd, "", st, AT_EMPTY_PATH);
#else
	return fstat(fd, st); /* 32 bits: the library is not used there */
#endif
}

static void *
raw_map(int fd)
{
#ifdef SYS_mmap2
	long at = syscall(SYS_mmap2, NULL, (size_t)VF_DATA_MAX,
			  PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0L);
#else
	long at = syscall(SYS_mmap, NULL, (size_t)VF_DATA_MAX,
			  PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0L);
#endif

	return at == -1 ? NULL : (void *)at;
}

/* True if the descriptor is still ours. */
static bool
is_alive(const struct link *link)
{
	struct stat st;

	return link->fd >= 0 && !raw_fstat(link->fd, &st)
		&& st.st_dev == link->dev && st.st_ino == link->ino;
}

/* In a child: the connections are the parent's, and the locks may be held
 * there. */
static void
reset_links(void)
{
	for (int i = 0; i < VF_DRIVES_MAX; i++) {
		pthread_mutex_init(&links[i].lock, NULL);
		if (is_alive(&links[i]))
			raw_close(links[i].fd);
		if (links[i].data)
			munmap(links[i].data, VF_DATA_MAX);
		links[i].fd = -1;
		links[i].data = NULL;
	}
}

void
vf_client_init(const char *run)
{
	snprintf(socket_path, sizeof socket_path, "%s/socket", run);
	for (int i = 0; i < VF_DRIVES_MAX; i++)
		links[i].fd = -1;
	reset_links();
	pthread_atfork(NULL, NULL, reset_links);
}

/* Receives the hello: one byte, and the descriptor of the shared memory. */
static int
receive_memory(int fd)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = { .msg_iov = &iov,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof control };
	struct cmsghdr *part;
	ssize_t got;
	int memory;

	do
		got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	part = got == 1 ? CMSG_FIRSTHDR(&message) : NULL;
	if (!part || part->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&memory, CMSG_DATA(part), sizeof memory);
	return memory;
}

static int
open_link(struct link *link)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat st;
	int fd, high, memory;

	if (is_alive(link))
		return 0;
	link->fd = -1;
	if (link->data)
		munmap(link->data, VF_DATA_MAX);
	link->data = NULL;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return ENODEV;
	high = (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, HIGH_FD);
	if (high >= 0) {
		raw_close(fd);
		fd = high;
	}
	strcpy(address.sun_path, socket_path);
	if (connect(fd, (struct sockaddr *)&address, sizeof address)
	    || (memory = receive_memory(fd)) < 0) {
		raw_close(fd);
		return ENODEV;
	}
	link->data = raw_map(memory);
	raw_close(memory);
	if (!link->data || raw_fstat(fd, &st)) {
		raw_close(fd);
		return ENOMEM;
	}
	link->dev = st.st_dev;
	link->ino = st.st_ino;
	link->fd = fd;
	return 0;
}

static int
exchange(struct link *link, const struct vf_request *request,
	 struct vf_reply *reply)
{
	size_t length =
		offsetof(struct vf_request, text) + strlen(request->text) + 1;
	ssize_t n;

	do
		n = send(link->fd, request, length, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)length)
		return ENODEV;
	do
		n = recv(link->fd, reply, sizeof *reply, 0);
	while (n < 0 && errno == EINTR);
	if (n < (ssize_t)offsetof(struct vf_reply, text) + 1)
		return ENODEV;
	return reply->error;
}

static void
gather(uint8_t *data, const struct iovec *iov, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		memcpy(data, iov[i].iov_base, iov[i].iov_len);
		data += iov[i].iov_len;
	}
}

static void
scatter(const uint8_t *data, size_t length, const struct iovec *iov, size_t n)
{
	for (size_t i = 0; i < n && length; i++) {
		size_t part = iov[i].iov_len < length ? iov[i].iov_len : length;

		memcpy(iov[i].iov_base, data, part);
		data += part;
		length -= part;
	}
}

int
vf_client_call(const struct vf_request *request, const struct iovec *iov,
	       size_t n, struct vf_reply *reply)
{
	struct link *link = &links[request->drive];
	sigset_t all, old;
	int error;

	if (request->length > VF_DATA_MAX)
		return EINVAL;
	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGABRT);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	pthread_mutex_lock(&link->lock);
	error = open_link(link);
	if (!error && request->direction == VF_TO_DRIVE)
		gather(link->data, iov, n);
	if (!error)
		error = exchange(link, request, reply);
	if (!error && request->direction == VF_FROM_DRIVE)
		scatter(link->data, reply->transferred, iov, n);
	pthread_mutex_unlock(&link->lock);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return error;
}

unsigned int
vf_sense_code(const struct vf_reply *reply)
{
	const uint8_t *s = reply->sense;

	if (reply->sense_length < 4)
		return 0;
	if ((s[0] & 0x7e) == 0x72)
		return (s[1] & 15u) << 16 | (unsigned int)s[2] << 8 | s[3];
	if (reply->sense_length < 14)
		return (s[2] & 15u) << 16;
	return (s[2] & 15u) << 16 | (unsigned int)s[12] << 8 | s[13];
}

/* Converts a failed command to errno, like the kernel's block layer. */
static int
errno_of(const struct vf_reply *reply)
{
	unsigned int code = vf_sense_code(reply);

	if (reply->host == VF_HOST_NO_CONNECT)
		return ENODEV;
	if (reply->host != VF_HOST_OK)
		return EIO;
	if (!reply->status)
		return 0;
	if (code >> 8 == 0x023a)
		return ENOMEDIUM;
	if (code >> 16 == 7)
		return EROFS;
	return EIO;
}

int
vf_client_run(const struct vf_command *command, struct vf_reply *reply)
{
	struct vf_request request = { .op = VF_COMMAND };
	struct iovec iov = { command->data, command->length };
	struct vf_reply own;
	int error;

	if (!reply)
		reply = &own;
	request.drive = command->drive;
	request.direction = command->direction;
	request.length = (uint32_t)command->length;
	request.timeout_ms = 30000;
	request.cdb_length = (uint32_t)command->cdb_length;
	memcpy(request.cdb, command->cdb, command->cdb_length);
	for (int tries = 0; tries < 5; tries++) {
		error = vf_client_call(&request, &iov, 1, reply);
		if (error)
			return error;
		if (vf_sense_code(reply) >> 16 != 6)
			break;
	}
	return errno_of(reply);
}
