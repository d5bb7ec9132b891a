"""Somebody else's site, on a port of its own.

Another origin, with a strict Content-Security-Policy.
"""

import functools
import http.server
import threading
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "partner"


class PartnerHandler(http.server.SimpleHTTPRequestHandler):
    """Serves the partner's files.

    ``PUBLISHER`` in its page becomes the newsroom's address.
    """

    publisher = ""

    def do_GET(self) -> None:
        if self.path.split("?")[0] not in ("/", "/index.html"):
            super().do_GET()
            return
        body = (
            (FOLDER / "index.html").read_text(encoding="utf-8").replace("PUBLISHER", self.publisher).encode()
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header(
            "Content-Security-Policy",
            f"default-src 'none'; style-src 'self'; script-src {self.publisher}; connect-src {self.publisher}; "
            f"img-src {self.publisher}; require-trusted-types-for 'script'; trusted-types 'none'",
        )
        super().end_headers()

    def log_message(self, *args: object) -> None:
        """Quiet: the terminal belongs to the newsroom."""


def serve(port: int, publisher: str) -> http.server.ThreadingHTTPServer:
    """Start the partner's site in a thread and return its server.

    ``publisher``: origin of the newsroom.
    """
    handler = type("Handler", (PartnerHandler,), {"publisher": publisher})
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", port), functools.partial(handler, directory=str(FOLDER))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
