#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""on_terminal.py COMMAND...: runs it on a terminal of 80 columns, prints what it
printed there, and ends with its exit status."""
import fcntl
import os
import pty
import struct
import sys
import termios

pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
data = b""
try:
    while part := os.read(terminal, 65536):
        data += part
except OSError:
    pass
# Progress is drawn over.
for line in data.replace(b"\r\n", b"\n").split(b"\n")[:-1]:
    sys.stdout.buffer.write(line.split(b"\r\033[K")[-1] + b"\n")
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
