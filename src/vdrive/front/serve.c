/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/front/serve.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct client {
	struct client *next;
	int fd;
	pid_t pid;
	void *data;
};

static struct {
	int listener;
	struct vf_station *const *stations;
	size_t station_count;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t gone;
	struct client *clients;
} server = { .listener = -1,
	     .lock = PTHREAD_MUTEX_INITIALIZER,
	     .gone = PTHREAD_COND_INITIALIZER };

int
vf_serve_listen(const struct vf_rundir *run)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return errno;
	snprintf(address.sun_path, sizeof address.sun_path, "%s/socket",
		 run->path);
	if (bind(fd, (struct sockaddr *)&address, sizeof address)
	    || listen(fd, 64)) {
		int error = errno;

		close(fd);
		return error;
	}
	server.listener = fd;
	return 0;
}

/* The hello: one byte, and the descriptor of the memory for data. */
static int
send_memory(int fd, int memory)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	char byte = 'v';
	struct iovec iov = { &byte, 1 };
	struct msghdr message = { .msg_iov = &iov,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof control.bytes };
	struct cmsghdr *part = CMSG_FIRSTHDR(&message);

	part->cmsg_level = SOL_SOCKET;
	part->cmsg_type = SCM_RIGHTS;
	part->cmsg_len = CMSG_LEN(sizeof memory);
	memcpy(CMSG_DATA(part), &memory, sizeof memory);
	return sendmsg(fd, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

static int
share_memory(struct client *client)
{
	int memory = memfd_create("vdrive", MFD_CLOEXEC), result = -1;

	if (memory < 0 || ftruncate(memory, VF_DATA_MAX))
		goto out;
	client->data = mmap(NULL, VF_DATA_MAX, PROT_READ | PROT_WRITE,
			    MAP_SHARED, memory, 0);
	if (client->data == MAP_FAILED)
		client->data = NULL;
	else
		result = send_memory(client->fd, memory);
out:
	if (memory >= 0)
		close(memory);
	return result;
}

static void
forget(struct client *client)
{
	struct client **p = &server.clients;

	pthread_mutex_lock(&server.lock);
	while (*p != client)
		p = &(*p)->next;
	*p = client->next;
	close(client->fd);
	pthread_cond_signal(&server.gone);
	pthread_mutex_unlock(&server.lock);
	if (client->data)
		munmap(client->data, VF_DATA_MAX);
	free(client);
}

static bool
is_sound(const struct vf_request *request, ssize_t got)
{
	return got > (ssize_t)offsetof(struct vf_request, text)
		&& memchr(request->text, '\0',
			  (size_t)got - offsetof(struct vf_request, text))
		&& request->drive < server.station_count
		&& request->length <= VF_DATA_MAX
		&& request->cdb_length <= VF_CDB_MAX;
}

static void *
attend(void *argument)
{
	struct client *client = argument;
	struct vf_request request;
	struct vf_reply reply;
	ssize_t got;

	if (share_memory(client))
		goto out;
	for (;;) {
		memset(&reply, 0, offsetof(struct vf_reply, text) + 1);
		got = recv(client->fd, &request, sizeof request, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		if (is_sound(&request, got))
			vf_station_answer(server.stations[request.drive],
					  &request, client->data, client->fd,
					  client->pid, &reply);
		else
			reply.error = EINVAL;
		if (send(client->fd, &reply,
			 offsetof(struct vf_reply, text) + strlen(reply.text)
				 + 1,
			 MSG_NOSIGNAL)
		    < 0)
			break;
	}
out:
	forget(client);
	return NULL;
}

static void
welcome(int fd)
{
	struct client *client = calloc(1, sizeof *client);
	struct ucred peer = { 0 };
	socklen_t n = sizeof peer;
	pthread_attr_t attributes;
	pthread_t thread;
	bool started;

	if (!client) {
		close(fd);
		return;
	}
	client->fd = fd;
	if (!getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n))
		client->pid = peer.pid;
	pthread_mutex_lock(&server.lock);
	client->next = server.clients;
	server.clients = client;
	pthread_mutex_unlock(&server.lock);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	started = !pthread_create(&thread, &attributes, attend, client);
	pthread_attr_destroy(&attributes);
	if (!started)
		forget(client);
}

static void *
accept_all(void *argument)
{
	int fd;

	(void)argument;
	for (;;) {
		fd = accept4(server.listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			welcome(fd);
		else if (errno != EINTR && errno != ECONNABORTED)
			return NULL;
	}
}

int
vf_serve_start(struct vf_station *const *stations, size_t n)
{
	server.stations = stations;
	server.station_count = n;
	return pthread_create(&server.thread, NULL, accept_all, NULL);
}

void
vf_serve_stop(void)
{
	shutdown(server.listener, SHUT_RDWR);
	pthread_join(server.thread, NULL);
	close(server.listener);
	pthread_mutex_lock(&server.lock);
	for (struct client *c = server.clients; c; c = c->next)
		shutdown(c->fd, SHUT_RDWR);
	while (server.clients)
		pthread_cond_wait(&server.gone, &server.lock);
	pthread_mutex_unlock(&server.lock);
}
