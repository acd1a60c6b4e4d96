#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes configure and the files it needs, from a clone.
set -e
cd "$(dirname "$0")"
exec autoreconf --install --force
