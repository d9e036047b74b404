"""``python -m evidence verify receipt.json``: anybody checks a receipt or a bundle, offline."""

import argparse
import json
import sys
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

from evidence.bundles import check_bundle, is_bundle
from evidence.proofs import FaultyReceiptError, check_receipt, is_receipt


def main() -> int:
    """Print what the receipt proves; 0 when it is genuine, 1 when not, 2 when unreadable."""
    parser = argparse.ArgumentParser(prog="python -m evidence", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser(
        "verify", help="检查一份回执或证据包 (check a receipt, or a bundle in a ZIP)"
    )
    verify.add_argument("file", type=Path)
    verify.add_argument(
        "--keys",
        type=Path,
        help="另行保存的 /.well-known/jwks.json；不给则用回执里附带的公钥"
        " (a saved copy of the published keys; otherwise those in the receipt)",
    )
    given = parser.parse_args()
    try:
        content = given.file.read_bytes()
        document = None if is_zipfile(BytesIO(content)) else _parse(content)
        key_set = _parse(given.keys.read_bytes()) if given.keys else None
    except (OSError, ValueError, RecursionError) as error:
        sys.stderr.write(f"文件读不出来 (the file cannot be read): {error}\n")
        return 2
    if not (is_bundle(content) if document is None else is_receipt(document)):
        sys.stderr.write("这个文件不是回执，也不是证据包 (neither a receipt nor a bundle)\n")
        return 2
    try:
        if document is None:
            proved = check_bundle(content, key_set)
        else:
            proved = check_receipt(document, key_set)
    except FaultyReceiptError as error:
        sys.stdout.write(f"✗ {error}\n")
        return 1
    for line in proved:
        sys.stdout.write(f"✓ {line}\n")
    if key_set is None:
        sys.stdout.write(
            "! 公钥取自文件本身，请与平台公布的核对"
            " (the key came with the file: compare it with the published one)\n"
        )
    return 0


def _parse(content: bytes) -> dict[str, Any]:
    document = json.loads(content)
    if not isinstance(document, dict):
        raise ValueError("no JSON object")  # noqa: TRY004 — the file's fault
    return document


if __name__ == "__main__":
    sys.exit(main())
