#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# desktop.sh COMMAND...: runs one command on a desktop nobody sees (X server, window manager,
# session bus, unlocked Secret Service) and ends with its exit code. The servers end with it.
# Called by work.sh.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=common.sh
. "$here/common.sh"

# What the developer's own desktop wants must not change what a test or a picture shows.
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS XAUTHORITY DISPLAY XDG_CURRENT_DESKTOP \
    XDG_SESSION_TYPE DESKTOP_SESSION GTK_THEME KDE_FULL_SESSION KDE_SESSION_VERSION \
    QT_QPA_PLATFORMTHEME QT_STYLE_OVERRIDE QT_SCALE_FACTOR QT_SCREEN_SCALE_FACTORS QT_FONT_DPI \
    QT_AUTO_SCREEN_SCALE_FACTOR QT_ENABLE_HIGHDPI_SCALING
if [[ ${QT_QPA_PLATFORM:-} == wayland* ]]; then unset QT_QPA_PLATFORM; fi

scratch=$(mktemp -d "${TMPDIR:-/tmp}/mayday-desktop.XXXXXX")
x_server=''

# shellcheck disable=SC2317  # the trap calls it
leave() {
    if [[ -n $x_server ]]; then
        kill "$x_server" 2>/dev/null || true
        wait "$x_server" 2>/dev/null || true
    fi
    rm -rf --one-file-system -- "$scratch"
}
trap leave EXIT

# The server chooses a free display and says which one; nobody guesses or waits a fixed time.
start_x_server() {
    local number=''
    mkfifo "$scratch/display"
    exec 4<>"$scratch/display"
    Xvfb -displayfd 3 -screen 0 1600x1000x24 -dpi 96 -nolisten tcp -nolisten local -noreset \
        3>&4 4>&- >"$scratch/xvfb.log" 2>&1 &
    x_server=$!
    if ! read -r -t 20 -u 4 number; then
        cat "$scratch/xvfb.log" >&2
        die "the virtual X server did not start" "$EX_UNAVAILABLE"
    fi
    exec 4>&-
    export DISPLAY=:$number
}

mkdir -m 0700 "$scratch/runtime" "$scratch/data" "$scratch/config" "$scratch/cache"
export XDG_RUNTIME_DIR=$scratch/runtime XDG_DATA_HOME=$scratch/data
export XDG_CONFIG_HOME=$scratch/config XDG_CACHE_HOME=$scratch/cache
export MAYDAY_VIRTUAL_DESKTOP=1
start_x_server
rc=0
dbus-run-session -- "$here/session.sh" "$@" || rc=$?
exit "$rc"
