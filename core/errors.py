"""The kinds of refusal; packages define the refusals, `api/problems.py` gives kinds a status.

* DomainError
  + NotFoundError         the thing does not exist, or the caller may not know that it does
  + UnauthorizedError     nobody is signed in, or the proof of it is no longer good
  + ForbiddenError        signed in, but not allowed
  + ConflictError         contradicts the current state
  + UnprocessableError    well-formed, but breaks a rule
  + TooLargeError         more than this call accepts
  + ThrottledError        too often; `retry_after` says how many seconds to wait
  + UnavailableError      not possible right now; `retry_after` as above
"""

from typing import ClassVar


class DomainError(Exception):
    """A request that is understood but refused by a business rule.

    `title` is the same for every occurrence; `advice` says what the reader can do now and may
    contain ``{placeholders}`` filled from the keyword arguments, which also travel in the problem.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    title_en: ClassVar[str]
    advice: ClassVar[str]
    advice_en: ClassVar[str]

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(f"{self.code}: {self.advice_en.format_map(facts)}")


class NotFoundError(DomainError):
    """The thing does not exist, or the caller may not know that it does."""


class UnauthorizedError(DomainError):
    """Nobody is signed in, or the proof of it is no longer good."""


class ForbiddenError(DomainError):
    """The caller is known but may not do this."""


class ConflictError(DomainError):
    """The request contradicts the current state."""


class UnprocessableError(DomainError):
    """The request is well-formed but breaks a rule."""


class TooLargeError(DomainError):
    """The request carries more than this call accepts."""


class ThrottledError(DomainError):
    """The caller must wait `retry_after` seconds; the fact is mandatory."""

    def __init__(self, *, retry_after: int, **facts: object) -> None:
        self.retry_after = retry_after
        super().__init__(retry_after=retry_after, **facts)


class UnavailableError(DomainError):
    """The service cannot do this now; try again after `retry_after` seconds."""

    def __init__(self, *, retry_after: int, **facts: object) -> None:
        self.retry_after = retry_after
        super().__init__(retry_after=retry_after, **facts)
