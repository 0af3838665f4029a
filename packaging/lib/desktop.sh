# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# A desktop nobody sees: X server, session bus and an unlocked Secret Service, for one command.
# Sourced, never run.

# on_virtual_desktop COMMAND...: returns the command's exit code; servers end with it.
on_virtual_desktop() {
    local scratch rc=0
    scratch=$(mktemp -d "${TMPDIR:-/tmp}/mayday-desktop.XXXXXX")
    mkdir -m 0700 "$scratch/runtime" "$scratch/data" "$scratch/config" "$scratch/cache"
    (
        unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS XAUTHORITY DISPLAY
        export XDG_RUNTIME_DIR=$scratch/runtime XDG_DATA_HOME=$scratch/data
        export XDG_CONFIG_HOME=$scratch/config XDG_CACHE_HOME=$scratch/cache
        start_x_server "$scratch"
        trap 'kill "$x_server" 2>/dev/null || true' EXIT
        dbus-run-session -- bash "$PACKAGING/lib/session.sh" "$@"
    ) || rc=$?
    rm -rf --one-file-system -- "$scratch"
    return "$rc"
}

# The server chooses a free display and says which one; nobody guesses or waits a fixed time.
start_x_server() {
    local scratch=$1 number=''
    mkfifo "$scratch/display"
    Xvfb -displayfd 3 -screen 0 1600x1000x24 -dpi 96 -nolisten tcp -noreset \
        3<>"$scratch/display" >"$scratch/xvfb.log" 2>&1 &
    x_server=$!
    exec 4<>"$scratch/display"
    if ! read -r -t 20 -u 4 number; then
        cat "$scratch/xvfb.log" >&2
        die "the virtual X server did not start" "$EX_UNAVAILABLE"
    fi
    exec 4>&-
    export DISPLAY=:$number
}
