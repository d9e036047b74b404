"""What terminals are asked to do: a queue that hands each command out until it is answered."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl
from uuid import UUID

from sqlmodel import Session

from core.clock import ONE_DAY, local_date
from core.enums import DeviceVendor, TerminalCommandKind
from core.masking import mask_name
from db.models import Device, TerminalCommand
from devices.errors import LogQueryTooLongError, NoLogQueryError
from devices.queries import get_device, lock_device
from devices.zkteco import queries
from devices.zkteco.events import PIN

SEND_AGAIN_AFTER = timedelta(seconds=60)
"""Several polls; a terminal that took a command answers within one."""
MOST_SENDS = 20
HANDED_OUT_AT_ONCE = 50
LONGEST_QUERY = timedelta(days=31)
NUMBER = re.compile(r"-?[0-9]{1,9}")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")

Draft = tuple[TerminalCommandKind, str | None, str]


def plan_people(session: Session, *, device: Device, at: datetime) -> int:
    """Queue what makes the terminal's list that of the project's people; return how many.

    Who came is written with PIN and masked name, who left is deleted with whatever was enrolled
    there. People the terminal did not get from us are left alone.
    """
    present = queries.list_present_people(session, project_id=device.project_id, on=local_date(at))
    written = queries.list_written_people(session, device.id)
    wanted = {pin: _write_person(pin, name) for pin, name in present.items() if PIN.fullmatch(pin)}
    drafts: list[Draft] = [
        (TerminalCommandKind.UPDATE_PERSON, pin, content)
        for pin, content in sorted(wanted.items())
        if written.get(pin) != (TerminalCommandKind.UPDATE_PERSON, content)
    ]
    drafts += [
        (TerminalCommandKind.DELETE_PERSON, pin, f"DATA DELETE USERINFO PIN={pin}")
        for pin, (kind, _) in written.items()
        if kind is TerminalCommandKind.UPDATE_PERSON and pin not in wanted
    ]
    _queue(session, device, drafts)
    return len(drafts)


def query_attlog(
    session: Session, *, project_id: UUID, device_id: UUID, first: date, last: date
) -> TerminalCommand:
    """Ask a terminal for its punches of some days again; what is known already changes nothing.

    Raises DeviceNotFoundError, NoLogQueryError for a terminal that has no such command, and
    LogQueryTooLongError beyond 31 days.
    """
    device = get_device(session, project_id=project_id, device_id=device_id)
    if device.vendor is not DeviceVendor.ZKTECO_ATT or device.revoked_at is not None:
        raise NoLogQueryError
    if not timedelta(0) <= last - first < LONGEST_QUERY:
        raise LogQueryTooLongError(days=LONGEST_QUERY // ONE_DAY)
    content = f"DATA QUERY ATTLOG StartTime={first} 00:00:00\tEndTime={last} 23:59:59"
    (command,) = _queue(session, device, [(TerminalCommandKind.QUERY_ATTLOG, None, content)])
    return command


def hand_out(session: Session, *, device: Device, at: datetime) -> list[tuple[int, str]]:
    """Return the next commands with their numbers, and those that were never answered again.

    A terminal that leaves a command unanswered 20 times does not know it; it is given up.
    """
    waiting = queries.lock_waiting(
        session,
        device_id=device.id,
        sent_before=at - SEND_AGAIN_AFTER,
        limit=HANDED_OUT_AT_ONCE,
    )
    handed_out = []
    for command in waiting:
        if command.sends >= MOST_SENDS:
            command.answered_at = at
            continue
        command.sent_at = at
        command.sends += 1
        handed_out.append((command.number, command.content))
    return handed_out


def take_returns(session: Session, *, device: Device, text: str, at: datetime) -> list[str]:
    """Note what became of commands, ``ID=101&Return=0&CMD=DATA`` each; return what was no answer.

    The first answer counts: a command is handed out again when its answer was late.
    """
    answers: dict[int, int] = {}
    unread = []
    for line in filter(None, (line.strip("\r\0 ") for line in text.split("\n"))):
        fields = dict(parse_qsl(line, keep_blank_values=True))
        number, code = fields.get("ID", ""), fields.get("Return", "")
        if NUMBER.fullmatch(number) and NUMBER.fullmatch(code):
            answers[int(number)] = int(code)
        else:
            unread.append(line)
    for command in queries.list_numbered(session, device_id=device.id, numbers=answers):
        if command.answered_at is None:
            command.answered_at = at
            command.return_code = answers[command.number]
    return unread


def _write_person(pin: str, name: str) -> str:
    shown = CONTROL.sub("", mask_name(name))
    return f"DATA UPDATE USERINFO PIN={pin}\tName={shown}"


def _queue(session: Session, device: Device, drafts: Iterable[Draft]) -> list[TerminalCommand]:
    lock_device(session, device)  # numbers are given one transaction at a time
    number = queries.get_last_number(session, device.id)
    commands = [
        TerminalCommand(
            project_id=device.project_id,
            device_id=device.id,
            number=number + place,
            kind=kind,
            pin=pin,
            content=content,
        )
        for place, (kind, pin, content) in enumerate(drafts, start=1)
    ]
    session.add_all(commands)
    session.flush()
    return commands
