"""A publisher that fails on demand, and somebody else's site.

Two small servers on loopback, without Django.

The widget's tests set what the publisher has and how it behaves; every request is written down.
"""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "wagtail_cpsnews/embed/dist/cps-news.min.js"

#: A host that allows what the documentation asks for and nothing else.
STRICT = (
    "default-src 'none'; script-src {p}; connect-src {p}; img-src {p}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


#: What the publisher calls its taxonomies.
LABELS = {
    "en": {"area": "area", "crime_type": "crime type", "crown_court": "Crown Court centre"},
    "cy": {"area": "ardal", "crime_type": "math o drosedd", "crown_court": "canolfan Llys y Goron"},
}
#: And languages.
NAMES = {"en": {"en": "English", "cy": "Welsh"}, "cy": {"en": "Saesneg", "cy": "Cymraeg"}}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A browser that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner = None

    def do_GET(self):
        self.owner.answer(self)

    do_OPTIONS = do_HEAD = do_GET

    def send(self, status, body, headers):
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0" if status == 304 else str(len(data)))
        self.end_headers()
        if status != 304 and self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *args):
        pass


class Loopback:
    """A server on a port of its own until ``stop()``."""

    def __init__(self):
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


class Publisher(Loopback):
    """A newsroom below ``/newsroom/`` with the stories in ``stories``."""

    def __init__(self):
        self.stories = []
        self.requests = []  # (method, path with query, headers), lists only
        self._came = threading.Condition()
        self.scripts = 0
        self.script = SCRIPT.read_bytes()
        self.status, self.headers = 200, {}
        self.raw = None  # what it answers instead of a list
        self.cut = False  # the connection ends in the middle of the answer
        self.gate = threading.Event()  # answers wait for it
        self.gate.set()
        self.script_gate = threading.Event()
        self.script_gate.set()
        super().__init__()
        self.mount = f"{self.url}newsroom/"

    def stop(self):
        self.gate.set()
        self.script_gate.set()
        super().stop()

    @property
    def asked(self):
        """The paths of the lists that were asked for, preflights too."""
        return [path for _, path, _ in self.requests]

    def wait_for(self, number):
        """Wait until so many lists have been asked for; fail when there are more."""
        with self._came:
            self._came.wait_for(lambda: len(self.requests) >= number, 30)
        assert len(self.requests) == number

    def answer(self, handler):
        path = urlsplit(handler.path)
        if path.path.endswith(".js"):
            self.scripts += 1
            self.script_gate.wait(20)
            handler.send(200, self.script, {"Content-Type": "text/javascript", **OPEN})
        elif path.path.endswith(".png"):
            handler.send(404, "", OPEN)
        elif path.path == "/newsroom/api/v1/items/":
            self._list(handler, parse_qs(path.query))
        else:
            handler.send(404, "", OPEN)

    def _list(self, handler, query):
        with self._came:
            self.requests.append((handler.command, handler.path, dict(handler.headers)))
            self._came.notify_all()
        self.gate.wait(20)
        if self.status != 200:
            errors = json.dumps({"errors": [{"message": f"Fault {self.status}"}]})
            handler.send(self.status, errors, {**OPEN, **self.headers, "Cache-Control": "no-store"})
            return
        if self.raw is not None:
            handler.send(200, self.raw, OPEN)
            return
        answer = self._answer(query)
        if not answer["results"] and answer.get("query", {}).get("page", 1) > 1:
            handler.send(404, json.dumps({"errors": []}), OPEN)
            return
        body = json.dumps(answer, ensure_ascii=False)
        tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
        headers = {
            **OPEN,
            "ETag": tag,
            "Cache-Control": "public, max-age=60",
            "Content-Type": "application/json",
        }
        if self.cut:
            handler.send_response(200)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(body.encode())))
            handler.end_headers()
            handler.wfile.write(body.encode()[: len(body) // 2])
            handler.close_connection = True
        else:
            same = handler.headers.get("If-None-Match") == tag
            handler.send(304 if same else 200, body, headers)

    def _answer(self, query):
        one = {name: values[0] for name, values in query.items()}
        lang, size, page = one.get("lang", "en"), int(one.get("page_size", 10)), int(one.get("page", 1))
        found = [story for story in self.stories if self._fits(story, query)]
        first = (page - 1) * size
        fields = one["fields"].split(",")
        shown = [
            {"language_display": NAMES[lang if lang in NAMES else "en"].get(story["language"])} | story
            for story in found[first : first + size]
        ]
        shown = [{name: value for name, value in story.items() if name in fields} for story in shown]
        court = {"slug": "leeds", "label": "Leeds", "count": 1, "selected": False}
        facets = {"area": [], "crime_type": [], "crown_court": [court]} if one.get("facets") == "all" else {}
        for slug, label in (("wessex", "Wessex"), ("kent", "Kent")) if facets else ():
            count = sum(slug in _slugs(story) for story in self.stories)
            selected = slug in query.get("area", [])
            facets["area"].append({"slug": slug, "label": label, "count": count, "selected": selected})
        return {
            "count": len(found),
            "next": f"{self.mount}?page={page + 1}" if first + size < len(found) else None,
            "previous": f"{self.mount}?page={page - 1}" if page > 1 else None,
            "results": shown,
            "summary": f"Showing {len(shown)} of {len(found)}" if found else "No results",
            "facets": facets,
            "facet_labels": {name: LABELS[lang][name] for name in facets if lang in LABELS},
            "query": {"lang": lang, "page": page, "page_size": size, "q": one.get("q", "")},
        }

    @staticmethod
    def _fits(story, query):
        words, areas = query.get("q", [""])[0].lower(), query.get("area", [])
        return words in story["title"].lower() and (not areas or set(areas) & set(_slugs(story)))


OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
}


def _slugs(story):
    return [area["slug"] for area in story["areas"]]


def story(number, **fields):
    """A story as the API gives it."""
    return {
        "id": str(number),
        "title": f"Story {number}",
        "summary": f"What happened in case {number}.",
        "url": f"http://127.0.0.1:9/news/{number}/",
        "published": "2026-03-14T10:00:00+00:00",
        "published_display": "14 March 2026",
        "language": "en",
        "kind": {"slug": "news", "label": "News"},
        "crime_types": [{"slug": "fraud", "label": "Fraud"}],
        "areas": [{"slug": "wessex", "label": "Wessex"}],
        **fields,
    }


def update(kind="correction", label="Correction", text="The number is four.", **fields):
    """What the API says of a story's newest update, or of an outcome."""
    return {
        "kind": kind,
        "label": label,
        "date": "2026-03-16T10:00:00+00:00",
        "date_display": "16 March 2026",
        "text": text,
        **fields,
    }


class Site(Loopback):
    """Somebody else's site: pages by path, with a Content-Security-Policy."""

    def __init__(self):
        self.pages = {}
        self.policy = ""
        self.headers = {}
        super().__init__()

    def answer(self, handler):
        kind = "text/javascript" if handler.path.endswith(".js") else "text/html"
        headers = {"Content-Type": f"{kind}; charset=utf-8", **self.headers}
        if self.policy:
            headers["Content-Security-Policy"] = self.policy
        page = "-" if handler.path == "/favicon.ico" else self.pages.get(handler.path)
        handler.send(404 if page is None else 200, page or "", headers)


@pytest.fixture
def publisher():
    server = Publisher()
    server.stories = [story(number) for number in range(1, 13)]
    yield server
    server.stop()


@pytest.fixture
def another_publisher():
    server = Publisher()
    server.stories = [story(number, title=f"Other {number}") for number in range(1, 3)]
    yield server
    server.stop()


@pytest.fixture
def site():
    server = Site()
    yield server
    server.stop()


@pytest.fixture
def show(publisher, site, tab):
    """A function that puts a widget on the site and opens the page.

    ``show('area="wessex"')``; returns the tab.
    """

    def open_page(
        attributes="", *, inner=None, lang="en", head="", before="", after="", state="ready", src=None
    ):
        link = '<p><a href="/list/">All the news</a></p>' if inner is None else inner
        source = publisher.mount if src is None else src
        site.policy = site.policy or STRICT.format(p=publisher.url.rstrip("/"))
        site.pages["/"] = (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Host</title>'
            f"{head}"
            f'<script type="module" async src="{publisher.mount}embed/v1.js"></script></head>'
            f'<body><main><h1>Host</h1>{before}<cps-news src="{source}" {attributes}>{link}</cps-news>{after}</main></body></html>'
        )
        tab.goto(site.url, wait_until="domcontentloaded")
        if state:
            tab.wait_for_function("state => document.querySelector('cps-news').state === state", arg=state)
        return tab

    return open_page


def texts(tab, selector="li a", element="cps-news"):
    """The texts of what is visible in the widget."""
    return tab.eval_on_selector(
        element,
        "(e, s) => [...e.shadowRoot.querySelectorAll(s)].filter(n => n.checkVisibility()).map(n => n.textContent)",
        selector,
    )


def focused(tab):
    """The text of what has the focus inside the widget."""
    return tab.evaluate("document.querySelector('cps-news').shadowRoot.activeElement?.textContent")


def until(tab, expression):
    """Wait until an expression about the widget's shadow root holds.

    ``until(tab, "activeElement != null")``
    """
    tab.wait_for_function(f"() => document.querySelector('cps-news').shadowRoot.{expression}")
