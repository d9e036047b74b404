"""The pages `docs/messages.md` and `docs/audience.md`; `python -m notifications.catalogue`."""

from pathlib import Path

from core.enums import Language, Urgency
from notifications import audience
from notifications.approvals import Specimen, list_specimens

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "messages.md"
AUDIENCE_PAGE = DOCS / "audience.md"
HEAD = """# 短信一览 · Every message

由 `python -m notifications.catalogue` 生成，测试会比对。
Generated from `notifications/templates.py`; a test compares it.

样例中的变量都是虚构的。占一条：不超过 70 字（含签名）；更长的按每条 67 字计。

"""
AUDIENCE_HEAD = """# 谁会收到通知 · Which event tells whom

由 `python -m notifications.catalogue` 生成，测试会比对。
Generated from `notifications/audience.py`; a test compares it.

"""
LANGUAGES = {Language.CHINESE: "普通话", Language.SICHUANESE: "四川话"}


def render_page() -> str:
    """Return the page."""
    return HEAD + "\n".join(_describe(specimen) for specimen in list_specimens())


def render_audience() -> str:
    """Return the page of who is told what, and of what nobody is told."""
    told = [
        f"| `{row.event}` | {row.audience} | `{row.template}` | {row.urgency} |"
        for row in audience.TOLD
    ]
    untold = [f"| `{row.event}` | {row.because} |" for row in audience.UNTOLD]
    lines = [
        "| event | audience | template | urgency |",
        "|---|---|---|---|",
        *told,
        "",
        "## Nobody is told",
        "",
        "| event | why |",
        "|---|---|",
        *untold,
    ]
    return AUDIENCE_HEAD + "\n".join(lines) + "\n"


def _describe(specimen: Specimen) -> str:
    text = specimen.text
    hours = text.expires_after.total_seconds() / 3600
    worth = f"{hours:g} 小时" if hours >= 1 else f"{hours * 60:g} 分钟"
    marks = [
        "紧急，夜里也发" if text.urgency is Urgency.URGENT else "21:00–08:00 不发",
        f"{worth}内有效",
        *(["可以退订"] if text.is_optional else []),
        *(["涉及投诉，工地看不到"] if text.is_confidential else []),
    ]
    return (
        f"## `{specimen.template}` 第 {text.version} 版 · {LANGUAGES[specimen.language]}\n\n"
        f"> {specimen.sample}\n\n"
        f"{specimen.units} 字，{specimen.segments} 条；{'；'.join(marks)}。\n"
        f"模板：`{specimen.wording}`\n"
    )


if __name__ == "__main__":
    PAGE.write_text(render_page(), encoding="utf-8")
    AUDIENCE_PAGE.write_text(render_audience(), encoding="utf-8")
