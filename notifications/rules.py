"""What a message may say, in which language, and how long it is."""

import math
import re
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.clock import SHANGHAI, month_start
from core.enums import Language
from notifications.errors import TemplateError
from notifications.templates import SIGNATURE, TEXTS, Template

MAX_SEGMENTS = 2
FREE_TEXT_LENGTH = 20
TOPIC_SEPARATOR = "、"
MAX_TOPICS = 4
MAX_COUNT = 99

LINK = re.compile(r"://|www\.|[a-z0-9-]+\.[a-z]{2,}", re.IGNORECASE)
LINK_AROUND = re.compile(rf"[!-~]*(?:{LINK.pattern})[!-~]*", re.IGNORECASE)
PERSONAL_NUMBER = re.compile(r"\d{14,18}[\dXx]")
"""ID numbers have 15 or 18 characters, bank cards 16 to 19."""
LONG_NUMBER = re.compile(r"\d{10,}[\dXx]")
AMOUNT = re.compile(r"[\d.,]*\d\s*[元块万]|[¥￥]")
EMPLOYER = re.compile(r"公司|集团|企业|工程局|工程处|项目部")
UNFIT_CHARACTER = re.compile(
    r"[^\u0020-\u007e\u00b7\u2010-\u2027\u2190-\u2193\u3000-\u9fff\uff00-\uffef]"
)
"""Everything but plain ASCII, Chinese and its punctuation: control characters, emoji, …"""


def _show_pattern(pattern: str) -> Callable[[str], str]:
    """Return a check that lets only full matches through, unchanged."""

    def show(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"does not match {pattern}")
        return value

    return show


def _show_month(value: str) -> str:
    first = month_start(value)
    return f"{first.year}年{first.month}月"


def _show_date(value: str) -> str:
    day = date.fromisoformat(value)
    return f"{day.year}年{day.month}月{day.day}日"


def _show_moment(value: str) -> str:
    local = datetime.fromisoformat(value).astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def _show_free_text(value: str) -> str:
    """Make somebody else's words fit: no link, number, amount, emoji or line break."""
    text = UNFIT_CHARACTER.sub(" ", LINK_AROUND.sub("", value))
    text = AMOUNT.sub("**", LONG_NUMBER.sub("****", text))
    text = " ".join(text.split())
    if len(text) > FREE_TEXT_LENGTH:
        text = text[: FREE_TEXT_LENGTH - 1] + "…"
    return text or "未说明"


def _show_topics(value: str) -> str:
    known = {text.topic for text in TEXTS.values()}
    if not known.issuperset(value.split(TOPIC_SEPARATOR)):
        raise ValueError("not topics of templates")
    return value


VARIABLES: dict[str, Callable[[str], str]] = {
    "code": _show_pattern(r"\d{6}"),
    "month": _show_month,
    "work_date": _show_date,
    "last_date": _show_date,
    "moment": _show_moment,
    "gate": _show_free_text,
    "trouble": _show_free_text,
    "number": _show_pattern(r"[A-Z0-9-]{4,20}"),
    "count": _show_pattern(r"[1-9]\d?"),
    "topics": _show_topics,
    "rows": _show_pattern(r"[1-9]\d{0,3}"),
    "total": _show_pattern(r"\d{1,9}\.\d\d"),
    "tail": _show_pattern(r"\d{4}"),
    "reason": _show_free_text,
}
"""How the value of each placeholder is checked and shown: `month` arrives as ``YYYY-MM`` and reads
``2026年10月``, dates and moments arrive as ISO 8601; only `reason`, `gate` and `trouble` may be
free text, and are made to fit."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A message ready to be recorded."""

    body: str
    parameters: dict[str, str]
    """The values as they are shown."""
    language: Language
    """What it is written in, which is not always what was asked for."""
    segments: int


def compose(
    template: Template, values: Mapping[str, str], *, language: Language = Language.CHINESE
) -> Composed:
    """Return the signed body of a message and what it was made of.

    Raises TemplateError when a value is missing, unknown or malformed, or when the text breaks a
    rule for messages.
    """
    written, text = TEXTS[template].in_language(language)
    expected = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    if expected != values.keys():
        raise TemplateError(f"{template} takes {sorted(expected)}, not {sorted(values)}")
    shown = {name: _show(template, name, value) for name, value in values.items()}
    body = SIGNATURE + text.format_map(shown)
    check_body(body)
    return Composed(body, shown, written, count_segments(body))


def render(template: Template, values: Mapping[str, str]) -> str:
    """Return the signed body of a message in Chinese; see `compose`."""
    return compose(template, values).body


def summarize(templates: Sequence[Template]) -> dict[str, str]:
    """Return the values of the one message that stands for several."""
    topics = dict.fromkeys(TEXTS[template].topic for template in templates)
    shown = list(topics)[:MAX_TOPICS]
    count = min(len(templates), MAX_COUNT)
    return {"count": str(count), "topics": TOPIC_SEPARATOR.join(shown)}


def _show(template: Template, name: str, value: str) -> str:
    try:
        return VARIABLES[name](value)
    except (KeyError, ValueError) as error:
        raise TemplateError(f"{template}: cannot show {name!r}") from error


def check_body(body: str) -> None:
    """Raise TemplateError unless the body may be sent to any phone in the country."""
    problems = [
        (LINK.search(body), "a link: carriers refuse it"),
        (PERSONAL_NUMBER.search(body), "an ID or card number"),
        (AMOUNT.search(body) and EMPLOYER.search(body), "an amount together with an employer"),
        (UNFIT_CHARACTER.search(body), "a line break, emoji or other unfit character"),
        (count_segments(body) > MAX_SEGMENTS, f"more than {MAX_SEGMENTS} segments"),
    ]
    found = [what for is_found, what in problems if is_found]
    if found:
        raise TemplateError(f"a message must not hold {'; '.join(found)}")


@dataclass(frozen=True, slots=True)
class Alphabet:
    """How many units a message holds, alone and as one part of a longer one (3GPP TS 23.040)."""

    single: int
    joined: int


GSM_7 = Alphabet(single=160, joined=153)
UCS_2 = Alphabet(single=70, joined=67)
"""Any text with one Chinese character; units are those of UTF-16."""
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€")
"""3GPP TS 23.038: each takes two units."""


def count_segments(body: str) -> int:
    """Return how many segments the body is sent and charged as."""
    alphabet, units = measure(body)
    if units <= alphabet.single:
        return 1
    return math.ceil(units / alphabet.joined)


def measure(body: str) -> tuple[Alphabet, int]:
    """Return the alphabet the body needs and its length in that alphabet's units."""
    if set(body) <= GSM_BASIC | GSM_EXTENDED:
        return GSM_7, len(body) + sum(character in GSM_EXTENDED for character in body)
    return UCS_2, len(body.encode("utf-16-le")) // 2
