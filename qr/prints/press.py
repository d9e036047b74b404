"""The press: a typst template and facts become a PDF; the only importer of typst."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from qr.prints.glyphs import FONT_PACKAGES, ZERO_WIDTH_SPACE, make_showable

TEMPLATES = Path(__file__).with_name("templates")
LONG_RUN = re.compile(r"[!-~]{13,}")


def print_pdf(template: str, facts: Mapping[str, Any], *, archival: bool = False) -> bytes:
    """Return the PDF of a template in `templates/`; the same facts give the same bytes.

    `archival` makes it PDF/A-2b (ISO 19005-2), to be read in thirty years. Facts are values, never
    markup. A character no font has prints as □, what is invisible not at all.
    Nothing is read from the machine's own fonts and nothing is downloaded.
    """
    compiler = typst.Compiler(root=TEMPLATES, font_paths=_load_fonts())
    pdf = compiler.compile(
        TEMPLATES / f"{template}.typ",
        format="pdf",
        sys_inputs={"facts": json.dumps(make_showable(dict(facts)))},
        pdf_standards=["a-2b"] if archival else [],
    )
    assert isinstance(pdf, bytes)
    return pdf


def soften(text: str) -> str:
    """Let a long run of letters or asterisks break across lines, as Chinese does by itself."""
    return LONG_RUN.sub(lambda run: ZERO_WIDTH_SPACE.join(run[0]), text)


@cache
def _load_fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(files(package)) for package in FONT_PACKAGES],
    )
