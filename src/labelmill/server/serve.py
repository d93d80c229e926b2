"""uvicorn's server, which says when it answers, and ends streams of events when it stops."""

import socket

import uvicorn
from fastapi import FastAPI

from labelmill.server import events


class Server(uvicorn.Server):
    """As uvicorn's. `place` is printed, where there is one, once requests are answered.

    When it stops, requests that are under way get `going_on` seconds (None: as long as they take).
    """

    def __init__(self, app: FastAPI, place: str = "", going_on: int | None = None) -> None:
        config = uvicorn.Config(
            app, lifespan="off", log_level="warning", access_log=False, server_header=False,
            timeout_graceful_shutdown=going_on,
        )  # fmt: skip
        super().__init__(config)
        self._app = app
        self._place = place

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        for one in sockets or ():
            # asyncio does this only for sockets that name TCP as their protocol. Without it an answer's body waits for
            # the client to acknowledge its head, which takes most systems 40 ms
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await super().startup(sockets=sockets)
        if self.started and self._place:
            print(self._place, flush=True)  # noqa: T201 - who started this process reads it

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, end the streams, wait for the requests that are under way."""
        events.close(self._app)
        await super().shutdown(sockets)
