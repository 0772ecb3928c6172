"""`sdp-api`: serve the API, and the web app where it was built, until SIGTERM."""

import errno
import socket
import sys

import uvicorn
from fastapi import FastAPI
from sdp_common.errors import Misconfigured, PlatformError
from sdp_common.logs import configure_logs
from sdp_common.settings import settings

from sdp_api.app import create_app

_BACKLOG = 2048
_GRACE_S = 10


class Server(uvicorn.Server):
    """A server that ends the open event streams before it waits for its connections to close."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: no new connections, streams ended, the rest answered."""
        app = self.config.app
        if isinstance(app, FastAPI) and hasattr(app.state, "hub"):
            app.state.hub.close()
        await super().shutdown(sockets)


def make_server(app: FastAPI) -> Server:
    """Return a server for the application; its sockets are given when it is run."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=30,
    )
    return Server(config)


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens on the address.

    Raises:
        Misconfigured: The port is in use or the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # with the protocol named, asyncio switches Nagle's algorithm off: without, every answer waits 40 ms
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise Misconfigured(
                f"port {port} of {host} is in use by another program: stop it, or set SDP_API_PORT to a free one"
            ) from error
        raise Misconfigured(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    listener.set_inheritable(False)
    return listener


def main() -> None:
    """Serve with the settings of the environment; one clear sentence and exit 1 where that cannot be."""
    try:
        configured = settings()
        configure_logs("backend-api", level=configured.log_level)
        configured.require_database_url()
        app = create_app(configured)
        listener = bind(configured.api_host, configured.api_port)
    except PlatformError as error:
        print(f"sdp-api: {error.message}", file=sys.stderr)  # noqa: T201
        sys.exit(1)
    with listener:
        make_server(app).run(sockets=[listener])


if __name__ == "__main__":
    main()
