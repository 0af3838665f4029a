#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Joins what is compiled of app/, ui/ and tests/fuzz/ into few files for clang-tidy.

clang-tidy looks at every declaration of the parsed headers again for each file it reads: five
seconds, whatever is in the file. So sources that are compiled with the same parsed headers are read
as one. The parts of a module stay apart: they may use a name twice.

Arguments: the build folder, and where the joined files and their compile_commands.json go. Prints
"key<TAB>file" for each, the largest first. A key covers everything that decides what clang-tidy says:
see lint_tidy. Files of which something is not built yet have the key "-", because nobody knows their
headers.
"""

import hashlib
import json
import os
import re
import shlex
import subprocess
import sys


def digest(path, known={}):
    if path not in known:
        try:
            with open(path, "rb") as file:
                known[path] = hashlib.sha256(file.read()).hexdigest()
        except OSError:
            known[path] = "missing"
    return known[path]


def dependencies(folder):
    """Object file -> files it was compiled from, as ninja recorded them."""
    result, current = {}, []
    listing = subprocess.run(["ninja", "-C", folder, "-t", "deps"], capture_output=True, text=True, check=True)
    for line in listing.stdout.splitlines():
        if line.startswith("    "):
            current.append(os.path.normpath(os.path.join(folder, line.strip())))
        elif ": #deps" in line:
            current = result.setdefault(line.split(": #deps")[0], [])
    return result


def wanted(folder):
    """Entries of the compile database that are ours, without what tools have written."""
    with open(os.path.join(folder, "compile_commands.json"), encoding="utf-8") as file:
        entries = json.load(file)
    built, checkout = folder + os.sep, os.getcwd() + os.sep
    for entry in entries:
        name = entry["file"].removeprefix(built).removeprefix(checkout)
        generated = os.path.basename(name).startswith(("qrc_", "mocs_compilation"))
        if name.startswith(("app/", "ui/", "tests/fuzz/")) and not generated:
            yield name, entry


def group_of(name, entry):
    """Programs and the fuzzers have one main function each."""
    headers = re.search(r"/(\w+)_headers\.dir/cmake_pch", entry["command"])
    part = re.search(r"/unity_(\d+)_", name)
    alone = name.startswith("tests/") or "/maydayctl.dir/" in name or "/mayday.dir/" in name
    last = re.sub(r"\W", "_", name) if alone or not part else part.group(1)
    return (headers.group(1) if headers else "plain") + "_" + last


def sources_of(entry):
    """What a file of the build joins; itself when it joins nothing."""
    if "/Unity/" not in entry["file"]:
        return [entry["file"]]
    with open(entry["file"], encoding="utf-8") as file:
        sources = re.findall(r'^#include "(.+)"$', file.read(), re.MULTILINE)
    return [source for source in sources if "_autogen/" not in source]


def command_for(entries, name):
    """The first one's, with the folders and definitions of all of them."""
    kept, looked_in = [], []
    for entry in entries:
        words = iter(shlex.split(entry["command"]))
        for word in words:
            place = [word]
            if word in ("-isystem", "-o", "-c", "-MT", "-MF"):
                place.append(next(words))
            if word.startswith(("-I", "-D")) or word == "-isystem":
                if place not in looked_in:
                    looked_in.append(place)
            elif entry is entries[0] and word not in ("-o", "-c", "-MT", "-MF", "-MD"):
                kept.append(place)
    return shlex.join(sum(kept + looked_in, []) + ["-c", name])


def write_if_new(path, text):
    if not os.path.exists(path) or open(path, encoding="utf-8").read() != text:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def main():
    folder, target = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    os.makedirs(target, exist_ok=True)
    groups = {}
    for name, entry in wanted(folder):
        groups.setdefault(group_of(name, entry), []).append(entry)
    recorded = dependencies(folder)
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
    checkout = os.getcwd() + os.sep
    database, lines = [], []
    for group, entries in groups.items():
        path = os.path.join(target, group + ".cxx")
        sources = sum((sources_of(entry) for entry in entries), [])
        write_if_new(path, "".join(f'#include "{source}"\n' for source in sources))
        command = command_for(entries, path)
        database.append({"directory": folder, "command": command, "file": path})
        read = [recorded.get(entry.get("output", "")) for entry in entries]
        key = hashlib.sha256(version + digest(".clang-tidy").encode() + command.encode())
        for file in sorted(set(sum((files or [] for files in read), []))):
            if file.startswith(checkout):
                key.update((file + digest(file)).encode())
        lines.append((-len(sources), key.hexdigest() if all(read) else "-", path))
    write_if_new(os.path.join(target, "compile_commands.json"), json.dumps(database, indent=1))
    for _, key, path in sorted(lines):
        print(key, path, sep="\t")


main()
