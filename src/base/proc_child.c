/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/proc_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/fd.h"
#include "base/os.h"
#include "base/str.h"
#include "base/user.h"

#define PIPE_SIZE (1 << 20)

struct variables NB_ARRAY(char *);

/* Everything that the child needs, prepared before the fork. */
struct start {
	const struct nb_proc *spec;
	char *path; /* of the program */
	struct nb_user user;
	struct variables env;
	pid_t parent;
	int null, out[2], err[2];
	int status[2]; /* why the child failed */
	sigset_t mask; /* of the parent */
};

/* What a child that cannot start reports. */
struct failure {
	enum { AT_STREAMS, AT_USER, AT_EXEC } step;
	int error;
};

static bool
is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

/* What the program is for, if its name in messages also says which it is. */
static const char *
named(const struct nb_proc *spec)
{
	return spec->name && strstr(spec->name, spec->argv[0]) ? spec->name
							       : NULL;
}

enum nb_err
nb_proc_find(const char *object, const char *name, char **out)
{
	const char *path = getenv("PATH");
	char *found = NULL;
	enum nb_err err = NB_OK;

	if (strchr(name, '/'))
		return nb_str_dup(name, out);
	if (!path || !*path)
		path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		       "/sbin:/bin";
	for (const char *p = path; !err; p++) {
		size_t n = strcspn(p, ":");

		err = nb_str_format(&found, "%.*s%s%s", (int)n, p,
				    n ? "/" : "./", name);
		if (!err && is_program(found)) {
			*out = found;
			return NB_OK;
		}
		free(found);
		found = NULL;
		p += n;
		if (!*p)
			return nb_fail(NB_ENOTFOUND,
				       "%s: program not found in PATH",
				       object ? object : name);
	}
	return err;
}

static bool
is_set(const char *variable, const char *const *list)
{
	size_t n = strcspn(variable, "=") + 1;

	for (; list && *list; list++)
		if (!strncmp(*list, variable, n))
			return true;
	return false;
}

static enum nb_err
add_variable(struct variables *env, const char *name, const char *value)
{
	char *text = NULL;
	enum nb_err err = nb_str_format(&text, "%s%s", name, value);

	if (!err)
		err = nb_array_push(env, text);
	if (err)
		free(text);
	return err;
}

/* Our environment, what the caller adds, the C locale, and the user's home. */
static enum nb_err
make_environment(struct start *s)
{
	const char *const *add = s->spec->environ_add;
	bool other = s->spec->run_as != NULL;
	const struct {
		const char *name, *value;
		bool wanted;
	} own[] = {
		{ "LC_ALL=", "C", true },
		{ "HOME=", s->user.home, other },
		{ "USER=", s->user.name, other },
		{ "LOGNAME=", s->user.name, other },
	};
	const char *names[5] = { NULL };
	enum nb_err err = NB_OK;
	size_t count = 0;

	for (size_t i = 0; !err && i < 4; i++)
		if (own[i].wanted && !is_set(own[i].name, add)) {
			names[count++] = own[i].name;
			err = add_variable(&s->env, own[i].name, own[i].value);
		}
	for (char **e = environ; !err && *e; e++)
		if (!is_set(*e, add) && !is_set(*e, names))
			err = add_variable(&s->env, *e, "");
	for (; !err && add && *add; add++)
		err = add_variable(&s->env, *add, "");
	return err ? err : nb_array_push(&s->env, NULL);
}

/* A pipe whose ends are above 2, so that the child can put them in place. */
static int
make_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC))
		return -1;
	for (int i = 0; i < 2; i++) {
		int high = fcntl(ends[i], F_DUPFD_CLOEXEC, 4);

		if (high < 0)
			return -1;
		nb_fd_close(&ends[i]);
		ends[i] = high;
	}
	return 0;
}

static enum nb_err
make_streams(struct start *s, const char *name)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	s->null = null < 0 ? -1 : fcntl(null, F_DUPFD_CLOEXEC, 4);
	nb_fd_close(&null);
	if (s->null < 0 || make_pipe(s->out) || make_pipe(s->err)
	    || make_pipe(s->status) || fcntl(s->out[0], F_SETFL, O_NONBLOCK)
	    || fcntl(s->err[0], F_SETFL, O_NONBLOCK))
		return nb_fail_errno(NB_EFAIL,
				     "%s: cannot set up its standard streams",
				     name);
	/* A larger pipe is faster; without the permission the result is the
	 * same. */
	fcntl(s->out[0], F_SETPIPE_SZ, PIPE_SIZE);
	return NB_OK;
}

static int
put_streams(struct start *s)
{
	int in = s->spec->stdin_fd < 0 ? s->null : s->spec->stdin_fd;

	if (in == 0 ? fcntl(0, F_SETFD, 0) : dup2(in, 0) < 0)
		return -1;
	if (dup2(s->out[1], 1) < 0 || dup2(s->err[1], 2) < 0
	    || dup3(s->status[1], 3, O_CLOEXEC) < 0)
		return -1;
	s->status[1] = 3;
	nb_os_close_from(4);
	return 0;
}

static void
reset_signals(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
run_child(struct start *s)
{
	struct failure failure = { .step = AT_STREAMS };

	setsid();
	if (put_streams(s))
		goto failed;
	failure.step = AT_USER;
	if (s->spec->run_as && (nb_user_become(&s->user) || chdir("/")))
		goto failed;
	/* The child ends with this process even if it is killed; changing users
	 * clears this. */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) || getppid() != s->parent)
		_exit(127);
	reset_signals();
	if (s->spec->function) {
		close(s->status[1]);
		environ = s->env.at;
		_exit(s->spec->function(s->spec->ctx));
	}
	failure.step = AT_EXEC;
	execve(s->path, (char *const *)(uintptr_t)s->spec->argv, s->env.at);
failed:
	failure.error = errno;
	(void)!write(s->status[1], &failure, sizeof failure);
	_exit(127);
}

/* Waits until the child runs its program or reports why it cannot. */
static enum nb_err
await_start(struct start *s, const char *name, pid_t pid)
{
	struct failure failure;

	if (nb_fd_read(s->status[0], &failure, sizeof failure)
	    != (ssize_t)sizeof failure)
		return NB_OK;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	errno = failure.error;
	if (failure.step == AT_USER)
		return nb_fail_errno(NB_EFAIL, "%s: cannot become %s", name,
				     s->user.name);
	if (failure.step == AT_STREAMS)
		return nb_fail_errno(NB_EFAIL,
				     "%s: cannot set up its standard streams",
				     name);
	return nb_fail_errno(errno == ENOENT ? NB_ENOTFOUND : NB_EFAIL,
			     "%s: cannot execute",
			     named(s->spec) ? named(s->spec) : s->path);
}

static enum nb_err
fork_child(struct start *s, const char *name, struct nb_child *out)
{
	sigset_t all;
	pid_t pid;
	enum nb_err err;

	/* No handler of ours may run in the child. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &s->mask);
	s->parent = getpid();
	pid = fork();
	if (pid == 0)
		run_child(s);
	pthread_sigmask(SIG_SETMASK, &s->mask, NULL);
	if (pid < 0)
		return nb_fail_errno(NB_EFAIL, "%s: cannot fork", name);
	nb_fd_close(&s->status[1]);
	err = await_start(s, name, pid);
	if (err)
		return err;
	out->pid = pid;
	out->pidfd = nb_os_pidfd(pid);
	out->out = s->out[0];
	out->err = s->err[0];
	s->out[0] = s->err[0] = -1;
	return NB_OK;
}

enum nb_err
nb_child_start(const struct nb_proc *spec, const char *name,
	       struct nb_child *out)
{
	struct start s = { .spec = spec,
			   .null = -1,
			   .out = { -1, -1 },
			   .err = { -1, -1 },
			   .status = { -1, -1 } };
	enum nb_err err = NB_OK;

	if (!spec->function)
		err = nb_proc_find(named(spec), spec->argv[0], &s.path);
	if (!err && spec->run_as)
		err = nb_user_find(spec->name, spec->run_as, &s.user);
	if (!err && spec->run_as && !nb_user_allowed(&s.user))
		err = nb_fail(NB_EFAIL, "%s: only root can become %s", name,
			      s.user.name);
	if (!err)
		err = make_environment(&s);
	if (!err)
		err = make_streams(&s, name);
	if (!err)
		err = fork_child(&s, name, out);
	nb_fd_close(&s.null);
	for (int i = 0; i < 2; i++) {
		nb_fd_close(&s.out[i]);
		nb_fd_close(&s.err[i]);
		nb_fd_close(&s.status[i]);
	}
	for (size_t i = 0; i < s.env.count; i++)
		free(s.env.at[i]);
	nb_array_free(&s.env);
	nb_user_free(&s.user);
	free(s.path);
	return err;
}
