"""What was done before: a reopening is used up by a closing alone, and money is said anew."""

import pytest

from cases import history
from core.case_enums import CaseAction

AGREE, CLOSE = CaseAction.AGREE, CaseAction.CLOSE
REOPEN, PAID = CaseAction.REOPEN, CaseAction.CONFIRM_PAID


@pytest.mark.parametrize(
    ("action", "done", "was_done"),
    [
        (REOPEN, [CLOSE, REOPEN, CLOSE], True),
        (REOPEN, [AGREE, REOPEN, CLOSE], False),
        (REOPEN, [CLOSE, REOPEN, AGREE, REOPEN, CLOSE], True),
        (REOPEN, [AGREE, CLOSE, REOPEN, CLOSE], True),
        (PAID, [AGREE, PAID], True),
        (PAID, [AGREE, PAID, CLOSE], False),
        (PAID, [AGREE, PAID, REOPEN, AGREE], False),
        (PAID, [], False),
    ],
)
def test_a_broken_agreement_uses_up_no_reopening_and_money_is_said_anew(
    action: CaseAction, done: list[CaseAction | None], was_done: bool
) -> None:
    assert history.was_done(action, done) is was_done
