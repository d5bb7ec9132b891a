"""Parts of a story that are looked up when somebody reads it, and never kept.

The catalogue keeps a story's text as it was when the story was last looked at. What a text says of *something else*
(a related story, a list, whom to ring) would outlive it there. So a block of that sort leaves a gap: the catalogue
keeps where the gap is, of which kind, and the keys to fill it with; ``fill()`` does it for each reader.

A kind of gap is a ``DeferredBlock`` that is registered by name::

    @late.register("related_stories")
    class RelatedStories(DeferredBlock):
        template = "wagtail_cpsnews/blocks/related_stories.html"

        def find(self, data, reader):
            return ...

While a story is read for the catalogue, its blocks write marks with a random text that nobody knows beforehand, so
nothing that an editor types can be taken for one. What is stored has no marks any more, only places.
"""

from __future__ import annotations

import copy
import datetime
import json
import logging
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import DatabaseError
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from .exceptions import NotBuilt
from .lookups import Reference
from .references import Resolver
from .state import Snapshot

logger = logging.getLogger("wagtail_cpsnews")

#: Where a gap is: the way to the text or value, the place in the text (``None``: all of it), its kind, its keys.
Gap = list[Any]


@dataclass(frozen=True)
class Reader:
    """For whom gaps are filled.

    language: of stories; lang: of labels and dates; sites: ids of the sites whose stories count, ``None`` for all.
    base: the root address of their site, where the answer is read elsewhere. moment: when they read; now without it.
    """

    reference: Reference
    language: str
    lang: str
    sites: tuple[int, ...] | None
    request: Any = None
    base: str = ""
    moment: datetime.datetime | None = None
    #: The catalogue that lists inside the story are made from: what the process knows at that time without it.
    snapshot: Snapshot | None = field(default=None, repr=False, compare=False)
    #: Shared by the readers of one answer, so that what its stories point to is read together.
    shared: Resolver | None = None
    #: What parts have read together.
    prepared: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _found: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def resolver(self) -> Resolver:
        """Decides what the story points to, in the story's language."""
        return (
            self.shared.for_language(self.language)
            if self.shared
            else Resolver(self.reference, self.language)
        )

    def find(self, kind: str, data: Any) -> Any:
        """What a part finds; asked once, though both its HTML and its value are wanted."""
        key = json.dumps([kind, data], sort_keys=True, default=str)
        if key not in self._found:
            part = _parts[kind]
            with translation.override(self.language if part.is_own else self.lang):
                self._found[key] = part.find(data, self)
        return self._found[key]


class DeferredBlock:
    """One kind of part. ``data`` is what its block keeps: keys and words of this story, as JSON."""

    #: Renders ``found``, ``data`` and ``reader``.
    template = ""

    #: Whether it is the story's own words, which are searched for, and in the story's language.
    is_own = False

    def prepare(self, datas: list[Any], reader: Reader) -> None:
        """Override this to read together what all parts of this kind in a story need."""

    def find(self, data: Any, reader: Reader) -> Any:
        """Override this to look up what readers get now; ``None`` when there is nothing to show."""
        raise NotImplementedError(f"{type(self).__name__} needs a find() method")

    def as_json(self, found: Any, data: Any, reader: Reader) -> Any:
        """Override this to return the block's value in the API."""
        return found

    def as_html(self, found: Any, data: Any, reader: Reader) -> str:
        """The block's HTML, for the page and for ``body_html``."""
        return render_to_string(
            self.template, {"found": found, "data": data, "reader": reader}, reader.request
        )


_parts: dict[str, DeferredBlock] = {}


def register(kind: str) -> Callable[[type[DeferredBlock]], type[DeferredBlock]]:
    """Decorator: the class fills gaps of this kind. A later one replaces an earlier."""

    def decorate(part: type[DeferredBlock]) -> type[DeferredBlock]:
        _parts[kind] = part()
        return part

    return decorate


def html(kind: str, data: Any, reader: Callable[[], Reader]) -> SafeString:
    """A part's HTML for a reader; only a mark while a story is read for the catalogue."""
    collector = _collector.get()
    if collector is not None:
        return SafeString(collector.mark("h", kind, data))
    return SafeString(_filled(kind, data, _reader.get() or reader(), as_html=True) or "")


def value(kind: str, data: Any, reader: Callable[[], Reader]) -> Any:
    """A part's value in the API; only a mark while a story is read for the catalogue."""
    collector = _collector.get()
    if collector is not None:
        return collector.mark("v", kind, data)
    return _filled(kind, data, _reader.get() or reader(), as_html=False)


def placeholders_in(content: dict[str, Any]) -> list[Gap]:
    """The gaps of an entry's ``content`` or ``facts``."""
    return list(content.get("late", ()))


def fill(content: dict[str, Any], reader: Reader, *, only_own: bool = False) -> dict[str, Any]:
    """An entry's ``content`` or ``facts`` as a reader gets it now, without what was kept to fill it.

    A block that has nothing to show is left out. only_own: lists and other stories are left out, too.
    """
    gaps = [gap for gap in placeholders_in(content) if not only_own or is_own(gap[2])]
    filled = {name: value for name, value in content.items() if name != "late"}
    if not gaps:
        return filled
    filled = copy.deepcopy(filled)
    token = _reader.set(reader)
    try:
        _prepare(gaps, reader)
        _fill(filled, gaps, reader)
    finally:
        _reader.reset(token)
    return filled


def is_own(kind: str) -> bool:
    """Whether parts of a kind are the story's own words."""
    return kind in _parts and _parts[kind].is_own


def _prepare(gaps: list[Gap], reader: Reader) -> None:
    by_kind: dict[str, list[Any]] = {}
    for _path, _place, kind, data in gaps:
        by_kind.setdefault(kind, []).append(data)
    for kind, datas in by_kind.items():
        if kind in _parts:
            _parts[kind].prepare(datas, reader)


def _fill(filled: dict[str, Any], gaps: list[Gap], reader: Reader) -> None:
    empty: list[list[Any]] = []
    # From the end, so that places before a gap stay where they are.
    for path, place, kind, data in sorted(
        gaps, key=lambda gap: -1 if gap[1] is None else gap[1], reverse=True
    ):
        new = _filled(kind, data, reader, as_html=place is not None)
        *way, last = path
        holder: Any = filled
        for step in way:
            holder = holder[step]
        if place is None:
            holder[last] = new
            if new is None and last == "value" and isinstance(way[-1], int):
                empty.append(way)
        else:
            text = holder[last]
            holder[last] = f"{text[:place]}{new or ''}{text[place:]}"
    for *way, index in sorted(empty, reverse=True):
        blocks: Any = filled
        for step in way:
            blocks = blocks[step]
        del blocks[index]


def _filled(kind: str, data: Any, reader: Reader, *, as_html: bool) -> Any:
    """A part that cannot be found costs itself, not the story."""
    part = _parts.get(kind)
    if part is None:
        logger.warning("Nothing is registered for parts of the kind %r; they are left out.", kind)
        return None
    try:
        found = reader.find(kind, data)
        if found is None:
            return None
        with translation.override(reader.language if part.is_own else reader.lang):
            return part.as_html(found, data, reader) if as_html else part.as_json(found, data, reader)
    except NotBuilt:
        return None
    except DatabaseError:
        raise
    except Exception:  # a file that is gone, a template of the host's
        if not part.is_own:
            raise
        logger.exception("A part of a story cannot be shown: %s", kind)
        return None


# -- while a story is read for the catalogue -------------------------------------------------------------------


class Collector:
    """Gives out marks, and turns what was made with them into texts with gaps."""

    def __init__(self) -> None:
        nonce = secrets.token_hex(16)
        self._start = f"late-{nonce}-"
        self._mark = re.compile(rf"late-{nonce}-([hv])([0-9]+)-")
        self._parts: list[tuple[str, Any]] = []

    def mark(self, form: str, kind: str, data: Any) -> str:
        """A text that stands for a part. form: "h" inside HTML, "v" for a whole value."""
        self._parts.append((kind, data))
        return f"{self._start}{form}{len(self._parts) - 1}-"

    def take_out(self, value: Any, path: Sequence[str | int]) -> tuple[Any, list[Gap]]:
        """Plain data without marks, and the gaps that they leave."""
        gaps: list[Gap] = []
        if isinstance(value, dict):
            made: dict[str, Any] = {}
            for name, inner in value.items():
                made[name], more = self.take_out(inner, [*path, name])
                gaps += more
            return made, gaps
        if isinstance(value, list):
            items = []
            for index, inner in enumerate(value):
                item, more = self.take_out(inner, [*path, index])
                items.append(item)
                gaps += more
            return items, gaps
        if isinstance(value, str) and self._start in value:
            return self._from_text(value, path)
        return value, gaps

    def _from_text(self, text: str, path: Sequence[str | int]) -> tuple[Any, list[Gap]]:
        whole = self._mark.fullmatch(text)
        if whole and whole[1] == "v":
            return None, [[list(path), None, *self._parts[int(whole[2])]]]
        kept, gaps, end = "", [], 0
        for match in self._mark.finditer(text):
            kept, end = kept + text[end : match.start()], match.end()
            gaps.append([list(path), len(kept), *self._parts[int(match[2])]])
        return kept + text[end:], gaps

    def without(self, value: Any) -> Any:
        """Plain data without marks, where a part has no place: in titles, in facts that lists show."""
        return self.take_out(value, [])[0]


_collector: ContextVar[Collector | None] = ContextVar("cpsnews_late", default=None)

#: For whom a story that was kept is being rendered: blocks inside its blocks have no page to ask.
_reader: ContextVar[Reader | None] = ContextVar("cpsnews_reader", default=None)


@contextmanager
def collecting() -> Iterator[Collector]:
    """While it lasts, blocks of late parts write marks."""
    collector = Collector()
    token = _collector.set(collector)
    try:
        yield collector
    finally:
        _collector.reset(token)
