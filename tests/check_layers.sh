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

# Includes of LAYER that are of none of the folders behind it.
includes_but()
{
	local layer=$1 allowed=$2
	grep -nE '^#include "' -r "src/$layer" --include='*.[ch]' |
		grep -vE "#include \"($allowed)/" | grep -v 'restore_sh.h'
}

includes_but base 'base' | rule "base includes base alone"
includes_but filter 'base|filter' | rule "filter includes base and filter"
includes_but model 'base|model' | rule "model includes base and model"
includes_but store 'base|model|store' | rule "store includes what is above it"
includes_but source 'base|filter|model|source' |
	rule "source knows neither store nor disc"
grep -nE '^#include "source/' -r src/source/ssh |
	grep -v '#include "source/ssh/' |
	rule "source/ssh is below the sources that use it"
includes_but disc 'base|model|disc' | rule "disc knows neither store nor source"
includes_but job 'base|filter|model|store|source|disc|job' |
	rule "job includes what is above it"
for layer in report cli; do
	grep -nE '^#include "' -r "src/$layer" --include='*.[ch]' |
		grep -vE '#include "(base/str.h|report/|cli/)' |
		rule "$layer uses the installed API, and strings"
done
grep -rnE '#include <(libisofs|libburn|libisoburn)/' src include |
	grep -v '^src/disc/' | rule "libisofs and libburn in disc alone"
grep -rn '#include <sqlite3.h>' src include | grep -v '^src/store/' |
	rule "SQLite in store alone"
grep -rn '#include <libpq-fe.h>' src include | grep -v '^src/source/' |
	rule "libpq in source alone"
grep -rnE '#include <(zstd|zlib)\.h>' src include | grep -v '^src/filter/' |
	rule "libzstd and zlib in filter alone"
grep -rn '#include <archive' src include | grep -v '^src/source/' |
	rule "libarchive in source alone"
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
grep -n '#include "cli/' -r src/report | rule "report does not know cli"
find src -mindepth 1 -maxdepth 1 -type d | grep -vE \
	'^src/(base|filter|model|store|source|disc|job|report|cli|vdrive)$' |
	rule "every folder of src has its place"
find src -name '*.c' -printf '%h\n' | sort | uniq -c |
	awk '$1 > 20' | rule "no folder has more than 20 files of C at one level"
if [ -d src/vdrive ]; then
	grep -nE '^#include ("|<nightburn/)' -r src/vdrive |
		grep -v '#include "vdrive/'
fi | rule "vdrive includes nothing of nightburn"
grep -rnE 'strn?(case)?cmp\([^"]*"(refuse|fresh|append|blank-then-fresh|appendable|overwritable|closed|damaged|unreadable|good|suspect|blanked|retired|writing|incomplete|symlink)"' \
	src/job src/cli src/report src/store --include='*.c' |
	rule "states are enums: no word of one is compared"
grep -nE '^#include [<"]vdrive/' -r src include | grep -v '^src/vdrive/' |
	rule "nightburn includes nothing of vdrive"
grep -nE '^#include ("|<(libisofs|libburn|libisoburn|sqlite3|libpq))' \
	-r include | rule "installed headers include no others of ours"
find src include tests examples -name '*.[ch]' -exec awk 'FNR == 1 &&
	$0 != "/* SPDX-License-Identifier: GPL-2.0-or-later */" {
	print FILENAME }' {} + | rule "the SPDX line is the first"
grep -rnE '[[:blank:]]+$' src include tests --include='*.[ch]' |
	rule "no line ends in blanks"
echo "1..$count"
