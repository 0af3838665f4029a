# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034  # read by the files that are sourced next to this one
# Words, paths and locks shared by every part of packaging/dev. Sourced, never run.

# Exit codes from sysexits.h, so that a caller can tell "wrong usage" from "this host cannot".
readonly EX_USAGE=64 EX_UNAVAILABLE=69

CHECKOUT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
PACKAGING=$CHECKOUT/packaging
CACHE=${MAYDAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mayday}
ROOT_MARKER=/etc/mayday-root

say() { printf 'mayday: %s\n' "$*" >&2; }
die() { say "$1"; exit "${2:-1}"; }

inside_root() { [[ -e $ROOT_MARKER ]]; }

# The package list without comments, one a line.
wanted_packages() { sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$PACKAGING/lib/packages.txt"; }

# The user who builds: the caller; for root the owner of the checkout, or 1000 when that is root
# as well, because PostgreSQL refuses to run as root.
inside_user() {
    local user
    if ((EUID != 0)); then
        user=$(id -u):$(id -g)
    else
        user=$(stat -c %u:%g "$CHECKOUT")
        [[ $user == 0:* ]] && user=1000:1000
    fi
    echo "$user"
}

# hold_lock FD FILE WHAT: takes the lock and says so when somebody else has it.
hold_lock() {
    local fd=$1 file=$2 what=$3
    if ! flock --nonblock "$fd"; then
        say "$what is in use by another caller ($file); waiting for it"
        flock "$fd"
    fi
}
