"""Asking an address from outside: servers that behave, and servers that do not."""

import gzip
import hashlib
import socket
import time

import pytest

from tests.publisher import Loopback
from wagtail_cpsnews.desk.proof import fetching
from wagtail_cpsnews.desk.proof.fetching import Answer, ask
from wagtail_cpsnews.usage import recording


class Server(Loopback):
    """Answers each path as a test says, and remembers who asked."""

    def __init__(self):
        self.answers, self.headers = {}, []
        super().__init__()

    def answer(self, handler):
        self.headers.append(dict(handler.headers))
        found = self.answers.get(handler.path, (404, "nothing here", {}))
        if callable(found):
            found(handler)
        else:
            handler.send(*found)


@pytest.fixture
def server():
    started = Server()
    yield started
    started.stop()


@pytest.fixture
def get(server):
    return lambda path: ask(server.url + path.lstrip("/"), {fetching.host_of(server.url)})


def test_an_answer_and_its_hash(server, get):
    server.answers["/a"] = 200, "A story", {}
    answer = get("/a")
    assert (answer.status, answer.body, answer.problem) == (200, b"A story", "")
    assert answer.digest == hashlib.sha256(b"A story").hexdigest()
    assert get("/b").status == 404
    assert get("/b").body == b"nothing here"


def test_it_says_who_asks(server, get):
    """So that the usage ledger leaves it out."""
    server.answers["/a"] = 200, "", {}
    get("/a")
    assert server.headers[0]["User-Agent"].startswith(f"{recording.OWN_AGENT}/")
    assert server.headers[0]["User-Agent"].startswith("wagtail-cpsnews-proof/")
    assert not {"Cookie", "Authorization", "Referer"} & set(server.headers[0])


def test_what_browsers_are_sent_is_unpacked(server, get):
    server.answers["/a"] = 200, gzip.compress(b"A story"), {"Content-Encoding": "gzip"}
    assert get("/a").body == b"A story"
    assert server.headers[0]["Accept-Encoding"] == "gzip"
    server.answers["/a"] = 200, b"no gzip", {"Content-Encoding": "gzip"}
    assert get("/a").problem == "unreachable"


def test_a_redirect_on_the_site_is_followed(server, get):
    server.answers["/a"] = 301, "", {"Location": "/b?x=1"}
    server.answers["/b?x=1"] = 200, "A story", {}
    answer = get("/a")
    assert (answer.status, answer.body, answer.address) == (200, b"A story", f"{server.url}b?x=1")


def test_another_site_is_not_asked(server, get):
    other = Server()
    try:
        other.answers["/b"] = 200, "A story", {}
        server.answers["/a"] = 302, "", {"Location": f"{other.url}b"}
        answer = get("/a")
        assert (answer.status, answer.body, answer.problem) == (302, b"", "elsewhere")
        assert ask(f"{other.url}b", {fetching.host_of(server.url)}).problem == "elsewhere"
        assert other.headers == []
    finally:
        other.stop()


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "ftp://localhost/", "//localhost/", "http://localhost:x/"]
)
def test_addresses_that_are_none_of_the_web(address):
    assert ask(address, {"localhost"}).problem == "elsewhere"


def test_redirects_end(server, get):
    server.answers["/a"] = 302, "", {"Location": "/a"}
    assert (get("/a").status, get("/a").problem) == (302, "status")


def test_nobody_is_there():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert ask(f"http://127.0.0.1:{port}/", {f"127.0.0.1:{port}"}) == Answer(
        address=f"http://127.0.0.1:{port}/", problem="unreachable"
    )


def test_a_server_that_says_nothing(server, get, monkeypatch):
    monkeypatch.setattr(fetching, "SILENCE", 0.2)
    server.answers["/a"] = lambda handler: time.sleep(0.6)
    assert get("/a").problem == "slow"


def test_a_server_that_never_ends(server, get, monkeypatch):
    monkeypatch.setattr(fetching, "LONGEST", 0.3)

    def drip(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(20):
            handler.wfile.write(b".")
            handler.wfile.flush()
            time.sleep(0.05)

    server.answers["/a"] = drip
    assert get("/a").problem == "slow"


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_that_is_too_long(server, get, monkeypatch, packed):
    monkeypatch.setattr(fetching, "LARGEST", 1000)
    body, headers = b"x" * 100_000, {}
    if packed:
        body, headers = gzip.compress(body), {"Content-Encoding": "gzip"}
    server.answers["/a"] = 200, body, headers
    answer = get("/a")
    assert answer.problem == "large"
    assert len(answer.body) == 1000
