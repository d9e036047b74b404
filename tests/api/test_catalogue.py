import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from api.openapi import ROOT, list_refusals
from api.problems import STATUS, status_of
from core.errors import DomainError

pytestmark = pytest.mark.no_cover  # slow, and what it runs is covered by quicker tests

PACKAGES = sorted(
    path.parent.name for path in ROOT.glob("*/errors.py") if path.parent.name != "core"
)
CODE = re.compile(r"[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
RFC_MEMBERS = {"type", "code", "title", "status", "detail", "instance"}

refusals = pytest.mark.parametrize("error", list_refusals(), ids=lambda error: error.code)


@cache
def uses() -> dict[tuple[str, str], list[ast.expr]]:
    """Return every place where product code raises, makes or maps to a class it imports.

    Keys are (module, class name), because packages may name their refusals alike.
    """
    found: dict[tuple[str, str], list[ast.expr]] = {}
    for path in product_files():
        tree = ast.parse(path.read_text("utf-8"))
        imported = _imported_names(tree)
        for use in chain.from_iterable(_uses_in(node) for node in ast.walk(tree)):
            target = use.func if isinstance(use, ast.Call) else use
            name = getattr(target, "id", "")
            found.setdefault((imported.get(name, ""), name), []).append(use)
    return found


def uses_of(error: type[DomainError]) -> list[ast.expr]:
    return uses().get((error.__module__, error.__name__), [])


def _imported_names(tree: ast.AST) -> dict[str, str]:
    return {
        alias.name: node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def product_files() -> Iterator[Path]:
    for package in [*PACKAGES, "core", "db", "jobs"]:
        yield from (path for path in (ROOT / package).rglob("*.py") if path.name != "errors.py")


def _uses_in(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Call():
            return [node]
        case ast.Raise(exc=ast.Name() as exc):
            return [exc]
        case ast.Dict(values=values):
            return [value for value in values if isinstance(value, ast.Name)]
    return []


def test_codes_are_unique() -> None:
    codes = [error.code for error in list_refusals()]

    assert sorted(codes) == sorted(set(codes))


@refusals
def test_code_begins_with_its_package(error: type[DomainError]) -> None:
    package = error.__module__.split(".")[0]

    assert CODE.fullmatch(error.code)
    assert error.code.startswith(f"{package}.")
    assert error.__module__.endswith("errors")


@refusals
def test_kind_has_a_status(error: type[DomainError]) -> None:
    assert status_of(error) in STATUS.values()


@refusals
def test_texts_are_there_in_both_languages(error: type[DomainError]) -> None:
    assert re.search("[\u4e00-\u9fff]", error.title + error.advice)
    assert not re.search("[\u4e00-\u9fff]", error.title_en + error.advice_en)
    assert "{" not in error.title + error.title_en
    assert error.__doc__


@refusals
def test_refusal_is_raised_somewhere(error: type[DomainError]) -> None:
    assert uses_of(error)


@refusals
def test_facts_leave_the_members_of_the_rfc_alone(error: type[DomainError]) -> None:
    for call in uses_of(error):
        facts = {keyword.arg for keyword in getattr(call, "keywords", [])}
        assert not facts & RFC_MEMBERS


@refusals
def test_advice_is_given_all_its_facts(error: type[DomainError]) -> None:
    needed = set(PLACEHOLDER.findall(error.advice + error.advice_en))
    for call in uses_of(error):
        keywords = getattr(call, "keywords", [])
        facts = {keyword.arg for keyword in keywords}
        assert None in facts or needed <= facts, ast.unparse(call)


@refusals
def test_chinese_words_hold_no_word_of_a_program(error: type[DomainError]) -> None:
    shown = set(PLACEHOLDER.findall(error.title + error.advice))
    for call in uses_of(error):
        for keyword in getattr(call, "keywords", []):
            is_raw = any(
                isinstance(node, ast.Attribute) and node.attr == "value"
                for node in ast.walk(keyword.value)
            )
            assert not (is_raw and keyword.arg in shown), ast.unparse(call)
