#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The layers, and the rules of CODING.md that can be counted.
set -u
shopt -s lastpipe
cd "${NB_TOP_SRCDIR:?}" || exit 1
count=0

# rule NAME: good when nothing comes in.
rule()
{
	local found
	found=$(cat)
	count=$((count + 1))
	if [ -z "$found" ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		printf '%s\n' "$found" | head -n 20 | sed 's/^/# /'
	fi
}

# What a folder includes beside its own headers: folders, NAME/* for all of
# NAME, or single headers.  A folder includes nothing of another line.
layers()
{
	cat <<'END'
base
filter          base
model/record    base model/state.h model/source_kind.h
model/config    base model/state.h model/source_kind.h model/record
model/decide    base model/state.h model/record model/config
model           base model/record model/config
store           base model/*
store/sqlite    base model/* store
store/catalog   base model/* store
source/device   base model/*
source/ssh      base model/*
source          base filter model/*
source/serve    base filter model/* source
source/postgres base filter model/* source source/ssh source/serve source/postgres/property source/postgres/restore source/postgres/count source/postgres/cluster source/postgres/hint
source/postgres/cluster base filter model/* source source/postgres source/postgres/count
source/postgres/count base model/record
source/postgres/hint base
source/postgres/property base model/record
source/postgres/restore base filter model/* source source/postgres source/postgres/property source/postgres/hint
source/tree     base filter model/* source source/device source/ssh source/serve
source/volume   base filter model/* source source/device source/tree
source/boot     base filter model/* source source/device source/tree
disc            base model/*
disc/read       base model/* disc
disc/image      base model/* disc disc/read
disc/drive      base model/* disc disc/read disc/image
job             base filter model/* store source/* disc/*
job/disc        base filter model/* store source/* disc/* job
job/backup      base filter model/* store source/* disc/* job job/disc
job/run         base filter model/* store source/* disc/* job job/disc job/backup
job/restore     base filter model/* store source/* disc/* job job/disc
job/pool        base filter model/* store source/* disc/* job job/disc
job/drill       base filter model/* store source/* disc/* job job/disc job/restore
job/clone       base filter model/* store source/* disc/* job
job/api         base model/* source disc/* job
report          base/str.h
cli             base/str.h report
vdrive/engine
vdrive/engine/command vdrive/engine
vdrive/station  vdrive/engine
vdrive/preload  vdrive/station
vdrive/tcmu     vdrive/engine vdrive/station
vdrive/front    vdrive/engine vdrive/station vdrive/tcmu
END
}

# Which folder, and what is in it, includes the headers of a library.
libraries()
{
	cat <<'END'
archive(_entry)?\.h            source/tree
blkid/blkid\.h                 source/device source/volume
confuse\.h                     model/config
jansson\.h                     model vdrive/engine source/volume report
libburn/libburn\.h             disc
libfdisk/libfdisk\.h           source/device
libisoburn/libisoburn\.h       disc
libisofs/libisofs\.h           disc
libmount/libmount\.h           source/device
libpq-fe\.h                    source/postgres
malloc\.h                      disc/image
openssl/[a-z]+\.h              base
sodium\.h                      model/record store
sqlite3\.h                     store/sqlite
systemd/sd-bus\.h              base
xxhash\.h                      base vdrive/engine
zlib\.h                        filter
zstd(_errors)?\.h              filter
END
}

# The expression that matches the headers of the folders (and files) given.
headers_of()
{
	local one all=
	for one; do
		case $one in
		*.h) all="$all|${one//./\\.}" ;;
		*/\*) all="$all|${one%/*}/[a-z_/]+\.h" ;;
		*) all="$all|$one/[a-z_]+\.h" ;;
		esac
	done
	echo "(${all#|})"
}

set -f
layers | while read -r folder allowed; do
	# shellcheck disable=SC2086
	pattern=$(headers_of "$folder" $allowed)
	find "src/$folder" -maxdepth 1 -name '*.[ch]' \
		-exec grep -HnE '^#include "' {} + |
		grep -vE "#include \"($pattern|(restore|postgres)_sh\.h)\"" |
		rule "$folder includes: ${allowed:-nothing else}"
done
find src -name '*.c' -printf '%P\n' | sed 's,/[^/]*$,,' | sort -u |
	grep -vxF "$(layers | cut -d ' ' -f 1)" |
	rule "every folder of src has its line in layers()"
libraries | while read -r header folders; do
	grep -rnE "^#include <$header>" src include |
		grep -vE "^src/(${folders// /|})/" | rule "<$header> in: $folders"
done
set +f
grep -rhoE '^#include <[^>]+>' src include | sed 's/.*<//; s/>//' | sort -u |
	grep -vE '^(arpa|linux|netinet|scsi|sys|nightburn)/' |
	grep -vxE "$(libraries | awk '{ printf "%s|", $1 }')"'(ctype|dirent|dlfcn|errno|fcntl|fnmatch|ftw|getopt|glob|grp|inttypes|limits|locale|math|mntent|poll|pthread|pwd|sched|signal|std[a-z]+|strings?|time|unistd)\.h' |
	rule "every library has its line in libraries()"
grep -rnE '^#include <(nightburn|vdrive)/' src/vdrive |
	rule "vdrive includes nothing of nightburn"
grep -nE '^#include "source/postgres/(cluster|restore)/' src/source/postgres/*.[ch] |
	grep -v '^src/source/postgres/postgres\.c:' |
	rule "the table of postgres alone includes from the folders above it"
grep -rnE 'backup_id' src/source |
	grep -vE '^src/source/(source\.h|ours\.c|boot/disc\.c|postgres/(describe\.[ch]|serve\.c)|tree/serve\.c):' |
	rule "no source knows where its backup stands on the disc"
grep -rnE 'strlen\(.*backup_id\)|%s/.*backup_id' src/job/restore |
	rule "a restore knows no path with the backup's id in it"
grep -rnE '\bnb_backup_path_(put|take_all)\(' src --include='*.c' |
	grep -vE '^src/(model/record/backup_path|job/backup/session|job/disc/disc_contents|source/tree/serve)\.c:' |
	rule "a backup's id is put on and taken off in few places"
grep -rnE '\bNB_GUARD_PERMIT\b' src --include='*.c' |
	grep -vE '^src/model/decide/guard\.c:|[!=]= NB_GUARD_PERMIT\b' |
	rule "a permit to destroy comes from the guard alone"
grep -rnE 'profile *[!=]= *(NB_|0x|[0-9])|NB_PROFILE_STDIO' src/disc src/job src/model |
	grep -vE '^src/disc/(profile\.[ch]|drive/drive\.c):' |
	rule "code asks what a profile does, not which one it is"
grep -nE '\bbool json\b|->json\b' -r src/cli src/report |
	rule "no command asks for the form of its report"
grep -rnE '"(select|insert into|update|delete|pragma) ' src/store src/job |
	grep -v '^src/store/sqlite/' | rule "SQL of the catalog in its engine alone"
grep -rnE '#include <(fcntl|unistd|time|sys/stat)\.h>' src/model |
	grep -v '^src/model/config/' |
	rule "model has no files and no clock, but for reading the configuration"
grep -rnE '\b(printf|puts|putchar)\(' src --include='*.c' |
	grep -vE '^src/(cli|vdrive)/' | rule "only cli prints to stdout"
grep -rnE '(^|[^_a-z])exit\(' src --include='*.c' |
	grep -vE '^src/(cli|vdrive)/|_exit\(' | rule "nothing but the program exits"
find src include tests examples -name '*.[ch]' -exec grep -L \
	'^/\* SPDX-License-Identifier: GPL-2.0-or-later \*/$' {} + |
	rule "every C file has its SPDX line"
find src include -name '*.[ch]' -exec awk 'END { if (FNR > 400)
	print FILENAME ": " FNR " lines" }' {} \; |
	rule "no file is longer than 400 lines"
find src include -name '*.[ch]' -exec expand {} + |
	awk 'length($0) > 80' | rule "no line is longer than 80 columns"
find src -name '*.c' -printf '%h\n' | sort | uniq -c |
	awk '$1 > 20' | rule "no folder has more than 20 files of C at one level"
grep -nE '^#include ("|<(libisofs|libburn|libisoburn|sqlite3|libpq))' \
	-r include | rule "installed headers include no others of ours"
find src include tests examples -name '*.[ch]' -exec awk 'FNR == 1 &&
	$0 != "/* SPDX-License-Identifier: GPL-2.0-or-later */" {
	print FILENAME }' {} + | rule "the SPDX line is the first"
grep -rnE '[[:blank:]]+$' src include tests --include='*.[ch]' |
	rule "no line ends in blanks"
echo "1..$count"
