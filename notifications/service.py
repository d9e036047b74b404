"""Use cases of messages: tell a person, tell many, send a sign-in code."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.clock import now
from core.enums import NotificationState, Urgency
from db import outbox
from db.base import field_keys, new_id
from db.models import Notification, NumberStatus
from db.outbox import Work
from notifications import queries, rules
from notifications.delivery.limits import judge_number, judge_trouble
from notifications.errors import OutboxMessageNotFoundError
from notifications.queries import Reader
from notifications.rules import Composed
from notifications.templates import TEXTS, Template

DELIVER = "notifications.deliver"
"""Name of the job that calls `delivery.sending.deliver`."""
PHONE = "notification.phone"


@dataclass(frozen=True, slots=True)
class Telling:
    """One person to be told, once per `key`."""

    person_id: UUID
    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Draft:
    reader: Reader
    person_id: UUID | None
    dedupe_key: str
    values: Mapping[str, str]


def notify(
    session: Session,
    *,
    template: Template,
    person_id: UUID,
    key: str,
    project_id: UUID | None = None,
    county_code: str | None = None,
    **values: str,
) -> None:
    """Tell a person something once per `key`, if and only if this transaction commits.

    A person whom no message can reach gets a row in state `failed` with the reason, so that
    somebody can tell them in another way; nothing is sent. The project pays for the message and
    looks after those it does not reach; if it is about a case, the county of the case does.
    """
    readers = queries.list_readers(session, [person_id])
    dedupe_key = f"{template}:{person_id}:{key}"
    draft = _Draft(readers[person_id], person_id, dedupe_key, values)
    _record(session, template, [draft], project_id=project_id, county_code=county_code)


def notify_many(
    session: Session,
    *,
    template: Template,
    tellings: Sequence[Telling],
    project_id: UUID | None = None,
) -> None:
    """Tell many people the same kind of thing in a handful of statements; see `notify`."""
    readers = queries.list_readers(session, {telling.person_id for telling in tellings})
    drafts = [
        _Draft(
            readers[telling.person_id],
            telling.person_id,
            f"{template}:{telling.person_id}:{telling.key}",
            telling.values,
        )
        for telling in tellings
    ]
    _record(session, template, drafts, project_id=project_id)


def notify_number(
    session: Session,
    *,
    template: Template,
    phone: str,
    key: str,
    project_id: UUID | None = None,
    county_code: str | None = None,
    **values: str,
) -> None:
    """Tell whoever left a number (E.164) something once per `key`; they have no account."""
    draft = _Draft(Reader(phone), None, f"{template}:{key}", values)
    _record(session, template, [draft], project_id=project_id, county_code=county_code)


def send_code(session: Session, *, phone: str, code: str, key: str) -> None:
    """Send a sign-in code to a number (E.164), whoever it belongs to."""
    notify_number(session, template=Template.SIGN_IN_CODE, phone=phone, key=key, code=code)


def retry_job(session: Session, *, job_id: UUID) -> None:
    """Give a job that keeps failing a full round of tries, now; OutboxMessageNotFoundError."""
    if not outbox.hand_over_now(session, job_id):
        raise OutboxMessageNotFoundError


def _record(
    session: Session,
    template: Template,
    drafts: Sequence[_Draft],
    *,
    project_id: UUID | None,
    county_code: str | None = None,
) -> None:
    if not drafts:
        return
    at = now()
    indexes = _index_phones(session, drafts)
    statuses = queries.list_number_statuses(session, set(indexes.values()))
    rows = [
        _make_row(template, draft, composed, indexes=indexes, statuses=statuses, at=at)
        | {"project_id": project_id, "county_code": county_code}
        for draft, composed in zip(drafts, _compose_all(template, drafts), strict=True)
    ]
    new = queries.insert_new(session, rows)
    works = [
        _make_work(row["id"], rung=row["rung"], urgency=row["urgency"])
        for row in rows
        if row["id"] in new and row["state"] is NotificationState.PENDING
    ]
    outbox.enqueue_many(session, DELIVER, works)


def _index_phones(session: Session, drafts: Sequence[_Draft]) -> dict[str, bytes]:
    keys = field_keys(session.get_bind().dialect)
    phones = {draft.reader.phone for draft in drafts if draft.reader.phone is not None}
    return {phone: keys.blind_index(PHONE, phone) for phone in phones}


def make_work(notification: Notification) -> Work:
    """Return the job that delivers the message at its present rung."""
    return _make_work(notification.id, rung=notification.rung, urgency=notification.urgency)


def _make_work(notification_id: UUID, *, rung: int, urgency: Urgency) -> Work:
    return Work(
        dedupe_key=f"{DELIVER}:{notification_id}:{rung}",
        payload={"notification_id": str(notification_id)},
        is_urgent=urgency is Urgency.URGENT,
    )


def _compose_all(template: Template, drafts: Sequence[_Draft]) -> list[Composed]:
    """Return the text of each draft; most of ten thousand say the same."""
    texts: dict[tuple[object, ...], Composed] = {}
    composed = []
    for draft in drafts:
        said = (draft.reader.language, *sorted(draft.values.items()))
        if said not in texts:
            texts[said] = rules.compose(template, draft.values, language=draft.reader.language)
        composed.append(texts[said])
    return composed


def _make_row(
    template: Template,
    draft: _Draft,
    composed: Composed,
    *,
    indexes: Mapping[str, bytes],
    statuses: Mapping[bytes, NumberStatus],
    at: datetime,
) -> dict[str, Any]:
    """Return a row of `notification`; ten thousand objects would take longer than to write them."""
    phone_index = indexes.get(draft.reader.phone or "")
    status = statuses.get(phone_index) if phone_index else None
    hindrance = _find_hindrance(template, draft.reader, status, at)
    return {
        "id": new_id(),
        "created_at": at,
        "person_id": draft.person_id,
        "phone": draft.reader.phone,
        "phone_index": phone_index,
        "template": template,
        "template_version": TEXTS[template].version,
        "language": composed.language,
        "body": composed.body,
        "parameters": json.dumps(composed.parameters, ensure_ascii=False),
        "segments": composed.segments,
        "urgency": TEXTS[template].urgency,
        "dedupe_key": draft.dedupe_key,
        "state": NotificationState.FAILED if hindrance else NotificationState.PENDING,
        "attempts": 0,
        "rung": 0,
        "error": hindrance,
    }


def _find_hindrance(
    template: Template, reader: Reader, status: NumberStatus | None, at: datetime
) -> str | None:
    """Return why the message cannot or must not be sent, or None."""
    if hindrance := judge_number(reader.phone):
        return hindrance
    has_opted_out = status is not None and status.opted_out_at is not None
    if TEXTS[template].is_optional and (has_opted_out or not reader.wants_optional):
        return queries.OPTED_OUT
    if status is None:
        return None
    return judge_trouble(
        status.trouble,
        since=status.trouble_at,
        at=at,
        is_code=template is Template.SIGN_IN_CODE,
    )
