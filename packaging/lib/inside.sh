#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# First process of a new mount and process namespace: furnishes the Debian 13 root and runs one
# command in it as the unprivileged user. Called by enter.sh, never by hand. Every mount is made in
# this namespace only and disappears with it.
set -euo pipefail

runtime='' bus='' xauthority='' nested=0
while [[ $1 != -- ]]; do
    case $1 in
        --root) root=$2 ;;
        --checkout) checkout=$2 ;;
        --cache) cache=$2 ;;
        --user) user=$2 ;;
        --folder) folder=$2 ;;
        --home) home=$2 ;;
        --runtime) runtime=$2 ;;
        --bus) bus=$2 ;;
        --xauthority) xauthority=$2 ;;
        --nested-user) nested=1; shift; continue ;;
    esac
    shift 2
done
shift
environment=()
while [[ $1 != -- ]]; do
    environment+=("$1")
    shift
done
shift

uid=${user%:*}
umask 022

# May the unprivileged user go into that folder, on this side of the wall?
usable() {
    [[ -d $1 ]] || return 1
    if ((EUID != uid && nested == 0)); then
        setpriv --reuid "$uid" --regid "${user#*:}" --clear-groups test -r "$1" -a -x "$1"
    fi
}

# bind SOURCE [TARGET]: shows a folder or file of the host inside, at its own path unless told.
bind() {
    local source=$1 target=$root${2:-$1}
    if [[ -d $source ]]; then
        mkdir -p "$target"
    else
        mkdir -p "${target%/*}"
        [[ -e $target ]] || : >"$target"
    fi
    mount --bind "$source" "$target"
}

bind_read_only() {
    [[ -e $1 ]] || return 0
    bind "$@"
    mount -o remount,bind,ro "$root${2:-$1}" 2>/dev/null || true
}

# A folder of the system itself must stay the root's own.
is_system_folder() {
    case $1/ in
        / | /usr/* | /bin/* | /sbin/* | /lib*/* | /etc/* | /var/lib/* | /dev/* | /proc/* | /sys/* | /run/* | /boot/* | //) true ;;
        *) false ;;
    esac
}

is_below() { [[ $1/ == "$2"/* ]]; }

mount_kernel_folders() {
    mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount --rbind /sys "$root/sys"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
    mount -t tmpfs -o mode=0755 tmpfs "$root/run"
    mkdir -p "$root/run/lock" "$root/run/postgresql"
    chmod 1777 "$root/run/lock" "$root/run/postgresql"
}

mount_host_settings() {
    local file
    for file in /etc/resolv.conf /etc/hosts; do
        [[ -r $file ]] || continue
        rm -f "$root/run/host${file}"
        mkdir -p "$root/run/host/etc"
        cat "$file" >"$root/run/host$file"
        [[ -e $root$file && ! -L $root$file ]] || { rm -f "$root$file"; : >"$root$file"; }
        mount --bind "$root/run/host$file" "$root$file"
    done
    if [[ -z ${TZ:-} && -e /etc/localtime ]]; then
        local zone
        zone=$(readlink -f /etc/localtime)
        [[ -e $root/etc/localtime ]] || : >"$root/etc/localtime"
        mount --bind "$zone" "$root$(chroot "$root" readlink -f /etc/localtime)" 2>/dev/null || true
    fi
}

# The people's own fonts and icons, so that a window looks like their other windows.
mount_host_looks() {
    local name
    for name in fonts icons themes; do
        bind_read_only "/usr/share/$name" "/run/host/share/$name"
        bind_read_only "/usr/local/share/$name" "/run/host/local/share/$name"
    done
}

mount_session() {
    local own_runtime=/run/user/$uid socket
    mkdir -p -m 0700 "$root$own_runtime"
    chown "$user" "$root$own_runtime"
    if [[ -n $runtime ]] && usable "$runtime"; then
        bind "$runtime"
        own_runtime=$runtime
    fi
    environment+=("XDG_RUNTIME_DIR=$own_runtime")
    if [[ -d /tmp/.X11-unix ]]; then bind /tmp/.X11-unix; else mkdir -m 1777 "$root/tmp/.X11-unix"; fi
    if [[ -n $xauthority && -r $xauthority ]]; then
        cat "$xauthority" >"$root/run/host/xauthority"
        chown "$user" "$root/run/host/xauthority"
        environment+=(XAUTHORITY=/run/host/xauthority)
    fi
    socket=${bus#unix:path=}
    socket=${socket%%,*}
    if [[ -n $bus && $socket != "$bus" && -S $socket ]]; then
        is_below "$socket" "$own_runtime" || bind "$socket"
        environment+=("DBUS_SESSION_BUS_ADDRESS=$bus")
    fi
}

mount_folders() {
    if ((uid == EUID || nested)) || usable "$home"; then
        inside_home=$home
        bind "$home"
    else
        inside_home=/home/mayday
        bind "$cache/home" "$inside_home"
    fi
    bind "$cache/ccache" /var/cache/mayday/ccache
    bind "$checkout"
    if ! is_below "$folder" "$checkout" && ! is_below "$folder" "$inside_home" &&
        ! is_system_folder "$folder" && usable "$folder"; then
        bind "$folder"
    fi
}

mount --bind "$root" "$root"
mount_kernel_folders
mkdir -p "$root/run/host"
mount_host_settings
mount_host_looks
mount_session
mount_folders

environment=(
    "HOME=$inside_home" USER=mayday LOGNAME=mayday SHELL=/bin/bash LANG=C.UTF-8
    PATH=/usr/lib/postgresql/17/bin:/usr/lib/qt6/bin:/usr/local/bin:/usr/bin:/bin
    XDG_DATA_DIRS=/usr/local/share:/usr/share:/run/host/local/share:/run/host/share
    CCACHE_DIR=/var/cache/mayday/ccache "${environment[@]}"
)
# chroot gives up the rights; the shell then only finds the folder again.
# shellcheck disable=SC2016
enter=(/bin/bash -c 'cd -- "$1" 2>/dev/null || cd -- "$2"; shift 2; exec "$@"' enter "$folder" "$checkout" "$@")
if ((nested)); then
    exec chroot "$root" /usr/bin/env -i "${environment[@]}" \
        unshare --user --map-user="$uid" --map-group="${user#*:}" "${enter[@]}"
fi
rc=0
chroot --userspec="$user" --groups='' "$root" /usr/bin/env -i "${environment[@]}" "${enter[@]}" || rc=$?
exit "$rc"
