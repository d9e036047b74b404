"""The decision at the gate: order of reasons, what is stored, and that a step opens once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from redis import Redis
from sqlalchemy import func, select
from sqlmodel import Session, col

from attendance import service
from attendance.day_rules import work_date
from attendance.due_folds import fold_due_of
from attendance.service import ScanDecision
from core.clock import local_date, now
from core.enums import CheckInMethod, Direction, Grade, ScanReason, Tone, WorkDayState
from core.keyring import Keyring
from db.models import CheckIn, Contract, Device, WorkDay, WorkerCode
from qr import code as ax1
from qr.service import make_live_code
from tests.factories.attendance import GateSite, make_gate, make_gate_site
from tests.factories.projects import make_project, make_project_worker, make_team

Ask = Callable[..., ScanDecision]
Show = Callable[..., str]
NOWHERE = Redis.from_url("unix:///nowhere.sock")


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def ask(session: Session, redis: Redis, keyring: Keyring, site: GateSite) -> Ask:
    """Ask the site's gate; a fresh nonce, entry and the right time unless told otherwise."""

    def verify(
        code: str,
        *,
        direction: Direction = Direction.IN,
        nonce: str | None = None,
        scanned_at: datetime | None = None,
        device: Device | None = None,
        valkey: Redis = redis,
    ) -> ScanDecision:
        return service.verify_scan(
            session,
            valkey,
            keyring,
            device=device or site.gate.device,
            code=code,
            direction=direction,
            nonce=nonce or uuid4().hex,
            scanned_at=scanned_at or now(),
        )

    return verify


@pytest.fixture
def show(session: Session, keyring: Keyring, site: GateSite) -> Show:
    """Return what the worker's phone shows, `seconds` from now, for the site or another project."""

    def live_code(*, seconds: int = 0, project_id: UUID | None = None) -> str:
        at = now() + timedelta(seconds=seconds)
        return make_live_code(
            session, keyring, person_id=site.person_id, at=at, project_id=project_id
        )

    return live_code


def stored(session: Session, decision: ScanDecision) -> CheckIn:
    check_in = session.scalars(select(CheckIn).where(col(CheckIn.id) == decision.check_in.id)).one()
    assert check_in.admitted == check_in.valid == decision.admitted
    assert check_in.reason is decision.reason
    return check_in


def fold(session: Session, site: GateSite) -> WorkDay:
    """Return the worker's one day, folded as a reader would have it folded."""
    fold_due_of(session, person_id=site.person_id)
    session.expire_all()
    return session.scalars(select(WorkDay)).one()


def spoil(text: str, position: int) -> str:
    code = ax1.decode(text)
    raw = bytearray(code.holder_signed + code.holder_tag)
    raw[position] ^= 1
    spoiled = bytes(raw)
    return ax1.encode(
        ax1.LiveCode(
            code.suite,
            spoiled[1:7],
            int.from_bytes(spoiled[7:11], "big"),
            spoiled[11:15],
            spoiled[15:],
        )
    )


def test_a_good_code_opens_and_is_grade_a(
    session: Session, site: GateSite, ask: Ask, show: Show
) -> None:
    decision = ask(show())

    assert (decision.admitted, decision.reason) == (True, ScanReason.OK)
    assert (decision.tone, decision.say) == (Tone.WELCOME, "请进，注意安全")
    assert decision.worker is not None
    assert decision.worker.masked_name == "王*明"
    assert decision.worker.team == "钢筋一班"
    check_in = stored(session, decision)
    assert (check_in.grade, check_in.method) == (Grade.A, CheckInMethod.LIVE_CODE)
    assert check_in.project_worker_id == site.worker_id
    assert check_in.presented is None


def test_the_day_is_folded_before_anybody_reads_it(
    session: Session, site: GateSite, ask: Ask, show: Show
) -> None:
    entered_at = now()
    ask(show(), scanned_at=entered_at)
    day = fold(session, site)
    assert (day.state, day.units) == (WorkDayState.NEEDS_CONFIRMATION, 50)

    ask(
        show(seconds=15),
        direction=Direction.OUT,
    )

    day = fold(session, site)
    assert day.work_date == work_date(entered_at, site.project.day_starts_at)
    assert (day.state, day.grades) == (WorkDayState.COMPLETE, {"A": 2})
    assert day.first_in_at == entered_at


def test_asking_again_with_the_same_nonce_gives_the_first_answer(
    session: Session, site: GateSite, ask: Ask, show: Show
) -> None:
    code = show()
    first = ask(code, nonce="scan-0001")

    again = ask(code, nonce="scan-0001")

    assert (again.check_in.id, again.admitted, again.say, again.worker) == (
        first.check_in.id,
        True,
        first.say,
        first.worker,
    )
    assert session.scalar(select(func.count()).select_from(CheckIn)) == 1


@pytest.mark.parametrize("asked", ["something else", "a colleague", "the other way"])
def test_a_gate_whose_counter_began_anew_opens_for_nobody_by_it(
    session: Session, ask: Ask, show: Show, asked: str
) -> None:
    code = show()
    first = ask(code, nonce="scan-0001")
    step = ax1.decode(code).step
    stranger = ax1.make_code(
        worker_ref=bytes(6), step=step, gate_key=bytes(16), holder_key=bytes(32)
    )
    another = {"a colleague": ax1.encode(stranger), "the other way": code}.get(asked, asked)
    direction = Direction.OUT if asked == "the other way" else Direction.IN

    answers = [ask(another, nonce="scan-0001", direction=direction) for _ in range(2)]

    assert [answer.admitted for answer in answers] == [False, False]
    assert answers[0].check_in.id == answers[1].check_in.id != first.check_in.id
    assert session.scalar(select(func.count()).select_from(CheckIn)) == 2


def test_a_refusal_is_repeated_under_its_nonce_too(ask: Ask) -> None:
    first = ask("not a code", nonce="scan-0001")
    again = ask("not a code", nonce="scan-0001")
    assert (again.check_in.id, again.reason) == (first.check_in.id, ScanReason.MALFORMED_CODE)


@pytest.mark.parametrize("valkey_is_up", [True, False])
def test_a_step_opens_one_gate_once(
    session: Session, site: GateSite, ask: Ask, show: Show, valkey_is_up: bool
) -> None:
    valkey = {} if valkey_is_up else {"valkey": NOWHERE}
    code = show()
    other_gate = make_gate(session, site.project).device
    assert ask(code, **valkey).admitted

    second = ask(code.lower(), device=other_gate, **valkey)

    assert (second.admitted, second.reason) == (False, ScanReason.ALREADY_USED)
    assert second.worker is not None
    assert stored(session, second).grade is Grade.A


def test_a_step_stays_used_when_valkey_forgets(ask: Ask, show: Show, redis: Redis) -> None:
    code = show()
    assert ask(code).admitted
    redis.flushdb()
    assert ask(code).reason is ScanReason.ALREADY_USED


@pytest.mark.parametrize(
    "garbage",
    ["", "A" * 37, "https://axm.example/s/1", "\x00\x1b\ufffd" * 20, "码" * 37, "A" * 900_000],
)
def test_garbage_is_a_decision_and_is_stored(session: Session, ask: Ask, garbage: str) -> None:
    decision = ask(garbage)
    assert (decision.reason, decision.worker) == (ScanReason.MALFORMED_CODE, None)
    check_in = stored(session, decision)
    assert check_in.grade is Grade.E
    assert check_in.project_worker_id is None
    assert len(check_in.presented or "") <= 64


def test_an_identity_number_held_to_the_reader_is_not_kept(session: Session, ask: Ask) -> None:
    assert stored(session, ask("330106199001010013")).presented == "***"


def test_a_code_of_nobody_is_unknown(
    session: Session, site: GateSite, ask: Ask, show: Show
) -> None:
    decision = ask(spoil(show(), 3))
    assert decision.reason is ScanReason.UNKNOWN_WORKER
    assert stored(session, decision).project_worker_id is None


def test_a_forged_gate_tag_names_nobody(
    session: Session, site: GateSite, ask: Ask, show: Show
) -> None:
    decision = ask(spoil(show(), 12))
    assert (decision.reason, decision.worker) == (ScanReason.BAD_GATE_TAG, None)
    assert stored(session, decision).project_worker_id is None


def test_a_forged_holder_tag_with_a_good_gate_tag_is_refused(
    session: Session, site: GateSite, ask: Ask, show: Show
) -> None:
    decision = ask(spoil(show(), 20))
    assert (decision.reason, decision.worker) == (ScanReason.BAD_HOLDER_TAG, None)
    assert stored(session, decision).grade is Grade.E


def test_the_old_phone_is_refused_after_a_new_one_began(
    session: Session, site: GateSite, ask: Ask, show: Show
) -> None:
    code = show()
    session.scalars(select(WorkerCode)).one().key_generation = 2
    assert ask(code).reason is ScanReason.BAD_HOLDER_TAG


@pytest.mark.parametrize(
    ("seconds", "reason"), [(-60, ScanReason.EXPIRED_CODE), (60, ScanReason.FUTURE_CODE)]
)
def test_a_screenshot_and_a_fast_phone_are_told_apart(
    session: Session, ask: Ask, show: Show, seconds: int, reason: ScanReason
) -> None:
    decision = ask(show(seconds=seconds))
    assert (decision.reason, decision.tone) == (reason, Tone.NOTICE)
    assert stored(session, decision).project_worker_id is not None


def test_a_code_for_another_project_does_not_open_this_gate(
    session: Session, site: GateSite, ask: Ask, show: Show
) -> None:
    elsewhere = make_gate(session, make_project(session)).device
    decision = ask(show(), device=elsewhere)
    assert decision.reason is ScanReason.BAD_GATE_TAG


def test_who_has_left_is_refused_although_the_code_is_good(
    session: Session, site: GateSite, ask: Ask, show: Show
) -> None:
    code = show()
    site.worker.left_date = local_date(now()) - timedelta(days=1)

    decision = ask(code)

    assert decision.reason is ScanReason.LEFT_PROJECT
    assert decision.worker is not None
    assert stored(session, decision).project_worker_id == site.worker_id
    assert session.scalar(select(func.count()).select_from(WorkDay)) == 0


def test_who_has_left_yesterday_may_still_go_out(site: GateSite, ask: Ask, show: Show) -> None:
    code = show()
    site.worker.left_date = local_date(now()) - timedelta(days=1)

    decision = ask(code, direction=Direction.OUT)

    assert (decision.admitted, decision.reason) == (True, ScanReason.OK)


def test_validity_is_judged_before_repetition(
    session: Session, site: GateSite, ask: Ask, show: Show
) -> None:
    code = show()
    assert ask(code).admitted
    site.worker.left_date = local_date(now()) - timedelta(days=1)
    assert ask(code).reason is ScanReason.LEFT_PROJECT


def test_without_a_contract_the_gate_stays_shut(
    session: Session, site: GateSite, ask: Ask, show: Show
) -> None:
    session.delete(session.scalars(select(Contract)).one())
    decision = ask(show())
    assert (decision.reason, decision.admitted) == (ScanReason.NO_CONTRACT, False)


def test_a_worker_of_two_projects_is_judged_by_the_standing_on_the_gates_own(
    session: Session, site: GateSite, ask: Ask, show: Show
) -> None:
    elsewhere = make_project(session)
    entered = site.worker.entered_date
    make_project_worker(session, make_team(session, elsewhere), site.person, entered_date=entered)
    their_gate = make_gate(session, elsewhere).device

    there = ask(show(project_id=elsewhere.id), device=their_gate)
    here = ask(show(project_id=site.project_id))

    assert there.reason is ScanReason.NO_CONTRACT
    assert here.reason is ScanReason.OK


@pytest.mark.parametrize("year", [1970, 2019, 2038])
def test_a_gate_with_a_lost_clock_still_admits_and_the_day_is_right(
    session: Session, site: GateSite, ask: Ask, show: Show, year: int
) -> None:
    entered_at = now()
    wrong = entered_at.replace(year=year, day=2)

    ask(show(), scanned_at=wrong)
    left = ask(
        show(seconds=15),
        scanned_at=wrong + timedelta(seconds=1),
        direction=Direction.OUT,
    )

    assert left.admitted
    assert stored(session, left).occurred_at == wrong + timedelta(seconds=1)
    assert stored(session, left).clock_bound_ms == 2**31 - 1
    day = fold(session, site)
    assert day.work_date == work_date(entered_at, site.project.day_starts_at)
    assert (day.state, day.grades) == (WorkDayState.COMPLETE, {"A": 2})


def test_the_gates_clock_error_is_measured(
    session: Session, site: GateSite, ask: Ask, show: Show
) -> None:
    decision = ask(show(), scanned_at=now() - timedelta(seconds=90))
    device = session.get_one(Device, site.gate.device_id)
    assert -95_000 < (device.clock_offset_ms or 0) <= -90_000
    assert 90_000 <= stored(session, decision).clock_bound_ms < 95_000
