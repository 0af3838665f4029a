#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Inside a fresh session bus: unlocks a keyring with a throw-away password, so that a real Secret
# Service answers, then runs the command. Called by desktop.sh, never by hand.
set -euo pipefail

printf 'mayday' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 ||
    printf 'mayday: the Secret Service did not start; tests that need it will say so\n' >&2
exec "$@"
