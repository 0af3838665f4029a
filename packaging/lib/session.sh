#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Inside a fresh session bus: unlocks a keyring with a throw-away password, so that a real Secret
# Service answers, starts a window manager, so that windows get the focus, then runs the command.
# Called by desktop.sh, never by hand.
set -euo pipefail

printf 'mayday' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 ||
    printf 'mayday: the Secret Service did not start; tests that need it will say so\n' >&2

openbox --sm-disable >/dev/null 2>&1 &
for _ in {1..100}; do
    xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q 'window id' && break
    sleep 0.02
done
exec "$@"
