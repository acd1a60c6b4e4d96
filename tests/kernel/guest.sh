# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A real Linux kernel for tests: a virtual machine with Debian's kernel, which
# is downloaded and unpacked, not installed, and a root of busybox and whatever
# a test adds.  It is emulated, so it runs where there is no KVM; it has no
# network.  Sourced after tests/e2e/lib.sh, whose $work it uses.

guest_cache=${NB_KERNEL_CACHE:-${build:?}/kernel-cache}
guest_limit=$((420 * ${NB_TEST_SLOWER:-1})) # seconds for one boot
guest_qemu=qemu-system-x86_64
guest_pid=

# Ends the guest that runs when the test is told to end.
guest_end()
{
	[ -z "$guest_pid" ] || { kill "$guest_pid"; wait "$guest_pid"; }
	at_exit
}
trap guest_end EXIT

# What a guest loads, in this order, each after what it needs.
guest_modules="virtio_pci virtio_console virtio_blk isofs sr_mod sg
target_core_user tcm_loop crc32c_generic ext4 vfat nls_cp437 nls_ascii loop"
# What one loads that asks for it with guest_storage.
guest_storage="crc32c_generic loop dm_mod dm_snapshot dm_thin_pool raid1 ext4 xfs"

# Why there is no guest on this machine; empty when there is one.
guest_why()
{
	local program
	for program in $guest_qemu busybox cpio dpkg-deb apt-get flock xz; do
		command -v "$program" >/dev/null ||
			{ echo "no $program on this machine"; return; }
	done
	[ "$(id -u)" = 0 ] || { echo "a guest's files need root"; return; }
	mkdir -p "$guest_cache"
	(
		flock 9
		[ -e "$guest_cache/ready" ] && [ -e "$guest_cache/vmlinuz" ] &&
			[ -e "$guest_cache/storage/order" ] && exit
		guest_fetch >"$guest_cache/log" 2>&1 && exit
		echo "no kernel: $(tail -n 1 "$guest_cache/log")"
	) 9>"$guest_cache/lock"
}

# Debian's newest kernel that is meant for machines with drives.
guest_package()
{
	apt-cache depends linux-image-amd64 |
		sed -nE 's/^ *Depends: (linux-image-[0-9].*-amd64)$/\1/p' |
		head -n 1
}

guest_download()
{
	local package
	package=$(guest_package)
	[ -n "$package" ] && (cd "$1" && apt-get -q download "$package")
}

guest_fetch()
{
	local dir=$work/kernel status
	mkdir -p "$dir" || return 1
	guest_download "$dir" || { apt-get -q update; guest_download "$dir"; } ||
		{ echo "linux-image-amd64 cannot be downloaded"; return 1; }
	dpkg-deb -x "$dir"/linux-image-*.deb "$dir" &&
		guest_keep_kernel "$dir"/boot/vmlinuz-* &&
		guest_keep_modules "$dir"/lib/modules/* &&
		basename "$dir"/lib/modules/* >"$guest_cache/ready"
	status=$?
	rm -rf "$dir"
	return $status
}

# The kernel unpacked, which starts sooner than one that unpacks itself slowly.
guest_keep_kernel()
{
	local at
	cp "$1" "$guest_cache/vmlinuz"
	cp "$1" "$guest_cache/kernel"
	for at in $(LC_ALL=C grep -aobP '\xFD7zXZ\x00' "$1" | cut -d: -f1); do
		tail -c +$((at + 1)) "$1" | xz -dcq >"$guest_cache/elf" 2>/dev/null
		[ "$(head -c 4 "$guest_cache/elf" | tail -c 3)" = ELF ] || continue
		mv "$guest_cache/elf" "$guest_cache/kernel"
		return
	done
	rm -f "$guest_cache/elf"
}

guest_keep_modules()
{
	local name
	rm -rf "$guest_cache/modules" "$guest_cache/storage"
	mkdir "$guest_cache/modules" "$guest_cache/storage" || return 1
	for name in $guest_modules; do
		guest_keep_module "$1" "$name" modules || return 1
	done
	for name in $guest_storage; do
		guest_keep_module "$1" "$name" storage || return 1
	done
}

# guest_keep_module DIRECTORY NAME GROUP: that one, after what it needs.
guest_keep_module()
{
	local file name=${2//-/_} to needs
	to=$guest_cache/$3/$name.ko
	[ ! -e "$to" ] && [ ! -e "$guest_cache/modules/$name.ko" ] || return 0
	file=$(find "$1" -name "${name//_/[-_]}.ko*")
	[ -n "$file" ] || { echo "no module $name in this kernel"; return 1; }
	case $file in
	*.xz) xz -dc "$file" >"$to" ;;
	*) cp "$file" "$to" ;;
	esac || return 1
	for needs in $(tr '\0' '\n' <"$to" | LC_ALL=C \
		sed -n 's/^depends=//p' | tr ',' ' '); do
		guest_keep_module "$1" "$needs" "$3" || return 1
	done
	echo "$name" >>"$guest_cache/$3/order"
}

# guest_new ROOT: the files of a guest, to which a test may add.
guest_new()
{
	local applet
	mkdir -p "$1"/{bin,dev,etc,proc,results,root,sys,tmp} &&
		cp "$(command -v busybox)" "$1/bin/busybox" &&
		cp -r "$guest_cache/modules" "$1/modules" || return 1
	for applet in $(busybox --list); do
		[ "$applet" = busybox ] || ln -s busybox "$1/bin/$applet"
	done
	echo 'root:x:0:0::/root:/bin/sh' >"$1/etc/passwd"
	echo 'root:x:0:' >"$1/etc/group"
	cat >"$1/bin/see" <<'END'
#!/bin/sh
# see NAME DEVICE OPTIONS: a mount, wholly read, and what the kernel says to it.
# Never two of one device: they would be one, with the options of the first.
dmesg -c >>/results/dmesg
mkdir -p /mnt
mount -t iso9660 -o "$3" "/dev/$2" /mnt || exit 1
tar -C /mnt -cf "/results/$1.tar" . || echo "$1: not readable"
find /mnt -type f -exec stat -c '%h %n' {} + |
	grep 'hard link$' >"/results/$1.links"
umount /mnt || exit 1
dmesg -c >"/results/$1.dmesg"
END
	chmod 755 "$1/bin/see"
	cat >"$1/init" <<'END'
#!/bin/sh
export PATH=/bin LC_ALL=C LD_LIBRARY_PATH=/lib
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mkdir -p /dev/shm
mount -t tmpfs none /dev/shm
for module in $(cat /modules/order); do
	insmod "/modules/$module.ko" || echo "cannot load $module"
done >/results/modules 2>&1
cd /root
[ ! -d /sys/kernel/config ] || mount -t configfs none /sys/kernel/config
sh /script >/results/log 2>&1
echo $? >/results/status
dmesg >>/results/dmesg
port=$(grep -lx results /sys/class/virtio-ports/*/name)
port=$(basename "$(dirname "$port")")
tar -C /results -cf "/dev/$port" .
reboot -f
END
	chmod 755 "$1/init"
}

# guest_storage ROOT: drivers of volumes, mirrors and file systems.
guest_storage()
{
	cp "$guest_cache"/storage/*.ko "$1/modules" || return 1
	cat "$guest_cache/storage/order" >>"$1/modules/order"
}

# guest_add ROOT PROGRAM...: in its PATH.
guest_add()
{
	local root=$1
	shift
	cp --remove-destination "$@" "$root/bin" &&
		guest_libraries "$root" "$@"
}

# built NAME: a program of the build, not the script that libtool put in its place.
built()
{
	if [ -e "$build/.libs/$1" ]; then
		echo "$build/.libs/$1"
	else
		echo "$build/$1"
	fi
}

# guest_same ROOT FILE...: files and directories, where they are here.
guest_same()
{
	local root=$1
	shift
	(cd / && cp -a --parents "${@#/}" "$root")
}

# guest_libraries ROOT PROGRAM...: what they need.
guest_libraries()
{
	local root=$1 file
	shift
	mkdir -p "$root/lib" "$root/lib64" || return 1
	for file in $(LD_LIBRARY_PATH=$build/.libs ldd "$@" |
		sed -nE 's/^.*[[:space:]](\/.*) \(0x.*$/\1/p' | sort -u); do
		case $file in
		*/ld-linux*) cp "$file" "$root/lib64" ;;
		*) cp "$file" "$root/lib" ;;
		esac || return 1
	done
}

# guest_boot ROOT RESULTS [QEMU ARGUMENT...]: runs /script of ROOT in a guest.
# What it left in /results is then in RESULTS.
guest_boot()
{
	local root=$1 results=$2 status
	shift 2
	(cd "$root" && find . -print0 | cpio -0 -o -H newc --quiet) \
		>"$root.cpio" || return 1
	timeout -k 5 $guest_limit $guest_qemu -accel tcg,thread=multi \
		-smp 2 -m 1024 -nodefaults -no-user-config -display none \
		-no-reboot -kernel "$guest_cache/kernel" -initrd "$root.cpio" \
		-append 'console=ttyS0 quiet rcupdate.rcu_expedited=1 panic=-1 rdinit=/init' \
		-serial "file:$root.console" -device virtio-serial-pci \
		-chardev "file,id=results,path=$root.tar" \
		-device virtserialport,chardev=results,name=results \
		"$@" </dev/null &
	guest_pid=$!
	wait $guest_pid
	status=$?
	guest_pid=
	rm -f "$root.cpio"
	mkdir -p "$results"
	tar -C "$results" -xpf "$root.tar" --numeric-owner && rm "$root.tar" &&
		[ $status = 0 ] && [ "$(cat "$results/status")" = 0 ] &&
		[ ! -s "$results/modules" ] && return 0
	echo "the guest ended with $status"
	tail -n 20 "$root.console"
	cat "$results/modules" "$results/log"
	return 1
}

# guest_drive IMAGE: the arguments for a disk that cannot be written.
guest_drive()
{
	echo "-drive if=virtio,format=raw,read-only=on,file=$1"
}
