"""How soon a task's run comes."""

from enum import StrEnum


class Priority(StrEnum):
    """From the last to the first: among the tasks that wait for a worker, the highest goes first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def number(self) -> int:
        """As it is stored: the higher the sooner."""
        return list(Priority).index(self)

    @staticmethod
    def of(number: int) -> "Priority":
        """The inverse of `number`."""
        return list(Priority)[number]
