/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/hasher.h"

#include <pthread.h>
#include <stdlib.h>

#define PIECES 16
#define PAGE 4096

struct piece {
	uint8_t *data;
	void *owner;
	size_t n;
	bool last;
};

struct nb_hasher {
	nb_hasher_fn *fn;
	void *ctx;
	struct nb_sha256 *sha256;
	struct piece pieces[PIECES];
	uint64_t given, hashed; /* pieces between the two threads */
	bool reset, quit, started;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
};

static void
hash_piece(struct nb_hasher *h, const struct piece *piece, bool reset)
{
	uint8_t digest[NB_SHA256_SIZE];

	if (reset)
		nb_sha256_finish(h->sha256, digest);
	nb_sha256_add(h->sha256, piece->data, piece->n);
	if (piece->last) {
		nb_sha256_finish(h->sha256, digest);
		h->fn(h->ctx, piece->owner, digest);
	}
}

static void *
work(void *arg)
{
	struct nb_hasher *h = arg;

	pthread_mutex_lock(&h->lock);
	for (;;) {
		bool reset;

		while (!h->quit && h->hashed == h->given)
			pthread_cond_wait(&h->changed, &h->lock);
		if (h->quit)
			break;
		reset = h->reset;
		h->reset = false;
		pthread_mutex_unlock(&h->lock);
		hash_piece(h, &h->pieces[h->hashed % PIECES], reset);
		pthread_mutex_lock(&h->lock);
		h->hashed++;
		pthread_cond_broadcast(&h->changed);
	}
	pthread_mutex_unlock(&h->lock);
	return NULL;
}

enum nb_err
nb_hasher_new(nb_hasher_fn *fn, void *ctx, struct nb_hasher **out)
{
	struct nb_hasher *h = calloc(1, sizeof *h);
	enum nb_err err;

	if (!h)
		return nb_fail_memory();
	h->fn = fn;
	h->ctx = ctx;
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->changed, NULL);
	err = nb_sha256_new(&h->sha256);
	for (size_t i = 0; !err && i < PIECES; i++) {
		h->pieces[i].data = aligned_alloc(PAGE, NB_PIECE);
		if (!h->pieces[i].data)
			err = nb_fail_memory();
	}
	if (!err && pthread_create(&h->thread, NULL, work, h))
		err = nb_fail(NB_EFAIL, "cannot start the hash thread");
	else if (!err)
		h->started = true;
	if (err)
		nb_hasher_free(h);
	else
		*out = h;
	return err;
}

void
nb_hasher_free(struct nb_hasher *h)
{
	if (!h)
		return;
	pthread_mutex_lock(&h->lock);
	h->quit = true;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
	if (h->started)
		pthread_join(h->thread, NULL);
	for (size_t i = 0; i < PIECES; i++)
		free(h->pieces[i].data);
	nb_sha256_free(h->sha256);
	pthread_mutex_destroy(&h->lock);
	pthread_cond_destroy(&h->changed);
	free(h);
}

uint8_t *
nb_hasher_piece(struct nb_hasher *h)
{
	pthread_mutex_lock(&h->lock);
	while (h->given - h->hashed >= PIECES - 1)
		pthread_cond_wait(&h->changed, &h->lock);
	pthread_mutex_unlock(&h->lock);
	return h->pieces[h->given % PIECES].data;
}

void
nb_hasher_give(struct nb_hasher *h, void *owner, size_t n, bool last)
{
	struct piece *piece = &h->pieces[h->given % PIECES];

	piece->owner = owner;
	piece->n = n;
	piece->last = last;
	pthread_mutex_lock(&h->lock);
	h->given++;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

void
nb_hasher_wait(struct nb_hasher *h)
{
	pthread_mutex_lock(&h->lock);
	while (h->hashed != h->given)
		pthread_cond_wait(&h->changed, &h->lock);
	pthread_mutex_unlock(&h->lock);
}

void
nb_hasher_reset(struct nb_hasher *h)
{
	nb_hasher_wait(h);
	pthread_mutex_lock(&h->lock);
	h->reset = true;
	pthread_mutex_unlock(&h->lock);
}
