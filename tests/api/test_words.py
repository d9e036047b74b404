"""Where words are required, characters that nobody can see are none; everywhere."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

import api.schemas
from api.schemas.case_desk import NoteText, Reason
from api.schemas.cases import Note, Statement
from api.schemas.words import Words

SCHEMAS = sorted(Path(api.schemas.__path__[0]).glob("*.py"))
REQUIRED = re.compile(r"StringConstraints\(\s*strip_whitespace=True, min_length=\d.*?\n *\]", re.S)


@pytest.mark.parametrize("kind", [Words, Reason, NoteText, Statement])
def test_words_nobody_can_see_are_refused(kind: Any) -> None:
    with pytest.raises(ValidationError, match="nobody can see"):
        TypeAdapter(kind).validate_python("\u200b\u3164\u00ad\u2800")


def test_a_note_nobody_can_see_is_none() -> None:
    assert TypeAdapter[str](Note).validate_python("\u200b\u3164") == ""


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_no_required_words_may_be_unseen(path: Path) -> None:
    declared = REQUIRED.findall(path.read_text(encoding="utf-8"))
    assert [words for words in declared if "SEEN" not in words] == []
