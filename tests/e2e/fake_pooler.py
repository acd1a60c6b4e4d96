#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fake_pooler.py OWN SERVER: what matters of a connection pooler.

Listens on the socket OWN and passes each connection on to the socket SERVER,
but refuses one that asks for options, as PgBouncer does."""
import os
import socket
import struct
import sys
import threading


def startup(client):
    head = client.recv(4, socket.MSG_WAITALL)
    if len(head) < 4:
        return None
    return head + client.recv(struct.unpack("!I", head)[0] - 4,
                              socket.MSG_WAITALL)


def refuse(client, text):
    fields = b"SFATAL\0VFATAL\0C08P01\0M" + text + b"\0\0"
    client.sendall(b"E" + struct.pack("!I", len(fields) + 4) + fields)
    client.close()


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client):
    message = startup(client)
    if message is None:
        return
    if b"options" in message[8:].split(b"\0")[::2]:
        refuse(client, b"unsupported startup parameter: options")
        return
    server = socket.socket(socket.AF_UNIX)
    server.connect(sys.argv[2])
    server.sendall(message)
    threading.Thread(target=copy, args=(server, client), daemon=True).start()
    copy(client, server)


listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
listener.listen(64)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],),
                     daemon=True).start()
