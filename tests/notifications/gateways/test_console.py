import json
import stat
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import pytest

from notifications.gateways.base import Sms
from notifications.gateways.console import ConsoleGateway

AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)


def make_sms(reference: str = "r1") -> Sms:
    return Sms(reference, "+8619100000001", "【安薪码】你好", AT)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "var" / "sms.jsonl"


def test_message_becomes_one_line(file: Path) -> None:
    ConsoleGateway(file).send(make_sms())

    (line,) = file.read_text(encoding="utf-8").splitlines()
    fields = json.loads(line)
    assert datetime.fromisoformat(fields.pop("at")).tzinfo is not None
    assert fields == {"reference": "r1", "phone": "+8619100000001", "body": "【安薪码】你好"}


def test_nothing_of_a_message_reaches_the_log_of_the_worker(
    file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ConsoleGateway(file).send(make_sms())

    assert capfd.readouterr() == ("", "")


def test_file_is_for_the_owner_only(file: Path) -> None:
    ConsoleGateway(file).send(make_sms())

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_sent_message_is_found_again(file: Path) -> None:
    gateway = ConsoleGateway(file)
    reference = gateway.send(make_sms())

    assert gateway.find(make_sms()) == [reference]


def test_other_message_is_not_found(file: Path) -> None:
    gateway = ConsoleGateway(file)
    gateway.send(make_sms("r1"))

    assert gateway.find(make_sms("r2")) == []


def test_nothing_is_found_before_the_first_message(file: Path) -> None:
    assert ConsoleGateway(file).find(make_sms()) == []


def _send_many(file: Path, name: str) -> None:
    for number in range(50):
        ConsoleGateway(file).send(make_sms(f"{name}-{number}"))


def test_workers_side_by_side_do_not_mix_their_lines(file: Path) -> None:
    context = get_context("spawn")
    workers = [context.Process(target=_send_many, args=(file, name)) for name in "abc"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)

    lines = file.read_text(encoding="utf-8").splitlines()
    assert len({json.loads(line)["reference"] for line in lines}) == 150
