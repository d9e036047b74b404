"""What there is to say about one text: its version, how urgent it is, and its other languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from core.enums import Language, Urgency

WORTH_SENDING = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class TemplateText:
    """One text without its signature."""

    version: int
    text: str
    topic: str
    """What it is about, in a word or two."""
    urgency: Urgency = Urgency.NORMAL
    expires_after: timedelta = WORTH_SENDING
    """After this time the message helps nobody any more and is not sent."""
    is_optional: bool = False
    """No law asks for it and nobody loses a right without it, so people may do without."""
    is_confidential: bool = False
    """About a complaint: nobody on the site may learn of it, the labour manager least of all."""
    others: Mapping[Language, str] = field(default_factory=dict)
    """The same in other languages; where there is none, Chinese is sent."""

    def in_language(self, language: Language) -> tuple[Language, str]:
        """Return the text in the language, or in Chinese, and which of them it is."""
        if language in self.others:
            return language, self.others[language]
        return Language.CHINESE, self.text
