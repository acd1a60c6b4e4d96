#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How things end: killed programs, failing power, discs in use; and the time
# that a real recorder takes.
. "${NB_TOP_SRCDIR:?}/tests/vdrive/common.sh"

head -c 4194304 /dev/urandom >data
tree one 900
image one.iso one

new()
{
	rm -f "$2"
	"$VDRIVE" new --type "$1" --capacity 60000 "$2"
}

# The client is killed at its tenth write, with nothing synchronised.
killed_write()
{
	new dvd-ram a.disc
	echo 'when write nth 10 then kill client' >rules
	"$VDRIVE" --disc a.disc --faults rules "$@" -- \
		dd if=data of=$SR bs=64k conv=notrunc
	[ $? = 137 ] || return 1
	rm -f out.iso
	"$VDRIVE" export --disc a.disc out.iso
	head -c 589824 data >written
}

acknowledged_is_kept()
{
	killed_write && same_start written out.iso
}

buffered_is_lost()
{
	killed_write --power-loss && ! same_start written out.iso
}

synchronised_is_kept()
{
	new dvd-ram a.disc
	"$VDRIVE" --disc a.disc --power-loss -- \
		dd if=data of=$SR bs=64k conv=notrunc,fsync || return 1
	rm -f out.iso
	"$VDRIVE" export --disc a.disc out.iso && same_start data out.iso
}

# What is more than the recorder's buffer has reached the disc all the same.
buffer_is_bounded()
{
	new dvd-ram a.disc
	"$VDRIVE" --disc a.disc --power-loss -- \
		dd if=data of=$SR bs=64k conv=notrunc || return 1
	rm -f out.iso
	"$VDRIVE" export --disc a.disc out.iso
	head -c 2097152 data >written
	same_start written out.iso && ! same_start data out.iso
}

track_is_damaged()
{
	new cd-rw c.disc
	echo 'when write nth 20 then power loss' >rules
	"$VDRIVE" --disc c.disc --faults rules -- \
		wodim dev=$SR gracetime=2 -multi -tao -data one.iso
	says 'open, damaged|^next' "$VDRIVE" show c.disc
}

damaged_is_blanked()
{
	on c.disc wodim dev=$SR gracetime=2 -force blank=fast &&
		says '^state *blank' "$VDRIVE" show c.disc
}

half_blanked()
{
	new cd-rw c.disc
	on c.disc wodim dev=$SR gracetime=2 -multi -tao -data one.iso || return 1
	"$VDRIVE" --disc c.disc --timing real --power-loss -- \
		python3 "$NB_TOP_SRCDIR/tests/vdrive/sgio.py" blank
	says '^state *half blanked' "$VDRIVE" show c.disc
}

half_blanked_is_blanked()
{
	on c.disc wodim dev=$SR gracetime=2 -force blank=all &&
		says '^state *blank' "$VDRIVE" show c.disc
}

# vdrive itself is killed: the disc is as it was last synchronised.
killed_vdrive()
{
	new dvd+r p.disc
	on p.disc growisofs -use-the-force-luke=notray -Z $SR -quiet -R one ||
		return 1
	"$VDRIVE" --disc p.disc -- sh -c 'kill -KILL $PPID; exec true'
	says 'session 1 .* data$' "$VDRIVE" show p.disc &&
		on p.disc test -b $SR
}

in_use()
{
	says 'a.disc: in use by another drive' "$VDRIVE" --disc a.disc -- \
		"$VDRIVE" --disc a.disc -- true
}

takes_time()
{
	new cd-rw t.disc
	"$VDRIVE" --disc t.disc --timing 60 --trace trace -- \
		wodim dev=$SR gracetime=2 -tao -multi -data data || return 1
	grep -q '"op":"2a".*"key":2,"asc":4,"ascq":8' trace ||
		{ echo "the buffer was never full"; return 1; }
	has_session t.disc 1 data
}

blank_takes_time()
{
	rm -f trace
	"$VDRIVE" --disc t.disc --timing 60 --trace trace -- \
		xorriso -outdev $SR -blank fast || return 1
	grep -q '"op":"00".*"key":2,"asc":4,"ascq":7' trace ||
		{ echo "blanking took no time"; return 1; }
	says '^state *blank' "$VDRIVE" show t.disc
}

check "what was acknowledged is kept when the client is killed" \
	acknowledged_is_kept
check "what was not synchronised is lost when the power fails" \
	buffered_is_lost
check "what was synchronised is kept when the power fails" \
	synchronised_is_kept
check "the buffer of a recorder is two megabytes" buffer_is_bounded
check "a burn ended by the power leaves a damaged track" track_is_damaged
check "a disc with a damaged track can be blanked" damaged_is_blanked
check "a blank ended by the power leaves a half blanked disc" half_blanked
check "a half blanked disc can be blanked" half_blanked_is_blanked
check "a disc outlives vdrive" killed_vdrive
check "a disc lies in one drive at a time" in_use
check "writing takes its time, and the buffer fills" takes_time
check "blanking takes its time" blank_takes_time
finish
