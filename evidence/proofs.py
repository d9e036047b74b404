"""Checking a receipt document as anybody can: signature, content, and its place in the log.

A receipt document is ``{"receipt": JWS, "content": …, "keys": JWK Set, "entry": …,
"inclusion": …}``; the last two are null until the day of the answer is sealed. No database and no
network are needed.
"""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from core.enums import EvidenceKind
from evidence import merkle
from evidence.canonical import content_hash
from evidence.leaves import digest, leaf_content
from evidence.receipts import SEAL, NotGenuineError, verify, verify_receipt


class FaultyReceiptError(Exception):
    """The document does not prove what it says; the message says why, in Chinese and English."""


def is_receipt(document: Mapping[str, Any]) -> bool:
    """Tell whether a JSON document looks like a receipt at all."""
    return {"receipt", "content"} <= document.keys()


def explain_fault(error: Exception) -> str:
    """Return what is wrong with a malformed document, for people: no name of an exception."""
    return f"缺少 {error} (missing)" if isinstance(error, KeyError) else str(error)


def check_receipt(document: Mapping[str, Any], key_set: Mapping[str, Any] | None) -> list[str]:
    """Return what the document proves, a sentence each.

    `key_set` is the published JWK Set; without it the one inside the document is used, which
    proves only that the document is whole. Raises FaultyReceiptError.
    """
    try:
        keys = document["keys"] if key_set is None else key_set
        facts = _check_signature(document["receipt"], keys)
        proved = [
            f"签名有效 (signed): {facts['answer']} {facts['month']} v{facts['version']},"
            f" {facts['answered_at']}"
        ]
        proved.append(_check_content(document["content"], facts))
        if document.get("inclusion"):
            proved.append(_check_inclusion(document, keys))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FaultyReceiptError(f"回执格式不对 (malformed): {explain_fault(error)}") from error
    return proved


def _check_signature(token: str, key_set: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return verify_receipt(token, key_set)
    except NotGenuineError as error:
        raise FaultyReceiptError("签名无效 (the signature is not genuine)") from error


def _check_content(content: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    if content_hash(content) != facts["content_hash"]:
        raise FaultyReceiptError("内容与签名时不同 (the content is not what was signed)")
    return f"内容未被改动 (content unchanged): SHA-256 {facts['content_hash']}"


def _check_inclusion(document: Mapping[str, Any], key_set: Mapping[str, Any]) -> str:
    """Check that the answer's leaf is in a tree whose root was signed on a day."""
    entry, inclusion = document["entry"], document["inclusion"]
    try:
        seal = verify(inclusion["seal"], key_set, SEAL)
    except NotGenuineError as error:
        raise FaultyReceiptError("封存签名无效 (the seal is not genuine)") from error
    if entry["document"]["receipt"] != document["receipt"]:
        raise FaultyReceiptError("存证属于另一份回执 (the entry is another answer's)")
    ids = UUID(entry["entry_id"]), EvidenceKind(entry["kind"]), UUID(entry["subject_id"])
    leaf = merkle.hash_leaf(leaf_content(*ids, digest(entry["document"])))
    is_included = merkle.verify_inclusion(
        leaf,
        position=inclusion["position"],
        size=seal["tree_size"],
        proof=[bytes.fromhex(sibling) for sibling in inclusion["hashes"]],
        root=bytes.fromhex(seal["root"]),
    )
    if not is_included:
        raise FaultyReceiptError("不在封存的存证里 (not in the sealed log)")
    fingerprint = hashlib.sha256(inclusion["seal"].encode()).hexdigest()[:16]
    return f"已于 {seal['sealed_date']} 封存 (sealed), 第 {inclusion['position']} 条, {fingerprint}"
