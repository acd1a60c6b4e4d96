#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is longer, deeper or more than usual fails no night: paths over 4,096
# bytes, 1,030 directories in each other, thousands of holes, large extended
# attributes; and the flags of chattr, which only the manifest can hold.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

make_discs
# A file system that takes attributes of any size.
more=$(mktemp -d /dev/shm/nbe2e.XXXXXX 2>/dev/null || mktemp -d)
much=$(mktemp -d "$more.XXXXXX")
clean_up()
{
	chattr -Rf -ia "$work" "$more"
	rm -rf "$more" "$much"
	at_exit
} 2>/dev/null
trap clean_up EXIT

mkdir "$work/tree"
cd "$work/tree" || exit 1
python3 - "$more" <<'END'
import os
import sys
def down(name, count, text):
    here = os.open(".", os.O_RDONLY)
    for i in range(count):
        os.mkdir(name)
        os.chdir(name)
    with open("bottom", "w") as f:
        f.write(text + "\n")
    os.fchdir(here)
down("long" * 50, 25, "long")
down("d", 1030, "deep")
with open("holes", "wb") as f:
    for i in range(2500):
        f.seek(i * 8192)
        f.write(b"x" * 100)
with open("few", "wb") as f:
    f.seek(4 << 20)
    f.write(b"end")
os.chdir(sys.argv[1])
open("whole", "wb").close()
open("cut", "wb").close()
try:
    os.setxattr("whole", "user.large", os.urandom(65536))
    for i in range(8):
        os.setxattr("cut", "user.a%d" % i, b"x" * 65536)
except OSError:
    pass
END
echo flagged >flagged
mkdir fixed
echo inside >fixed/inside
ln fixed/inside fixed/linked
ln -s inside fixed/link
touch -d '2020-01-01 UTC' fixed/inside fixed
# As far as the file system and the user allow.
chattr +dA flagged fixed 2>/dev/null
chattr +ia fixed/inside 2>/dev/null
chattr +i fixed 2>/dev/null
cd "$work" || exit 1
cat >nb.conf <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "p" { discs = { "A" }  drives = { "upper" } rotation = append }
job "j" {
  pool = "p"
  tree "t" { path = "$work/tree" }
  tree "more" { path = "$more" }
  tree "packed" { path = "$work/tree/fixed" pack = "tar.zst" }
}
END
chmod 600 nb.conf

# flags PATH...: the flags of chattr, and names.
flags()
{
	lsattr -d -- "$@" 2>/dev/null | sed -E 's,^[^ ]*[a-zA-Z]+,&,'
}

fixed=(fixed fixed/inside fixed/linked)
flagged()
{
	(cd tree && flags flagged "${fixed[@]}" | grep -c '^[^ ]*[aAdi]')
}

# Two of the flags are those of the archive's members, not of its root.
night()
{
	local count
	count=$(flagged)
	[ "$count" = 0 ] || count=$((2 * count - 1))
	nb_is 0 run && says out verified || return 1
	[ "$count" = 0 ] || says out "$count names whose link targets, dates \
or flags only the manifest can hold"
}
check "a night" night

came_back()
{
	nb_is 0 restore --to back || return 1
	[ "$(find back/tree/t -name bottom -execdir cat {} + | sort |
		paste -sd ' ')" = "deep long" ] &&
		cmp tree/holes back/tree/t/holes &&
		cmp tree/few back/tree/t/few &&
		[ "$(stat -c %b back/tree/t/few)" -lt 100 ] &&
		diff -r tree/fixed back/tree/t/fixed &&
		[ "$(stat -c '%h %Y' back/tree/t/fixed/inside)" = \
			"$(stat -c '%h %Y' tree/fixed/inside)" ]
}
check "it comes back" came_back

same_flags()
{
	diff <(cd tree && flags flagged "${fixed[@]}") \
		<(cd back/tree/t && flags flagged "${fixed[@]}") &&
		diff <(cd tree/fixed && flags inside linked) \
			<(cd back/tree/packed && flags inside linked)
}
check "with its flags, from an archive, too" same_flags

attributes()
{
	nb_is 0 restore --to "$much" --source more || return 1
	[ "$(getfattr -d -m user. --absolute-names "$more/whole" | tail -n +2)" = \
		"$(getfattr -d -m user. "$much"/tree/more/whole | tail -n +2)" ] ||
		return 1
	[ "$(getfattr -m user. "$more/cut" 2>/dev/null | grep -c ^user)" = 8 ] ||
		return 0
	[ "$(getfattr -m user. "$much"/tree/more/cut | grep -c ^user)" = 6 ]
}
TMPDIR=$more check "attributes come back, as many as a manifest holds" attributes

told()
{
	rm -rf whole
	xorriso -osirrox on -indev stdio:discs/A -extract /RESTORE.txt \
		RESTORE.txt -extract /nightburn/manifest.json manifest.json \
		>/dev/null 2>&1
	[ "$(getfattr -m user. "$more/cut" 2>/dev/null | grep -c ^user)" != 8 ] ||
		grep -q '"path":"cut","what":"xattrs","size":0' manifest.json ||
		return 1
	[ "$(flagged)" != 0 ] || return 0
	grep -q '^  2.*/tree/t/fixed/inside$' RESTORE.txt &&
		grep -q '^  2.*/tree/packed.tar.zst/packed/inside$' RESTORE.txt &&
		grep -q '/tree/t/fixed/inside",.*"flags":"a*i"' manifest.json
}
check "RESTORE.txt and manifest tell" told

# As a user who may not set them: named once, and the rest comes back.
unprivileged()
{
	flags tree/fixed | grep -q '^[^ ]*i' || return 0
	mkdir user && chown 65534 user
	setpriv --reuid=65534 --regid=65534 --clear-groups "$nightburn" \
		restore --device "stdio:$work/discs/A" --source t --to user \
		>out 2>err </dev/null
	status=$?
	[ "$status" = 0 ] &&
		[ "$(grep -c 'cannot set the flags' err)" = 1 ] &&
		says err "tree/t/fixed/inside: cannot set the flags ai: \
Operation not permitted" &&
		says err "the flags of 1 more file" &&
		flags user/tree/t/flagged | grep -q '^[^ ]*d[^ ]*A' &&
		[ "$(cat user/tree/t/fixed/inside)" = inside ]
}

# As another user's they must not run with the rights of that one.
set_ids()
{
	mkdir ids ids/dir again && chown 65534:65534 again &&
		printf x >ids/root && chmod 6755 ids/root &&
		printf x >ids/mine && chown 65534:65534 ids/mine &&
		chmod 6751 ids/mine && chmod 2775 ids/dir || return 1
	sed -e '/tree "more"/d' -e 's/tree "[tp][^ ]* {/& min_ratio = 0/' \
		-e "s,$work/tree/fixed,$work/ids," \
		-e "s,$work/tree\",$work/ids\"," nb.conf >ids.conf
	chmod 600 ids.conf
	nb_is 0 -c "$work/ids.conf" run || return 1
	setpriv --reuid=65534 --regid=65534 --clear-groups "$nightburn" \
		restore --device "stdio:$work/discs/A" --to again \
		>out 2>err </dev/null
	status=$?
	for one in t packed; do
		(cd "again/tree/$one" && stat -c '%n %a %u' root mine dir)
	done >modes
	[ "$status" = 0 ] && diff - modes <<-'END' &&
	root 755 65534
	mine 6751 65534
	dir 2775 65534
	root 755 65534
	mine 6751 65534
	dir 2775 65534
	END
		[ "$(grep -c "1 file is restored without the set-user-ID or \
set-group-ID bit: only root can give it its owner" err)" = 2 ]
}
if [ "$(id -u)" = 0 ] && runuser -u nobody -- test -x "$nightburn"; then
	check "flags that may not be set are named, once" unprivileged
	check "no bit of another user's is set" set_ids
else
	skip "flags that may not be set are named, once" "needs root"
	skip "no bit of another user's is set" "needs root"
fi
finish
