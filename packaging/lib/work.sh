# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Build, test, bench, tour: what happens once Debian 13 is around us. Sourced, never run.

readonly PRESETS=(dev release headless asan tsan fuzz)
readonly FUZZERS=(scanner archiveheader)

prepare_environment() {
    local servers
    servers=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    export PATH=$servers:$PATH
    inside_root || export CCACHE_DIR=${CCACHE_DIR:-$CACHE/ccache}
    export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$CHECKOUT} CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR:-1}
    export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros,include_file_mtime,include_file_ctime}
    # What a file includes is told by the compiler: to find it out first is an eighth of a cold build.
    export CCACHE_DEPEND=${CCACHE_DEPEND:-1}
    export CMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER-ccache}
    # The checkout may belong to somebody else than the user inside.
    export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
}

on_virtual_desktop() { "$PACKAGING/lib/desktop.sh" "$@"; }

need_preset() {
    local preset
    for preset in "${PRESETS[@]}"; do [[ $1 == "$preset" ]] && return 0; done
    die "there is no preset '$1'; there are: ${PRESETS[*]}" "$EX_USAGE"
}

# headless is asan before there is a window: the same folder, so that app/ is compiled once for both.
folder_of() {
    case $1 in
        headless) printf '%s\n' "$CHECKOUT/build/asan" ;;
        *) printf '%s\n' "$CHECKOUT/build/$1" ;;
    esac
}

# build_preset PRESET [TARGET...]: configures when needed, then builds. One caller at a time.
build_preset() {
    local preset=$1 folder lock rc=0 afresh
    shift
    folder=$(folder_of "$preset")
    mkdir -p "$folder"
    exec {lock}>"$folder/.lock"
    hold_lock "$lock" "$folder/.lock" "build/$preset"
    (
        exec {lock}>&-
        cd "$CHECKOUT" || exit
        # Ninja sees to changed CMake files by itself, but not to a changed preset. Afresh: with
        # another compiler CMake would forget what else the preset says.
        afresh=''
        [[ -f $folder/build.ninja && CMakePresets.json -ot $folder/CMakeCache.txt ]] || afresh=--fresh
        if [[ -n $afresh || $(cat "$folder/.preset" 2>/dev/null) != "$preset" ]]; then
            cmake ${afresh:+"$afresh"} --preset "$preset" && touch "$folder/CMakeCache.txt" || exit
            printf '%s\n' "$preset" >"$folder/.preset"
        fi
        # A compiler asks for half a gigabyte in small pieces; large pages are a tenth of its time.
        GLIBC_TUNABLES=${GLIBC_TUNABLES-glibc.malloc.hugetlb=1} \
            exec cmake --build "$folder" ${1:+--target "$@"}
    ) || rc=$?
    exec {lock}>&-
    return "$rc"
}

# build_quietly PRESET TARGET...: says nothing unless it fails.
build_quietly() {
    local log rc=0
    log=$(mktemp)
    build_preset "$@" </dev/null >"$log" 2>&1 || rc=$?
    ((rc == 0)) || cat "$log" >&2
    rm -f "$log"
    return "$rc"
}

# Names of a preset's own programs that match an extended regular expression.
targets_like() {
    ninja -C "$(folder_of "$1")" -t targets all 2>/dev/null |
        sed -nE 's/^([^/ :]+): phony$/\1/p' | grep -v _autogen | grep -E -- "$2" | sort -u || true
}

do_build() {
    local preset=dev
    if (($#)) && [[ $1 != -- ]]; then
        preset=$1
        shift
    fi
    need_preset "$preset"
    if (($#)); then
        [[ $1 == -- ]] || die "usage: packaging/dev build [preset] [-- targets...]" "$EX_USAGE"
        shift
    fi
    build_preset "$preset" "$@"
}

do_run() {
    if [[ -z ${DISPLAY:-} && -z ${WAYLAND_DISPLAY:-} ]]; then
        say "there is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set), so Mayday takes its tour instead"
        (($# == 0)) || say "these words are for the window, so they do nothing here: $*"
        do_tour
        return
    fi
    build_preset release mayday >&2
    exec "$CHECKOUT/build/release/bin/mayday" "$@"
}

do_ctl() {
    build_quietly release maydayctl
    exec "$CHECKOUT/build/release/bin/maydayctl" "$@"
}

do_test() {
    local preset=dev filter='' label=''
    while (($#)); do
        case $1 in
            --preset) (($# > 1)) || die "--preset wants a name" "$EX_USAGE"; preset=$2; shift 2 ;;
            --preset=*) preset=${1#*=}; shift ;;
            --label) (($# > 1)) || die "--label wants a name" "$EX_USAGE"; label=$2; shift 2 ;;
            --label=*) label=${1#*=}; shift ;;
            -*) die "usage: packaging/dev test [--preset NAME] [--label NAME] [FILTER]" "$EX_USAGE" ;;
            *) filter=$1; shift ;;
        esac
    done
    need_preset "$preset"
    local -a targets=() only=()
    if [[ -n $filter ]]; then
        # Only what the filter names is built; everything when it names no program.
        build_quietly "$preset" build.ninja
        mapfile -t targets < <(targets_like "$preset" '^tst_' | grep -E -- "$filter" || true)
        only=(-R "$filter")
    fi
    if [[ -n $label ]]; then
        build_quietly "$preset" build.ninja
        mapfile -t -O "${#targets[@]}" targets < <(targets_like "$preset" "^tests_($label)\$")
        only+=(-L "$label")
    fi
    build_preset "$preset" "${targets[@]}"
    # Where nobody sits who could look again, one test out of two tries has to pass: some are about
    # moments, and a machine may be busy with something else. ctest says which needed the second.
    [[ -z ${CI:-} ]] || only+=(--repeat until-pass:2)
    # Freed memory is kept to be watched, 256 MB of it; a test has used less in all, and each new page
    # costs: a tenth of the time.
    export ASAN_OPTIONS=${ASAN_OPTIONS:-quarantine_size_mb=32}
    # What OpenSSL remembers of errors for a thread that ends with the program.
    export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$PACKAGING/lib/leaks.txt:print_suppressions=0}
    # Two a core: most of them wait for a server, a keychain or a clock half of their time.
    with_scratch on_virtual_desktop ctest --test-dir "$(folder_of "$preset")" \
        --output-on-failure --no-tests=error -j"$((2 * $(nproc)))" "${only[@]}"
}

# with_scratch COMMAND...: what tests write, a hundred databases above all, is gone a moment later.
# Where there is memory for it, it need not reach a disk: a sixth of their time.
with_scratch() {
    local scratch base=/dev/shm rc=0
    [[ -w $base ]] && (($(df --output=avail --block-size=1M "$base" | tail -n 1) > 6000)) ||
        base=${TMPDIR:-/tmp}
    scratch=$(mktemp -d "$base/mayday-test.XXXXXX")
    TMPDIR=$scratch "$@" || rc=$?
    rm -rf --one-file-system -- "$scratch"
    return "$rc"
}

do_bench() {
    local name=${1:-} target rc=0
    local -a targets=()
    build_quietly release build.ninja
    mapfile -t targets < <(targets_like release "^bench_${name:-.*}\$")
    ((${#targets[@]})) || die "there is no benchmark '$name'; there are: \
$(targets_like release '^bench_' | sed 's/^bench_//' | paste -sd' ')" "$EX_USAGE"
    build_preset release "${targets[@]}"
    mkdir -p "$CHECKOUT/build/bench"
    for target in "${targets[@]}"; do
        say "$target, numbers in build/bench/${target#bench_}.json"
        on_virtual_desktop "$CHECKOUT/build/release/bin/$target" \
            --json "$CHECKOUT/build/bench/${target#bench_}.json" "${@:2}" || rc=$?
    done
    if ((${#targets[@]} > 1)); then
        targets=("${targets[@]/#bench_/$CHECKOUT/build/bench/}")
        python3 "$PACKAGING/lib/benchtable.py" "${targets[@]/%/.json}" || rc=$?
    fi
    return "$rc"
}

# Every input it tries is kept in build/fuzz/corpus/NAME as long as it reaches something new.
fuzz_one() {
    local name=$1 seconds=$2 kept
    local folder=$CHECKOUT/build/fuzz
    kept=$(unpack_kept "$name")
    mkdir -p "$folder/corpus/$name"
    say "fuzz_$name, for $seconds seconds; what breaks a promise goes to build/fuzz/$name-*"
    "$folder/bin/fuzz_$name" -dict="$CHECKOUT/tests/fuzz/$name.dict" -artifact_prefix="$folder/$name-" \
        -max_total_time="$seconds" -max_len=4096 -timeout=20 -print_final_stats=1 \
        "$folder/corpus/$name" "$kept"
}

# unpack_kept NAME: the folder in which the kept corpus is now.
unpack_kept() {
    local kept=$CHECKOUT/build/fuzz/kept/$1 file
    rm -rf "$kept"
    mkdir -p "$kept"
    for file in "$CHECKOUT/tests/data/fuzz/$1"/*; do
        case $file in
            *.tar.gz) tar -xzf "$file" -C "$kept" ;;
            *) [[ ! -f $file ]] || cp "$file" "$kept" ;;
        esac
    done
    printf '%s\n' "$kept"
}

# The least that reaches all that was reached, as one file.
keep_corpus() {
    local name=$1 least kept
    local folder=$CHECKOUT/build/fuzz
    kept=$(unpack_kept "$name")
    least=$(mktemp -d)
    mkdir -p "$folder/corpus/$name"
    "$folder/bin/fuzz_$name" -merge=1 -max_len=4096 "$least" "$kept" "$folder/corpus/$name" || return
    tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=0644 \
        --directory "$least" --files-from=<(cd "$least" && printf '%s\n' *) |
        gzip --best --no-name >"$folder/$name.tar.gz"
    rm -rf "$least"
    say "build/fuzz/$name.tar.gz is to become tests/data/fuzz/$name/corpus.tar.gz"
}

do_fuzz() {
    local work=fuzz_one name rc=0
    local -a names=("${FUZZERS[@]}")
    if [[ ${1:-} == --keep ]]; then
        work=keep_corpus
        shift
    fi
    if (($#)) && [[ ! $1 =~ ^[0-9]+$ ]]; then
        [[ " ${FUZZERS[*]} " == *" $1 "* ]] ||
            die "there is no fuzzer '$1'; there are: ${FUZZERS[*]}" "$EX_USAGE"
        names=("$1")
        shift
    fi
    (($# == 0)) || [[ $# == 1 && $1 =~ ^[0-9]+$ ]] ||
        die "usage: packaging/dev fuzz [--keep] [NAME] [SECONDS]" "$EX_USAGE"
    build_preset fuzz "${names[@]/#/fuzz_}"
    for name in "${names[@]}"; do "$work" "$name" "${1:-60}" || rc=$?; done
    return "$rc"
}

do_tour() {
    build_preset release mayday_tour
    mkdir -p "$CHECKOUT/build/tour"
    find "$CHECKOUT/build/tour" -name '*.png' -delete
    on_virtual_desktop "$CHECKOUT/build/release/bin/mayday_tour" --timed --pictures "$CHECKOUT/build/tour"
    printf 'The pictures are in %s\n' "$CHECKOUT/build/tour"
}

do_shell() {
    if (($#)) && [[ $1 == -- ]]; then shift; fi
    if (($#)); then exec "$@"; fi
    exec bash -i
}
