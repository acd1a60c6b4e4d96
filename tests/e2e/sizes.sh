#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is larger than a disc, or than 32 bits of blocks, is refused before
# anything is destroyed, with the names of the largest files.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

make_discs
write_conf <<END
job "j" { pool = "db"  tree "all" { path = "$work/tree" } }
END
mkdir -p "$work/tree"
echo small >"$work/tree/file"

two_nights()
{
	nb_is 0 run && insert B && nb_is 0 run && insert A
	discs=$(cat "$work"/discs/* | sha256sum)
}

unchanged()
{
	[ "$discs" = "$(cat "$work"/discs/* | sha256sum)" ]
}

# sparse SIZE NAME...: the tree has these instead.
sparse()
{
	local size=$1
	shift
	rm -f "$work"/tree/huge*
	(cd "$work/tree" && truncate -s "$size" "$@")
}

# refused NAMED ARGUMENTS...
refused()
{
	local named=$1
	shift
	nb_is 3 "$@" && says err \
		"the backup is larger than any disc (4.4 TB); the largest files: $named" &&
		says err 'hint: leave them out with exclude or max_file_size' &&
		unchanged
}

one_file()
{
	sparse 8T huge
	refused 'tree/all/huge (8.8 TB)' run &&
		refused 'tree/all/huge (8.8 TB)' run --resume &&
		refused 'tree/all/huge (8.8 TB)' append &&
		refused 'tree/huge (8.8 TB)' append "$work/tree/huge" &&
		refused 'tree/all/huge (8.8 TB)' image "$work/image" &&
		[ ! -e "$work/image" ]
}

two_files()
{
	sparse 4T huge1 huge2
	refused 'tree/all/huge1 (4.4 TB), tree/all/huge2 (4.4 TB)' run
}

# A sum that would be small in 32 bits, and names of one file that count once.
many_files()
{
	sparse 3T huge1 huge2 huge3
	refused 'tree/all/huge1 (3.3 TB), tree/all/huge2 (3.3 TB)' run || return 1
	sparse 1T huge1
	ln "$work/tree/huge1" "$work/tree/huge2"
	ln "$work/tree/huge1" "$work/tree/huge3"
	ln "$work/tree/huge1" "$work/tree/huge4"
	ln "$work/tree/huge1" "$work/tree/huge5"
	nb_is 3 run && says err '1.1 TB needed' && unchanged
}

one_disc()
{
	sparse 200M huge
	nb_is 3 run && says err 'the largest files: tree/all/huge (209.7 MB)' &&
		says err 'MB needed, 100.0 MB available' && unchanged
}

afterwards()
{
	rm "$work/tree/huge"
	nb_is 0 run && says out 'verified'
}

check "two nights" two_nights
check "8 TiB in one file are refused by all that burn" one_file
check "4 TiB in each of two" two_files
check "sums that wrap; a hard link counts once" many_files
check "what is larger than this disc" one_disc
check "without it, the next night is good" afterwards
finish
