# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A directory with all that a file system can hold, as it is in two nights, and
# whether a disc that a guest has mounted shows it so.  Sourced after guest.sh:
# what the guest left is in $work/seen, a tar of each mount beside what the
# kernel said to it.

tree=$work/tree
long=$(printf 'n%.0s' $(seq 197)).txt
make_tree()
{
	mkdir -p "$tree/dir/deeper" "$tree/empty dir" "$tree/shared"
	head -c 300000 /dev/urandom >"$tree/dir/random"
	echo long >"$tree/$long"
	echo spaces >"$tree/  spaces in  a name "
	echo newline >"$tree/"$'new\nline'
	echo japanese >"$tree/dir/日本語"
	echo deep >"$tree/dir/deeper/plain"
	: >"$tree/nothing"
	ln "$tree/dir/random" "$tree/hard link"
	ln -s dir/random "$tree/symlink"
	ln -s "/nowhere/$long" "$tree/dangling"
	echo program >"$tree/program"
	chown 1111:2222 "$tree/program" "$tree/empty dir"
	chown -h 3333:4444 "$tree/symlink"
	chmod 4751 "$tree/program"
	chmod 0600 "$tree/nothing"
	chmod 2750 "$tree/empty dir"
	chmod 1777 "$tree/shared"
	touch -d 2001-02-03T04:05:06Z "$tree/program" "$tree/dir/random"
	touch -d 2037-12-31T23:59:58Z "$tree/$long"
	touch -h -d 1999-12-31T23:59:59Z "$tree/symlink"
	touch -d 2011-11-11T11:11:11Z "$tree"/{dir/deeper,dir,shared,empty\ dir}
}

# Another night: a file more, one that has changed, one less.
change_tree()
{
	echo more >"$tree/dir/more"
	echo changed >"$tree/dir/deeper/plain"
	rm "$tree/dangling"
	ln -s "../$long" "$tree/dir/link"
}

# keep_night N: the tree as it was.
keep_night()
{
	cp -a "$tree" "$work/night$1"
}

unpack_seen()
{
	local tar
	for tar in "$work"/seen/*.tar; do
		mkdir "${tar%.tar}" && tar -C "${tar%.tar}" -xpf "$tar" \
			--numeric-owner || return 1
	done
}

# facts DIRECTORY: all that Rock Ridge keeps of the files below it.
facts()
{
	[ -d "$1" ] && (cd "$1" && find . -mindepth 1 \( \
		-type l -printf '%p\0%y %U:%G %Ts %l\0' -o \
		-type d -printf '%p\0%y %m %U:%G %Ts\0' -o \
		-printf '%p\0%y %m %U:%G %Ts %s\0' \) | sort -z &&
		find . -type f -print0 | sort -z | xargs -0 sha256sum -z)
}

# tree_of MOUNT N: of the Nth backup there.
tree_of()
{
	local id
	id=$(cd "$work/seen/$1" && find . -maxdepth 1 -name '*Z-*' | sort |
		sed -n "$2p")
	echo "$work/seen/$1/$id/tree/files"
}

# agrees MOUNT N [NIGHT]: the Nth backup has the tree as it was in that night,
# by default the Nth; everything has its checksum; the kernel was content.
agrees()
{
	facts "$work/night${3-$2}" >"$work/want"
	facts "$(tree_of "$1" "$2")" >"$work/have" || return 1
	[ -s "$work/want" ] && diff -a <(tr '\0' '\n' <"$work/want") \
		<(tr '\0' '\n' <"$work/have") || return 1
	(cd "$work/seen/$1" && sha256sum --quiet -c SHA256SUMS) &&
		quiet "$1" && all_links "$1"
}

# With session=N the kernel tells in any case what it took.
quiet()
{
	[ -e "$work/seen/$1.dmesg" ] || return 1
	! grep -v 'ISOFS: Session [0-9]* start' "$work/seen/$1.dmesg" |
		grep -aE 'rock:|ISOFS:|isofs|I/O error'
}

# isofs counts links, but gives each its own inode.  A file that did not change
# from one night to the next may be one file with the names of both.
all_links()
{
	local nights
	nights=$(wc -l <"$work/seen/$1.links")
	case $(cut -d' ' -f1 "$work/seen/$1.links" | sort -u) in
	2 | $((2 * nights))) ;;
	*) return 1 ;;
	esac
}
