# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Format, static analysis and shell scripts. Sourced, never run.

# Files known to git or about to be, by pattern, each ended by a zero byte.
project_files() {
    local file
    while IFS= read -r -d '' file; do
        [[ -f $CHECKOUT/$file ]] && printf '%s\0' "$file"
    done < <(git -C "$CHECKOUT" ls-files -z --cached --others --exclude-standard -- "$@" | sort -zu)
    return 0
}

lint_format() {
    local -a files=()
    mapfile -d '' files < <(project_files 'app/*.h' 'app/*.cpp' 'ui/*.h' 'ui/*.cpp' 'tests/*.h' 'tests/*.cpp')
    ((${#files[@]})) || return 0
    clang-format --dry-run --Werror "${files[@]}"
}

lint_scripts() {
    local -a files=()
    local file first
    while IFS= read -r -d '' file; do
        first=''
        IFS= read -r first <"$file" || true
        [[ $file == *.sh || $first =~ ^#!.*[/\ ](bash|sh)$ ]] && files+=("$file")
    done < <(project_files '*.sh' packaging .ci tests)
    shellcheck --external-sources "${files[@]}"
}

# What was found clean stays clean until a source, a header it includes, its flags, .clang-tidy or
# clang-tidy itself changes: tidyjoin.py makes a key of all that, and a clean file leaves a stamp.
lint_tidy() {
    local stamps=build/dev/.tidy
    mkdir -p "$stamps"
    find "$stamps" -maxdepth 1 -type f -mtime +30 -delete
    local key file
    local -a work=()
    while IFS=$'\t' read -r key file; do
        [[ $key == - ]] || key=$stamps/$key
        [[ -e $key ]] || work+=("$key" "$file")
    done < <(python3 "$PACKAGING/lib/tidyjoin.py" build/dev "$stamps/joined")
    ((${#work[@]})) || return 0
    say "clang-tidy reads the sources as $((${#work[@]} / 2)) files"
    # Large pages: see build_preset.
    printf '%s\0' "${work[@]}" | GLIBC_TUNABLES=${GLIBC_TUNABLES-glibc.malloc.hugetlb=1} xargs -0 -n 2 -P "$(nproc)" bash "$PACKAGING/lib/tidyone.sh"
}

# All parts even when one fails, so that one call shows everything.
do_lint() {
    (($# == 0)) || die "usage: packaging/dev lint" "$EX_USAGE"
    cd "$CHECKOUT" || exit
    local part rc=0
    build_quietly dev || return # its compile commands, and the headers that are made
    for part in format scripts tidy; do
        say "lint: $part"
        "lint_$part" || {
            rc=$?
            say "lint: $part found something"
        }
    done
    return "$rc"
}
