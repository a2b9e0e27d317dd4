"""The worker: gunicorn's for greenlets, which waits for silent and slow senders a short time, and never for too many of them.

Lives here: when a connection stands in the waiting line. May not live here: how long the line is, how slow a body may be.
"""

from __future__ import annotations

import socket
from functools import partial
from typing import Any

from gevent.server import StreamServer
from gunicorn.workers.ggevent import GeventWorker

from survey_app.waiting_line import WaitingLine

#: Connections let in at one look.
ACCEPTED = 16


class PatientWorker(GeventWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Headers have `keepalive` seconds, by gunicorn's own clock; bodies their pace (`body_reading`); all of them one line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = WaitingLine()

    def server_class(self, listener: Any, *, spawn: Any, **_of_other_servers: Any) -> StreamServer:
        """What accepts connections: as gunicorn's own, but for how many it lets in before it looks after the others again.

        gunicorn lets in one, so that workers share; under load, when every look finds dozens of requests of those who are in
        already, whoever comes new then waits for seconds. `ACCEPTED` is few enough to share a hall evenly (docs/performance.md).
        """
        server = StreamServer(listener, handle=partial(self.handle, listener), spawn=spawn)
        server.max_accept = ACCEPTED
        return server

    def handle(self, listener: Any, client: socket.socket, addr: object) -> None:
        """A connection from its first byte to its last: at first, it is waited for."""
        with self.line.waiting(client):
            super().handle(listener, client, addr)

    def handle_request(self, listener_name: object, req: object, sock: socket.socket, addr: object) -> None:
        """Its headers are here: nobody waits for it, except for its body and, afterwards, its next request."""
        self.line.leave(sock)
        try:
            super().handle_request(listener_name, req, sock, addr)
        finally:
            self.line.join(sock)
