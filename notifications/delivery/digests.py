"""One message instead of several that wait for the same morning of the same person."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from core.enums import NotificationState
from db import outbox
from db.models import Notification
from notifications import rules
from notifications.delivery import queries
from notifications.service import DELIVER, make_work
from notifications.templates import TEXTS, Template


def merge_waiting(session: Session, notification: Notification, *, until: datetime) -> None:
    """Put the message together with what already waits for the same person and morning.

    The caller holds `queries.lock_person`, so that two workers do not make two digests.
    """
    if notification.person_id is None:
        return
    waiting = queries.lock_waiting(session, person_id=notification.person_id, until=until)
    singles = [one for one in waiting if one.template != Template.DIGEST]
    digest = next((one for one in waiting if one.template == Template.DIGEST), None)
    if digest is None and len(singles) > 1:
        digest = _begin(session, singles[-1], until=until)
    if digest is None:
        return
    for single in singles:
        single.state = NotificationState.MERGED
        single.digest_id = digest.id
    session.flush()
    _word(digest, queries.list_merged(session, digest.id))


def _begin(session: Session, newest: Notification, *, until: datetime) -> Notification:
    digest = Notification(
        person_id=newest.person_id,
        project_id=newest.project_id,
        phone=newest.phone,
        phone_index=newest.phone_index,
        template=Template.DIGEST,
        template_version=TEXTS[Template.DIGEST].version,
        language=newest.language,
        body="",
        urgency=TEXTS[Template.DIGEST].urgency,
        dedupe_key=f"{Template.DIGEST}:{newest.id}",
        state=NotificationState.PENDING,
        deferred_until=until,
    )
    session.add(digest)
    session.flush()
    outbox.enqueue_many(session, DELIVER, [make_work(digest)], due_at=until)
    return digest


def _word(digest: Notification, merged: Sequence[Notification]) -> None:
    """Write what the digest says of the messages that went into it."""
    values = rules.summarize([Template(one.template) for one in merged])
    composed = rules.compose(Template.DIGEST, values, language=digest.language)
    digest.body = composed.body
    digest.parameters = json.dumps(composed.parameters, ensure_ascii=False)
    digest.language = composed.language
    digest.segments = composed.segments
