from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.enums import Role
from db.base import new_id
from identity.errors import ChooseIdentityError, ReasonTooShortError, UnknownChoiceError
from identity.rules import (
    ROTATION_GRACE,
    Choice,
    Identity,
    RefreshVerdict,
    check_reason,
    choose_identity,
    compute_expiry,
    judge_refresh,
)

AT = datetime(2026, 10, 8, 0, 0, tzinfo=UTC)
PROJECT = UUID("00000000-0000-7000-8000-000000000001")


def make_identity(role: Role = Role.WORKER, *, project_id: UUID | None = None) -> Identity:
    return Identity(new_id(), "王小明", role, "范围", None, project_id, None, None)


def test_only_identity_needs_no_choice() -> None:
    identity = make_identity()

    assert choose_identity([identity], Choice()) is identity


def test_several_identities_are_listed_masked() -> None:
    husband, wife = make_identity(), make_identity()

    with pytest.raises(ChooseIdentityError) as refusal:
        choose_identity([husband, wife], Choice())

    assert refusal.value.facts["choices"] == [
        {
            "person_id": str(person.person_id),
            "masked_name": "王*明",
            "role": "worker",
            "scope": None,
            "scope_label": "范围",
        }
        for person in (husband, wife)
    ]


def test_choice_by_person_role_and_scope_finds_the_one() -> None:
    worker = make_identity()
    manager = make_identity(Role.LABOUR_MANAGER, project_id=PROJECT)
    choice = Choice(manager.person_id, Role.LABOUR_MANAGER, f"project:{PROJECT}")

    assert choose_identity([worker, manager], choice) is manager


@pytest.mark.parametrize(
    "choice",
    [
        Choice(person_id=PROJECT),
        Choice(role=Role.ADMIN),
        Choice(scope="county:330106"),
    ],
)
def test_somebody_elses_identity_cannot_be_chosen(choice: Choice) -> None:
    with pytest.raises(UnknownChoiceError):
        choose_identity([make_identity()], choice)


def test_fresh_refresh_token_is_good() -> None:
    verdict = judge_refresh(
        at=AT, expires_at=AT + timedelta(seconds=1), rotated_at=None, revoked_at=None
    )

    assert verdict is RefreshVerdict.GOOD


def test_refresh_token_ends_exactly_at_its_expiry() -> None:
    verdict = judge_refresh(at=AT, expires_at=AT, rotated_at=None, revoked_at=None)

    assert verdict is RefreshVerdict.ENDED


def test_rotated_token_is_good_until_the_grace_ends() -> None:
    verdict = judge_refresh(
        at=AT,
        expires_at=AT + timedelta(days=1),
        rotated_at=AT - ROTATION_GRACE,
        revoked_at=None,
    )

    assert verdict is RefreshVerdict.GOOD


def test_rotated_token_after_the_grace_is_a_copy() -> None:
    verdict = judge_refresh(
        at=AT,
        expires_at=AT + timedelta(days=1),
        rotated_at=AT - ROTATION_GRACE - timedelta(microseconds=1),
        revoked_at=None,
    )

    assert verdict is RefreshVerdict.REUSED


@given(
    expires_in=st.timedeltas(min_value=timedelta(days=-1), max_value=timedelta(days=100)),
    rotated_ago=st.none() | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9)),
)
def test_revoked_token_is_never_good(expires_in: timedelta, rotated_ago: timedelta | None) -> None:
    verdict = judge_refresh(
        at=AT,
        expires_at=AT + expires_in,
        rotated_at=None if rotated_ago is None else AT - rotated_ago,
        revoked_at=AT,
    )

    assert verdict is RefreshVerdict.ENDED


def test_worker_stays_signed_in_for_ninety_days() -> None:
    assert compute_expiry(Role.WORKER, AT) == AT + timedelta(days=90)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.WORKER])
def test_staff_stay_signed_in_for_half_a_day(role: Role) -> None:
    assert compute_expiry(role, AT) == AT + timedelta(hours=12)


def test_reason_of_five_characters_is_enough() -> None:
    check_reason(" 核对银行卡 ")


@pytest.mark.parametrize("reason", ["", "看一下吧", "  查看    "])
def test_shorter_reason_is_refused(reason: str) -> None:
    with pytest.raises(ReasonTooShortError):
        check_reason(reason)
