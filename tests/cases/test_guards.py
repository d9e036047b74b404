"""What must hold before a step, on facts alone."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from cases import errors
from cases.desk_errors import OrderStandsError, OrderUnexplainedError
from cases.document_errors import AgreementNotDueError, AgreementUnsignedError
from cases.guards import Facts, check_guards
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
from core.clock import ONE_DAY
from core.errors import DomainError

ACTOR, OTHER = uuid4(), uuid4()
TODAY = date(2026, 11, 16)
FACTS = Facts(
    today=TODAY,
    actor_id=ACTOR,
    county_code="330106",
    superior_code="330100",
    filed_date=date(2026, 11, 2),
    handlers=frozenset({ACTOR, OTHER}),
    hops=1,
    running={ClockKind.INVESTIGATION: TODAY},
    pay_by=date(2026, 11, 15),
    owed_fen=1_000_000,
    advance_share=30,
    advanced_fen=200_000,
    advance_recovered_fen=50_000,
    verdict=CrimeVerdict.REVIEW,
)
COME_BACK = replace(FACTS, recovered_fen=400_000)
NOTHING_OUT = replace(FACTS, advance_recovered_fen=200_000, due_fen=400_000)
RESPITE_ENDS = WORKING_DAYS.add_working_days(TODAY, 90).due_date
OLD = RefusalGround.OLDER_THAN_TWO_YEARS
ALL = frozenset(PoliceAttachment)

REFUSED: list[tuple[Guard, Facts, Form, type[DomainError]]] = [
    (
        Guard.TWO_INSPECTORS,
        replace(FACTS, handlers=frozenset({ACTOR})),
        Form(),
        errors.TwoInspectorsRequiredError,
    ),
    (
        Guard.TWO_INSPECTORS,
        replace(FACTS, actor_id=uuid4()),
        Form(),
        errors.TwoInspectorsRequiredError,
    ),
    (Guard.GROUND_HOLDS, FACTS, Form(ground=OLD), errors.NotThatOldError),
    (
        Guard.GROUND_HOLDS,
        FACTS,
        Form(ground=OLD, ended_date=date(2024, 11, 2)),
        errors.NotThatOldError,
    ),
    (Guard.OTHER_COUNTY, FACTS, Form(county_code="330106"), errors.CountyUnfitError),
    (Guard.OTHER_COUNTY, FACTS, Form(county_code="330100"), errors.CountyUnfitError),
    (Guard.OTHER_COUNTY, FACTS, Form(county_code="310101"), errors.CountyUnfitError),
    (Guard.COUNTY_BELOW, FACTS, Form(county_code="330203"), errors.CountyUnfitError),
    (Guard.QUESTION_OPEN, FACTS, Form(), errors.NoOpenQuestionError),
    (Guard.EMPLOYER_KNOWN, FACTS, Form(), errors.EmployerUnknownError),
    (Guard.TRANSFERRED_BEFORE, replace(FACTS, hops=0), Form(), errors.TransferFirstError),
    (
        Guard.BEFORE_THE_END,
        replace(FACTS, running={ClockKind.INVESTIGATION: date(2026, 11, 15)}),
        Form(),
        errors.ClockOverError,
    ),
    (Guard.DATE_AHEAD, FACTS, Form(due_date=TODAY), errors.DatePassedError),
    (Guard.DATE_AHEAD, FACTS, Form(due_date=date(2026, 11, 1)), errors.DatePassedError),
    (Guard.DATE_AHEAD, FACTS, Form(due_date=RESPITE_ENDS + ONE_DAY), errors.DateTooFarError),
    (Guard.DATE_AHEAD, FACTS, Form(due_date=date(2126, 11, 17)), errors.DateTooFarError),
    (Guard.ORDER_UNPAID, replace(FACTS, pay_by=TODAY), Form(), errors.OrderNotDueError),
    (
        Guard.CRIME_NOT_RULED_OUT,
        replace(FACTS, verdict=CrimeVerdict.BELOW),
        Form(),
        errors.CrimeRuledOutError,
    ),
    *(
        (
            Guard.FIVE_ATTACHMENTS,
            FACTS,
            Form(attachments=ALL - {missing}),
            errors.AttachmentsMissingError,
        )
        for missing in PoliceAttachment
    ),
    (Guard.WITHIN_ARREARS, FACTS, Form(amount_fen=100_001), errors.AdvanceTooHighError),
    (Guard.WITHIN_ADVANCE, FACTS, Form(amount_fen=150_001), errors.AdvanceTooHighError),
    (Guard.AGREEMENT_SIGNED, FACTS, Form(), AgreementUnsignedError),
    (Guard.CLAIM_EXPLAINED, FACTS, Form(amount_fen=2_000_001), errors.ClaimExceededError),
    (Guard.NO_ORDER, FACTS, Form(), OrderStandsError),
    (Guard.MONEY_MISSING, FACTS, Form(received=Received.ALL), errors.PaidInFullError),
    (Guard.MONEY_CAME, FACTS, Form(received=Received.NOTHING), errors.MoneyMissingError),
    (Guard.MONEY_CAME, FACTS, Form(received=Received.PARTLY), errors.MoneyMissingError),
    (Guard.PROMISE_OVER, replace(FACTS, agreed_by=TODAY), Form(), AgreementNotDueError),
    *(
        (Guard.RECOVERY_EXPLAINED, facts, Form(conclusion=conclusion, amount_fen=fen), refusal)
        for facts, conclusion, fen, refusal in (
            (FACTS, Conclusion.PAID, None, errors.StepIncompleteError),
            (FACTS, Conclusion.PAID, 0, errors.StepIncompleteError),
            (FACTS, Conclusion.PARTLY_PAID, None, errors.StepIncompleteError),
            (FACTS, Conclusion.CORRECTED, None, errors.StepIncompleteError),
            (FACTS, Conclusion.UNPAID, 1, errors.ConclusionUnfitError),
            (FACTS, Conclusion.NO_VIOLATION, 1, errors.ConclusionUnfitError),
            (FACTS, Conclusion.TO_ARBITRATION, 1, errors.ConclusionUnfitError),
            (FACTS, Conclusion.NO_VIOLATION, None, OrderUnexplainedError),
            (replace(FACTS, pay_by=None), Conclusion.TO_ARBITRATION, None, OrderUnexplainedError),
            (NOTHING_OUT, Conclusion.NO_VIOLATION, None, OrderUnexplainedError),
            (FACTS, Conclusion.PAID, 1_000_001, errors.AmountUnexplainedError),
            (FACTS, Conclusion.PAID, 999_999, errors.AmountUnexplainedError),
            (FACTS, Conclusion.CRIMINAL, 1_000_001, errors.AmountUnexplainedError),
            (COME_BACK, Conclusion.PARTLY_PAID, 600_001, errors.AmountUnexplainedError),
        )
    ),
]

ALLOWED: list[tuple[Guard, Facts, Form]] = [
    (Guard.TWO_INSPECTORS, FACTS, Form()),
    (Guard.PROMISE_OVER, replace(FACTS, agreed_by=TODAY - ONE_DAY), Form()),
    (Guard.QUESTION_OPEN, replace(FACTS, has_open_question=True), Form()),
    (Guard.EMPLOYER_KNOWN, FACTS, Form(employer_name="某某劳务公司")),
    (Guard.EMPLOYER_KNOWN, replace(FACTS, employer_name="某某建设公司"), Form()),
    (Guard.GROUND_HOLDS, FACTS, Form(ground=OLD, ended_date=date(2024, 11, 1))),
    (Guard.GROUND_HOLDS, FACTS, Form(ground=RefusalGround.OUT_OF_SCOPE)),
    (Guard.OTHER_COUNTY, FACTS, Form(county_code="330203")),
    (Guard.COUNTY_BELOW, FACTS, Form(county_code="330105")),
    (Guard.COUNTY_BELOW, replace(FACTS, superior_code="330000"), Form(county_code="330203")),
    (Guard.TRANSFERRED_BEFORE, FACTS, Form()),
    (Guard.BEFORE_THE_END, FACTS, Form()),
    (Guard.DATE_AHEAD, FACTS, Form(due_date=date(2026, 11, 17))),
    (Guard.DATE_AHEAD, FACTS, Form(due_date=RESPITE_ENDS)),
    (Guard.ORDER_UNPAID, FACTS, Form()),
    (Guard.CRIME_NOT_RULED_OUT, FACTS, Form()),
    (Guard.FIVE_ATTACHMENTS, FACTS, Form(attachments=ALL)),
    (Guard.WITHIN_ARREARS, FACTS, Form(amount_fen=100_000)),
    (Guard.WITHIN_ARREARS, replace(FACTS, owed_fen=None), Form(amount_fen=900_000)),
    (Guard.WITHIN_ADVANCE, FACTS, Form(amount_fen=150_000)),
    (Guard.AGREEMENT_SIGNED, replace(FACTS, has_signed=True), Form()),
    (Guard.CLAIM_EXPLAINED, FACTS, Form(amount_fen=2_000_000)),
    (Guard.CLAIM_EXPLAINED, replace(FACTS, owed_fen=None), Form(amount_fen=2_000_001)),
    (Guard.CLAIM_EXPLAINED, FACTS, Form(amount_fen=2_000_001, amount_reason="全班组的钱")),
    *(
        (Guard.RECOVERY_EXPLAINED, facts, Form(conclusion=conclusion, amount_fen=fen))
        for facts, conclusion, fen in (
            (FACTS, Conclusion.PAID, 1_000_000),
            (FACTS, Conclusion.PARTLY_PAID, 1),
            (FACTS, Conclusion.CORRECTED, 0),
            (FACTS, Conclusion.UNPAID, None),
            (replace(NOTHING_OUT, pay_by=None), Conclusion.NO_VIOLATION, None),
            (replace(NOTHING_OUT, recovered_fen=400_000), Conclusion.TO_ARBITRATION, None),
            (FACTS, Conclusion.CRIMINAL, None),
            (COME_BACK, Conclusion.PAID, 600_000),
            (replace(FACTS, due_fen=800_000), Conclusion.PAID, 800_000),
            (replace(FACTS, due_fen=1_200_000), Conclusion.PAID, 1_200_000),
            (replace(FACTS, owed_fen=None), Conclusion.CORRECTED, None),
            (replace(FACTS, owed_fen=None), Conclusion.PAID, 1),
        )
    ),
    (Guard.NO_ORDER, replace(FACTS, pay_by=None), Form()),
    (Guard.MONEY_MISSING, FACTS, Form(received=Received.PARTLY)),
    (Guard.MONEY_CAME, FACTS, Form()),
    (Guard.MONEY_CAME, FACTS, Form(received=Received.ALL)),
    (
        Guard.RECOVERY_EXPLAINED,
        FACTS,
        Form(conclusion=Conclusion.NO_VIOLATION, amount_reason="复查后不欠，垫付已另案追"),
    ),
    (
        Guard.RECOVERY_EXPLAINED,
        FACTS,
        Form(conclusion=Conclusion.PAID, amount_fen=1_500_000, amount_reason="加付赔偿金"),
    ),
]


@pytest.mark.parametrize(("guard", "facts", "form", "refusal"), REFUSED)
def test_guard_refuses(guard: Guard, facts: Facts, form: Form, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        check_guards([guard], facts, form)


@pytest.mark.parametrize(("guard", "facts", "form"), ALLOWED)
def test_guard_lets_pass(guard: Guard, facts: Facts, form: Form) -> None:
    check_guards([guard], facts, form)


def test_every_guard_was_seen_refusing_and_letting_pass() -> None:
    assert {row[0] for row in REFUSED} == set(Guard) == {row[0] for row in ALLOWED}


def test_a_claim_filed_on_a_leap_day_counts_from_the_28th() -> None:
    facts = replace(FACTS, filed_date=date(2028, 2, 29))

    with pytest.raises(errors.NotThatOldError) as refusal:
        check_guards([Guard.GROUND_HOLDS], facts, Form(ground=OLD))

    assert refusal.value.facts["limit_date"] == "2026-02-28"
