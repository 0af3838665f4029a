#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the figures of the JSON files that it is given as one table, the peer last in each part,
and which aims were met."""

import json
import os
import sys


def main():
    for path in sys.argv[1:]:
        try:
            with open(path, encoding="utf-8") as file:
                figures = json.load(file)
        except (OSError, ValueError) as error:
            print(f"\n{os.path.basename(path)}: {error}")
            continue
        print(f"\n{figures.get('title', os.path.basename(path))}")
        for row in figures.get("rows", []):
            print(f"  {row['name']:<62} {row['medianSeconds']:>9.3f} s {row['ratioToPeer']:>7.2f}")
        for aim in figures.get("aims", []):
            verdict = "met" if aim["isMet"] else "missed"
            side = "least" if aim["isAtLeast"] else "most"
            print(f"  {verdict:<6} {aim['name']}: {aim['value']:.3f}{aim['unit']}, "
                  f"to be at {side} {aim['limit']:.3f}{aim['unit']}")


main()
