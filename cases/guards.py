"""What must hold before a step of a case, judged on facts alone."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from cases import clocks, divisions
from cases.desk_errors import OrderStandsError, OrderUnexplainedError
from cases.document_errors import AgreementNotDueError, AgreementUnsignedError
from cases.errors import (
    AdvanceTooHighError,
    AmountUnexplainedError,
    AttachmentsMissingError,
    ClaimExceededError,
    ClockOverError,
    ConclusionUnfitError,
    CountyUnfitError,
    CrimeRuledOutError,
    DatePassedError,
    DateTooFarError,
    EmployerUnknownError,
    MoneyMissingError,
    NoOpenQuestionError,
    NotThatOldError,
    OrderNotDueError,
    PaidInFullError,
    StepIncompleteError,
    TransferFirstError,
    TwoInspectorsRequiredError,
)
from cases.step import Form, Guard
from core.calendar import WORKING_DAYS
from core.case_enums import (
    ClockKind,
    Conclusion,
    CrimeVerdict,
    PoliceAttachment,
    Received,
    RefusalGround,
)
from core.money import to_yuan

INSPECTORS_NEEDED = 2
"""劳动保障监察条例 §16, 浙江省劳动保障监察条例 §24."""
LIMIT_YEARS = 2
"""劳动保障监察条例 §20."""
LONGEST_RESPITE = clocks.PERIODS[ClockKind.INVESTIGATION].length + clocks.EXTENSION_DAYS
"""Working days an order or agreement may leave at most (劳动保障监察条例 §17)."""
PAID = frozenset({Conclusion.PAID, Conclusion.PARTLY_PAID})
RECOVERED = "收回的金额"
MOST_TIMES_CLAIMED = 2
"""With what an employer may have to pay on top, 50 to 100 % (劳动合同法 §85)."""
NO_LONGER_OURS = frozenset({Conclusion.NO_VIOLATION, Conclusion.TO_ARBITRATION})
UNPAID = NO_LONGER_OURS | {Conclusion.UNPAID}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of a case when somebody wants to take a step."""

    today: date
    actor_id: UUID | None
    county_code: str
    superior_code: str | None
    """Of the division whose superior acts, if one does."""
    filed_date: date
    handlers: frozenset[UUID]
    hops: int
    running: Mapping[ClockKind, date]
    """The last day of every period that runs."""
    pay_by: date | None
    """The last day the order, or the latest one, gave."""
    owed_fen: int | None
    advance_share: int | None
    """Percent of the arrears that may be advanced here at most, where that is known."""
    advanced_fen: int
    advance_recovered_fen: int
    verdict: CrimeVerdict
    has_signed: bool = False
    """Whether the complainant put their name to the agreement that is proposed."""
    has_open_question: bool = False
    employer_name: str | None = None
    """As far as the complaint, the roster or the project knows."""
    due_fen: int | None = None
    """What was last ordered or agreed."""
    recovered_fen: int = 0
    agreed_by: date | None = None
    """The last day that the agreement proposed last gives the employer."""


def check_guards(guards: Collection[Guard], facts: Facts, form: Form) -> None:
    """Raise the refusal of the first guard that does not hold."""
    for guard in guards:
        CHECKS[guard](facts, form)


def _check_two_inspectors(facts: Facts, _form: Form) -> None:
    if facts.actor_id not in facts.handlers or len(facts.handlers) < INSPECTORS_NEEDED:
        raise TwoInspectorsRequiredError(handlers=len(facts.handlers))


def _check_ground(facts: Facts, form: Form) -> None:
    """A claim is too old only two years after the violation ended, and that day must be named."""
    if form.ground is not RefusalGround.OLDER_THAN_TWO_YEARS:
        return
    limit = _years_before(facts.filed_date, LIMIT_YEARS)
    if form.ended_date is None or form.ended_date >= limit:
        raise NotThatOldError(limit_date=limit.isoformat())


def _check_other_county(facts: Facts, form: Form) -> None:
    code = form.county_code or ""
    if code == facts.county_code or not divisions.is_county(code):
        raise CountyUnfitError(county_code=code)


def _check_county_below(facts: Facts, form: Form) -> None:
    code = form.county_code or ""
    superior = facts.superior_code or ""
    if not divisions.is_county(code) or not divisions.is_above(superior, code):
        raise CountyUnfitError(county_code=code)


def _check_transferred_before(facts: Facts, _form: Form) -> None:
    if facts.hops == 0:
        raise TransferFirstError


def _check_before_the_end(facts: Facts, _form: Form) -> None:
    due = facts.running.get(ClockKind.INVESTIGATION)
    if due is None or facts.today > due:
        raise ClockOverError


def _check_date_ahead(facts: Facts, form: Form) -> None:
    if form.due_date is None or form.due_date <= facts.today:
        raise DatePassedError
    latest = WORKING_DAYS.add_working_days(facts.today, LONGEST_RESPITE).due_date
    if form.due_date > latest:
        raise DateTooFarError(latest=latest.isoformat())


def _check_order_unpaid(facts: Facts, _form: Form) -> None:
    if facts.pay_by is None or facts.today <= facts.pay_by:
        raise OrderNotDueError(pay_by=facts.pay_by.isoformat() if facts.pay_by else "")


def _check_crime(facts: Facts, _form: Form) -> None:
    if facts.verdict is CrimeVerdict.BELOW:
        raise CrimeRuledOutError


def _check_attachments(_facts: Facts, form: Form) -> None:
    missing = set(PoliceAttachment) - form.attachments
    if missing:
        raise AttachmentsMissingError(missing=sorted(missing), count=len(missing))


def _check_within_arrears(facts: Facts, form: Form) -> None:
    """An advance never exceeds what is owed, nor the share that the county's own rule names."""
    if facts.owed_fen is None:
        return
    most = facts.owed_fen * (facts.advance_share or 100) // 100
    if facts.advanced_fen + (form.amount_fen or 0) > most:
        raise AdvanceTooHighError(most=to_yuan(max(most - facts.advanced_fen, 0)))


def _check_within_advance(facts: Facts, form: Form) -> None:
    left = facts.advanced_fen - facts.advance_recovered_fen
    if (form.amount_fen or 0) > left:
        raise AdvanceTooHighError(most=to_yuan(left))


def _check_agreement_signed(facts: Facts, _form: Form) -> None:
    if not facts.has_signed:
        raise AgreementUnsignedError


def _check_employer_known(facts: Facts, form: Form) -> None:
    if not (form.employer_name or facts.employer_name):
        raise EmployerUnknownError


def _check_question_open(facts: Facts, _form: Form) -> None:
    if not facts.has_open_question:
        raise NoOpenQuestionError


def _check_recovery(facts: Facts, form: Form) -> None:
    """What came back fits the conclusion, and what was due unless somebody says why not."""
    recovered = facts.recovered_fen + (form.amount_fen or 0)
    if form.conclusion in UNPAID and form.amount_fen:
        raise ConclusionUnfitError
    if form.conclusion in NO_LONGER_OURS and form.amount_reason is None:
        _check_nothing_open(facts)
    is_put_right = form.conclusion is Conclusion.CORRECTED and facts.owed_fen is not None
    is_missing = form.amount_fen is None and (is_put_right or form.conclusion in PAID)
    if is_missing or (form.conclusion in PAID and not recovered):
        raise StepIncompleteError(fields=["amount"], missing=RECOVERED)
    if form.amount_reason is None:
        _check_due(facts, form, recovered)


def _check_claim(facts: Facts, form: Form) -> None:
    """An order of twice the claim and more was mistyped, unless somebody says why."""
    if facts.owed_fen is None or form.amount_reason is not None:
        return
    if (form.amount_fen or 0) > facts.owed_fen * MOST_TIMES_CLAIMED:
        raise ClaimExceededError(claimed=to_yuan(facts.owed_fen))


def _check_due(facts: Facts, form: Form, recovered: int) -> None:
    """Compare with what was last ordered or agreed, and with the claim, where either is known."""
    claims = [fen for fen in (facts.due_fen, facts.owed_fen) if fen is not None]
    if not claims:
        return
    is_more = bool(form.amount_fen) and recovered > max(claims)
    is_less = form.conclusion is Conclusion.PAID and recovered < claims[0]
    if is_more or is_less:
        raise AmountUnexplainedError(due=to_yuan(claims[0]), recovered=to_yuan(recovered))


def _check_nothing_open(facts: Facts) -> None:
    """An order that nobody kept, or public money still out, does not end without a word."""
    is_order_open = facts.pay_by is not None and facts.recovered_fen < (facts.due_fen or 1)
    if is_order_open or facts.advanced_fen > facts.advance_recovered_fen:
        raise OrderUnexplainedError


def _check_no_order(facts: Facts, _form: Form) -> None:
    if facts.pay_by is not None:
        raise OrderStandsError


def _check_promise_over(facts: Facts, _form: Form) -> None:
    if facts.agreed_by is not None and facts.today <= facts.agreed_by:
        raise AgreementNotDueError(agreed_by=facts.agreed_by.isoformat())


def _check_money_missing(_facts: Facts, form: Form) -> None:
    if form.received is Received.ALL:
        raise PaidInFullError


def _check_money_came(_facts: Facts, form: Form) -> None:
    if form.received not in {None, Received.ALL}:
        raise MoneyMissingError


CHECKS: dict[Guard, Callable[[Facts, Form], None]] = {
    Guard.TWO_INSPECTORS: _check_two_inspectors,
    Guard.GROUND_HOLDS: _check_ground,
    Guard.OTHER_COUNTY: _check_other_county,
    Guard.COUNTY_BELOW: _check_county_below,
    Guard.TRANSFERRED_BEFORE: _check_transferred_before,
    Guard.BEFORE_THE_END: _check_before_the_end,
    Guard.DATE_AHEAD: _check_date_ahead,
    Guard.ORDER_UNPAID: _check_order_unpaid,
    Guard.CRIME_NOT_RULED_OUT: _check_crime,
    Guard.FIVE_ATTACHMENTS: _check_attachments,
    Guard.WITHIN_ARREARS: _check_within_arrears,
    Guard.WITHIN_ADVANCE: _check_within_advance,
    Guard.AGREEMENT_SIGNED: _check_agreement_signed,
    Guard.QUESTION_OPEN: _check_question_open,
    Guard.EMPLOYER_KNOWN: _check_employer_known,
    Guard.RECOVERY_EXPLAINED: _check_recovery,
    Guard.CLAIM_EXPLAINED: _check_claim,
    Guard.MONEY_MISSING: _check_money_missing,
    Guard.MONEY_CAME: _check_money_came,
    Guard.NO_ORDER: _check_no_order,
    Guard.PROMISE_OVER: _check_promise_over,
}


def _years_before(day: date, years: int) -> date:
    """29 February counts from 28 February of an ordinary year."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if is_leap_day else day.day)
