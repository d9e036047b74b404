"""Payroll by the ten thousand: publishing, bank files, and what banks answer."""

import csv
import io
import tracemalloc
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from time import perf_counter

from sqlalchemy import text
from sqlmodel import Session

from bench.harness import Sides, bench
from bench.rig import Rig
from bench.wages import WORKERS, Payroll, SentBatch
from core.clock import now
from core.enums import PaySheetState, PayslipAnswerState
from core.money import to_yuan
from payroll import service
from payroll.bank_order import MAX_ROWS, Instruction, Order, Payer, read_order, write_order
from payroll.bank_profiles import ProfileName, format_order
from payroll.bank_results import import_bank_result

COPIES = tuple(
    f"INSERT INTO {table} ({columns}) SELECT {chosen}"  # noqa: S608
    f" FROM {table} ORDER BY id DESC LIMIT {WORKERS}"
    for table, columns, chosen in (
        (
            "evidence_entry",
            "id, created_at, kind, subject_id, digest, leaf_hash, tag",
            "uuidv7(), created_at, kind, subject_id, digest, uuid_send(gen_random_uuid()), tag",
        ),
        (
            "notification",
            "id, created_at, person_id, project_id, phone, phone_index, template,"
            " template_version, language, body, parameters, segments, urgency, dedupe_key, state,"
            " attempts, rung",
            "uuidv7(), created_at, person_id, project_id, phone, phone_index, template,"
            " template_version, language, body, parameters, segments, urgency,"
            " gen_random_uuid()::text, state, attempts, rung",
        ),
        (
            "outbox_message",
            "id, created_at, task, payload, dedupe_key, due_at, is_urgent, attempts",
            "uuidv7(), created_at, task, payload, gen_random_uuid()::text, due_at, is_urgent,"
            " attempts",
        ),
        ("wage_status_mark", "person_id", "person_id"),
    )
)
"""As many rows as one publication writes, written by PostgreSQL alone."""


MOST_GROWTH = 1.1
"""Of the memory at its highest, over all files of a big payroll."""


@cache
def open_payroll(rig: Rig) -> Payroll:
    """Return the project with its ten thousand workers."""
    return Payroll(rig)


@bench(unit="s", ratio="<=", target=4)
@contextmanager
def publish_vs_insert(rig: Rig) -> Generator[Sides]:
    """Publish 10,000 payslips, their messages included, against a copy of the rows it writes."""
    payroll = open_payroll(rig)
    _publish(payroll)
    payroll.analyze()
    yield Sides(ours=partial(_publish, payroll), baseline=partial(payroll.seconds, _copy))


def _publish(payroll: Payroll) -> float:
    sheet_id = payroll.add_sheet(PaySheetState.DRAFT, PayslipAnswerState.AWAITING)

    def publish(session: Session) -> None:
        service.publish_pay_sheet(
            session, project_id=payroll.project_id, sheet_id=sheet_id, at=now()
        )

    return payroll.seconds(publish)


def _copy(session: Session) -> None:
    for statement in COPIES:
        session.execute(text(statement))


@bench(unit="s", ratio="<=", target=8)
@contextmanager
def bank_file_vs_csv(rig: Rig) -> Generator[Sides]:
    """Ten files of a thousand rows in a bank's format, against the csv module writing the rows."""
    del rig  # neither side needs a server
    stored = [write_order(_make_order(number)) for number in range(WORKERS // MAX_ROWS)]
    rows = [
        (str(line.row_number), line.name, line.account, to_yuan(line.amount_fen), line.id_number)
        for number in range(WORKERS // MAX_ROWS)
        for line in _make_order(number).instructions
    ]
    yield Sides(ours=partial(_format, stored), baseline=partial(_write_csv, rows))


def _make_order(number: int) -> Order:
    return Order(
        reference=f"AX{number:024d}",
        project_code="BENCHPAY",
        payer=Payer("某建设集团", "33050161000000000001", "中国建设银行"),
        drawn_up_at=now(),
        instructions=tuple(
            Instruction(
                row_number=row,
                name=f"工人{row}",
                id_number=f"33010619900101{row:04d}",
                account=f"62170000000000{row:05d}",
                bank_name="中国建设银行杭州西湖支行",
                bank_link_number="",
                amount_fen=787_500 + row,
            )
            for row in range(1, MAX_ROWS + 1)
        ),
    )


def _format(stored: Sequence[str]) -> float:
    started = perf_counter()
    for order in stored:
        format_order(read_order(order, created_at=now()), ProfileName.PIPE)
    return perf_counter() - started


def _write_csv(rows: Sequence[Sequence[str]]) -> float:
    started = perf_counter()
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    written.getvalue().encode("gb18030")
    return perf_counter() - started


@bench(unit="s", ratio="<=", target=6)
@contextmanager
def bank_result_vs_update(rig: Rig) -> Generator[Sides]:
    """Ten answers over a thousand rows, evidence included, against one UPDATE … FROM.

    Fails where memory grows with the files. The job that tells the workers is recorded; it runs
    on its own.
    """
    payroll = open_payroll(rig)
    _check_memory(payroll)
    yield Sides(ours=partial(_import, payroll), baseline=partial(_update, payroll))


def _import(payroll: Payroll) -> float:
    sent = payroll.send_sheet()
    return sum(payroll.seconds(partial(_import_one, payroll, batch)) for batch in sent)


def _check_memory(payroll: Payroll) -> None:
    """Import ten thousand rows once; AssertionError unless the last file takes what others took."""
    peaks = []
    tracemalloc.start()
    for batch in payroll.send_sheet():
        tracemalloc.reset_peak()
        payroll.seconds(partial(_import_one, payroll, batch))
        peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    # The first also builds the statements.
    assert peaks[-1] < MOST_GROWTH * peaks[1], peaks


def _import_one(payroll: Payroll, batch: SentBatch, session: Session) -> None:
    import_bank_result(
        session,
        principal=payroll.releaser,
        project_id=payroll.project_id,
        sheet_id=batch.sheet_id,
        reference=batch.reference,
        content=batch.answer,
        at=now(),
    )


def _update(payroll: Payroll) -> float:
    [sheet_id] = {batch.sheet_id for batch in payroll.send_sheet()}

    def update(session: Session) -> None:
        session.execute(
            text(
                """UPDATE pay_batch_row SET state = 'acknowledged', settled_date = now()::date
                FROM pay_batch AS batch WHERE batch.id = batch_id AND batch.pay_sheet_id = :sheet"""
            ),
            {"sheet": sheet_id},
        )

    return payroll.seconds(update)
