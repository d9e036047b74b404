"""What people agreed to about their data, version by version, and taking it back."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.enums import Notice
from db.models import Consent
from identity import queries

LOCATION_NOTICE_VERSION = "2026-11"
LOCATION_NOTICE = (
    "打卡那一刻，手机把你的位置发过来，用来证明你在工地，工资有争议时也能作证。"
    "只在你点进场或出场时取一次，平时不跟踪。位置加密保存，和考勤记录保存同样长的时间；"
    "只有你自己能看到具体位置，工地只看到“在工地内、不在工地内或不清楚”。"
    "给不给由你决定，不给也能打卡、一样算出勤，随时可以不再给。"
)
"""What a worker is told before (个人信息保护法 §17, §28–30: 行踪轨迹 is sensitive)."""
CURRENT_VERSIONS = {Notice.LOCATION: LOCATION_NOTICE_VERSION}


def has_agreed(session: Session, *, person_id: UUID, notice: Notice) -> bool:
    """Tell whether the person agrees to the notice as it reads today."""
    standing = queries.find_consent(session, person_id, notice)
    return standing is not None and standing.version == CURRENT_VERSIONS[notice]


def agree(session: Session, *, person_id: UUID, notice: Notice, version: str, at: datetime) -> bool:
    """Keep that the person agreed; False, and nothing kept, for a version that is not today's."""
    if version != CURRENT_VERSIONS[notice]:
        return False
    queries.lock_person(session, person_id)  # two taps at once agree once
    if not has_agreed(session, person_id=person_id, notice=notice):
        withdraw(session, person_id=person_id, notice=notice, at=at)
        session.add(Consent(person_id=person_id, notice=notice, version=version, agreed_at=at))
        session.flush()
    return True


def withdraw(session: Session, *, person_id: UUID, notice: Notice, at: datetime) -> None:
    """End the person's consent; what was done under it stays done. Repeating does nothing."""
    standing = queries.find_consent(session, person_id, notice)
    if standing is not None:
        standing.withdrawn_at = at
        session.flush()
