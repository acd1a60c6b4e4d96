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
	serve_key key "$d/bin/nightburn remote postgres $work"
	serve_key missing "$d/bin/nothing remote"
	serve_key only "$nightburn remote $work/other"
	serve_key broken "env PGHOST=$PGHOST PATH=$d/fake:$PATH \
		$nightburn remote postgres $work"
	serve_key standby "env PGHOST=$PGHOST PATH=$d/standby.d:$PATH \
		$nightburn remote postgres $work"
	serve_key liar "$d/bin/liar-hash"
	ssh-keygen -q -t ed25519 -N '' -f "$d/refused"
	mkdir "$d/bin" "$d/fake" "$d/standby.d"
	chmod 755 "$d"
	# Its programs may be others than ours, and its environment is its own.
	cat >"$d/bin/nightburn" <<END
#!/bin/sh
export PGHOST=$PGHOST PGUSER=postgres PATH=$d/bin:$PATH
exec $nightburn "\$@"
END
	chmod 755 "$d/bin/nightburn"
	cat >"$d/fake/pg_dump" <<'END'
#!/bin/sh
[ "$1" = --version ] && exec /usr/bin/pg_dump --version
head -c 100000 /dev/zero
echo 'pg_dump: error: the disk is on fire' >&2
exit 1
END
	chmod 755 "$d/fake/pg_dump"
	# Fails as often as its file has lines.
	printf 'x\nx\n' >"$d/standby.d/left"
	chmod 666 "$d/standby.d/left"
	cat >"$d/standby.d/pg_dump" <<END
#!/bin/sh
[ "\$1" = --version ] && exec /usr/bin/pg_dump --version
[ -s "$d/standby.d/left" ] || exec /usr/bin/pg_dump "\$@"
left=\$(sed 1d "$d/standby.d/left")
printf '%s' "\$left" >"$d/standby.d/left"
head -c 100000 /dev/zero
echo 'pg_dump: error: terminating connection due to conflict with recovery' >&2
exit 1
END
	chmod 755 "$d/standby.d/pg_dump"
	for one in hash file short count dots absolute outside above link twice \
		shared empty hardlink silent early behind json huge letter \
		endless stalls escape part garbage version; do
		ln -s "$src/tests/e2e/liar.py" "$d/bin/liar-$one"
	done
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
pool "db" { discs = { "DB-A", "DB-B" }  drives = { "upper" }
  max_nights_on_one_disc = 0 }
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
			pgrep -af "remote postgres $work|File=$d|bin/liar")
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
psql -X -q -d postgres -c 'alter database sales connection limit 11' \
	-c 'create database closed allow_connections false'
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

# ---- other formats, two hosts ----

formats()
(
	config "$(sales key 'format = plain compress = gzip
    min_ratio = 0')
  postgres \"every\" { $(keys key) run_as = \"postgres\" all = true
    compress = zstd  min_ratio = 0 }
  postgres \"globals\" { $(keys key) run_as = \"postgres\"
    globals_only = true }
  $(files key 'exclude = { "random", "/sub/" }')
  tree \"two\" { $(keys key | sed s/127.0.0.1/localhost/) path = \"$t/sub\" }"
	rm -rf "$work/back"
	nb_is 0 run && says out verified && nothing_left &&
		says err "every: database closed is left out" &&
		[ "$(grep -acF '{"what":"rows","schema":"public","name":"t",' \
			"$work/discs/A")" -ge 2 ] &&
		nb_is 0 restore --to "$work/back" &&
		cd "$(dirname "$(find "$work/back" -name postgres)")" &&
		grep -q 'CONNECTION LIMIT 11;' \
			postgres/sales.sql.gz+settings.sql &&
		gzip -dc postgres/sales.sql.gz |
			grep -q '^-- PostgreSQL database dump complete' &&
		zstd -dc postgres/sales.dump.zst | pg_restore --list |
			grep -q 'TABLE DATA public t' &&
		grep -q 'CREATE ROLE postgres' postgres/globals.sql &&
		[ ! -e tree/files/sub ] && [ ! -e tree/files/random ] &&
		cmp "$t/file" tree/files/file &&
		[ "$(stat -c %h tree/two/linked)" = 1 ] &&
		cmp "$t/sub/linked" tree/two/linked
)
check "plain, packed, all and globals; two trees of two hosts" formats

resumed()
{
	config "$(files key)"
	rm -f "$work/drive"
	rm -rf "$work/back"
	nb run
	[ "$status" = 3 ] || { cat "$work/err"; return 1; }
	# It waits: the host is not asked again.
	config "$(files refused)"
	insert B
	nb_is 0 run --resume && nothing_left &&
		nb_is 0 restore --source files --to "$work/back" &&
		back=$(find "$work/back" -type d -path '*tree/files') &&
		listing "$back" >"$work/got" && diff "$work/want" "$work/got"
}
check "a tree of another host waits in staging for its disc" resumed

# One of five: on a busy machine the writer may not be there in time.
once_in_five()
{
	"$@" || "$@" || "$@" || "$@" || "$@"
}

changing()
{
	local bad=0
	config "$(files key 'on_change = fail')"
	mkfifo "$d/never"
	# More often than it takes to send the file.
	while :; do
		echo line >>"$t/random"
		read -rt 0.0002 <&9
	done 9<>"$d/never" &
	local writer=$!
	once_in_five refused \
		"$me@127.0.0.1: tree files: random changed each time it was" ||
		bad=1
	config "$(files key)"
	once_in_five nb_is 3 run &&
		says err "$me@127.0.0.1: tree files: random changed each" &&
		nothing_left || bad=1
	kill $writer
	wait $writer
	truncate -s 1500000 "$t/random"
	return $bad
}
check "a file that changes all the time is named" changing

unchanged_files()
{
	insert A
	config "$(files key)"
	nb_is 0 run --accept-shrink && nb_is 0 run &&
		says out "6 files unchanged, in earlier sessions of this disc"
}
check "an appended session has only what changed there" unchanged_files

# ---- what is refused ----

before=$(fingerprint)

refusals()
{
	local host="$me@127.0.0.1"
	config "$(files key '' known_other)"
	refused "nightburn: $host: its host key differs from the one in $d/known_other" \
		"hint: replace its line there only if the host was reinstalled" || return 1
	config "$(files key '' known_none)"
	refused "nightburn: $host: its host key is not in $d/known_none" \
		"hint: add the output of ssh-keyscan" || return 1
	config "$(files refused)"
	refused "nightburn: $host: does not accept the key" \
		"hint: add the key to its authorized_keys" || return 1
	config "$(files missing)"
	refused "nightburn: $host: nightburn is not installed" || return 1
	config "$(files key "ssh = \"$d/bin/nothing\"")"
	refused "nightburn: $d/bin/nothing: cannot execute"
}
check "a wrong, an unknown host, a refused key, no nightburn there" refusals

bounded()
{
	local host="$me@127.0.0.1"
	config "$(files only)"
	refused "$host: tree files: reading $t is not allowed" ||
		return 1
	config "$(sales only)"
	refused "$host: postgres sales: reading it is not allowed" || return 1
	config "$(files key 'max_size = 1M')"
	refused "nightburn: $host: more than 1.0 MB (max_size)" ||
		return 1
	config "$(sales key 'max_size = 1k')"
	refused "more than 1.0 kB of output" || return 1
	config "$(files key | sed "s,$work/tree,$work/missing,")"
	refused "$host: tree files: cannot open $work/missing: No such file"
}
check "what may be read and how much is bounded at both ends" bounded

failing_dump()
{
	config "$(sales broken)"
	refused "$me@127.0.0.1: postgres sales: pg_dump: exit status 1:" \
		"pg_dump: error: the disk is on fire"
}
check "a pg_dump that fails there fails the run here" failing_dump

# lie NAME WORDS: the run is refused with them.
lie()
{
	config "$(files key "$3 ssh = \"$d/bin/liar-$1\"")"
	refused "nightburn: $me@127.0.0.1: $2" ||
		{ echo "the lie was $1"; return 1; }
	[ ! -e "$work/evil" ] && [ ! -e /evil ]
}

lies()
{
	while IFS=: read -r name words; do
		lie "$name" "$words" '' || return 1
	done <<'END'
hash:the SHA-256 of the received data differs from that of the sent data
count:received 12 bytes, it sent 11
dots:file 1: backup/tree/files/../
absolute:file 1: /evil: invalid entry
outside:sent a name outside of the tree: tree/other/a
above:sent a name outside of the tree: other/tree/files/a
link:sent a name below something that is not a directory: tree/files/a/evil
twice:sent names out of order: tree/files/a
shared:sent a file of another backup: tree/files/a
empty:sent a file without its data: tree/files/a
hardlink:sent an invalid link: tree/files/a
silent:failed without a message
early:the connection was closed prematurely (ssh: exit status 0)
behind:sent data after the end
huge:sent an invalid frame
letter:sent something other than a tree
part:sent only part of a tree
garbage:answers "Welcome to this machine!", which is not nightburn
version:uses protocol 2, this nightburn uses 1
escape:?[31m?nightburn: all is well
END
	lie endless 'more than 1.0 MB (max_size)' 'max_size = 1M' &&
		lie file 'tree/files/a: SHA-256 differs' '' &&
		lie short 'tree/files/a: received 12 bytes, its size is 13' ''
	lie json 'file' '' || says err 'not a nightburn'
}
check "no lie of another host comes through" lies

behind_sshd()
{
	config "$(files liar)"
	refused "$me@127.0.0.1: the SHA-256 of the received data differs"
}
check "nor through a real sshd" behind_sshd

# ---- ends ----

stalled()
{
	grep -q 'stalled' "$work/err"
}

# Runs in the background until the other end has sent the half of it.
run_stalled()
{
	cat >"$d/bin/ssh" <<END
#!/bin/sh
echo \$\$ >"$d/pid"
exec $(command -v ssh) "\$@"
END
	chmod 755 "$d/bin/ssh"
	grep -q liar-stalls "$d/authorized_keys" ||
		serve_key stalls "$d/bin/liar-stalls"
	config "$(files stalls "ssh = \"$d/bin/ssh\"")"
	: >"$work/err"
	"$nightburn" -c "$work/nb.conf" run >"$work/out" 2>"$work/err" &
	run=$!
	until_true stalled || { cat "$work/err"; kill "$run"; return 1; }
}

killed_ssh()
{
	run_stalled && kill -KILL "$(cat "$d/pid")"
	wait "$run"
	[ $? = 1 ] && says err "the connection was closed prematurely (ssh: signal 9" &&
		nothing_left
}
check "ssh is killed in the middle: the run fails, both ends are gone" \
	killed_ssh

told_to_end()
{
	run_stalled && kill -TERM "$run"
	wait "$run"
	[ $? = 1 ] && nothing_left
}
check "a run that is asked to end ends the other end, too" told_to_end

late()
{
	config "$(files key "timeout = 1 ssh = \"$d/bin/liar-stalls\"")"
	refused "$me@127.0.0.1: ssh: timed out after 1 s"
}
check "a host that does not go on is left after its time" late

unchanged()
{
	[ "$(fingerprint)" = "$before" ]
}
check "none of that touched a disc or the catalog" unchanged

by_hand()
{
	"$nightburn" remote </dev/null >"$work/out" 2>"$work/err"
	[ $? = 2 ] && says out "remote: no request" || return 1
	"$nightburn" remote somewhere </dev/null >"$work/out" 2>"$work/err"
	[ $? = 2 ] && says err "nightburn: \
remote: somewhere: expected postgres or absolute paths" ||
		return 1
	# A kind that paths permit is no word, nor is one that is not served.
	for word in tree lvm; do
		"$nightburn" remote postgres "$word" </dev/null >"$work/out" \
			2>"$work/err"
		[ $? = 2 ] && says err "remote: $word: expected postgres or" || return 1
	done
}
check "nightburn remote without a request says so" by_hand

standby()
{
	config "$(sales standby)"
	nb_is 0 run --accept-shrink &&
		says err "cancelled by a conflict with recovery; try 2 of 3" &&
		says err "cancelled by a conflict with recovery; try 3 of 3" &&
		nb_is 0 verify
}
check "a dump that recovery cancels there is tried again" standby

finish
