"""Chinese identity numbers, company codes and bank card numbers: parsing and check digits."""

import re
import unicodedata
from datetime import date
from enum import StrEnum

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK_CHARACTERS = "10X98765432"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_LENGTH = 18
INVISIBLE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


class IdNumberFault(StrEnum):
    """Why a text is not an identity number."""

    LENGTH = "length"
    FIFTEEN_DIGITS = "fifteen-digits"
    """First-generation numbers; no longer valid since 2013-01-01 (居民身份证法)."""
    CHARACTERS = "characters"
    BIRTH_DATE = "birth-date"
    CHECKSUM = "checksum"


class IdNumberError(ValueError):
    """The text is not an identity number; `fault` says why. Never carries the text itself."""

    def __init__(self, fault: IdNumberFault) -> None:
        self.fault = fault
        super().__init__(fault.value)


def normalize_code(text: str) -> str:
    """Return a typed number in half-width capitals without blanks or invisible characters."""
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).upper()


def parse_id_number(text: str) -> str:
    """Return the normalized 18-character 公民身份号码 (GB 11643-1999) or raise IdNumberError.

    Residence permits of Hong Kong, Macao and Taiwan (81/82/83…) and the 2023 permanent residence
    card (9…) share its form and check character. The area code is not looked up: a number keeps
    the code of its first registration, and hundreds of those have been abolished since.
    """
    number = normalize_code(text)
    if re.fullmatch("[0-9]{15}", number):
        raise IdNumberError(IdNumberFault.FIFTEEN_DIGITS)
    if len(number) != len(ID_WEIGHTS) + 1:
        raise IdNumberError(IdNumberFault.LENGTH)
    if not re.fullmatch("[1-9][0-9]{16}[0-9X]", number):
        raise IdNumberError(IdNumberFault.CHARACTERS)
    if _find_birth_date(number) is None:
        raise IdNumberError(IdNumberFault.BIRTH_DATE)
    if number[-1] != id_check_character(number[:-1]):
        raise IdNumberError(IdNumberFault.CHECKSUM)
    return number


def id_check_character(first_17: str) -> str:
    """Return the ISO 7064 MOD 11-2 check character of seventeen digits."""
    total = sum(weight * int(digit) for weight, digit in zip(ID_WEIGHTS, first_17, strict=True))
    return ID_CHECK_CHARACTERS[total % 11]


def birth_date_of(id_number: str) -> date:
    """Return the birth date inside a normalized identity number."""
    birth_date = _find_birth_date(id_number)
    if birth_date is None:
        raise IdNumberError(IdNumberFault.BIRTH_DATE)
    return birth_date


def gender_of(id_number: str) -> str:
    """Return the national gender code of a normalized number: ``0`` male, ``1`` female."""
    return "0" if int(id_number[16]) % 2 else "1"


def age_on(birth_date: date, day: date) -> int:
    """Return completed years; somebody born on 29 February turns on 1 March in common years."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (0 if had_birthday else 1)


def is_valid_uscc(text: str) -> bool:
    """Tell whether a normalized 统一社会信用代码 is well-formed and checks (GB 32100-2015)."""
    if len(text) != USCC_LENGTH or any(character not in USCC_ALPHABET for character in text):
        return False
    return text[-1] == uscc_check_character(text[:-1])


def uscc_check_character(first_17: str) -> str:
    """Return the MOD 31-3 check character of the first seventeen."""
    total = sum(
        pow(3, place, 31) * USCC_ALPHABET.index(character)
        for place, character in enumerate(first_17)
    )
    return USCC_ALPHABET[-total % 31]


def passes_luhn(card: str) -> bool:
    """Tell whether a card number of digits passes ISO/IEC 7812-1; not all Chinese cards do."""
    return luhn_sum(card) % 10 == 0


def luhn_sum(digits: str) -> int:
    """Return the weighted digit sum, the last digit counting once."""
    doubled = "".join(
        digit if place % 2 == 0 else str(2 * int(digit))
        for place, digit in enumerate(reversed(digits))
    )
    return sum(map(int, doubled))


def _find_birth_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
