"""House rules that no other tool checks (docs/decisions, CONTRIBUTING.md)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import text
from sqlmodel import Session

from core.settings import Settings

ROOT = Path(__file__).parent.parent.parent
PACKAGES = (
    "api", "attendance", "cases", "core", "db", "devices", "evidence", "identity", "jobs",
    "notifications", "payroll", "projects", "qr",
)  # fmt: skip
ALSO_OURS = ("bench", "demo", "gate", "stack", "tests")
LONGEST_FILE = 400
LONGEST_FUNCTION = 50

RESERVED_CALLS: dict[str, set[str]] = {
    "commit": {"db/migrations/env.py"},
    "rollback": set(),
    "delay": set(),
    "apply_async": set(),
    "send_task": {"jobs/app.py"},
}
"""Transactions belong to `db.session.Database`, hand-over to the broker to the relay."""

DISTRIBUTED_TABLES = ("check_in",)
"""Tables that may be spread over machines by project; Citus asks for the column in every key."""

FORBIDDEN_NAMES = {"utils.py", "helpers.py", "common.py", "constants.py", "base_service.py"}


def product_files() -> list[Path]:
    return [ROOT / "main.py", *_python_files(*PACKAGES)]


def _python_files(*packages: str) -> list[Path]:
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def _all_files() -> list[Path]:
    return [*product_files(), *_python_files(*ALSO_OURS)]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _method_calls(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.lineno, node.func.attr


@pytest.mark.parametrize("call", RESERVED_CALLS)
def test_reserved_calls_stay_where_they_belong(call: str) -> None:
    offenders = [
        f"{_name(path)}:{line}"
        for path in product_files()
        if _name(path) not in RESERVED_CALLS[call]
        for line, called in _method_calls(path)
        if called == call
    ]

    assert offenders == []


def test_queries_stand_in_queries_files() -> None:
    offenders = [
        _name(path)
        for path in product_files()
        if path.name == "service.py" and re.search(r"\bselect\(", path.read_text())
    ]

    assert offenders == []


def test_files_stay_short() -> None:
    lengths = {_name(path): len(path.read_text().splitlines()) for path in _all_files()}

    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_stay_short() -> None:
    offenders = [
        f"{_name(path)}:{node.lineno} {node.name}"
        for path in _all_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]

    assert offenders == []


def test_every_module_says_what_lives_there() -> None:
    offenders = [
        _name(path)
        for path in _all_files()
        if not path.name.startswith("test_")  # its path says what it tests
        and path.read_text().strip()
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert offenders == []


def test_no_module_is_a_drawer_for_everything() -> None:
    assert [_name(path) for path in _all_files() if path.name in FORBIDDEN_NAMES] == []


def test_folders_that_are_no_packages_stay_so() -> None:
    # docker/__init__.py would shadow the `docker` package that test tools import.
    assert not (ROOT / "docker" / "__init__.py").exists()
    assert not (ROOT / "openapi" / "__init__.py").exists()


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.lock")), ids=_name)
def test_lock_files_name_no_place_and_hash_everything(lock: Path) -> None:
    entries = re.sub(r"\\\n", "", lock.read_text()).splitlines()

    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"https?:|index-url|find-links|\bfile:|@ ", lock.read_text()) == []


def test_the_image_holds_the_product_and_nothing_else() -> None:
    allowed = re.findall(r"^!(\w+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)

    assert sorted(allowed) == sorted([*PACKAGES, "web"])


def test_every_setting_is_in_the_example_file() -> None:
    example = (ROOT / ".env.example").read_text()

    assert sorted(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE)) == sorted(
        _variables(Settings)
    )


def test_keys_of_distributed_tables_hold_the_project(session: Session) -> None:
    keys = session.connection().execute(
        text(
            "SELECT tablename, indexdef FROM pg_indexes"
            " WHERE tablename = ANY(:tables) AND indexdef LIKE 'CREATE UNIQUE%'"
        ),
        {"tables": list(DISTRIBUTED_TABLES)},
    )
    definitions = {definition: "project_id" in definition for _table, definition in keys}

    assert len(definitions) >= len(DISTRIBUTED_TABLES)
    assert all(definitions.values()), definitions


def _variables(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = next(filter(_is_model, (field.annotation, *_arguments(field.annotation))), None)
        if inner is None:
            yield f"{prefix}{name}".upper()
        else:
            yield from _variables(inner, f"{prefix}{name}__")


def _arguments(annotation: Any) -> tuple[Any, ...]:
    return getattr(annotation, "__args__", ())


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
