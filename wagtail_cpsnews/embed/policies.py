"""Content-Security-Policies of embedding sites: what a list needs in them.

A policy is read as browsers read it (https://www.w3.org/TR/CSP3/), from a header, a server's configuration or a page.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

#: The longest text that is read; servers refuse headers far below it.
MAX_LENGTH = 20_000

#: How many remarks are made about how a policy is written.
MAX_REMARKS = 8

#: How many policies are answered; browsers obey all that a page has, and few pages have two.
MAX_POLICIES = 8

#: The directives that may decide, the nearest first (CSP3, 6.8.3 "get the effective directive").
FALLBACKS = {
    "script-src": ("script-src-elem", "script-src", "default-src"),
    "connect-src": ("connect-src", "default-src"),
    "img-src": ("img-src", "default-src"),
    "frame-src": ("frame-src", "child-src", "default-src"),
}

_DIRECTIVES = frozenset(
    [
        "base-uri",
        "block-all-mixed-content",
        "child-src",
        "connect-src",
        "default-src",
        "fenced-frame-src",
        "font-src",
        "form-action",
        "frame-ancestors",
        "frame-src",
        "img-src",
        "manifest-src",
        "media-src",
        "navigate-to",
        "object-src",
        "plugin-types",
        "prefetch-src",
        "referrer",
        "report-to",
        "report-uri",
        "require-sri-for",
        "require-trusted-types-for",
        "sandbox",
        "script-src",
        "script-src-attr",
        "script-src-elem",
        "style-src",
        "style-src-attr",
        "style-src-elem",
        "trusted-types",
        "upgrade-insecure-requests",
        "webrtc",
        "worker-src",
    ]
)

_KEYWORDS = frozenset(
    [
        "self",
        "none",
        "unsafe-inline",
        "unsafe-eval",
        "strict-dynamic",
        "unsafe-hashes",
        "wasm-unsafe-eval",
        "report-sample",
    ]
)

_SCHEMES = frozenset(["http", "https", "ws", "wss", "data", "blob", "filesystem", "mediastream", "about"])

_HEADER = re.compile(r"""content-security-policy(-report-only)?["']?\s*[:=,]?\s*(?:value\s*=\s*)?""", re.I)
_META = re.compile(r"""\bcontent\s*=\s*("[^"]*"|'[^']*')""", re.I)
_NEXT_HEADER = re.compile(r"^[ \t]*([A-Za-z][A-Za-z0-9-]*):\s", re.M)
_HOST = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?P<host>\*|(?:\*\.)?[a-z0-9_.-]+|\[[0-9a-f:]+\])(?::(?P<port>\d+|\*))?(?P<path>/.*)?",
    re.I,
)
_PORTS = {"http": 80, "https": 443}
#: Curly quotes, which word processors put in the place of straight ones.
_CURLY = str.maketrans("‘’‚‛“”„", "'''''''")


@dataclass(frozen=True)
class Policy:
    """One policy: its directives with their sources, in their order.

    only_reports: the browser blocks nothing for it.
    """

    directives: Mapping[str, tuple[str, ...]]
    only_reports: bool = False

    def __str__(self) -> str:
        return "; ".join(" ".join((name, *values)) for name, values in self.directives.items())


@dataclass(frozen=True)
class Pasted:
    """What was pasted: the policies in it, and remarks about how they are written."""

    policies: tuple[Policy, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Need:
    """An address that a page around a list must be allowed to load.

    hash: the ``integrity`` of the script at a fixed address, which ``'strict-dynamic'`` asks for.
    """

    directive: str
    url: str
    hash: str = ""

    @property
    def source(self) -> str:
        """The source to add."""
        return origin_of(self.url)


@dataclass(frozen=True)
class Addition:
    """Sources that a directive lacks; ``text`` is the whole directive with them."""

    directive: str
    sources: tuple[str, ...]
    text: str
    is_new: bool


@dataclass(frozen=True)
class Advice:
    """What one policy needs: additions, notes, and the policy with them."""

    policy: str
    additions: tuple[Addition, ...] = ()
    notes: tuple[str, ...] = ()


def origin_of(url: str) -> str:
    """Return ``https://host:port`` of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


# -- reading ----------------------------------------------------------------------------------------------------------


def read_policies(text: str) -> Pasted:
    """Return the policies in a text, with remarks in the active language.

    The text may be a policy alone, headers as a browser shows them, a ``<meta>`` element, or a line of a server's
    configuration. There is no policy in the answer if none can be found.
    """
    if len(text) > MAX_LENGTH:
        return Pasted(remarks=(_("The text is too long. Paste only the policy."),))
    text = html.unescape(text).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    policies: list[Policy] = []
    remarks: dict[str, None] = {}
    for value, only_reports in _values(text):
        for one in value.split(","):  # a header's list: every policy in it holds
            directives = _read_directives(one, remarks)
            if directives:
                policies.append(Policy(directives, only_reports))
    if not any(set(policy.directives) & _DIRECTIVES for policy in policies):
        message = _(
            "This is not a Content-Security-Policy. A policy has directives such as “script-src” and “default-src”, "
            "separated by semicolons. Copy it from the response headers of your page, which the Network panel of your "
            "browser’s developer tools shows."
        )
        return Pasted(remarks=(message,))
    if len(policies) > MAX_POLICIES:
        message = _("There are more than %(count)d policies in this text. Paste those of one page.")
        return Pasted(remarks=(message % {"count": MAX_POLICIES},))
    return Pasted(tuple(policies), tuple(remarks)[:MAX_REMARKS])


def _values(text: str) -> Iterable[tuple[str, bool]]:
    """Yield the value of every policy header, and whether it only reports."""
    names = list(_HEADER.finditer(text))
    if not names:
        yield _unquoted(text), False
        return
    for name, following in zip(names, [*names[1:], None], strict=True):
        rest = text[name.end() : following.start() if following else len(text)]
        meta = _META.search(rest)
        if (
            text[max(0, name.start() - 40) : name.start()].lower().rstrip(" \"'").endswith("http-equiv=")
            and meta
        ):
            rest = meta[1]
        yield _unquoted(rest), bool(name[1])


def _unquoted(value: str) -> str:
    """Return a header's value without quotes and configuration around it."""
    value = value.strip()
    quote = value[:1]
    if quote == '"' or (quote == "'" and re.match(r"'[a-z-]+[\s;]", value, re.I)):
        end = value.find(quote, 1) if quote == '"' else value.rfind(quote)
        return value[1 : end if end > 0 else None]
    for header in _NEXT_HEADER.finditer(value):
        if header.start() and header[1].lower() not in _SCHEMES | _DIRECTIVES:
            return value[: header.start()]
    return value


def _read_directives(text: str, remarks: dict[str, None]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for part in text.split(";"):
        name, *values = part.split() or [""]
        name = name.lower()
        if not name:
            continue
        if name.rstrip(":") not in _DIRECTIVES:
            if len(remarks) < MAX_REMARKS:
                remarks[_unknown(name[:60])] = None
        elif name.endswith(":"):
            message = _("Remove the colon after “%(name)s”: browsers ignore a directive with one.")
            remarks[message % {"name": name.rstrip(":")}] = None
        elif name in found:
            message = _("“%(name)s” is there twice: browsers use the first one only.")
            remarks[message % {"name": name}] = None
            continue
        found.setdefault(name, tuple(values))
        if name.endswith("-src") or "-src-" in name:
            remarks.update(dict.fromkeys(_about_sources(name, values)))
    return found


def _unknown(name: str) -> str:
    if similar := _similar(name):
        message = _("We do not know the directive “%(name)s”. Did you mean “%(other)s”?")
        return message % {"name": name, "other": similar}
    return _("We do not know the directive “%(name)s”.") % {"name": name}


@functools.lru_cache(maxsize=100)
def _similar(name: str) -> str:
    """Return a directive with a similar name, or "".

    Looking takes time, and a text may repeat a name a thousand times.
    """
    return "".join(get_close_matches(name, sorted(_DIRECTIVES), 1, 0.75))


def _about_sources(name: str, values: Iterable[str]) -> Iterable[str]:
    for value in values:
        straight = value.translate(_CURLY)
        if straight != value:
            message = _("%(value)s in “%(name)s” has curly quotes: browsers ignore it. Write %(other)s.")
            yield message % {"value": value[:60], "name": name, "other": straight[:60]}
        elif value.lower() in _KEYWORDS:
            message = _(
                "%(value)s in “%(name)s” lacks its quotes: browsers take it for a host. Write %(other)s."
            )
            yield message % {"value": value, "name": name, "other": f"'{value.lower()}'"}


# -- what is allowed --------------------------------------------------------------------------------------------------


def advise(policy: Policy, needs: Iterable[Need]) -> Advice:
    """Return what a policy lacks for these needs.

    Existing sources stay. A directive that is new repeats those of the one that decided until now: it takes its place.
    """
    directives = dict(policy.directives)
    added: dict[str, list[str]] = {}
    notes: dict[str, None] = {}
    for need in needs:
        name, sources = _deciding(directives, need.directive)
        if name is None:
            continue
        source = need.source
        if need.directive == "script-src":
            if "'strict-dynamic'" in map(str.lower, sources):
                source = f"'{need.hash}'"
                message = _(
                    "With 'strict-dynamic', browsers ignore addresses in “%(name)s”. Give our <script> the nonce of "
                    "your page and add nothing, or choose “A fixed version of the script” in the builder and add its "
                    "checksum."
                )
                notes[message % {"name": name}] = None
            if "sandbox" in directives and "allow-scripts" not in directives["sandbox"]:
                notes[_("“sandbox” without “allow-scripts” runs no script: readers see the link.")] = None
        if source in sources or any(_allows(one, need.url) for one in sources):
            continue
        target = name if name not in ("default-src", "child-src") else need.directive
        kept = [one for one in sources if one.lower() != "'none'"]
        directives[target] = tuple(dict.fromkeys((*kept, source)))
        added.setdefault(target, []).append(source)
    additions = tuple(
        Addition(name, tuple(sources), " ".join((name, *directives[name])), name not in policy.directives)
        for name, sources in added.items()
    )
    return Advice(str(replace(policy, directives=directives)), additions, tuple(notes))


def _deciding(directives: Mapping[str, tuple[str, ...]], name: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the directive that decides about a kind of request.

    ``None`` where everything is allowed.
    """
    for one in FALLBACKS[name]:
        if one in directives:
            return one, directives[one]
    return None, ()


def _allows(source: str, url: str) -> bool:
    """Return whether a source matches an address (CSP3, 6.7.2.8)."""
    parts = urlsplit(url)
    if source == "*":
        return True
    if source.lower() in ("http:", "https:"):
        return parts.scheme == "https" or source.lower() == "http:"
    found = _HOST.fullmatch(source)
    if found is None or source.startswith("'"):
        return False
    scheme, host = (found["scheme"] or "").lower(), found["host"].lower()
    if scheme and scheme != parts.scheme and (scheme, parts.scheme) != ("http", "https"):
        return False
    name = (parts.hostname or "").lower()
    if host != "*" and not (name.endswith(host[1:]) if host.startswith("*.") else host.strip("[]") == name):
        return False
    port = parts.port or _PORTS.get(parts.scheme)
    if found["port"] not in (None, "*"):
        return int(found["port"]) == port or (int(found["port"]), port) == (80, 443)
    if found["port"] is None and port not in (80, 443):
        return False
    return _has_path(found["path"] or "/", parts.path or "/")


def _has_path(allowed: str, path: str) -> bool:
    return path.startswith(allowed) if allowed.endswith("/") else path == allowed
