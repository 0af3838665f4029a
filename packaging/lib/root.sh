# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Makes Debian 13 available: with apt on a Debian 13 host, as a root of its own anywhere else.
# Sourced, never run.

readonly DEBIAN_SUITE=trixie
# Raise it when the recipe below changes in a way that the package list does not show.
readonly RECIPE=3

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

# User namespaces in which this user has a range of ids, the way without any rights.
readonly AS_MAPPED_ROOT=(unshare --user --map-root-user --map-auto)
can_map_users() { "${AS_MAPPED_ROOT[@]}" true 2>/dev/null; }

root_folder() {
    local hash
    hash=$({ wanted_packages | sort; echo "$RECIPE $(inside_user)"; } | sha256sum)
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
    # The package would make and start a server of its own; only its programs are wanted.
    if [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
        as_superuser mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' |
            as_superuser tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    as_superuser env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "${missing[@]}" >&2
}

# step_down COMMAND...: on a Debian 13 host root goes on as the unprivileged user.
step_down() {
    local user uid gid name home
    user=$(inside_user) uid=${user%:*}
    getent passwd "$uid" >/dev/null || useradd --uid "$uid" --create-home --shell /bin/bash mayday
    IFS=: read -r name _ _ gid _ home _ < <(getent passwd "$uid")
    mkdir -p "$CHECKOUT/build"
    chown "$uid:$gid" "$CHECKOUT/build"
    local -a become=(setpriv --reuid "$uid" --regid "$gid" --init-groups)
    "${become[@]}" test -r "$PACKAGING/dev" -a -w "$CHECKOUT/build" || die "Mayday is not built as \
root, and the user '$name' cannot reach $CHECKOUT. Move the checkout to where that user may read it, \
or call packaging/dev as the checkout's owner." "$EX_UNAVAILABLE"
    exec env -u XDG_RUNTIME_DIR -u XDG_CACHE_HOME -u XDG_CONFIG_HOME -u XDG_DATA_HOME \
        -u DBUS_SESSION_BUS_ADDRESS HOME="$home" USER="$name" LOGNAME="$name" "${become[@]}" "$@"
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

# Without any right to mount, a root would be made for nothing.
need_rights() {
    can_be_superuser || can_map_users || die "Making and entering the Debian 13 root needs the right to \
mount, and this user has neither 'sudo' without a password nor user namespaces with a range of ids. \
Allow one of them: call packaging/dev as root or after 'sudo -v'; or install 'uidmap' and give this \
user a range with 'sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un)'. \
On Debian 13 none of this is needed." "$EX_UNAVAILABLE"
}

# Settles the root in $ROOT. Nothing to do costs a hash and one test.
ensure_root() {
    ROOT=$(root_folder)
    [[ -e $ROOT$ROOT_MARKER ]] && return 0
    need_rights
    mkdir -p "$CACHE"
    local lock
    exec {lock}>"$CACHE/setup.lock"
    hold_lock "$lock" "$CACHE/setup.lock" "the Debian 13 root"
    if [[ ! -e $ROOT$ROOT_MARKER ]]; then
        need_mmdebstrap
        make_root "$ROOT"
        remove_other_roots
    fi
    exec {lock}>&-
}

make_root() {
    local root=$1 making=$1.making started=$SECONDS sources log=$CACHE/setup.log
    sources=$(root_sources "$DEBIAN_SUITE") || die "This host's apt sources name no Debian mirror to take Debian 13 \
from. Name one with MAYDAY_DEBIAN_MIRROR=<address of a Debian archive> and call packaging/dev \
again; its signing keys are expected in $DEBIAN_KEYRING (package debian-archive-keyring)." "$EX_UNAVAILABLE"

    say "making the Debian 13 root in $root (once; one to two minutes, 1.5 GB)"
    remove_tree "$making"
    if ! run_mmdebstrap "$making" "$DEBIAN_SUITE" --variant=apt \
        --include="$(wanted_packages | paste -sd,)" \
        --essential-hook="$(recipe_hook before)" \
        --customize-hook="$(recipe_hook after)" <<<"$sources" >"$log" 2>&1; then
        tail -n 25 "$log" >&2
        remove_tree "$making"
        die "mmdebstrap failed; its whole output is in $log"
    fi
    mv -T "$making" "$root"
    say "ready after $((SECONDS - started)) s"
}

# run_mmdebstrap ROOT SUITE OPTION...: in namespaces of its own that end with this script, so that an
# interrupted setup leaves no process and no mount behind.
run_mmdebstrap() {
    local root=$1 suite=$2 option
    shift 2
    local -a options=()
    while IFS= read -r option; do
        options+=("--aptopt=$option")
    done < <(host_apt_options)
    local -a launch=(setpriv --pdeathsig KILL unshare) mmdebstrap=(mmdebstrap --mode=root)
    if ((EUID != 0)); then
        if can_be_superuser; then
            launch=(sudo -n "${launch[@]}")
        else
            # Not mmdebstrap's own unshare mode: that one cannot reach below a private home folder.
            launch=(setpriv --pdeathsig KILL "${AS_MAPPED_ROOT[@]}")
        fi
    fi
    launch+=(--mount --pid --fork --kill-child=KILL --propagation private --)
    LC_ALL=C.UTF-8 "${launch[@]}" "${mmdebstrap[@]}" --format=directory \
        --aptopt='APT::Install-Recommends "false"' \
        "${options[@]}" "$@" "$suite" "$root" -
}

# The text of a hook, by which no service starts in the root and no database cluster is made for
# it. It gets the root as $1 and must not read files of the checkout, which another user may not be
# allowed to do.
recipe_hook() {
    local user
    user=$(inside_user)
    case $1 in
        before)
            cat <<'TEXT'
set -e
# Not as options of mmdebstrap, which would filter each of the first hundred packages by a Python
# program: manuals and translations of other people's programs, and what only a compiling
# PostgreSQL reads, stay out; and nothing is synced to a disk that is begun anew after a crash.
cat >"$1/etc/dpkg/dpkg.cfg.d/mayday" <<'CONFIG'
path-exclude=/usr/share/man/*
path-exclude=/usr/share/doc/*
path-include=/usr/share/doc/*/copyright
path-exclude=/usr/share/locale/*
path-exclude=/usr/share/cmake-*/Help/*
path-exclude=/usr/share/poppler/*
path-exclude=/usr/lib/postgresql/*/lib/bitcode/*
force-unsafe-io
CONFIG
printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
chmod 755 "$1/usr/sbin/policy-rc.d"
mkdir -p "$1/etc/postgresql-common"
echo 'create_main_cluster = false' >"$1/etc/postgresql-common/createcluster.conf"
TEXT
            ;;
        after)
            cat <<TEXT
set -e
echo "mayday:x:${user#*:}:" >>"\$1/etc/group"
echo "mayday:x:${user}::/home/mayday:/bin/bash" >>"\$1/etc/passwd"
install -d -o ${user%:*} -g ${user#*:} "\$1/home/mayday"
rm -f "\$1/usr/sbin/policy-rc.d"
tr -d - </proc/sys/kernel/random/uuid >"\$1/etc/machine-id"
# Checkouts may live below these.
chmod 755 "\$1/root"
mkdir -p "\$1/etc/fonts/conf.d"
cat >"\$1/etc/fonts/conf.d/09-mayday-host.conf" <<'XML'
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>/run/host/share/fonts</dir><dir>/run/host/local/share/fonts</dir></fontconfig>
XML
echo 'recipe $RECIPE' >"\$1$ROOT_MARKER"
TEXT
            ;;
    esac
}

# Does any process live in that tree? Other mount namespaces do not show in our list of mounts.
is_lived_in() {
    local process
    for process in /proc/[0-9]*; do
        [[ $process/root -ef $1 ]] && return 0
    done
    return 1
}

# Removes a tree of ours, and never anything that is mounted below it.
remove_tree() {
    local tree=$1
    [[ -e $tree ]] || return 0
    [[ $tree == "$CACHE"/root-* || $tree == "$CACHE"/postgres-* ]] ||
        die "refusing to remove $tree: it is not one of our roots"
    if is_lived_in "$tree" || grep -qF " $tree/" /proc/self/mounts; then
        say "$tree is still in use; the next setup removes it"
    elif can_be_superuser; then
        as_superuser rm -rf --one-file-system -- "$tree"
    else
        "${AS_MAPPED_ROOT[@]}" rm -rf --one-file-system -- "$tree"
    fi
}

remove_other_roots() {
    local other
    for other in "$CACHE"/root-*; do
        [[ $other == "$ROOT" || ! -d $other ]] && continue
        say "removing the outdated root $other"
        remove_tree "$other"
    done
}
