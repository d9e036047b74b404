"""Mistakes in a message that only a programmer can make, so they are not refusals to a caller."""


class TemplateError(ValueError):
    """The values do not fit the template, or the text breaks a rule for messages."""
