"""TCP ports of this machine."""

import socket


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Return whether a server could listen on the port now, and be the one who answers there."""
    if _answers(port, host):
        return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _answers(port: int, host: str) -> bool:
    """Return whether somebody answers already: a port forwarded by a firewall rule (Docker) can be bound as well."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared only
    try:
        socket.create_connection((target, port), timeout=1.0).close()
    except OSError:
        return False
    return True


def free_port(preferred: int | None = None, host: str = "127.0.0.1") -> int:
    """Return the preferred port where it is free, else one the system picks."""
    if preferred is not None and is_free(preferred, host):
        return preferred
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
