#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# First process of a new mount and process namespace: furnishes the Debian 13 root and runs one
# command in it as the unprivileged user. Called by enter.sh, never by hand. Every mount is made in
# this namespace only and disappears with it.
set -euo pipefail
# Anywhere else, handing on a signal would reach every process there is.
(($$ == 1)) || exit 70

runtime='' bus='' xauthority='' password='' temporary=own nested=0 looks=0 shown=()
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
        --password) password=$2 ;;
        --temporary) temporary=$2 ;;
        --show) shown+=("$2") ;;
        --looks) looks=1; shift; continue ;;
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

# Does it belong to the unprivileged user? In a namespace of its own that user is 0 here.
is_own() { [[ -e $1 && $(stat -c %u "$1") == "$((nested ? 0 : uid))" ]]; }

# May the unprivileged user look into that folder, whatever the folders above it say?
is_open() { [[ -d $1 ]] && { is_own "$1" || [[ -n $(find "$1" -maxdepth 0 -perm -005) ]]; }; }

# bind SOURCE [TARGET]: shows a folder or file of the host inside, at its own path unless told.
bind() {
    local source=$1 target=$root${2:-$1} way=--bind
    if [[ -d $source ]]; then
        [[ -d $target ]] || rm -f "$target"
        mkdir -p "$target"
    else
        [[ ! -d $target ]] || rmdir "$target"
        mkdir -p "${target%/*}"
        [[ -e $target && ! -L $target ]] || { rm -f "$target" && : >"$target"; }
    fi
    # What is mounted below a folder may not be left out by a user without rights.
    ((nested)) && way=--rbind
    mount "$way" "$source" "$target"
}

# A folder of the system itself must stay the root's own.
is_of_the_system() {
    case $1/ in
        // | /usr/* | /bin/* | /sbin/* | /lib*/* | /etc/* | /var/lib/* | /dev/* | /proc/* | /sys/* | /run/* | /boot/*) true ;;
        *) false ;;
    esac
}

is_below() { [[ $1/ == "$2"/* ]]; }

mount_kernel_folders() {
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount --rbind /sys "$root/sys"
    mount -t tmpfs -o mode=0755 tmpfs "$root/run"
    mkdir -p "$root/run/host" "$root/run/user" "$root/run/lock" "$root/run/postgresql"
    chmod 1777 "$root/run/lock" "$root/run/postgresql"
    if [[ $temporary == host ]]; then
        mount --rbind /tmp "$root/tmp"
    else
        mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
        mkdir -m 1777 "$root/tmp/.X11-unix"
    fi
}

mount_host_settings() {
    local file
    for file in /etc/resolv.conf /etc/hosts; do
        [[ ! -r $file ]] || bind "$(readlink -f "$file")" "$file"
    done
    # The people's own fonts and icons, so that a window looks like their other windows.
    ((looks)) || return 0
    for file in /usr{,/local}/share/{fonts,icons,themes}; do
        [[ ! -d $file ]] || bind "$file" "/run/host${file#/usr}"
    done
}

# Makes the languages of people known that Debian 13 does not know until told.
make_locales() {
    local word locale
    for word in "${environment[@]}"; do
        [[ $word == LANG=* || $word == LC_*=* ]] || continue
        locale=${word#*=}
        [[ $locale =~ ^([a-z]{2,3}_[A-Z]{2})\.(UTF-8|utf8)$ ]] || continue
        [[ -d $root/usr/lib/locale/${BASH_REMATCH[1]}.utf8 ]] ||
            chroot "$root" localedef --no-archive -i "${BASH_REMATCH[1]}" -f UTF-8 "$locale" || true
    done
}

mount_session() {
    local own_runtime=/run/user/$uid socket=${bus#unix:path=}
    if [[ -n $runtime ]] && is_own "$runtime"; then
        own_runtime=$runtime
        bind "$runtime"
    else
        bind "$cache/run" "$own_runtime"
        environment+=(WAYLAND_DISPLAY=)
    fi
    environment+=("XDG_RUNTIME_DIR=$own_runtime")
    if [[ -n $xauthority ]]; then
        (umask 077 && cat "$xauthority" >"$root/run/host/xauthority")
        chown "$user" "$root/run/host/xauthority" 2>/dev/null || true
        environment+=(XAUTHORITY=/run/host/xauthority)
    fi
    socket=${socket%%,*}
    if [[ -S $socket ]] && { is_own "$socket" || is_below "$socket" "$own_runtime"; }; then
        is_below "$socket" "$own_runtime" || bind "$socket"
        environment+=("DBUS_SESSION_BUS_ADDRESS=$bus")
    fi
}

# Into the root's own memory, where only the unprivileged user reads it, and away from the disk.
take_password() {
    [[ -n $password ]] || return 0
    (umask 077 && cat "$password" >"$root/run/host/password")
    chown "$user" "$root/run/host/password" 2>/dev/null || true
    rm -f "$password"
}

mount_folders() {
    local path
    inside_home=/home/mayday
    if is_own "$home"; then inside_home=$home; fi
    if [[ $inside_home == "$home" ]]; then bind "$home"; else bind "$cache/home" "$inside_home"; fi
    bind "$cache/ccache" /var/cache/mayday/ccache
    if [[ $folder == /tmp ]] || is_of_the_system "$folder"; then
        :
    elif is_open "$folder"; then
        bind "$folder"
    elif [[ $temporary == host ]]; then
        printf 'mayday: %s is private to its owner, so only what the arguments name is seen there\n' "$folder" >&2
    fi
    for path in "${shown[@]}"; do
        if [[ $path == /tmp ]] || is_of_the_system "$path" || is_below "$checkout" "$path" ||
            { [[ $temporary == host ]] && is_below "$path" /tmp; }; then
            continue
        fi
        bind "$path"
    done
    bind "$checkout"
}

mount_kernel_folders
mount_host_settings
make_locales
mount_session
take_password
mount_folders

environment=(
    "HOME=$inside_home" USER=mayday LOGNAME=mayday SHELL=/bin/bash LANG=C.UTF-8
    PATH=/usr/lib/qt6/bin:/usr/local/bin:/usr/bin:/bin
    XDG_DATA_DIRS=/usr/local/share:/usr/share:/run/host/local/share:/run/host/share
    CCACHE_DIR=/var/cache/mayday/ccache "${environment[@]}"
)

# Gives up the rights. In a namespace of its own the user is 0 and becomes itself again.
if ((nested)); then
    command=(unshare --user "--map-user=$uid" "--map-group=${user#*:}" "--root=$root")
else
    command=(chroot "--userspec=$user" --groups= "$root")
fi
# The shell behind it only finds the folder again, and the password.
# shellcheck disable=SC2016
command+=(/usr/bin/env -i '--default-signal=INT,QUIT' "${environment[@]}" /bin/bash -c '
    cd -- "$1" 2>/dev/null || cd -- "$2"
    shift 2
    if [[ -r /run/host/password ]]; then
        PGPASSWORD=$(</run/host/password)
        export PGPASSWORD
    fi
    exec "$@"' enter "$folder" "$checkout" "$@")

# The first process of a namespace gets no signal it does not ask for, and when it ends all others
# end as well. Hence it stays, hands signals on to everybody, and reports the exit code.
cd /
"${command[@]}" <&0 &
child=$!
exec 0<&- 2>/dev/null
for signal in TERM HUP INT; do
    # shellcheck disable=SC2064
    trap "kill -$signal -1" "$signal"
done
{ : </dev/tty; } 2>/dev/null && trap : INT
while :; do
    rc=0
    wait "$child" || rc=$?
    kill -0 "$child" 2>/dev/null || exit "$rc"
done
