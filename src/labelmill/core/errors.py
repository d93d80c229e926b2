"""Every error Labelmill raises on purpose.

The message is the sentence a person reads: what was wrong, where, and what to do.

    LabelmillError
    ├── BadCall           the caller asked for something that cannot be done (exit status 2, HTTP 4xx)
    │   ├── NotFound      what was named does not exist
    │   ├── BadCard       a model card is wrong
    │   ├── Conflict      somebody else changed it first, or it stands in the way
    │   ├── NotSignedIn   nobody is known to ask
    │   ├── NotAllowed    who asks may not
    │   ├── TooLarge      more was sent than is taken
    │   └── TooOften      it was tried too often
    ├── Unreadable        one source or input cannot be read; recorded, never fatal
    ├── ModelFault        a model failed on one input; recorded, never fatal
    ├── ModelUnusable     a model cannot be loaded at all; ends the run, loses nothing
    ├── StoreFault        the database or the disk cannot go on; the work can be resumed
    └── Unreachable       a server does not answer, or not as Labelmill does; what it works on goes on
"""

from typing import Self


class LabelmillError(Exception):
    """Base of all errors that carry a sentence for people."""


class BadCall(LabelmillError):
    """What was asked for cannot be done as asked."""


class NotFound(BadCall):
    """What was named does not exist."""


class BadCard(BadCall):
    """A model card is wrong; the message names the card and the key."""


class Conflict(BadCall):
    """Somebody else changed the same thing in between, or something is there that stands in the way."""


class NotSignedIn(BadCall):
    """It is not known who asks, or what they show is not valid any more."""


class NotAllowed(BadCall):
    """Who asks is known and may not do this."""


class TooLarge(BadCall):
    """More was sent than is taken."""


class TooOften(BadCall):
    """It was tried too often; `seconds` from now it may be tried again."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class Unreadable(LabelmillError):
    """A source or an input cannot be read.

    `kind` is one word for grouping: `empty`, `unsupported`, `damaged`, `truncated`, `too-large`, `vanished`,
    `changed`, `encoding`, `denied`, `unsafe`, `memory`.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        return type(self), (self.kind, str(self))


class ModelFault(LabelmillError):
    """A model failed on an input.

    `kind`: `raised`, `rubbish` (an answer that breaks the contract), `hung`, `crashed`, `memory`, `unsuited`.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        return type(self), (self.kind, str(self))


class ModelUnusable(LabelmillError):
    """A model cannot be loaded; the message says what is missing and what to do."""


class StoreFault(LabelmillError):
    """The database or the disk cannot go on; nothing committed is lost and the work can be resumed."""


class Unreachable(LabelmillError):
    """A server does not answer, or not as a server of Labelmill does; what it works on goes on there."""
