# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# The host's side of entering the root: what goes in, and how signals get there. Sourced, never run.

# Variables that travel inside, when set.
readonly PASSED_NAMES=(TERM COLORTERM DISPLAY WAYLAND_DISPLAY XDG_CURRENT_DESKTOP XDG_SESSION_TYPE
    DESKTOP_SESSION GTK_THEME KDE_FULL_SESSION KDE_SESSION_VERSION LANG LANGUAGE TZ CI NO_COLOR CLICOLOR
    CLICOLOR_FORCE CMAKE_BUILD_PARALLEL_LEVEL CTEST_PARALLEL_LEVEL CTEST_OUTPUT_ON_FAILURE NINJA_STATUS
    SOURCE_DATE_EPOCH ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS LSAN_OPTIONS
    http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY)
readonly PASSED_PREFIXES=(LC_ QT_ CCACHE_ MAYDAY_)

# Fills ENVIRONMENT with NAME=value words.
collect_environment() {
    local name prefix
    ENVIRONMENT=()
    for name in "${PASSED_NAMES[@]}"; do
        [[ -n ${!name+set} ]] && ENVIRONMENT+=("$name=${!name}")
    done
    for prefix in "${PASSED_PREFIXES[@]}"; do
        while IFS= read -r name; do
            [[ -n ${!name+set} ]] && ENVIRONMENT+=("$name=${!name}")
        done < <(compgen -A export "$prefix" || true)
    done
}

# enter_root COMMAND...: runs the command as the unprivileged user inside $ROOT and ends with its
# exit code. Mounts and processes live in namespaces of their own and end with the command.
enter_root() {
    local uid gid
    uid=$(inside_uid) gid=$(inside_gid)
    mkdir -p "$CACHE/home" "$CACHE/ccache" "$CHECKOUT/build"
    if ((EUID == 0)); then
        chown "$uid:$gid" "$CACHE/home" "$CACHE/ccache" "$CHECKOUT/build"
    fi
    collect_environment
    local -a plan=(--root "$ROOT" --checkout "$CHECKOUT" --cache "$CACHE" --user "$uid:$gid"
        --folder "$PWD" --home "$HOME")
    [[ -n ${XDG_RUNTIME_DIR:-} ]] && plan+=(--runtime "$XDG_RUNTIME_DIR")
    [[ -n ${DBUS_SESSION_BUS_ADDRESS:-} ]] && plan+=(--bus "$DBUS_SESSION_BUS_ADDRESS")
    [[ -n ${XAUTHORITY:-} ]] && plan+=(--xauthority "$XAUTHORITY")
    local -a unshare=(unshare --mount --pid --fork --kill-child=KILL --propagation private)
    local -a command=(setpriv --pdeathsig KILL)
    if ((EUID != 0)); then
        if sudo -n true 2>/dev/null; then
            command=(sudo -n "${command[@]}")
        elif unshare --user --map-root-user --map-auto true 2>/dev/null; then
            unshare+=(--user --map-root-user --map-auto)
            plan+=(--nested-user)
        else
            die "Entering the Debian 13 root needs the right to mount, and this user has neither \
'sudo' without a password nor user namespaces with subordinate ids. Allow one of them: run \
'sudo -v' first or call packaging/dev as root; or install 'uidmap' and give this user a range in \
/etc/subuid and /etc/subgid. On Debian 13 none of this is needed." "$EX_UNAVAILABLE"
        fi
    fi
    command+=("${unshare[@]}" -- bash "$PACKAGING/lib/inside.sh"
        "${plan[@]}" -- "${ENVIRONMENT[@]}" -- "$@")
    supervise "${command[@]}"
}

# Runs a command in the foreground and hands on the signals that reach only this process. What a
# terminal sends reaches the whole group by itself.
supervise() {
    local rc=0
    env --default-signal=INT,QUIT "$@" <&0 &
    local child=$!
    trap 'forward TERM "$child"' TERM
    trap 'forward HUP "$child"' HUP
    if { : </dev/tty; } 2>/dev/null; then trap : INT QUIT; else trap 'forward INT "$child"' INT; fi
    while :; do
        rc=0
        wait "$child" || rc=$?
        kill -0 "$child" 2>/dev/null || break
    done
    exit "$rc"
}

# Sends a signal to everything in the namespace of the supervised command but its first process,
# which ends by itself when the command has ended.
forward() {
    local signal=$1 top=$2 first process
    first=$(first_inside "$top") || return 0
    for process in /proc/[0-9]*; do
        [[ ${process#/proc/} != "$first" && $process/ns/pid -ef /proc/$first/ns/pid ]] || continue
        as_superuser_if_needed kill "-$signal" "${process#/proc/}" 2>/dev/null || true
    done
}

as_superuser_if_needed() {
    "$@" 2>/dev/null || { ((EUID != 0)) && sudo -n "$@"; }
}

# The first process in another process namespace below the given one.
first_inside() {
    local process=$1 next
    while [[ $process/ -ef . || -r /proc/$process/ns/pid ]]; do
        [[ /proc/$process/ns/pid -ef /proc/self/ns/pid ]] || { echo "$process"; return 0; }
        read -r next _ <"/proc/$process/task/$process/children" || return 1
        process=$next
    done
    return 1
}
