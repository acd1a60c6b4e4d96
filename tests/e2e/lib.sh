# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the end-to-end tests share: TAP, a directory that goes away, a real
# PostgreSQL cluster, two discs behind a symbolic link.

set -u
src=${NB_TOP_SRCDIR:?run by make check}
build=${NB_TOP_BUILDDIR:?run by make check}
nightburn=$build/nightburn
unset SOURCE_DATE_EPOCH
. "$src/tests/tap.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/nbe2e.XXXXXX") || exit 1
chmod 755 "$work"
tap_dir=$work
cluster=

at_exit()
{
	if [ -n "$cluster" ]; then
		bash "$src/tests/pg_cluster.sh" stop "$cluster" >/dev/null 2>&1
	fi
	rm -rf "$work"
}
trap at_exit EXIT
trap 'exit 1' INT TERM HUP

# Hints without the configuration, which is that of the test.
plain_hints()
{
	sed -E "s,nightburn -c ('[^']*'|[^ ]+) ,nightburn ,g" "$@"
}

# The exit status and both outputs of nightburn: $status, $work/out, $work/err.
nb()
{
	"$nightburn" -c "$work/nb.conf" "$@" >"$work/out" 2>"$work/err"
	status=$?
	plain_hints -i "$work/err"
	return 0
}

# nb_is STATUS ARGUMENTS...: runs it, and fails with its output otherwise.
nb_is()
{
	local want=$1
	shift
	nb "$@"
	[ "$status" = "$want" ] && return 0
	echo "nightburn $*: exit status $status, not $want"
	cat "$work/out" "$work/err"
	return 1
}

# joined out|err: a result that was broken after a comma is one line.
joined()
{
	sed -e :a -e '/,$/N; s/,\n    \([^ ]\)/, \1/; ta' "$work/$1"
}

# says out|err TEXT; a result that was broken after a comma is one line, and so is
# a hint that was broken because of the configuration in it.
says()
{
	plain_hints "$work/$1" | grep -qF -- "$2" && return 0
	joined "$1" | grep -qF -- "$2" && return 0
	tr -s ' \n' ' ' <"$work/$1" | plain_hints | grep -qF -- "$2" &&
		return 0
	echo "\"$2\" is not in $1:"
	cat "$work/$1"
	return 1
}

# until_true COMMAND...: within 30 seconds.
until_true()
{
	local end=$((SECONDS + 30))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}

start_cluster()
{
	cluster=$work/pg
	bash "$src/tests/pg_cluster.sh" start "$cluster" || exit 1
	export PGHOST=$cluster/socket PGUSER=postgres
	bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
	PATH=$bin:$PATH
}

make_discs()
{
	mkdir -p "$work/discs"
	: >"$work/discs/A"
	: >"$work/discs/B"
	insert A
}

# Writes the configuration: what make_discs made, and the jobs on stdin.
write_conf()
{
	{
		cat <<-END
			state_dir = "$work/state"
			staging_dir = "$work/staging"
			drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
			pool "db" { discs = { "A", "B" }  drives = { "upper" }
			  max_nights_on_one_disc = 0 }
		END
		cat
	} >"$work/nb.conf"
	chmod 600 "$work/nb.conf"
}

# configure_far OPTIONS: as configure, a function of the test that writes a tree
# with these options, but on another host, to which the connection is this host's
# alone.
configure_far()
{
	configure ''
	mv "$work/nb.conf" "$work/far.conf"
	printf '#!/bin/sh\nexec %s -c %s remote\n' "$nightburn" \
		"$work/far.conf" >"$work/ssh"
	: >"$work/known"
	chmod 755 "$work/ssh"
	configure "host = \"far\"  ssh = \"$work/ssh\"
		known_hosts = \"$work/known\" $1"
}

# sql_is DATABASE QUERY ANSWER
sql_is()
{
	local answer
	answer=$(psql -X -At -d "$1" -c "$2") && [ "$answer" = "$3" ] &&
		return 0
	echo "$1: $2: $answer, not $3"
	return 1
}

insert()
{
	ln -sfn "discs/$1" "$work/drive"
}

# A fingerprint of everything that must not change: discs and catalog.
fingerprint()
{
	(cd "$work" && cat discs/* state/catalog.db 2>/dev/null | sha256sum)
}
