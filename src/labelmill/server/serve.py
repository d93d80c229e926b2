"""uvicorn's server, which ends streams of events when it stops: it waits for what is under way, and they never end."""

import socket

import uvicorn
from fastapi import FastAPI

from labelmill.server import events


class Server(uvicorn.Server):
    """As uvicorn's; its config holds an application of `make_app`."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, end the streams, wait for the requests that are under way."""
        if isinstance(self.config.app, FastAPI):
            events.close(self.config.app)
        await super().shutdown(sockets)
