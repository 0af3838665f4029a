# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Makes Debian 13 available: with apt on a Debian 13 host, as a root of its own anywhere else.
# Sourced, never run.

# Raise it when the recipe below changes in a way that the package list does not show.
readonly RECIPE=1

is_debian_13() {
    [[ -r /etc/os-release ]] || return 1
    (
        # shellcheck disable=SC1091
        . /etc/os-release
        [[ ${ID:-} == debian && ${VERSION_ID:-} == 13 ]]
    )
}

# Work directly on this host instead of in a root of our own?
on_native_host() { [[ ${MAYDAY_FORCE_ROOT:-} != 1 ]] && is_debian_13; }

as_superuser() {
    if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

can_be_superuser() { ((EUID == 0)) || sudo -n true 2>/dev/null; }

# The user inside the root: the caller, or 1000 when the caller is root (PostgreSQL refuses root).
inside_uid() { if ((EUID == 0)); then echo 1000; else id -u; fi; }
inside_gid() { if ((EUID == 0)); then echo 1000; else id -g; fi; }

root_folder() {
    local hash
    hash=$({ wanted_packages | sort; echo "$RECIPE $(inside_uid) $(inside_gid)"; } | sha256sum)
    printf '%s/root-%s\n' "$CACHE" "${hash:0:12}"
}

setup_native() {
    local -a packages missing=()
    mapfile -t packages < <(wanted_packages)
    mapfile -t missing < <(comm -23 <(printf '%s\n' "${packages[@]}" | sort) \
        <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "${packages[@]}" 2>/dev/null |
            sed -n 's/^ii  *//p' | sort -u))
    ((${#missing[@]})) || return 0
    can_be_superuser || die "These packages are missing: ${missing[*]}. Install them with \
'sudo apt-get install --no-install-recommends ${missing[*]}' and call packaging/dev again." "$EX_UNAVAILABLE"
    say "installing with apt: ${missing[*]}"
    as_superuser apt-get update -q >&2
    as_superuser env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "${missing[@]}" >&2
}

need_mmdebstrap() {
    command -v mmdebstrap >/dev/null && return 0
    if ! command -v apt-get >/dev/null || ! can_be_superuser; then
        die "Mayday is built in a Debian 13 root, which 'mmdebstrap' makes, and this host has no \
mmdebstrap. Install it (on Debian and Ubuntu: 'sudo apt-get install mmdebstrap uidmap', elsewhere \
from your distribution) and call packaging/dev again; or work on Debian 13, where nothing but \
packages is needed." "$EX_UNAVAILABLE"
    fi
    say "installing mmdebstrap on this host with apt"
    as_superuser apt-get update -q >&2 || say "apt-get update failed; trying with the lists there are"
    as_superuser env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends mmdebstrap >&2
}

# Settles the root in $ROOT. Nothing to do costs a hash and one test.
ensure_root() {
    ROOT=$(root_folder)
    [[ -e $ROOT$ROOT_MARKER ]] && return 0
    mkdir -p "$CACHE"
    local lock
    exec {lock}>"$CACHE/setup.lock"
    hold_lock "$lock" "$CACHE/setup.lock" "the Debian 13 root"
    if [[ ! -e $ROOT$ROOT_MARKER ]]; then
        need_mmdebstrap
        make_root "$ROOT"
        remove_other_roots "$ROOT"
    fi
    exec {lock}>&-
}

make_root() {
    local root=$1 making=$1.making started=$SECONDS sources log=$CACHE/setup.log option
    local -a options=()
    sources=$(root_sources) || die "This host's apt sources name no Debian mirror to take Debian 13 \
from. Name one with MAYDAY_DEBIAN_MIRROR=<address of a Debian archive> and call packaging/dev \
again; its signing keys are expected in $DEBIAN_KEYRING (package debian-archive-keyring)." "$EX_UNAVAILABLE"
    while IFS= read -r option; do
        options+=("--aptopt=$option")
    done < <(host_apt_options)

    say "making the Debian 13 root in $root (once; about a minute, 2 GB)"
    remove_tree "$making"
    if ! printf '%s\n' "$sources" | run_mmdebstrap "$making" "${options[@]}" >"$log" 2>&1; then
        tail -n 25 "$log" >&2
        remove_tree "$making"
        die "mmdebstrap failed; its whole output is in $log"
    fi
    mv -T "$making" "$root"
    say "ready after $((SECONDS - started)) s"
}

# The hooks run on the host with the root as $1. No service may start in it, no database cluster
# may be made, and packages that leave manuals out save a third of the space.
run_mmdebstrap() {
    local root=$1
    shift
    local -a mmdebstrap=(mmdebstrap)
    if ((EUID != 0)); then
        if sudo -n true 2>/dev/null; then mmdebstrap=(sudo -n mmdebstrap); else mmdebstrap+=(--mode=unshare); fi
    fi
    # shellcheck disable=SC2016  # the hooks' own shell replaces $1
    "${mmdebstrap[@]}" --variant=apt --format=directory \
        --include="$(wanted_packages | paste -sd,)" \
        --aptopt='APT::Install-Recommends "false"' \
        --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        --essential-hook='printf "#!/bin/sh\nexit 101\n" >"$1/usr/sbin/policy-rc.d"; chmod 755 "$1/usr/sbin/policy-rc.d"' \
        --essential-hook='mkdir -p "$1/etc/postgresql-common"; echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"' \
        --customize-hook="chroot \"\$1\" groupadd --non-unique --gid $(inside_gid) mayday" \
        --customize-hook="chroot \"\$1\" useradd --non-unique --uid $(inside_uid) --gid $(inside_gid) --create-home --shell /bin/bash mayday" \
        --customize-hook='rm -f "$1/usr/sbin/policy-rc.d"; dbus-uuidgen >"$1/etc/machine-id" 2>/dev/null || tr -d - </proc/sys/kernel/random/uuid >"$1/etc/machine-id"' \
        --customize-hook="echo 'recipe $RECIPE' >\"\$1$ROOT_MARKER\"" \
        "$@" "$DEBIAN_SUITE" "$root" -
}

# Removes a tree of ours, and never anything that is mounted below it.
remove_tree() {
    local tree=$1
    [[ -e $tree ]] || return 0
    [[ $tree == "$CACHE"/root-* ]] || die "refusing to remove $tree: it is not one of our roots"
    if grep -qF " $tree/" /proc/self/mounts; then
        say "left $tree alone: something is mounted below it"
        return 0
    fi
    if ((EUID == 0)); then
        rm -rf --one-file-system -- "$tree"
    elif sudo -n true 2>/dev/null; then
        sudo -n rm -rf --one-file-system -- "$tree"
    else
        unshare --user --map-root-user --map-auto rm -rf --one-file-system -- "$tree"
    fi
}

remove_other_roots() {
    local keep=$1 other
    for other in "$CACHE"/root-*; do
        [[ $other == "$keep" || ! -d $other ]] && continue
        say "removing the outdated root $other"
        remove_tree "$other"
    done
}
