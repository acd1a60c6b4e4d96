#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sources on other hosts: a real sshd on loopback, with keys and a configuration
# of its own, stands for them.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

sshd=$(PATH=$PATH:/usr/sbin:/sbin command -v sshd)
if [ -z "$sshd" ] || ! command -v ssh >/dev/null; then
	skip 'sources on other hosts' 'OpenSSH is not installed'
	finish
	exit 0
fi

server=
ended()
{
	[ -z "$server" ] || kill "$server"
	wait
	at_exit
}
trap ended EXIT

# until COMMAND...: within 30 seconds.
until_true()
{
	local end=$((SECONDS + 30))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}

# ---- the other host ----

d=$work/ssh
me=$(id -un)

# What the key NAME starts there.
serve_key()
{
	[ -f "$d/$1" ] || ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$d/$1"
	printf 'restrict,command="%s" %s\n' "$2" "$(cat "$d/$1.pub")" \
		>>"$d/authorized_keys"
}

answers()
{
	! kill -0 "$server" || ssh-keyscan -p "$port" 127.0.0.1 2>/dev/null |
		grep -q ed25519
}

serve()
{
	mkdir -m 700 "$d"
	ssh-keygen -q -t ed25519 -N '' -f "$d/host" &&
		ssh-keygen -q -t ed25519 -N '' -f "$d/other_host" || return 1
	serve_key key "$d/bin/nightburn remote"
	cp "$d/key" "$d/unknown_key"
	ssh-keygen -q -t ed25519 -N '' -f "$d/refused"
	mkdir "$d/bin"
	# Its programs may be others than ours, and its environment is its own.
	cat >"$d/bin/nightburn" <<END
#!/bin/sh
export PGHOST=$PGHOST PGUSER=postgres PATH=$d/bin:$PATH
exec $nightburn "\$@"
END
	chmod 755 "$d/bin/nightburn"
	for port in 34022 35022 36022 37022; do
		cat >"$d/config" <<END
ListenAddress 127.0.0.1
Port $port
HostKey $d/host
AuthorizedKeysFile $d/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
END
		mkdir -p /run/sshd
		"$sshd" -D -e -f "$d/config" 2>"$d/log" &
		server=$!
		until_true answers && kill -0 "$server" && break
		wait "$server"
		server=
	done
	[ -n "$server" ] || { cat "$d/log"; return 1; }
	for host in 127.0.0.1 localhost; do
		echo "[$host]:$port $(cut -d' ' -f1,2 "$d/host.pub")"
	done >"$d/known"
	echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$d/other_host.pub")" \
		>"$d/known_other"
	: >"$d/known_none"
}

# ---- our own ----

# config [SOURCES]: by default one of each kind.
config()
{
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "db" { discs = { "DB-A", "DB-B" }  drives = { "upper" } }
job "nightly" {
  pool = "db"
  ${1-$(sales key; files key)}
}
END
	chmod 600 "$work/nb.conf"
}

# sales KEY [OPTIONS] [KNOWN], files KEY [OPTIONS] [KNOWN]: a source there.
sales()
{
	echo "postgres \"sales\" { $(keys "$1" "${3-}") run_as = \"postgres\"
    ${2-} }"
}

files()
{
	echo "tree \"files\" { $(keys "$1" "${3-}") path = \"$work/tree\"
    ${2-} }"
}

keys()
{
	echo "host = \"$me@127.0.0.1\" port = $port identity = \"$d/$1\"
    known_hosts = \"$d/${2:-known}\""
}

nothing_left()
{
	local end=$((SECONDS + 10)) left
	while :; do
		left=$(ls -A "$work/staging" 2>/dev/null
			pgrep -f "$work/(state|tree)|nightburn remote" |
				grep -vx "$$")
		[ -z "$left" ] && return 0
		[ $SECONDS -lt $end ] || break
		sleep 0.05
	done
	echo "left: $left"
	return 1
}

# refused WORDS...: a run fails with them and leaves nothing.
refused()
{
	nb_is 1 run || return 1
	local one
	for one; do
		says err "$one" || return 1
	done
	nothing_left
}

start_cluster
make_discs
serve || { echo "Bail out! no sshd"; exit 1; }
createdb sales
psql -X -q -d sales -c 'create table t as select generate_series(1, 1000) n'

t=$work/tree
mkdir -p "$t/sub/empty"
echo content >"$t/file"
ln "$t/file" "$t/sub/linked"
ln -s ../file "$t/sub/symbolic"
ln -s /nowhere "$t/dangling"
printf 'odd\n' >"$t/"$'a name\nof two lines'
printf 'odd\n' >"$t/"$'\xff\xfe bytes'
: >"$t/nothing"
: >"$t/nothing too"
mkfifo "$t/fifo"
truncate -s 3M "$t/sparse"
head -c 1500000 /dev/urandom >"$t/random"
chmod 4751 "$t/file"
chown 1234:4321 "$t/nothing"
[ "$(id -u)" != 0 ] || mknod "$t/device" c 1 3
setfattr -n user.color -v red "$t/random" 2>/dev/null
touch -d '2001-02-03 04:05:06.789' "$t/random"

listing()
{
	(cd "$1" && find . -printf '%p %y %m %U:%G %s %l %n\n' |
		sed -E '/ d /s/ [0-9]+ +[0-9]+$//' | sort
		find . -type f -print0 | sort -z | xargs -0 sha256sum
		find . -type f -printf '%p %T@\n' | sort
		getfattr -d random)
}

config
night()
{
	nb_is 0 run && says out "verified" && nothing_left
}
check "a database and a tree come over ssh onto the disc" night

tree_back()
{
	nb_is 0 restore --source files --to "$work/back" &&
		back=$(find "$work/back" -type d -path '*tree/files') &&
		listing "$t" >"$work/want" && listing "$back" >"$work/got" &&
		diff "$work/want" "$work/got"
}
check "the tree is restored as it is there" tree_back

dump_back()
{
	nb_is 0 restore --source sales --into sales2 &&
		[ "$(psql -X -At -d sales2 -c 'select sum(n) from t')" = 500500 ]
}
check "the database is restored" dump_back
finish
