"""The gate and the product speak the same language: their own classes, face to face."""

from uuid import UUID, uuid4

import pytest

from api.schemas.devices import PairedDeviceOut
from api.schemas.gate import Decision, DecisionOut, ShownWorkerOut, VerifyIn
from attendance import rules
from core.enums import DeviceProfile, Direction, ScanReason, Tone
from gate import texts
from gate.wire import LONGEST_CODE, Worker, parse_answer, parse_pairing
from tests.gate.conftest import Bench
from tests.gate.peer import Peer
from tests.gate.world import MORNING, Phone, World

CHECK_IN_ID = UUID("0198f0c2-7d1c-7000-8000-000000000000")


@pytest.mark.parametrize("decision", Decision)
def test_the_servers_decision_is_understood(decision: Decision) -> None:
    sent = DecisionOut(
        decision=decision,
        reason=ScanReason.OK,
        say="请进，注意安全",
        tone=Tone.WELCOME,
        worker=ShownWorkerOut(masked_name="王*明", trade="钢筋工", team="钢筋一班"),
        check_in_id=CHECK_IN_ID,
    )

    answer = parse_answer(sent.model_dump(mode="json"))

    assert answer.admitted is (decision is Decision.ADMITTED)
    assert answer.worker == Worker("王*明", "钢筋一班", "钢筋工")
    assert answer.check_in_id == str(CHECK_IN_ID)


def test_the_servers_pairing_is_understood() -> None:
    sent = PairedDeviceOut(
        device_id=uuid4(),
        project_id=uuid4(),
        name="东门 1 号闸机",
        profile=DeviceProfile.GATE,
        token="t",
    )

    assert parse_pairing(sent.model_dump(mode="json"))["token"] == "t"


@pytest.mark.parametrize("code", [None, "X" * LONGEST_CODE])
def test_the_gates_question_is_one_the_server_takes(
    bench: Bench, peer: Peer, phone: Phone, world: World, code: str | None
) -> None:
    bench.gate.turnstile.handle(code or phone.show(world.now))

    (asked,) = peer.scans.values()
    question = VerifyIn.model_validate(asked)
    assert question.direction is Direction.IN
    assert question.scanned_at == MORNING.replace(microsecond=question.scanned_at.microsecond)


def test_a_worker_hears_the_same_sentence_with_and_without_a_network() -> None:
    for reason, saying in texts.SAYINGS.items():
        if isinstance(reason, ScanReason):
            assert rules.SAYINGS[reason] == saying
    assert rules.WELCOMES == texts.WELCOMES
