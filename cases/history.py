"""What the steps already taken say of the next one: how often, since when, and what is open."""

from collections.abc import Collection, Sequence

from core.case_enums import CaseAction

MOST_HOPS = 2


def redirect(action: CaseAction, done: Sequence[CaseAction | None]) -> CaseAction:
    """Return what a transfer becomes after two of them, or once a superior named the county.

    Then only the superior moves the case on (指定管辖), so it goes up instead.
    """
    is_settled = CaseAction.DESIGNATE in done or done.count(CaseAction.TRANSFER) >= MOST_HOPS
    return CaseAction.REFER_UP if action is CaseAction.TRANSFER and is_settled else action


def was_done(action: CaseAction, done: Sequence[CaseAction | None]) -> bool:
    """Tell whether a step was taken.

    That the money came is said anew of every agreement and closing. Only what followed a closing
    is the one reopening; a broken agreement uses none up.
    """
    if action is CaseAction.CONFIRM_PAID:
        return action in _list_since(done, {CaseAction.AGREE, CaseAction.CLOSE})
    if action is CaseAction.REOPEN:
        return any(
            one is action and CaseAction.AGREE not in _list_since(done[:place], {CaseAction.CLOSE})
            for place, one in enumerate(done)
        )
    return action in done


def _list_since(
    done: Sequence[CaseAction | None], ends: Collection[CaseAction]
) -> Sequence[CaseAction | None]:
    """Return what was done after the last of these, or everything without one."""
    places = [place for place, one in enumerate(done) if one in ends]
    return done[places[-1] + 1 :] if places else done


def has_open_question(done: Sequence[CaseAction | None]) -> bool:
    """Tell whether the complainant asked something since the last answer, if any."""
    about = [one for one in done if one in {CaseAction.ASK_QUESTION, CaseAction.ANSWER_QUESTION}]
    return about[-1:] == [CaseAction.ASK_QUESTION]
