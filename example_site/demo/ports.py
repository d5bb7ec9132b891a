"""Whether the ports that the example needs are free.

Asked before anything else is done.
"""

from __future__ import annotations

import contextlib
import socket


def find_problem(port: int) -> str:
    """Return what is wrong with ``port`` and the next one.

    With what to do, or "" if both are free.
    """
    for number, use in ((port, "the newsroom"), (port + 1, "the second site")):
        if reason := _refusal(number):
            return (
                f"Port {number}, which {use} needs, {reason}. "
                f"Choose another one: PORT={_suggest(port)} make demo. Nothing has been set up or changed."
            )
    return ""


def _refusal(port: int) -> str:
    """Return why the port cannot be used, or ""."""
    # A server may listen on one of the addresses of "localhost" only, and browsers try them all.
    for family, kind, protocol, _name, address in socket.getaddrinfo(
        "localhost", port, type=socket.SOCK_STREAM
    ):
        with contextlib.suppress(OSError), socket.socket(family, kind, protocol) as client:
            client.settimeout(1)
            client.connect(address)
            return "is already in use"
    try:
        with socket.socket() as server:
            # As runserver does: a port is free although connections of its last server are still ending.
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(("127.0.0.1", port))
    except PermissionError:
        return "may not be used by your account"
    except OSError:
        return "is already in use"
    return ""


def _suggest(port: int) -> int:
    """Return a port that is free together with the next one.

    ``port`` + 100 if none was found.
    """
    start = max(port, 1024)
    for candidate in range(start + 10, min(start + 1000, 65534), 10):
        if not _refusal(candidate) and not _refusal(candidate + 1):
            return candidate
    return 8080
