"""By which words a case is found: a pure index of two characters, and blind ones for people.

Of names and numbers only keyed hashes are kept, and only where the complaint is `named`: nobody
finds out by searching whether a shielded complainant is among the cases.
"""

from collections.abc import Iterable

from sqlmodel import Session

from core.case_enums import Disclosure
from core.phone import PhoneError, parse_mobile
from db.models import Complaint
from db.session import blind_index

PERSON = "case.person"


def list_words(
    session: Session,
    complaint: Complaint,
    *,
    project_name: str | None,
    people: Iterable[str | None],
) -> list[str]:
    """Return what the case of a complaint is found by; `people` are names and phones (E.164)."""
    words = split(project_name or "") | split(complaint.employer_name or "")
    if complaint.disclosure is Disclosure.NAMED:
        words |= {hide(session, one) for one in people if one}
    return sorted(words)


def split(text: str) -> set[str]:
    """Return every character and every two neighbours of a text, in lower case."""
    lower = text.lower()
    return {lower[at : at + length] for at in range(len(lower)) for length in (1, 2)}


def split_sought(text: str) -> set[str]:
    """Return what `split` made of any text that holds this one."""
    return {one for one in split(text) if len(one) > 1} or split(text)


def hide(session: Session, person: str) -> str:
    """Return the keyed form of a name or phone, which is all that a look-up needs."""
    return f"#{blind_index(session, PERSON, person).hex()}"


def read_phone(text: str) -> str | None:
    """Return the number in E.164 if what is sought is one."""
    try:
        return parse_mobile(text)
    except PhoneError:
        return None
