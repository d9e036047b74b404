"""Mainland mobile numbers as people type them; the one door to `phonenumbers`."""

import re
import unicodedata

import phonenumbers

REGION = "CN"
COUNTRY_CODE = 86
MOBILE = re.compile(r"1[3-9]\d{9}")
"""Shape only: number plans of a library lag behind newly opened prefixes, and virtual operators
(162, 165, 167, 170, 171) have ordinary users."""


class PhoneError(ValueError):
    """The text is not a mainland mobile number. Never carries the text itself."""


def parse_mobile(text: str) -> str:
    """Return the number as E.164 (``+8613812345678``); raise PhoneError for anything else.

    Full-width digits, blanks, dashes and the prefixes 86, 0086 and +86 are understood. Foreign
    numbers are refused: texts to them cost as much as fraud pays.
    """
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text), REGION)
    except phonenumbers.NumberParseException as error:
        raise PhoneError("not a phone number") from error
    is_mobile = MOBILE.fullmatch(str(number.national_number)) is not None
    if number.country_code != COUNTRY_CODE or number.extension or not is_mobile:
        raise PhoneError("not a mainland mobile number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
