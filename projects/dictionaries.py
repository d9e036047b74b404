"""The national standard's code lists, read once from `projects/dictionaries/*.csv`."""

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_suffix("")


@dataclass(frozen=True, slots=True)
class Dictionary:
    """One code list; codes are strings with their leading zeros."""

    names: Mapping[str, str]
    """Code → Chinese name."""
    codes: Mapping[str, str]
    """Chinese name → code."""

    def name_of(self, code: str) -> str:
        """Return the Chinese name, or the code itself when a later edition added it."""
        return self.names.get(code, code)

    def find_code(self, text: str) -> str | None:
        """Return the code somebody means by a code, a code without its zeros, or a name."""
        if text in self.codes:
            return self.codes[text]
        width = min(map(len, self.names))
        padded = text.zfill(width)
        return padded if padded in self.names else None


def _read(name: str) -> Dictionary:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        names = {row["code"]: row["name"] for row in csv.DictReader(file)}
    codes = {unicodedata.normalize("NFKC", name): code for code, name in names.items()}
    return Dictionary(names, codes)


WORK_TYPE = _read("work_type")
WORKER_ROLE = _read("worker_role")
PARTY_TYPE = _read("participant_corp_type")
PROJECT_CATEGORY = _read("project_category")
PROJECT_STATUS = _read("project_status")
ID_CARD_TYPE = _read("id_card_type")
CONTRACT_PERIOD_TYPE = _read("contract_period_type")
BANK = _read("bank_code")
GENDER = _read("gender")
