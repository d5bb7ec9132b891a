"""CORS: public answers can be read from every origin, without credentials."""

from __future__ import annotations

from django.http import HttpResponse

METHODS = "GET, HEAD, OPTIONS"

#: How long a browser may remember what it may send, in seconds.
PREFLIGHT_AGE = 86400


def allow_all_origins(response: HttpResponse, *, expose: str = "") -> None:
    """Let scripts and pages of every origin read a response.

    Args:
        expose: The headers that scripts may read besides the usual ones.
    """
    response["Access-Control-Allow-Origin"] = "*"
    if expose:
        response["Access-Control-Expose-Headers"] = expose
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"


def answer_preflight(response: HttpResponse, *, headers: str = "If-None-Match") -> None:
    """Make ``response``, a 204, the answer to a preflight request.

    A browser sends it before it reads from another origin.

    Args:
        headers: The request headers that a script may set; "*" for all.
    """
    response["Allow"] = response["Access-Control-Allow-Methods"] = METHODS
    response["Access-Control-Allow-Headers"] = headers
    response["Access-Control-Max-Age"] = str(PREFLIGHT_AGE)
