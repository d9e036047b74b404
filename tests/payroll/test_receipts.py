"""The receipt document, and the program with which anybody checks it."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from core.keyring import Keyring, load_keyring
from evidence import log
from evidence.proofs import FaultyReceiptError, check_receipt
from evidence.receipts import jwks
from payroll.errors import NotConfirmedError, PayslipNotFoundError
from payroll.receipts import get_receipt
from tests.factories.identity import make_worker_person
from tests.factories.payroll import AT, confirm, make_site, publish

Document = dict[str, Any]


@pytest.fixture
def document(session: Session, keyring: Keyring) -> Document:
    """A receipt after the night, as it comes out of a file."""
    payslip, other = publish(session, make_site(session, worker_count=2))
    confirm(session, keyring, other)
    confirm(session, keyring, payslip)
    log.seal(session, keyring, at=AT)
    session.expire_all()
    made = get_receipt(session, keyring, person_id=payslip.person_id, payslip_id=payslip.id)
    return dict(json.loads(json.dumps(made)))


def test_a_receipt_proves_signature_content_and_seal(document: Document, keyring: Keyring) -> None:
    signed, content, sealed = check_receipt(document, jwks(keyring))

    assert "confirmed 2026-10" in signed
    assert "SHA-256" in content
    assert "2026-11-03" in sealed


def test_a_receipt_of_today_proves_signature_and_content(
    session: Session, keyring: Keyring
) -> None:
    payslip, *_ = publish(session, make_site(session))
    confirm(session, keyring, payslip)

    made = get_receipt(session, keyring, person_id=payslip.person_id, payslip_id=payslip.id)

    assert (made["entry"], made["inclusion"]) == (None, None)
    assert len(check_receipt(made, None)) == 2


Forgery = Callable[[Document], object]


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (lambda made: made["content"].update(net="1.00"), "content is not"),
        (lambda made: made.update(receipt=made["receipt"][:-4] + "AAAA"), "not genuine"),
        (lambda made: made.update(receipt=made["inclusion"]["seal"]), "not genuine"),
        (lambda made: made["inclusion"].update(seal=made["receipt"]), "seal is not"),
        (lambda made: made["inclusion"].update(position=0), "not in the sealed"),
        (lambda made: made["inclusion"]["hashes"].pop(), "not in the sealed"),
        (lambda made: made["entry"]["document"].update(state="disputed"), "not in the sealed"),
        (lambda made: made["entry"]["document"].update(receipt="x"), "another answer"),
        (lambda made: made["inclusion"].update(hashes="zz"), "malformed"),
        (lambda made: made.pop("content"), "malformed"),
        (lambda made: made.update(entry=None), "malformed"),
        (lambda made: made.update(receipt=7), "malformed"),
    ],
)
def test_a_forged_receipt_proves_nothing(
    document: Document, keyring: Keyring, forge: Forgery, said: str
) -> None:
    forged = copy.deepcopy(document)
    forge(forged)

    with pytest.raises(FaultyReceiptError, match=said):
        check_receipt(forged, jwks(keyring))


def test_a_receipt_signed_by_somebody_else_proves_nothing(
    document: Document, tmp_path: Path
) -> None:
    with pytest.raises(FaultyReceiptError, match="not genuine"):
        check_receipt(document, jwks(load_keyring(tmp_path / "other.json")))


def test_what_was_not_confirmed_has_no_receipt(session: Session, keyring: Keyring) -> None:
    payslip, *_ = publish(session, make_site(session))

    with pytest.raises(NotConfirmedError):
        get_receipt(session, keyring, person_id=payslip.person_id, payslip_id=payslip.id)


def test_nobody_takes_home_a_receipt_of_another(session: Session, keyring: Keyring) -> None:
    payslip, *_ = publish(session, make_site(session))
    confirm(session, keyring, payslip)
    stranger = make_worker_person(session)

    with pytest.raises(PayslipNotFoundError):
        get_receipt(session, keyring, person_id=stranger.id, payslip_id=payslip.id)


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "evidence", "verify", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def files(document: Document, keyring: Keyring, tmp_path: Path) -> tuple[Path, Path]:
    receipt, keys = tmp_path / "receipt.json", tmp_path / "jwks.json"
    receipt.write_text(json.dumps(document), encoding="utf-8")
    keys.write_text(json.dumps(jwks(keyring)), encoding="utf-8")
    return receipt, keys


def test_the_program_says_what_is_proved(files: tuple[Path, Path]) -> None:
    receipt, keys = files

    done = run(receipt, "--keys", keys)

    assert done.returncode == 0
    assert done.stdout.count("✓") == 3
    assert "!" not in done.stdout


def test_the_program_warns_of_a_key_out_of_the_receipt(files: tuple[Path, Path]) -> None:
    done = run(files[0])

    assert done.returncode == 0
    assert "请与平台公布的核对" in done.stdout


def test_the_program_refuses_what_was_altered(files: tuple[Path, Path], document: Document) -> None:
    document["content"]["net"] = "1.00"
    files[0].write_text(json.dumps(document), encoding="utf-8")

    done = run(*files[:1], "--keys", files[1])

    assert (done.returncode, done.stderr) == (1, "")
    assert "✗ 内容与签名时不同" in done.stdout


@pytest.mark.parametrize("text", ["", "[]", "PK\x03\x04"])
def test_the_program_says_when_a_file_cannot_be_read(text: str, tmp_path: Path) -> None:
    file = tmp_path / "receipt.json"
    file.write_text(text, encoding="utf-8")

    done = run(file)

    assert done.returncode == 2
    assert "文件读不出来" in done.stderr
