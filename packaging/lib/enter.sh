# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# The host's side of entering the root: what goes in, and how signals get there. Sourced, never run.

# Variables that travel inside, when set.
readonly PASSED_NAMES=(TERM COLORTERM DISPLAY WAYLAND_DISPLAY XDG_CURRENT_DESKTOP XDG_SESSION_TYPE
    DESKTOP_SESSION GTK_THEME KDE_FULL_SESSION KDE_SESSION_VERSION CI NO_COLOR CLICOLOR
    CLICOLOR_FORCE CMAKE_BUILD_PARALLEL_LEVEL CTEST_PARALLEL_LEVEL NINJA_STATUS
    SOURCE_DATE_EPOCH ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS LSAN_OPTIONS
    http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY)
readonly PASSED_PREFIXES=(QT_ CCACHE_ MAYDAY_)

# pass_variables PREFIX...: appends the exported variables of these prefixes to ENVIRONMENT.
pass_variables() {
    local name prefix
    for prefix in "$@"; do
        while IFS= read -r name; do
            [[ $name == CCACHE_DIR || $name == MAYDAY_CACHE ]] || ENVIRONMENT+=("$name=${!name}")
        done < <(compgen -A export "$prefix" || true)
    done
}

# Fills ENVIRONMENT with NAME=value words.
collect_environment() {
    local name zone
    ENVIRONMENT=()
    for name in "${PASSED_NAMES[@]}"; do
        [[ -n ${!name+set} ]] && ENVIRONMENT+=("$name=${!name}")
    done
    pass_variables "${PASSED_PREFIXES[@]}"
    zone=$(readlink -f /etc/localtime || true)
    if [[ -n ${TZ:-} ]]; then
        ENVIRONMENT+=("TZ=$TZ")
    elif [[ $zone == */zoneinfo/* ]]; then
        ENVIRONMENT+=("TZ=${zone#*/zoneinfo/}")
    fi
}

# What only the commands want that work on people's own files, with people's own eyes: the host's
# temporary folder, the language, the looks, and every file or folder that an argument names.
plan_for_people() {
    local word path
    PLAN+=(--temporary host)
    pass_variables LANG LC_
    [[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]] && PLAN+=(--looks)
    plan_own_folders
    plan_database
    for word in "$@"; do
        word=${word#--*=}
        path=$(realpath -m -- "$word" 2>/dev/null) || continue
        if [[ -e $path ]]; then
            PLAN+=(--show "$path")
        elif [[ $word == */* && -d ${path%/*} ]]; then
            PLAN+=(--show "${path%/*}")
        fi
    done
}

# Where people keep their settings when it is not below their home. Root's home stays outside, so
# root's folders do as well.
plan_own_folders() {
    local name
    ((EUID != 0)) || return 0
    for name in XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CACHE_HOME; do
        [[ -n ${!name:-} && -O ${!name} ]] || continue
        ENVIRONMENT+=("$name=${!name}")
        PLAN+=(--show "${!name}")
    done
}

# What libpq reads from the environment. The password goes by a file that is gone at once: words of
# a command line can be read by everybody on this machine.
plan_database() {
    local name secret
    for name in PGHOST PGPORT PGUSER PGDATABASE PGSSLMODE PGPASSFILE PGSSLROOTCERT; do
        [[ -n ${!name:-} ]] || continue
        ENVIRONMENT+=("$name=${!name}")
        [[ ! -e ${!name} ]] || PLAN+=(--show "$(realpath -m -- "${!name}")")
    done
    [[ -n ${PGPASSWORD:-} ]] || return 0
    secret=$(umask 077 && mktemp "$CACHE/run/secret.XXXXXX")
    printf '%s' "$PGPASSWORD" >"$secret"
    PLAN+=(--password "$secret")
}

# A worktree keeps its history in the main checkout.
plan_history() {
    local line
    [[ -f $CHECKOUT/.git ]] || return 0
    read -r line <"$CHECKOUT/.git"
    line=$(cd "$CHECKOUT" && realpath -m -- "${line#gitdir: }")
    PLAN+=(--show "${line%/worktrees/*}")
}

# The unprivileged user must be able to read what root has checked out. Folders above the checkout
# may stay private: inside they are the root's own.
need_open_checkout() {
    ((EUID == 0)) && [[ $(stat -c %u "$CHECKOUT") != "$1" ]] || return 0
    [[ $(find "$CHECKOUT" "$PACKAGING/dev" -maxdepth 0 -perm -005 | wc -l) == 2 ]] ||
        die "Mayday is not built as root, and $CHECKOUT can be read by root only. Open it with \
'chmod -R go+rX $CHECKOUT', or give it to the user who is to build it." "$EX_UNAVAILABLE"
}

# enter_root DEV COMMAND ARGUMENTS...: runs packaging/dev as the unprivileged user inside $ROOT and
# ends with its exit code. Mounts and processes live in namespaces of their own and end with it.
enter_root() {
    local user part
    user=$(inside_user)
    need_open_checkout "${user%:*}"
    mkdir -p "$CHECKOUT/build"
    for part in home ccache run; do mkdir -p "$CACHE/$part"; done
    chmod 0700 "$CACHE/run"
    if ((EUID == 0)); then
        chown "$user" "$CACHE/home" "$CACHE/ccache" "$CACHE/run" "$CHECKOUT/build"
    fi
    collect_environment
    PLAN=(--root "$ROOT" --checkout "$CHECKOUT" --cache "$CACHE" --user "$user" --folder "$PWD" --home "$HOME")
    [[ -n ${XDG_RUNTIME_DIR:-} ]] && PLAN+=(--runtime "$XDG_RUNTIME_DIR")
    [[ -n ${DBUS_SESSION_BUS_ADDRESS:-} ]] && PLAN+=(--bus "$DBUS_SESSION_BUS_ADDRESS")
    [[ -r ${XAUTHORITY:-$HOME/.Xauthority} ]] && PLAN+=(--xauthority "${XAUTHORITY:-$HOME/.Xauthority}")
    plan_history
    case $2 in
        run | ctl | shell) plan_for_people "${@:3}" ;;
        matrix) plan_servers ;;
    esac

    local -a unshare=(unshare)
    local -a command=(setpriv --pdeathsig KILL)
    if ((EUID != 0)); then
        if can_be_superuser; then
            command=(sudo -n "${command[@]}")
        else
            need_rights
            unshare=("${AS_MAPPED_ROOT[@]}")
            PLAN+=(--nested-user)
        fi
    fi
    unshare+=(--mount --pid --fork --kill-child=KILL --propagation private)
    supervise "${command[@]}" "${unshare[@]}" -- bash "$PACKAGING/lib/inside.sh" \
        "${PLAN[@]}" -- "${ENVIRONMENT[@]}" -- "$@"
}

# Runs a command in the foreground and hands on the signals that reach only this process. What a
# terminal sends reaches the whole group by itself.
supervise() {
    local rc=0
    env --default-signal=INT,QUIT "$@" <&0 &
    local child=$!
    # shellcheck disable=SC2064  # the child of now
    trap "forward TERM $child" TERM
    # shellcheck disable=SC2064
    trap "forward HUP $child" HUP
    # shellcheck disable=SC2064
    if { : </dev/tty; } 2>/dev/null; then trap : INT QUIT; else trap "forward INT $child" INT; fi
    while :; do
        rc=0
        wait "$child" || rc=$?
        kill -0 "$child" 2>/dev/null || break
    done
    exit "$rc"
}

# Hands a signal to the first process of the namespace, which hands it to all others. `unshare` in
# between holds signals back.
forward() {
    local signal=$1 process=$2 ids
    while :; do
        ids=$(sed -n 's/^NSpid:[[:space:]]*//p' "/proc/$process/status" 2>/dev/null) || return 0
        [[ $ids =~ [[:space:]]1$ ]] && break
        process=$(cut -d' ' -f1 "/proc/$process/task/$process/children" 2>/dev/null)
        [[ -n $process ]] || return 0
    done
    kill "-$signal" "$process" 2>/dev/null || sudo -n kill "-$signal" "$process" 2>/dev/null || true
}
