#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The program as a person or a script meets it: usage, exit statuses, help,
# completion, manual pages, examples.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

make_discs
mkdir -p "$work/tree/cache"
echo content >"$work/tree/file"
echo junk >"$work/tree/cache/junk"
cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "db" { discs = { "DB-A", "DB-B" }  drives = { "upper" } }
job "nightly" {
  pool = "db"
  tree "files" { path = "$work/tree"  exclude = { "cache" } }
}
END
chmod 600 "$work/nb.conf"
commands=$("$nightburn" --help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p')

# wrong STATUS TEXT ARGUMENTS...: nothing on stdout, TEXT on stderr.
wrong()
{
	local want=$1 text=$2
	shift 2
	nb_is "$want" "$@" && says err "$text" && [ ! -s "$work/out" ]
}

check "no command is a usage error" wrong 2 "usage: nightburn [-c FILE]"
check "an unknown command is one, the nearest is named" \
	wrong 2 "hint: did you mean restore?" restroe
check "a far one is not" wrong 2 "hint: nightburn --help" frobnicate
check "an unknown option is one" \
	wrong 2 "nightburn: run: unrecognized option '--colour'" run --colour
check "so is one without its value" \
	wrong 2 "nightburn: run: option '-j' requires an argument" run -j
check "one with a value that it does not take" \
	wrong 2 "run: option '--resume=1' doesn't allow an argument" \
	run --resume=1
check "a letter that is none" wrong 2 "run: invalid option -- 'x'" run -qx
check "and the beginning of several" \
	wrong 2 "restore: option '--no' is ambiguous" restore --no
check "the hint is the help of the command" \
	wrong 2 "hint: nightburn run --help" run --colour
check "an option of another command is one" \
	wrong 2 "nightburn: list: does not take --resume" list --resume
check "an option before the command is one" \
	wrong 2 "nightburn: --job: this option belongs after" --job x run
check "a missing argument is one" \
	wrong 2 "usage: nightburn find [options] NAME" find
check "a superfluous argument is one" \
	wrong 2 "nightburn: run: too many arguments" run nightly
check "a wrong number of seconds is one" \
	wrong 2 "nightburn: rotate: --wait: expected a number of seconds" \
	rotate --wait=soon
check "adopt wants a name" wrong 2 "--as NAME is missing" adopt
check "an unknown job is one, the jobs are named" \
	wrong 2 "hint: the jobs are: nightly" plan --job weekly
check "an unknown drive is one, the drives are named" \
	wrong 2 "hint: the drives are: upper" disc --drive f9
check "a device that is neither a path nor a drive is one" \
	wrong 2 "f9: no such drive in" verify --device f9
check "an unknown pool is one, the pools are named" \
	wrong 2 "hint: the pools are: db" list --pool f9
check "a drive for what needs none is one" \
	wrong 2 "catalog: no drive is needed for accept" catalog accept \
	--drive upper
check "so is no directory" wrong 2 "restore: --to is empty" restore --to ""
check "an unknown disc name is one" \
	wrong 2 "DB-X: no disc of this name in pool db" adopt --as DB-X
check "an unknown clone is one" wrong 2 "no clone" clone f9

# What a hint names works as typed: with several jobs the job is in it.
several_jobs()
{
	sed 's/^pool "db"/pool "two" { discs = { "T" } drives = { "upper" } }\
job "other" { pool = "two" tree "files" { path = "\/etc" } }\
&/' "$work/nb.conf" >"$work/two.conf"
	chmod 600 "$work/two.conf"
	printf 'data' >"$work/discs/D"
	truncate -s 1M "$work/discs/D"
	insert D
	"$nightburn" -c "$work/two.conf" plan -j nightly >"$work/out" \
		2>"$work/err"
	local status=$?
	insert A
	[ $status = 3 ] && [ "$(wc -L <"$work/out")" -le 80 ] &&
		tr -s '\n ' ' ' <"$work/out" | plain_hints |
			grep -qF "insert disc DB-A, or \
run nightburn adopt -j nightly --as NAME"
}
check "a hint for one job of several names the job, within 80 columns" \
	several_jobs

# Also with the configuration that was named, in whatever way it is told.
hint_with_config()
{
	local name="$work/an other's.conf"
	sed "s,^state_dir.*,state_dir = \"$work/fresh\"," "$work/nb.conf" \
		>"$name" && chmod 600 "$name" || return 1
	"$nightburn" -c "$name" show 99 --json >"$work/out" 2>"$work/err"
	grep -q '"hint": .*nightburn -c .* catalog rebuild' "$work/out" ||
		return 1
	eval "set -- $(sed -n 's/^hint: .*nightburn \(-c .*\) catalog .*/\1/p' \
		"$work/err")"
	[ "$1 $2" = "-c $name" ] || return 1
	! "$nightburn" -c "$name" run --colour 2>&1 | grep -F -- " -c "
}
check "a hint names the configuration that was named" hint_with_config

config_error()
{
	cp "$work/nb.conf" "$work/bad.conf"
	printf '# a comment\ncolour = red\n' >>"$work/bad.conf"
	"$nightburn" -c "$work/bad.conf" check-config 2>"$work/err"
	[ $? = 2 ] && says err "bad.conf:10: no such option 'colour'; expected"
}
check "a configuration error names file and line, exit 2" config_error

open_quote()
{
	sed '/^job/i# The next line lacks a quote.\nstaging_dir = "/x' \
		"$work/nb.conf" >"$work/bad.conf"
	"$nightburn" -c "$work/bad.conf" check-config 2>"$work/err"
	[ $? = 2 ] && says err "bad.conf:$(grep -n '"/x$' "$work/bad.conf" |
		cut -d: -f1): an unterminated string; expected '\"'"
}
check "a quote that is not closed is told where it opens" open_quote

# All at once, not one after the other.
night_foreseen()
{
	mkdir "$work/hold"
	cat >"$work/foreseen.conf" <<END
state_dir = "$work/hold/state"
staging_dir = "$work/hold"
drive "file" { device = "stdio:$work/hold/A" }
drive "gone" { device = "/dev/sr77" }
pool "one" { discs = { "A" } drives = { "file", "gone" } }
job "j" { pool = "one"
	before { run = { "$work/nohook" } }
	after { shell = "true" run_as = nb-nobody }
	always { run = nb-no-program }
	tree "absent" { path = "$work/absent" }
	tree "own" { path = "$work/hold" }
	postgres "db" { run_as = nb-nobody }
	postgres "far" { conninfo = "host=$work/nowhere" }
	tree "host" { host = "root@nb.invalid" path = "/etc" }
}
END
	chmod 600 "$work/foreseen.conf"
	"$nightburn" -c "$work/foreseen.conf" check-config --no-connect \
		2>"$work/err"
	[ $? = 2 ] && says err "drive gone: /dev/sr77: no such device" &&
		says err "pool one: one disc, A, is never blanked" &&
		says err "hook before: $work/nohook: cannot be run" &&
		says err "hook after: true: run_as: no user nb-nobody" &&
		says err "postgres db: run_as: no user nb-nobody" &&
		says err "hook always: nb-no-program: program not found" &&
		says err "$work/absent" &&
		says err "tree own: $work/hold contains staging_dir" &&
		! grep -e nowhere -e nb.invalid "$work/err" || return 1
	sed -i '/nb.invalid/d' "$work/foreseen.conf"
	"$nightburn" -c "$work/foreseen.conf" check-config 2>"$work/err"
	[ $? = 2 ] && says err "$work/nowhere" &&
		"$nightburn" -c "$work/foreseen.conf" check-config --syntax &&
		[ ! -e "$work/hold/state" ]
}
check "check-config finds what a night would" night_foreseen

# Others have files in staging_dir; or it is the state_dir.
shared_staging()
{
	local before own="$work/own.conf" of=$work/shared
	mkdir -p "$of/20260101T000000Z-01234567.partial" "$of/lost+found"
	sed "s,^staging_dir.*,staging_dir = \"$of\"," "$work/nb.conf" >"$own"
	chmod 600 "$own"
	nb_is 0 -c "$own" check-config && ! grep staging_dir "$work/err" ||
		return 1
	mkdir "$of/photos.partial"
	nb_is 0 -c "$own" check-config && says err "staging_dir: $of has other \
things in it: photos.partial" || return 1
	ln -s "$of" "$work/link"
	before=$(ls "$of")
	sed -i "s,^state_dir.*,state_dir = \"$work/link\"," "$own"
	nb_is 2 -c "$own" check-config &&
		says err "staging_dir: $of is the state_dir" &&
		says err "hint: set staging_dir = \"$work/link/staging\"" &&
		nb_is 2 -c "$own" run && says err "$of is the state_dir" &&
		[ "$(ls "$of")" = "$before" ]
}
check "check-config looks at who else uses staging_dir" shared_staging

unsafe_config()
{
	chmod 666 "$work/nb.conf"
	wrong 2 "writable by others" check-config
	local result=$?
	chmod 600 "$work/nb.conf"
	return $result
}
check "a configuration that others may write is refused" unsafe_config

good_config()
{
	nb_is 0 check-config && says out "good: jobs 1, sources 1, pools 1"
}
check "a good configuration is good" good_config

version()
{
	nb_is 0 --version && grep -qE '^nightburn [0-9.]+$' "$work/out"
}
check "the version is printed" version

help_of_each()
{
	local command
	[ "$(wc -w <<<"$commands")" -ge 16 ] || return 1
	for command in $commands; do
		nb_is 0 "$command" --help || return 1
		says out "usage: nightburn $command" || return 1
		[ "$(wc -L <"$work/out")" -le 80 ] || return 1
		cp "$work/out" "$work/help"
		nb_is 0 help "$command" || return 1
		cmp "$work/out" "$work/help" || return 1
	done
	nb_is 0 --help && [ "$(wc -L <"$work/out")" -le 80 ]
}
check "each command has help within 80 columns" help_of_each

each_in_manual()
{
	local command
	for command in $commands; do
		grep -qE "^\.It Ic $command( |\$)" "$src/man/nightburn.1" || {
			echo "$command is not in nightburn.1"
			return 1
		}
		"$nightburn" "$command" --help |
			sed -n 's/^  [ -].*--\([a-z-]*\)[ =[].*/\1/p' |
			while read -r option; do
			grep -qF "Fl \\-$option" "$src/man/nightburn.1" || {
				echo "--$option is not in nightburn.1"
				exit 1
			}
		done || return 1
	done
}
check "each command and option is in the manual" each_in_manual

msinfo_blank()
{
	nb_is 0 msinfo && says err "blank: start a fresh session" &&
		[ "$(cat "$work/out")" = 0,0 ]
}
check "msinfo of a blank disc is 0,0 and good" msinfo_blank

msinfo_device()
{
	"$nightburn" -c "$work/none.conf" msinfo --device "stdio:$work/drive" \
		2>/dev/null | grep -qx 0,0
}
check "with a device no configuration is needed" msinfo_device

no_disc()
{
	rm "$work/drive"
	ln -s "$work/nothing/at/all" "$work/drive"
	nb msinfo
	local first=$status
	nb disc
	insert A
	[ "$first" = 3 ] && [ "$status" = 3 ]
}
check "without a disc the exit status is 3" no_disc

plan_text()
{
	nb_is 0 plan && says out "plan    fresh, because the disc is blank" &&
		says out "size    not known, there is no backup yet"
}
check "plan prints what and why" plan_text

first_night()
{
	nb_is 0 run && cp "$work/out" "$work/night" &&
		says out "generation 1 on disc DB-A" &&
		says out "verified" && [ ! -s "$work/err" ]
}
check "a night without a terminal prints one line" first_night

# The size of a backup is the same wherever it is told.
same_size()
{
	local size
	size=$(sed -n 's/.* session 1: \([0-9]*\) files\{0,1\},.*/\1/p' \
		<(tr -d '\n' <"$work/night"))
	[ -n "$size" ] && : >"$work/sizes" || return 1
	for command in "list" "show 1" "verify" "restore --list"; do
		# shellcheck disable=SC2086
		nb_is 0 $command --json || return 1
		python3 -c 'import json, sys
told = json.load(sys.stdin)
told = told.get("backups", told) if isinstance(told, dict) else told
told = told[0] if isinstance(told, list) else told.get("backup", told)
told = told if "files" in told else json.load(open(sys.argv[1]))
print(told["files"], told["bytes"])' "$work/out" <"$work/out" >>"$work/sizes" ||
			return 1
	done
	cat "$work/sizes"
	echo "$size"
	[ "$(sort -u "$work/sizes" | wc -l)" = 1 ] &&
		[ "$size" = "$(head -n 1 "$work/sizes" | cut -d' ' -f1)" ]
}
check "run, list, show, verify and restore --list tell the same size" same_size

msinfo_appendable()
{
	nb_is 0 msinfo && grep -qE '^[0-9]+,[1-9][0-9]*$' "$work/out" &&
		[ ! -s "$work/err" ]
}
check "msinfo of an appendable disc is two numbers" msinfo_appendable

quiet()
{
	insert B
	nb_is 0 --quiet run && [ ! -s "$work/out" ] && [ ! -s "$work/err" ]
}
check "quiet is quiet" quiet

json_of_each()
{
	local arguments
	for arguments in "plan" "disc" "list" "show 2" "find file" "drives" \
		"verify" "run --dry-run" "rotate --dry-run" \
		"restore --to $work/out.dir" "image $work/disc.iso"; do
		# shellcheck disable=SC2086
		nb_is 0 $arguments --json || return 1
		python3 -c 'import json, sys; json.load(sys.stdin)' \
			<"$work/out" || { echo "$arguments"; return 1; }
	done
	[ "$(stat -c %a "$work/disc.iso")" = 600 ]
}
check "each report is JSON when asked" json_of_each

# Of the last output: each member is named in the part of the manual on JSON.
keys_in_manual()
{
	python3 - "$work/out" <(sed -n '/^\.Sh JSON/,/^\.Sh ENV/p' \
		"$src/man/nightburn.1") <<'END'
import json, re, sys
words = set(re.findall(r"\w+", open(sys.argv[2]).read()))
def walk(value):
    for one in value if isinstance(value, list) else []:
        walk(one)
    for key, one in value.items() if isinstance(value, dict) else []:
        if key not in words:
            sys.exit(key + " is not in the manual")
        walk(one)
walk(json.load(open(sys.argv[1])))
END
}

json_described()
{
	local arguments
	for arguments in "plan" "disc" "list" "show 2" "drives" "verify" \
		"run --dry-run" "catalog accept" \
		"restore --force --to $work/out.dir" \
		"image --force $work/disc.iso"; do
		# shellcheck disable=SC2086
		nb_is 0 $arguments --json && keys_in_manual || return 1
	done
}
check "each member of a report is in the manual" json_described

# All commands with --json; what they are asked for fails, or is only tried.
asked=("run -n" "append -n" plan "blank -n" "rotate -n" "adopt -n --as DB-A"
	verify "restore --to $work/x" "restore --list" "restore --into x"
	"restore --bootarea --to-device /dev/sr77" drill clone
	"image $work/x.iso" list "show nope" "find nope" "catalog rebuild"
	"catalog rebuild --finish" "catalog accept" "key export"
	"key import $work/nokey" drives disc check-config
	"pool take-over --from x" "catalog lost DB-A")

answers=0

# each_fails LEAST ARGUMENTS...: what they print, for told_in_json; at least so
# many of them fail.
each_fails()
{
	local least=$1 one count=0
	shift
	for one in "${asked[@]}"; do
		# shellcheck disable=SC2086
		nb $one --json "$@" </dev/null
		[ "$status" = 0 ] && continue
		count=$((count + 1))
		answers=$((answers + 1))
		{
			echo "$status $one $*"
			cat "$work/out"
		} >"$work/json/$answers"
	done
	[ $count -ge "$least" ] || { echo "$*: $count"; return 1; }
}

# Each is one document with the status and the first message, and its members
# are in the manual.
told_in_json()
{
	python3 - "$work/json" "$src/man/nightburn.1" <<'END'
import json, os, re, sys
manual = open(sys.argv[2]).read()
words = set(re.findall(r"\w+", manual[manual.index(".Sh JSON"):]))
def walk(value):
    for one in value if isinstance(value, list) else []:
        walk(one)
    for key, one in value.items() if isinstance(value, dict) else []:
        assert key in words, key
        walk(one)
for name in os.listdir(sys.argv[1]):
    asked, text = open(sys.argv[1] + "/" + name).read().split("\n", 1)
    try:
        told = json.loads(text)
        walk(told)
        told = told.get("failure", told)
        assert told["exit_status"] == int(asked.split()[0]) and told["message"]
    except (ValueError, KeyError, AssertionError) as error:
        sys.exit("%s: %s: %r" % (asked, text, error))
END
}

json_of_failures()
{
	local one
	mkdir "$work/json"
	each_fails 23 --colour && each_fails 23 -c &&
		each_fails 20 --config "$work/none.conf" &&
		each_fails 23 --job nope && each_fails 23 --drive nope &&
		each_fails 23 --device /dev/sr77 a b c d || return 1
	cp -a "$work/state" "$work/kept"
	head -c 5000 /dev/urandom >"$work/state/catalog.db"
	each_fails 12
	local result=$?
	rm -rf "$work/state"
	mv "$work/kept" "$work/state"
	[ $result = 0 ] && told_in_json || return 1
	for one in "--json" "frobnicate --json" "--json run" "help x --json"; do
		# shellcheck disable=SC2086
		nb_is 2 $one && says out '"error": "usage"' || return 1
	done
}
check "a command that fails is JSON, too, when asked" json_of_failures

one_backup_is_meant()
{
	nb_is 1 show "$day" && nb_is 1 restore --to "$work/many" "$day" &&
		says err "$day: $several" && nb_is 1 drill nope &&
		says err "backup nope is not on disc" &&
		[ ! -e "$work/many" ] && nb_is 2 restore --to - &&
		says err "restore: --to -: a directory is required" &&
		[ ! -e - ]
}

# Of one disc; what the hint names is taken.
one_of_this_disc()
{
	local conf=$work/several.conf command
	sed "s,/state\",/state2\",; s,/drive\",/discs/several\",
		s,pool \"db\" {,& rotation = append," "$work/nb.conf" >"$conf"
	chmod 600 "$conf"
	: >"$work/discs/several"
	nb_is 0 run -q -c "$conf" && nb_is 0 run -q -c "$conf" || return 1
	for command in "restore --to $work/many --this-disc" "restore --list" \
		"restore --salvage --to $work/many" "drill --this-disc" \
		"restore --stdout --this-disc --source files"; do
		# shellcheck disable=SC2086
		nb_is 1 $command -c "$conf" "$day" &&
			says err "$day: $several" && [ ! -e "$work/many" ] &&
			! grep -v -e '^nightburn: 2' -e '^hint: name one' \
				"$work/err" || return 1
	done
	nb_is 0 restore -c "$conf" --to "$work/many" "$(sed -n \
		's/^hint: name one of those on this disc: .*, //p' "$work/err")"
}
day=$(date -u +%Y%m%d)
several="more than one backup id begins like this"
check "what may mean several backups restores none" one_backup_is_meant
check "also on one disc" one_of_this_disc

blank_is_told()
{
	: >"$work/discs/new"
	insert new
	nb_is 3 verify && says err ": the disc is blank" &&
		nb_is 3 restore --to "$work/x" --this-disc &&
		says err ": the disc is blank" && nb_is 3 restore --to "$work/x" &&
		says err "hint: insert DB-B, which has generation 2"
	local result=$?
	insert B
	return $result
}
check "a blank disc is said to be blank" blank_is_told

by_generation()
{
	nb_is 0 show 2 && says out "DB-B" || return 1
	nb_is 0 restore --to "$work/second" 2 || return 1
	# each id begins with a 2: the date
	nb_is 1 restore --to "$work/third" 20 &&
		says err "backup 20 is not on disc DB-B"
}
check "a number is a generation, not the beginning of an id" by_generation

image_refused()
{
	mkfifo "$work/fifo"
	nb_is 2 image "$work/fifo" && says err "not a regular file" || return 1
	script -qec "'$nightburn' -c '$work/nb.conf' image -; echo =\$?" \
		/dev/null </dev/null >"$work/typed" 2>&1
	grep -q "stdout is a terminal" "$work/typed" &&
		grep -q "=2" "$work/typed"
}
check "an image goes to files and pipes only" image_refused

image_piped()
{
	"$nightburn" -c "$work/nb.conf" image - | bsdtar tf - | grep -q \
		tree/files/file
}
check "an image goes to a pipe" image_piped

full_stdout()
{
	"$nightburn" -c "$work/nb.conf" list >/dev/full 2>"$work/err"
	[ $? = 1 ] && says err "cannot write to stdout"
}
check "an error of stdout is an error" full_stdout

closed_pipe()
{
	local statuses
	"$nightburn" -c "$work/nb.conf" show 2 2>"$work/err" | true
	statuses=("${PIPESTATUS[@]}")
	"$nightburn" -c "$work/nb.conf" image - 2>>"$work/err" | head -c 9 \
		>/dev/null
	[ "${PIPESTATUS[0]}" = 1 ] || echo "image: ${PIPESTATUS[*]}"
	[ "${statuses[0]}" = 0 ] || [ "${statuses[0]}" = 1 ]
}
check "a closed pipe is an error, no death" closed_pipe

foreign()
{
	printf 'somebody'"'"'s data' >"$work/discs/C"
	truncate -s 1M "$work/discs/C"
	insert C
	local before
	before=$(sha256sum "$work/discs/C")
	nb_is 3 plan && says out "no nightburn label" || return 1
	nb_is 3 blank || return 1
	nb_is 3 adopt --as DB-A </dev/null || return 1
	nb_is 3 adopt --as DB-A --volume-id WRONG || return 1
	[ "$before" = "$(sha256sum "$work/discs/C")" ]
}
check "an unknown disc is not touched" foreign

adopted()
{
	nb_is 0 adopt --as DB-A --volume-id "" --dry-run &&
		says out "can become DB-A" || return 1
	printf '\n' | script -qec "'$nightburn' -c '$work/nb.conf' adopt \
		--as DB-A" /dev/null >"$work/typed" 2>&1
	grep -q "just press return" "$work/typed" &&
		grep -q "can become DB-A" "$work/typed" || {
		cat "$work/typed"
		return 1
	}
	nb_is 0 run && says out "on disc DB-A"
}
check "a disc is adopted by a user at a terminal" adopted

terminal_progress()
{
	dd if=/dev/urandom of="$work/tree/large" bs=1M count=24 2>/dev/null
	script -qec "stty cols 60; '$nightburn' -c '$work/nb.conf' run" \
		/dev/null </dev/null >"$work/typed" 2>&1
	tr '\r' '\n' <"$work/typed" | grep -qE '\[#*-*\] +[0-9]+%' || {
		cat -v "$work/typed"
		return 1
	}
	[ "$(tr '\r' '\n' <"$work/typed" | sed 's/\x1b\[K//g' |
		grep -F '%' | wc -L)" -lt 60 ]
}
check "progress on a terminal is a line that fits it" terminal_progress

completes()
{
	bash --norc -ec '
		. "$0/completion/nightburn"
		COMP_WORDS=("$1" re) COMP_CWORD=1
		_nightburn
		[[ " ${COMPREPLY[*]} " == *" restore "* ]]
		COMP_WORDS=("$1" restore --in) COMP_CWORD=2
		_nightburn
		[ "${COMPREPLY[*]}" = --into ]
		COMP_WORDS=("$1" -c "$2" run --job n) COMP_CWORD=5
		_nightburn
		[ "${COMPREPLY[*]}" = nightly ]
		' "$src" "$nightburn" "$work/nb.conf"
}
check "bash completes commands, options and names" completes

manuals()
{
	local page
	for page in "$src"/man/*; do
		mandoc -T lint -W warning "$page" || return 1
		[ "$(mandoc -T ascii "$page" | col -bx | wc -L)" -le 80 ] ||
			return 1
	done
}
check "the manual pages are well-formed" manuals

examples()
{
	cp "$src/examples/nightburn.conf" "$work/example.conf"
	chmod 600 "$work/example.conf"
	"$nightburn" -c "$work/example.conf" check-config \
		--syntax || return 1
	sed 's/^\( *\)# \(.*[{}=].*\)$/\1\2/' "$work/example.conf" \
		>"$work/all.conf"
	chmod 600 "$work/all.conf"
	"$nightburn" -c "$work/all.conf" check-config \
		--syntax || return 1
	sed -n "/nightburn.conf <<'END'/,/^    END/s/^    //p" \
		"$src/README.md" | sed '1d;$d' >"$work/readme.conf"
	chmod 600 "$work/readme.conf"
	"$nightburn" -c "$work/readme.conf" check-config \
		--syntax || return 1
	grep -q "nightburn --quiet run" "$src/examples/nightburn.cron"
}
check "the configurations of example and README are good" examples

api_example()
{
	insert B
	"$build/examples/run_job" "$work/nb.conf" nightly >"$work/out" \
		2>"$work/err" || { cat "$work/out" "$work/err"; return 1; }
	says out "is on disc DB-B"
	"$build/examples/run_job" 2>/dev/null
	[ $? = 2 ]
}
check "the example in C runs a job" api_example

odd_places()
{
	mkdir -p "$work/odd/dir" "$work/state/sub"
	cat >"$work/odd.conf" <<END
state_dir = "$work/odd"
staging_dir = "/proc/nb"
drive "a" { device = "stdio:$work/odd/dir" }
drive "b" { device = "/dev/pts" }
pool "p" { discs = { "A", "B" }  drives = { "a", "b" } }
job "j" { pool = "p"
	tree "own" { path = "$work/state/sub" }
	postgres "one" { all = true }
	postgres "two" { all = true  conninfo = "port=5433" } }
END
	chmod 600 "$work/odd.conf"
	nb_is 2 -c "$work/odd.conf" check-config --no-connect &&
		says err "state_dir: $work/odd has other things in it: dir" &&
		says err "staging_dir: /proc/nb: files cannot be kept there" &&
		says err "hint: name a file in it, as stdio:$work/odd/dir/A" &&
		says err "drive b: /dev/pts: a directory, not a device" &&
		says err "tree own: it belongs to nightburn's own state_dir" &&
		says err "job j: postgres one and two: two clusters with all" ||
		return 1
	sed -i "s,/proc/nb,$work/none/staging," "$work/odd.conf"
	nb_is 2 -c "$work/odd.conf" check-config --no-connect &&
		says err "hint: mkdir -p $work/none"
}
check "check-config finds places that a night cannot use" odd_places

# The disc that is a file, and what is restored to.
full_file_system()
{
	head -c 2000000 /dev/urandom >"$work/wide/file"
	cat >"$work/full.conf" <<END
state_dir = "$work/full"
staging_dir = "$work/full.staging"
drive "file" { device = "stdio:$work/small/A"  capacity = 100M }
pool "p" { discs = auto  drives = { "file" }  rotation = append }
job "j" { pool = "p"  tree "wide" { path = "$work/wide" } }
END
	chmod 600 "$work/full.conf"
	: >"$work/small/A"
	nb_is 3 -c "$work/full.conf" run && says err \
		"hint: free some space on the file system of the disc" &&
		says err "run --resume burns it once that is settled" ||
		return 1
	sed -i "s,$work/small/A,$work/roomy," "$work/full.conf"
	: >"$work/roomy"
	nb_is 0 -q -c "$work/full.conf" run && says err "the blank disc is now \
p-001: write that on it" &&
		nb_is 3 -c "$work/full.conf" restore --to "$work/small/back" &&
		says err "tree/wide/file: cannot write: No space left on device"
}
mkdir "$work/small" "$work/wide"
if mount -t tmpfs -o size=1M nb "$work/small" 2>/dev/null; then
	trap 'umount "$work/small"; at_exit' EXIT
	check "a full file system is named, and what is on it" full_file_system
else
	skip "a full file system is named, and what is on it" \
		"tmpfs cannot be mounted"
fi

finish
