# SPDX-License-Identifier: GPL-2.0-or-later
"""Several worlds at a time, each process with clusters of its own."""
import contextlib
import json
import os
import select
import signal


def child(run, seeds, out):
    with os.fdopen(out, "w", encoding="utf-8") as told, \
            contextlib.closing(run(seeds)) as results:
        for result in results:
            print(json.dumps(result), file=told, flush=True)


def start(run, seeds, others):
    """(its process, what reads its results)"""
    inlet, outlet = os.pipe()
    pid = os.fork()
    if pid:
        os.close(outlet)
        return pid, os.fdopen(inlet, encoding="utf-8")
    status = 1
    try:
        for _, reader in others:
            reader.close()
        os.close(inlet)
        child(run, seeds, outlet)
        status = 0
    finally:
        os._exit(status)


def shared(run, seeds, jobs):
    """What RUN, called with a part of the seeds in each process, yields."""
    workers = []
    for k in range(min(jobs, len(seeds))):
        workers.append(start(run, seeds[k::jobs], workers))
    try:
        while workers:
            ready = select.select([r for _, r in workers], [], [])[0]
            for worker in [w for w in workers if w[1] in ready]:
                line = worker[1].readline()
                if line:
                    yield json.loads(line)
                    continue
                workers.remove(worker)
                worker[1].close()
                if os.waitpid(worker[0], 0)[1]:
                    raise RuntimeError("a process ended early")
    finally:
        for pid, _ in workers:
            os.kill(pid, signal.SIGTERM)
        for pid, _ in workers:
            os.waitpid(pid, 0)
