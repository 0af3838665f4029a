#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# tidyone.sh STAMP FILE: clang-tidy over one file, all output at once, a stamp when it is clean
# unless STAMP is "-".
# Called by lint.sh, never by hand.
set -euo pipefail

if output=$(clang-tidy -quiet -p "$(dirname -- "$2")" --warnings-as-errors='*' "$2" 2>&1); then
    [[ $1 == - ]] || : >"$1"
else
    printf '%s\n' "$output" | grep -vE '^([0-9]+ (warning|error)s?( and )?)+ generated\.$' || true
    exit 1
fi
