# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Format, static analysis and shell scripts. Sourced, never run.

# Files known to git or about to be, by pattern.
project_files() { git -C "$CHECKOUT" ls-files -z --cached --others --exclude-standard -- "$@" | existing_only; }

existing_only() {
    local file
    while IFS= read -r -d '' file; do
        [[ -f $CHECKOUT/$file ]] && printf '%s\0' "$file"
    done
    return 0
}

lint_format() {
    local -a files=()
    mapfile -d '' files < <(project_files 'app/*.h' 'app/*.cpp' 'ui/*.h' 'ui/*.cpp' 'tests/*.h' 'tests/*.cpp')
    ((${#files[@]})) || return 0
    clang-format --dry-run --Werror "${files[@]}"
}

lint_tidy() {
    [[ -f build/dev/compile_commands.json ]] || die "lint wants a build first: packaging/dev build" "$EX_USAGE"
    local -a files=()
    mapfile -d '' files < <(project_files 'app/*.cpp' 'ui/*.cpp')
    ((${#files[@]})) || return 0
    run-clang-tidy -quiet -p build/dev -j "$(nproc)" -warnings-as-errors='*' \
        "${files[@]/#/^$CHECKOUT/}"
}

lint_scripts() {
    local -a files=()
    local file first
    while IFS= read -r -d '' file; do
        read -r first <"$file" || true
        [[ $file == *.sh || $first =~ ^#!.*(bash|/sh)$ ]] && files+=("$file")
    done < <(project_files packaging .ci tests)
    shellcheck --external-sources "${files[@]}"
}

# All three even when one fails, so that one call shows everything.
do_lint() {
    (($# == 0)) || die "usage: packaging/dev lint" "$EX_USAGE"
    cd "$CHECKOUT"
    local part rc=0
    for part in format scripts tidy; do
        say "lint: $part"
        "lint_$part" || { rc=$?; say "lint: $part found something"; }
    done
    return "$rc"
}
