"""Labelmill labels whole datasets of images and text and asks people only about what it is not sure of."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labelmill.client import Client

__all__ = ["Client", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """The client, once somebody asks for it: the command and its workers start without it."""
    if name == "Client":
        from labelmill.client import Client

        return Client
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
