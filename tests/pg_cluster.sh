#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A throw-away PostgreSQL cluster for tests.
#
#     pg_cluster.sh start DIR    DIR must not exist; the server listens on the
#                                socket directory DIR/socket alone (PGHOST),
#                                its superuser is postgres
#     pg_cluster.sh stop DIR     ends it and removes DIR
#
# PG_CLUSTER_AUTH: initdb's --auth (trust).  PG_BIN: where the server's
# programs are; default: the newest in /usr/lib/postgresql, else PATH.
set -eu

dir=$2
user=postgres

find_bin()
{
	local newest

	newest=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V |
		tail -n 1)
	if [ -z "$newest" ]; then
		newest=$(dirname "$(command -v initdb)")
	fi
	echo "$newest"
}

# The server refuses to run as root.
as_user()
{
	if [ "$(id -u)" = 0 ]; then
		runuser -u "$user" -- "$@"
	else
		"$@"
	fi
}

start()
{
	mkdir -m 0755 "$dir"
	mkdir -m 0777 "$dir/socket"
	if [ "$(id -u)" = 0 ]; then
		chown "$user" "$dir" "$dir/socket"
	fi
	cd "$dir"
	as_user "$bin/initdb" --pgdata="$dir/data" --username=postgres \
		--auth="${PG_CLUSTER_AUTH:-trust}" --encoding=UTF8 \
		--locale=C --no-sync >"$dir/initdb.log" 2>&1 ||
		{ cat "$dir/initdb.log" >&2; exit 1; }
	cat >>"$dir/data/postgresql.conf" <<-END
		listen_addresses = ''
		unix_socket_directories = '$dir/socket'
		fsync = off
		shared_buffers = 16MB
		max_wal_size = 256MB
		wal_level = logical
	END
	as_user "$bin/pg_ctl" --pgdata="$dir/data" --log="$dir/server.log" \
		--wait --timeout=60 --silent start ||
		{ cat "$dir/server.log" >&2; exit 1; }
}

stop()
{
	if [ -f "$dir/data/postmaster.pid" ]; then
		(cd "$dir" && as_user "$bin/pg_ctl" --pgdata="$dir/data" \
			--mode=immediate --wait --silent stop) || :
	fi
	rm -rf "$dir"
}

bin=${PG_BIN:-$(find_bin)}
case ${1-} in
start|stop)
	"$1" ;;
*)
	echo "usage: pg_cluster.sh start|stop DIR" >&2
	exit 2 ;;
esac
