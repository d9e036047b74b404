"""`make bench [NAME=…]`: measures, prints the table, keeps bench/results/latest.json."""

import argparse
import importlib
import pkgutil
import sys

from bench import groups
from bench.harness import HEADER, REGISTRY, keep, measure, row
from bench.rig import Rig


def main() -> None:
    """Run what was asked for; without a name, everything that is not large."""
    for module in pkgutil.iter_modules(groups.__path__, f"{groups.__name__}."):
        importlib.import_module(module.name)
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("name", nargs="?")
    parser.add_argument("--large", action="store_true", help="the long runs instead")
    asked = parser.parse_args()
    if asked.name and asked.name not in REGISTRY:
        sys.exit(f"没有这一项 (no such bench)：{asked.name}。\n  " + "\n  ".join(sorted(REGISTRY)))
    chosen = [
        entry for entry in REGISTRY.values() if (asked.name or entry.name) == entry.name
        and (asked.name or entry.large == asked.large)
    ]  # fmt: skip
    print(HEADER, flush=True)
    outcomes = []
    with Rig() as rig:
        for entry in chosen:
            outcomes.append(measure(entry, rig))
            print(row(outcomes[-1], entry), flush=True)
    keep(outcomes)


if __name__ == "__main__":
    main()
