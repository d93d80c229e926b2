"""What a person may do in a project."""

from enum import StrEnum


class Role(StrEnum):
    """From the least to the most; each may do what those before it may.

    A viewer looks; a labeler and a reviewer do the work that is theirs and try models; an admin brings data, makes
    tasks and chooses members; an owner also archives, and chooses admins and owners.
    """

    VIEWER = "viewer"
    LABELER = "labeler"
    REVIEWER = "reviewer"
    ADMIN = "admin"
    OWNER = "owner"

    def includes(self, other: "Role") -> bool:
        """Whether a person of this role may do what one of the other may."""
        order = list(Role)
        return order.index(self) >= order.index(other)
