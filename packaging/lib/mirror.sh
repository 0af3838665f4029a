# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Finds out from the host's own apt configuration where Debian comes from. Sourced, never run.

readonly DEBIAN_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# Every binary source of the host as "uri|suite|components|keyring", from both file formats.
host_sources() {
    local file
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [[ -r $file ]] && one_line_sources "$file"
    done
    for file in /etc/apt/sources.list.d/*.sources; do
        [[ -r $file ]] && deb822_sources "$file"
    done
    return 0
}

one_line_sources() {
    awk '
        $1 != "deb" { next }
        {
            sub(/#.*/, ""); key = ""; line = $0
            if (match(line, /\[[^]]*\]/)) {
                options = substr(line, RSTART + 1, RLENGTH - 2)
                line = substr(line, 1, RSTART - 1) substr(line, RSTART + RLENGTH)
                if (match(options, /signed-by=[^ ]+/)) key = substr(options, RSTART + 10, RLENGTH - 10)
            }
            n = split(line, word, /[ \t]+/); rest = ""
            for (i = 4; i <= n; i++) rest = rest (rest == "" ? "" : " ") word[i]
            print word[2] "|" word[3] "|" rest "|" key
        }' "$1"
}

deb822_sources() {
    awk '
        function flush(   u, s, i, j, nu, ns) {
            if (types ~ /(^| )deb( |$)/ && tolower(enabled) != "no") {
                nu = split(uris, u, " "); ns = split(suites, s, " ")
                for (i = 1; i <= nu; i++)
                    for (j = 1; j <= ns; j++) print u[i] "|" s[j] "|" components "|" key
            }
            types = uris = suites = components = key = enabled = field = ""
        }
        /^#/ { next }
        /^[ \t]*$/ { flush(); next }
        /^[ \t]/ { value = $0 }
        /^[^ \t]/ {
            field = tolower($0); sub(/:.*/, "", field)
            value = $0; sub(/^[^:]*:/, "", value)
        }
        {
            gsub(/^[ \t]+|[ \t]+$/, "", value)
            if (field == "types") types = types " " value
            else if (field == "uris") uris = uris " " value
            else if (field == "suites") suites = suites " " value
            else if (field == "components") components = components " " value
            else if (field == "signed-by" && value ~ /^\//) key = value
            else if (field == "enabled") enabled = value
        }
        END { flush() }' "$1"
}

# root_sources SUITE: the apt source lines for a root, from the host's entries for Debian itself.
# Fails when the host has none, for example because it is not a Debian.
root_sources() {
    local wanted=$1
    local main='' main_key='' security='' security_key='' uri suite components key
    while IFS='|' read -r uri suite components key; do
        [[ " $components " == *' main '* && $uri != cdrom:* ]] || continue
        case $suite in
            bullseye-security | bookworm-security | trixie-security | forky-security | stable-security)
                [[ -n $security ]] || security=$uri security_key=$key ;;
            bullseye | bookworm | trixie | forky | sid | stable | testing | unstable)
                [[ -n $main ]] || main=$uri main_key=$key ;;
        esac
    done < <(host_sources)

    if [[ -n ${MAYDAY_DEBIAN_MIRROR:-} ]]; then
        main=$MAYDAY_DEBIAN_MIRROR main_key='' security=''
    fi
    [[ -n $main ]] || return 1
    main_key=${main_key:-$DEBIAN_KEYRING}
    printf 'deb [signed-by=%s] %s %s main\n' "$main_key" "$main" "$wanted"
    printf 'deb [signed-by=%s] %s %s-updates main\n' "$main_key" "$main" "$wanted"
    if [[ -n $security ]]; then
        printf 'deb [signed-by=%s] %s %s-security main\n' \
            "${security_key:-$DEBIAN_KEYRING}" "$security" "$wanted"
    fi
}

# The host's apt settings about proxies, certificates and dates, one option a line.
host_apt_options() {
    apt-config dump 2>/dev/null |
        grep -iE '^Acquire::((http|https|ftp)::.+|Check-Valid-Until|Check-Date|Retries|ForceIPv[46]) "' |
        grep -v ' "";$' | sed 's/;$//' || true
}
