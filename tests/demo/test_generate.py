"""The committed demo files are what the generator writes, and look like a real site's."""

import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import openpyxl

from core.identifiers import is_valid_uscc, parse_id_number, passes_luhn
from core.phone import parse_mobile
from demo import people
from demo.gate_log import REPEATED_CHUNK, make_gate_log
from demo.generate import GATE_LOG, ROSTER, make_workbook, write_files
from projects import lines
from projects.workbook import open_workbook

ATTLOG_LINE = re.compile(r"\d{4}\t2026-\d\d-\d\d \d\d:\d\d:\d\d\t[01]\t\d+\t0\t0\t0")


def read_cells(content: bytes) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def test_the_committed_roster_is_what_the_generator_writes() -> None:
    assert read_cells(ROSTER.read_bytes()) == read_cells(make_workbook())


def test_the_committed_gate_log_is_what_the_generator_writes() -> None:
    assert GATE_LOG.read_bytes() == make_gate_log().encode("ascii")


def test_the_files_are_written_under_the_committed_names(tmp_path: Path) -> None:
    write_files(tmp_path)

    assert sorted(file.name for file in tmp_path.iterdir()) == [GATE_LOG.name, ROSTER.name]
    assert (tmp_path / GATE_LOG.name).read_bytes() == GATE_LOG.read_bytes()


def test_sixty_workers_in_three_teams_have_numbers_that_check() -> None:
    workers = people.WORKERS

    assert Counter(worker.team.name for worker in workers) == dict.fromkeys(
        ["钢筋一班", "木工二班", "泥水三班"], 20
    )
    assert len({parse_id_number(worker.id_number) for worker in workers}) == 60
    assert all(passes_luhn(worker.bank_card) for worker in workers)
    assert all(is_valid_uscc(company.uscc) for company in people.COMPANIES)


def test_one_couple_shares_a_phone_and_one_worker_has_none() -> None:
    phones = Counter(worker.phone for worker in people.WORKERS)

    assert phones.pop(None) == 1
    assert sorted(phones.values())[-2:] == [1, 2]
    assert all(parse_mobile(phone or "") == f"+86{phone}" for phone in phones)


def test_identity_numbers_are_text_in_the_roster() -> None:
    rows = open_workbook(ROSTER.read_bytes(), sheets=[lines.SHEET]).read_sheet(
        lines.SHEET, lines.COLUMNS
    )

    assert rows[0].number == 3
    assert all(isinstance(row.cells[lines.ID_NUMBER], str) for row in rows)


def test_the_gate_log_is_an_attlog_with_a_chunk_sent_twice() -> None:
    sent = GATE_LOG.read_text("ascii").splitlines()
    chunk = sent[REPEATED_CHUNK]

    assert all(ATTLOG_LINE.fullmatch(line) for line in sent)
    assert sent[-len(chunk) :] == chunk
    assert sent[: -len(chunk)] == sorted(set(sent), key=lambda line: (line.split("\t")[1], line))
