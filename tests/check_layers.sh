#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The rules of the source tree that a compiler does not keep: which folder may
# include what, and how long a file and a line may be.  Each rule is one test;
# what breaks it follows as comments.  An argument names another tree.
set -u
shopt -s lastpipe
export LC_ALL=C.UTF-8
cd "${1:-${NB_TOP_SRCDIR:-$(dirname "$0")/..}}" || exit 99

layers=(base model store source disc job report cli)
# made by the build from restore.sh.in
generated='"restore_sh\.h"'
number=0 failed=0

# rule NAME: a test; it holds when nothing comes from stdin.
rule() {
	local found
	found=$(cat)
	number=$((number + 1))
	if [ -z "$found" ]; then
		echo "ok $number - $1"
	else
		failed=1
		echo "not ok $number - $1"
		printf '%s\n' "$found" | sed 's/^/# /'
	fi
}

# sources FOLDER...: the C files in them; a folder that is missing has none.
sources() {
	local folder
	for folder; do
		[ ! -d "$folder" ] || find "$folder" -name '*.[ch]' -type f
	done | sort
}

# includes FOLDER...: "file:line:<header>" or "file:line:\"header\"" a line.
includes() {
	local files
	mapfile -t files < <(sources "$@")
	[ ${#files[@]} -eq 0 ] && return
	grep -HnE '^[[:space:]]*#[[:space:]]*include' "${files[@]}" |
		sed -E 's/#[[:space:]]*include[[:space:]]*//; s/:[[:space:]]+/:/g'
}

# own FOLDER: the project's headers that its files include.
own() {
	includes "src/$1" | grep -E ':"|:<nightburn/'
}

# The layers before LAYER, as alternatives of a regular expression.
before() {
	local layer list=$1
	for layer in "${layers[@]}"; do
		[ "$layer" = "$1" ] && break
		case $1/$layer in
		disc/source) ;;
		*) list="$list|$layer" ;;
		esac
	done
	echo "$list"
}

# only_in FOLDER PATTERN: includes of PATTERN anywhere else.
only_in() {
	includes src include | grep -E "$2" | grep -v "^src/$1/"
}

echo "1..$((${#layers[@]} + 14))"

# ---- which folder may include what

for layer in "${layers[@]}"; do
	case $layer in
	report | cli) allowed="\"(report|$layer)/|\"base/str\.h\"" ;;
	*) allowed="\"($(before "$layer"))/" ;;
	esac
	own "$layer" | grep -v ":$generated\$" |
		grep -vE ":($allowed|<nightburn/)" |
		rule "$layer includes only from the layers it may know"
done

own report | grep '"cli/' | rule "report does not know cli"

find src -mindepth 1 -maxdepth 1 \
	! -name vdrive $(printf '! -name %s ' "${layers[@]}") |
	rule "every folder of src is a layer"

includes src/vdrive | grep -E ':"' | grep -vE ':"vdrive/' |
	grep -vE ':"[^/]*"$' | rule "vdrive includes nothing of nightburn"

includes src include | grep -v '^src/vdrive/' | grep -E '[<"]vdrive/' |
	rule "nightburn includes nothing of vdrive"

includes include | grep -E ':"|:<nightburn/' |
	grep -v ':<nightburn/' | rule "installed headers include no others of ours"

# ---- libraries

only_in disc '<(libisofs|libburn|libisoburn)/' |
	grep -v '^src/vdrive/' |
	rule "libisofs, libburn and libisoburn appear in disc alone"
only_in store '<sqlite3' | rule "SQLite appears in store alone"
only_in source '<(libpq|libpq-fe\.h|pg_config|postgres)' |
	rule "libpq appears in source alone"

# What the configuration reads is the one file of model.
io='fcntl|unistd|dirent|poll|time|sys/(stat|socket|mman|wait|ioctl|time|file)'
includes src/model | grep -v '^src/model/config' |
	grep -E "<($io)\.h>" |
	rule "model has no I/O and no clock beside its configuration"

# ---- form

sources src include tests examples | while read -r file; do
	[ "$(head -n 1 "$file")" = \
		"/* SPDX-License-Identifier: GPL-2.0-or-later */" ] ||
		echo "$file"
done | rule "the first line of every C file is its license"

find src tests tools .ci -name '*.sh' -o -path 'tools/*' -type f -perm -u+x \
	2>/dev/null | sort -u | while read -r file; do
	head -n 3 "$file" |
		grep -q '^# SPDX-License-Identifier: GPL-2.0-or-later$' ||
		echo "$file"
done | rule "every script has its license in its first three lines"

sources src include | while read -r file; do
	lines=$(wc -l < "$file")
	[ "$lines" -le 400 ] || echo "$file: $lines lines"
done | rule "no file of src and include is longer than 400 lines"

sources src include | while read -r file; do
	expand "$file" | awk -v file="$file" \
		'length($0) > 80 { print file ":" NR ": " length($0) }'
done | rule "no line of src and include is wider than 80 columns"

sources src include tests | while read -r file; do
	grep -HnE '[[:blank:]]+$' "$file" | cut -d: -f1,2
done | rule "no line ends in blanks"

exit $failed
