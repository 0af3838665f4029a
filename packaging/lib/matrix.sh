# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Other versions of PostgreSQL than the one of Debian 13, for the round trip from each to each.
# Sourced, never run.

# Version and the Debian that has it. That of Debian 13 is there already.
readonly SERVERS=(13:bullseye 15:bookworm 18:forky)
# The oldest and the newest: with that of Debian 13 between them enough for every change.
readonly QUICK_SERVERS=(13:bullseye 18:forky)
# Raise it when what follows changes.
readonly SERVER_RECIPE=1

server_root() {
    local hash
    hash=$(printf '%s\n' "$SERVER_RECIPE $1 $2" | sha256sum)
    printf '%s/postgres-%s-%s\n' "$CACHE" "$1" "${hash:0:12}"
}

# The programs of one of them, where they are both on this host and inside the Debian 13 root.
server_programs() { printf '%s/usr/lib/postgresql/%s/bin\n' "$(server_root "$1" "$2")" "$1"; }

# The folder is only unpacked, nothing is installed, and there is no chroot around it: each program
# becomes a script that starts it with the loader and the libraries of its own Debian.
server_hook() {
    cat <<TEXT
set -e
bin=\$1/usr/lib/postgresql/$1/bin
for program in "\$bin"/*; do
    mv "\$program" "\$program.real"
    cat >"\$program" <<'SCRIPT'
#!/bin/bash
real=\$(readlink -f "\$0").real
root=\${real%/usr/lib/postgresql/*}
shopt -s nullglob
libraries=("\$root"/{lib,usr/lib}/*-linux-gnu*)
loaders=("\$root"/{lib,usr/lib}/*-linux-gnu*/ld-linux*.so.*)
exec "\${loaders[0]}" --library-path "\$(IFS=:; echo "\${libraries[*]}")" "\$real" "\$@"
SCRIPT
    chmod 755 "\$program"
done
# Just-in-time compiling, 130 MB; without its library the server goes on without a word.
rm -f "\$1"/usr/lib/postgresql/$1/lib/llvmjit.so
TEXT
}

# make_server_root VERSION SUITE: once; with a reason and 1 when it cannot be had.
make_server_root() {
    local version=$1 suite=$2 root making log=$CACHE/setup-postgres-$1.log sources other
    root=$(server_root "$version" "$suite")
    [[ ! -d $root ]] || return 0
    making=$root.making
    sources=$(root_sources "$suite") || die "This host's apt sources name no Debian mirror; name one \
with MAYDAY_DEBIAN_MIRROR=<address of a Debian archive>." "$EX_UNAVAILABLE"
    say "unpacking PostgreSQL $version of Debian's $suite in $root (once; a minute, 0.2 GB)"
    remove_tree "$making"
    if ! run_mmdebstrap "$making" "$suite" --variant=extract --include="postgresql-$version" \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=*/libLLVM*' \
        --dpkgopt='path-exclude=*/bitcode/*' \
        --extract-hook="$(server_hook "$version")" <<<"$sources" >"$log" 2>&1; then
        grep -E '^(E|W|Err):' "$log" | tail -n 5 >&2 || true
        say "PostgreSQL $version of $suite cannot be had; the whole output is in $log"
        remove_tree "$making"
        return 1
    fi
    mv -T "$making" "$root"
    for other in "$CACHE/postgres-$version"-*; do
        [[ $other == "$root" ]] || remove_tree "$other"
    done
}

# Settles them all and says where they are in MAYDAY_POSTGRES_<version>; one that is missing is
# left out, and the test says so. ensure_server_roots [--quick]
ensure_server_roots() {
    local server lock servers=("${SERVERS[@]}")
    [[ ${1:-} != --quick ]] || servers=("${QUICK_SERVERS[@]}")
    mkdir -p "$CACHE"
    exec {lock}>"$CACHE/setup.lock"
    hold_lock "$lock" "$CACHE/setup.lock" "the cache"
    need_rights
    need_mmdebstrap
    for server in "${servers[@]}"; do
        make_server_root "${server%:*}" "${server#*:}" || continue
        export "MAYDAY_POSTGRES_${server%:*}=$(server_programs "${server%:*}" "${server#*:}")"
    done
    exec {lock}>&-
}

# They have to be seen inside.
plan_servers() {
    local server root
    for server in "${SERVERS[@]}"; do
        root=$(server_root "${server%:*}" "${server#*:}")
        [[ ! -d $root ]] || PLAN+=(--show "$root")
    done
}

do_matrix() {
    local own
    if [[ ${1:-} == --quick ]]; then
        export MAYDAY_MATRIX_QUICK=1
        shift
    fi
    (($# <= 1)) || die "usage: packaging/dev matrix [--quick] [PART OF A NAME]" "$EX_USAGE"
    own=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    export "MAYDAY_POSTGRES_$(basename "${own%/bin}")=$own"
    export MAYDAY_MATRIX=$CHECKOUT/build/matrix MAYDAY_MATRIX_ONLY=${1:-}
    mkdir -p "$MAYDAY_MATRIX"
    build_preset dev tst_versionmatrix >&2
    # Minutes for a pair of versions are nothing out of the ordinary.
    QTEST_FUNCTION_TIMEOUT=3600000 exec "$CHECKOUT/build/dev/bin/tests_app_restore" \
        tst_versionmatrix -maxwarnings 0
}
