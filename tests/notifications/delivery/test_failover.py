"""From gateway to gateway: when, in which order, and never twice."""

from datetime import timedelta
from uuid import UUID

import pytest

from core.clock import now
from core.enums import ApprovalState, Language, NotificationState, NumberTrouble
from db.models import Notification
from db.session import Database
from notifications import approvals
from notifications.gateways.base import (
    GatewayError,
    PermanentGatewayError,
    RefusedHereError,
    Sms,
    TemporaryGatewayError,
    UnknownOutcomeError,
)
from notifications.templates import Template
from tests.notifications.post import (
    LEASE,
    NO_LEASE,
    deliver,
    deliver_all,
    list_jobs,
    make_dispatch,
    read,
    record_one,
    set_clock,
)
from tests.notifications.provider import Provider


@pytest.fixture
def first() -> Provider:
    return Provider("first")


@pytest.fixture
def second() -> Provider:
    return Provider("second")


@pytest.fixture
def told(live_database: Database) -> UUID:
    return record_one(live_database)


@pytest.mark.parametrize(
    "refusal", [RefusedHereError("filtered"), TemporaryGatewayError("empty", is_gateway_out=True)]
)
def test_refused_message_goes_by_the_second_gateway_at_once(
    live_database: Database, first: Provider, second: Provider, told: UUID, refusal: GatewayError
) -> None:
    first.refusals = [refusal]
    dispatch = make_dispatch(first, second)

    assert not deliver(live_database, dispatch, told)
    due_at = list_jobs(live_database, told)[0].due_at
    released = read(live_database, told)
    assert deliver(live_database, dispatch, told)

    assert (released.gateway, released.claimed_at) == ("second", None)
    assert due_at <= (read(live_database, told).sent_at or due_at)
    assert (len(first.accepted), len(second.accepted)) == (0, 1)


def test_brown_out_is_waited_for_once_and_then_left(
    live_database: Database, first: Provider, second: Provider, told: UUID
) -> None:
    first.refusals = [TemporaryGatewayError("busy"), TemporaryGatewayError("busy")]
    dispatch = make_dispatch(first, second)

    gateways = []
    for _ in range(3):
        deliver(live_database, dispatch, told)
        gateways.append(read(live_database, told).gateway)

    assert gateways == ["first", "second", "second"]
    assert len(second.accepted) == 1


def test_unknown_outcome_stays_with_the_gateway_that_may_have_it(
    live_database: Database, first: Provider, second: Provider, told: UUID
) -> None:
    first.lost_answers = 1
    dispatch = make_dispatch(first, second, lease=NO_LEASE)

    deliver(live_database, dispatch, told)
    assert deliver(live_database, dispatch, told)

    assert (len(first.accepted), len(second.accepted)) == (1, 0)


def test_after_the_last_gateway_the_first_has_its_turn_again(
    live_database: Database, first: Provider, second: Provider, told: UUID
) -> None:
    out = TemporaryGatewayError("empty", is_gateway_out=True)
    first.refusals, second.refusals = [out], [out]
    dispatch = make_dispatch(first, second)

    for _ in range(3):
        deliver(live_database, dispatch, told)

    assert len(first.accepted) == 1


def test_text_that_no_gateway_carries_is_given_up(
    live_database: Database, first: Provider, second: Provider, told: UUID
) -> None:
    first.refusals, second.refusals = [RefusedHereError("a")], [RefusedHereError("b")]
    dispatch = make_dispatch(first, second)

    deliver(live_database, dispatch, told)
    assert deliver(live_database, dispatch, told)

    failed = read(live_database, told)
    assert (failed.state, failed.error) == (NotificationState.FAILED, "b")


def test_dead_number_is_not_tried_by_the_second_gateway(
    live_database: Database, first: Provider, second: Provider, told: UUID
) -> None:
    first.refusals = [PermanentGatewayError("landline", NumberTrouble.NOT_A_MOBILE)]

    assert deliver(live_database, make_dispatch(first, second), told)

    assert second.accepted == []


def test_number_that_turned_out_dead_gets_nothing_more(
    live_database: Database, first: Provider, told: UUID
) -> None:
    first.refusals = [PermanentGatewayError("landline", NumberTrouble.NOT_A_MOBILE)]
    deliver(live_database, make_dispatch(first), told)

    later = read(live_database, record_one(live_database, key="payslip:2"))

    assert (later.state, later.error) == (NotificationState.FAILED, "number_not_a_mobile")
    assert list_jobs(live_database, later.id) == []


def test_gateway_taken_out_of_the_settings_does_not_lose_its_messages(
    live_database: Database, first: Provider, second: Provider, told: UUID
) -> None:
    first.refusals = [TemporaryGatewayError("busy")]
    deliver(live_database, make_dispatch(first), told)

    deliver(live_database, make_dispatch(second), told)
    assert deliver(live_database, make_dispatch(second), told)

    assert len(second.accepted) == 1


def test_message_a_vanished_gateway_may_have_is_not_sent_by_another(
    live_database: Database, first: Provider, second: Provider, told: UUID
) -> None:
    first.lost_answers = 1
    deliver(live_database, make_dispatch(first), told)

    assert not deliver(live_database, make_dispatch(second, lease=NO_LEASE), told)

    assert second.accepted == []


class Approving(Provider):
    """Carries approved texts only."""

    needs_approval = True

    def send(self, sms: Sms) -> str:
        if sms.provider_template is None:
            raise TemporaryGatewayError("text_not_approved", is_gateway_out=True)
        return super().send(sms)


def approve(database: Database, *, version: int = 1) -> None:
    with database.transaction() as session:
        approvals.record_approval(
            session,
            gateway="strict",
            template=Template.PAYSLIP_PUBLISHED,
            version=version,
            language=Language.CHINESE,
            state=ApprovalState.APPROVED,
            provider_code="SMS_1",
            note=None,
        )


def test_approved_text_is_named_as_the_gateway_knows_it(
    live_database: Database, told: UUID
) -> None:
    approve(live_database)
    strict = Approving("strict")

    assert deliver(live_database, make_dispatch(strict), told)

    (sms,) = strict.accepted
    assert (sms.provider_template, sms.parameters) == ("SMS_1", {"month": "2026年10月"})


def test_approval_of_another_version_does_not_count(
    live_database: Database, second: Provider, told: UUID
) -> None:
    approve(live_database, version=2)
    dispatch = make_dispatch(Approving("strict"), second)

    deliver(live_database, dispatch, told)
    assert deliver(live_database, dispatch, told)

    assert len(second.accepted) == 1


def test_text_waits_for_its_approval(live_database: Database, told: UUID) -> None:
    strict = Approving("strict")
    assert not deliver(live_database, make_dispatch(strict), told)
    approve(live_database)

    assert deliver(live_database, make_dispatch(strict), told)


def test_slow_gateway_leaves_the_rest_of_a_batch_to_others(
    live_database: Database, first: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = [record_one(live_database, key=str(number)) for number in range(3)]
    first.before_answering = lambda: set_clock(monkeypatch, now() + LEASE * 0.6)

    deliver_all(live_database, make_dispatch(first), batch)

    states = [read(live_database, one) for one in batch]
    assert [one.claimed_at is None for one in states] == [False, True, True]
    assert [one.state for one in states][1:] == [NotificationState.SENDING] * 2
    assert len(first.accepted) == 1


def test_two_look_ups_of_one_couple_take_different_messages(
    live_database: Database, first: Provider
) -> None:
    couple = [record_one(live_database), record_one(live_database)]
    first.lost_answers = 2
    deliver_all(live_database, make_dispatch(first), couple)

    for _ in range(2):
        deliver_all(live_database, make_dispatch(first, lease=NO_LEASE), couple)

    assert {read(live_database, one).provider_reference for one in couple} == {"P1", "P2"}
    assert len(first.accepted) == 2


def test_one_number_two_messages_never_one_reference(live_database: Database) -> None:
    couple = [record_one(live_database), record_one(live_database)]

    def claim_reference(notification_id: UUID) -> None:
        with live_database.transaction() as session:
            notification = session.get_one(Notification, notification_id)
            notification.gateway, notification.provider_reference = "first", "P1"

    claim_reference(couple[0])
    with pytest.raises(Exception, match="ix_notification_gateway_provider_reference"):
        claim_reference(couple[1])


def test_outcome_still_unknown_when_nobody_needs_it_ends_the_message(
    live_database: Database, first: Provider, told: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    first.lost_answers = 1
    first.breakdowns = [UnknownOutcomeError("down")]
    deliver(live_database, make_dispatch(first), told)
    set_clock(monkeypatch, now() + timedelta(days=3, minutes=1))

    assert deliver(live_database, make_dispatch(first), told)

    assert read(live_database, told).error == "outcome_unknown"
