#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sends commands to /dev/sr0 by SG_IO and says what came of each.

sgio.py [STEP...]: a step is "COMMAND = ANSWER", and fails when another answer
comes, or "COMMAND" alone, whose answer does not matter, or "! SHELL COMMAND".
Blocks are written with a content that depends on their address, and "read"
answers how what is read differs from it.  Where TRACE names the trace of the
recorder, its last line has to tell of the same command and the same answer.
"""
import ctypes
import errno
import fcntl
import json
import os
import subprocess
import sys
import time

SG_IO = 0x2285
NONE, TO_DRIVE, FROM_DRIVE = -1, -2, -3
BLOCK = 2048
TIMEOUT = int(os.environ.get("SG_TIMEOUT", "20000"))  # milliseconds


class Header(ctypes.Structure):
    _fields_ = [
        ("interface_id", ctypes.c_int), ("direction", ctypes.c_int),
        ("cmd_len", ctypes.c_ubyte), ("mx_sb_len", ctypes.c_ubyte),
        ("iovec_count", ctypes.c_ushort), ("dxfer_len", ctypes.c_uint),
        ("dxferp", ctypes.c_void_p), ("cmdp", ctypes.c_void_p),
        ("sbp", ctypes.c_void_p), ("timeout", ctypes.c_uint),
        ("flags", ctypes.c_uint), ("pack_id", ctypes.c_int),
        ("usr_ptr", ctypes.c_void_p), ("status", ctypes.c_ubyte),
        ("masked_status", ctypes.c_ubyte), ("msg_status", ctypes.c_ubyte),
        ("sb_len_wr", ctypes.c_ubyte), ("host_status", ctypes.c_ushort),
        ("driver_status", ctypes.c_ushort), ("resid", ctypes.c_int),
        ("duration", ctypes.c_uint), ("info", ctypes.c_uint)]


def send(fd, cdb, direction=NONE, data=b""):
    """(answer, data): the answer is "good" or how the command failed."""
    command = ctypes.create_string_buffer(bytes(cdb), len(cdb))
    sense = ctypes.create_string_buffer(64)
    buffer = ctypes.create_string_buffer(bytes(data), max(len(data), 1))
    h = Header(
        interface_id=ord("S"), direction=direction, cmd_len=len(cdb),
        mx_sb_len=64, dxfer_len=len(data), timeout=TIMEOUT,
        dxferp=ctypes.addressof(buffer), cmdp=ctypes.addressof(command),
        sbp=ctypes.addressof(sense))
    try:
        fcntl.ioctl(fd, SG_IO, h)
    except OSError as error:
        return errno.errorcode[error.errno].lower(), b""
    got = buffer.raw[:len(data) - h.resid]
    if h.host_status:
        return {3: "timeout"}.get(h.host_status, "host %d" % h.host_status), b""
    if h.status == 0:
        return "good", got
    s = sense.raw
    answer = "%x/%02x/%02x" % (s[2] & 15, s[12], s[13])
    if s[15] & 0x80:
        answer += " %d%%" % round((s[16] << 8 | s[17]) * 100 / 65536)
    return answer, got


def be(value, n):
    return list(value.to_bytes(n, "big"))


def content(lba, count):
    return b"".join(b"%08d" % i * (BLOCK // 8) for i in range(lba, lba + count))


def write(fd, lba, count=16):
    return send(fd, [0x2A, 0, *be(lba, 4), 0, *be(count, 2), 0], TO_DRIVE,
                content(lba, count))[0]


def audio(fd, lba, count):
    """A track of one tone, by the write parameters page."""
    page = [0x05, 50, 0x41, 0xC0, 0, *[0] * 47]
    answer = send(fd, [0x55, 0x10, *[0] * 5, 0, 60, 0], TO_DRIVE,
                  bytes([0] * 8 + page))[0]
    if answer != "good":
        return answer
    return send(fd, [0x2A, 0, *be(lba, 4), 0, *be(count, 2), 0], TO_DRIVE,
                b"tone" * (count * 588))[0]


def listen(fd, lba, count):
    answer, got = send(fd, [0xBE, 4, *be(lba, 4), *be(count, 3), 0x10, 0, 0],
                       FROM_DRIVE, bytes(count * 2352))
    if answer != "good":
        return answer
    return "good" if got == b"tone" * (count * 588) else "silence"


def read(fd, lba, count=16):
    answer, got = send(fd, [0x28, 0, *be(lba, 4), 0, *be(count, 2), 0],
                       FROM_DRIVE, bytes(count * BLOCK))
    want = content(lba, count)
    if answer != "good" or got == want:
        return answer
    if len(got) < len(want):
        return "%d of %d bytes" % (len(got), len(want))
    if not any(got):
        return "zeros"
    bits = sum(bin(a ^ b).count("1") for a, b in zip(got, want))
    return "other blocks" if bits > 1 else "%d bit differs" % bits


def serial(fd):
    answer, got = send(fd, [0x12, 1, 0x80, 0, 20, 0], FROM_DRIVE, bytes(20))
    return got[4:].decode().strip() if answer == "good" else answer


def info(fd):
    answer, got = send(fd, [0x51, *[0] * 7, 34, 0], FROM_DRIVE, bytes(34))
    state = ["empty", "appendable", "complete", "other"]
    return state[got[2] & 3] if answer == "good" and got else answer


def capacity(fd):
    answer, got = send(fd, [0x25, *[0] * 9], FROM_DRIVE, bytes(8))
    if answer != "good" or len(got) < 8:
        return answer if got or answer != "good" else "nothing"
    return str(int.from_bytes(got[:4], "big") + 1)


def track(fd, number):
    answer, got = send(fd, [0x52, 1, *be(number, 4), 0, 0, 48, 0], FROM_DRIVE,
                       bytes(48))
    if answer != "good" or len(got) < 7:
        return answer
    return "damaged" if got[5] & 0x20 else "writable" if got[7] & 1 else "good"


def mode(fd, kind):
    """Write type: 0 packet, 1 track at once, 2 session at once."""
    page = [0x05, 50, 0x40 | kind, 0xC4, 8, *[0] * 47]
    return send(fd, [0x55, 0x10, *[0] * 5, 0, 60, 0], TO_DRIVE,
                bytes([0] * 8 + page))[0]


def plain(*cdb):
    return lambda fd: send(fd, cdb)[0]


def expect_in_time(fd, seconds, *step):
    """Sends the step until it is good, at most so long; the last answer."""
    end = time.monotonic() + float(seconds)
    while True:
        answer = run(fd, step)
        if answer == "good" or time.monotonic() > end:
            return answer
        time.sleep(0.01)


COMMANDS = {
    "ready": plain(*[0] * 6),
    "opc": plain(0x54, 1, *[0] * 8),
    "sync": plain(0x35, *[0] * 9),
    "blank": plain(0xA1, 0x11, *[0] * 10),
    "close": lambda fd, function=2, number=0: send(
        fd, [0x5B, 0, function, 0, *be(number, 2), 0, 0, 0, 0])[0],
    "format": lambda fd, kind=0x26: send(
        fd, [0x04, 0x11, 0, 0, 0, 0], TO_DRIVE,
        [0, 2, 0, 8, *[0xFF] * 4, kind << 2, 0, 0, 0])[0],
    "toc": lambda fd: send(fd, [0x43, *[0] * 7, 12, 0], FROM_DRIVE,
                           bytes(12))[0],
    "write": write, "read": read, "audio": audio, "listen": listen,
    "serial": serial, "info": info, "capacity": capacity, "track": track,
    "mode": mode, "within": expect_in_time,
}


def run(fd, words):
    numbers = [int(w) if str(w).isdecimal() else w for w in words[1:]]
    return COMMANDS[words[0]](fd, *numbers)


def traced(answer):
    """What the last line of the trace says, as send() would."""
    with open(os.environ["TRACE"], encoding="ascii") as file:
        line = json.loads(file.readlines()[-1])
    if "end" in line:
        return {"hang": "timeout", "detached": "enodev"}.get(line["end"],
                                                             line["end"])
    if line["status"]:
        return "%x/%02x/%02x" % (line["key"], line["asc"], line["ascq"])
    failed = "/" in answer or answer in ("timeout", "enodev")
    return "good" if failed else answer


def main():
    fd = os.open("/dev/sr0", os.O_RDWR | os.O_NONBLOCK)
    failed = False
    for step in sys.argv[1:]:
        if step.startswith("!"):
            failed |= subprocess.call(step[1:], shell=True) != 0
            continue
        command, _, want = (part.strip() for part in step.partition("="))
        answer = run(fd, command.split())
        print("%s = %s" % (command, answer), flush=True)
        if want and answer != want:
            print("    but %s was expected" % want)
            failed = True
        told = traced(answer) if "TRACE" in os.environ else answer
        if told != answer.partition(" ")[0] and told != answer:
            print("    but the trace says %s" % told)
            failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main())
