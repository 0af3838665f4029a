#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints "key<TAB>file" for each file of app/, ui/ and tests/fuzz/ that is compiled.

The compile database is the argument. Where the build joins sources, the joined file is the one named.
A key covers everything that decides what clang-tidy says: see lint_tidy. A file that is not built yet
has the key "-", because nobody knows its headers.
"""

import hashlib
import json
import os
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


def main():
    database = sys.argv[1]
    folder = os.path.abspath(os.path.dirname(database))
    checkout = os.getcwd() + os.sep
    with open(database, encoding="utf-8") as file:
        commands = {os.path.relpath(entry["file"]): entry for entry in json.load(file)}
    recorded = dependencies(folder)
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
    common = version + digest(".clang-tidy").encode()
    built = os.path.relpath(folder)
    for name, entry in sorted(commands.items()):
        within = os.path.relpath(name, built) if name.startswith(built + os.sep) else name
        if not within.startswith(("app/", "ui/", "tests/fuzz/")) or within.endswith("mocs_compilation.cpp"):
            continue
        read = recorded.get(entry.get("output", ""))
        if not read:
            print("-", name, sep="\t")
            continue
        key = hashlib.sha256(common + entry["command"].encode())
        for path in sorted(read):
            if path.startswith(checkout):
                key.update((path + digest(path)).encode())
        print(key.hexdigest(), name, sep="\t")


main()
