"""The published description of the API; ``python -m api.openapi`` writes it to ``openapi/``.

With ``--check`` it writes nothing and exits with 1 when a committed file is out of date.
"""

import importlib
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from api.idempotency import is_covered_path
from api.problems import MEDIA_TYPE, TYPE_PREFIX, status_of
from core.errors import DomainError
from core.settings import Settings

ROOT = Path(__file__).parent.parent
PROBLEM = {
    "title": "Problem",
    "description": "A refusal (RFC 9457). `code` is stable; openapi/problems.md lists all of them.",
    "type": "object",
    "required": ["type", "code", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri", "examples": [f"{TYPE_PREFIX}api.internal"]},
        "code": {"type": "string", "examples": ["api.internal"]},
        "title": {"type": "string", "description": "What is wrong, in the reader's language."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What the reader can do now."},
        "instance": {"type": "string", "description": "The path that was called."},
    },
    "additionalProperties": True,
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A fresh UUID. Repeating the request with it within 24 hours gives the first "
    "answer again, marked `Idempotency-Replayed: true`, and does nothing twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
}
DEFAULT_RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A refusal.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
"""Without a default FastAPI documents its own validation error, which we never send."""


def install(app: FastAPI) -> None:
    """Make the application publish its description with the shared problem shape."""
    generate = app.openapi

    def describe() -> dict[str, Any]:
        document = generate()
        document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
        for path, operations in document["paths"].items():
            if is_covered_path(path) and "post" in operations:
                _document_key(operations["post"])
        return document

    app.openapi = describe  # type: ignore[method-assign]  # FastAPI's documented extension point


def list_refusals() -> list[type[DomainError]]:
    """Return every refusal the product can give, sorted by code."""
    files = ("*/errors.py", "*/*_errors.py", "*/*/errors.py")
    paths = {path for name in files for path in ROOT.glob(name) if path.parts[-3] != "tests"}
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths}
    for module in modules:
        importlib.import_module(module)
    refusals = {
        error
        for error in _descendants(DomainError)
        if "code" in vars(error) and error.__module__ in modules
    }
    return sorted(refusals, key=lambda error: error.code)


def render_specification() -> str:
    """Return ``openapi.json``; depends on nothing but the code."""
    from api.app import create_app  # noqa: PLC0415  the application imports this module

    with tempfile.TemporaryDirectory() as directory:
        app = create_app(
            Settings(
                _env_file=None,
                database_url="postgresql+psycopg://",
                redis_url="redis://",
                celery_broker_url="redis://",
                keys_file=Path(directory) / "keys.json",
            )
        )
        document = app.openapi()
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def render_problems() -> str:
    """Return ``problems.md``: every refusal with what to do about it."""
    lines = [
        "# 错误码 (problems)",
        "",
        "每个拒绝都是 RFC 9457 的 `application/problem+json`；`code` 不会变。",
        "Every refusal is an RFC 9457 problem; `code` never changes. `{…}` is filled in.",
        "",
        "| code | status | 是什么 | 怎么办 | title | what to do |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{error.code}` | {status_of(error).value} | {error.title} | {error.advice} "
        f"| {error.title_en} | {error.advice_en} |"
        for error in list_refusals()
    ]
    return "\n".join(lines) + "\n"


def find_outdated(directory: Path) -> list[Path]:
    """Return the committed files that differ from what the code says."""
    return [
        directory / name
        for name, text in _documents().items()
        if not (directory / name).exists() or (directory / name).read_text("utf-8") != text
    ]


def write(directory: Path) -> None:
    """Write both files."""
    for name, text in _documents().items():
        (directory / name).write_text(text, "utf-8")


def main(arguments: list[str]) -> int:
    """Write the files, or with ``--check`` say which are out of date."""
    directory = ROOT / "openapi"
    if arguments != ["--check"]:
        write(directory)
        return 0
    outdated = find_outdated(directory)
    for path in outdated:
        sys.stderr.write(f"{path.relative_to(ROOT)} 已过时，请执行 make openapi (is out of date)\n")
    return 1 if outdated else 0


def _document_key(operation: dict[str, Any]) -> None:
    parameters = operation.setdefault("parameters", [])
    is_device = any("device" in scheme for scheme in operation.get("security", []))
    if not is_device and IDEMPOTENCY_KEY not in parameters:  # FastAPI caches the document
        parameters.append(IDEMPOTENCY_KEY)


def _documents() -> dict[str, str]:
    return {"openapi.json": render_specification(), "problems.md": render_problems()}


def _descendants(error: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in error.__subclasses__():
        yield child
        yield from _descendants(child)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
