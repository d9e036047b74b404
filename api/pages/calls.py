"""Numbers in a text become something a thumb can call."""

import re

from markupsafe import Markup, escape

NUMBER = re.compile(r"(?<![\d-])(?:0\d{2,3}-?\d{7,8}|1[3-9]\d{9}|12333|12348|12345)(?![\d-])")


def link_numbers(text: str) -> Markup:
    """Return the text escaped, with each landline, mobile and hotline number as a call link."""
    return Markup(  # noqa: S704 - escaped piece by piece
        NUMBER.sub(lambda found: f'<a href="tel:{found[0]}">{found[0]}</a>', str(escape(text)))
    )
