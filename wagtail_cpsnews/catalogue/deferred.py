"""Deferred blocks: rendered per request, never stored in the catalogue.

The catalogue stores a story's text as it was when the story was last projected. What a text says of *something else*
(a related story, a list, a press contact) would outlive it there. So such a block leaves a placeholder: the catalogue
stores its place, its kind and the keys to fill it with; ``fill()`` fills it for each reader.

A kind of placeholder is a ``DeferredBlock`` that is registered by name::

    @deferred.register("related_stories")
    class RelatedStories(DeferredBlock):
        template = "wagtail_cpsnews/blocks/related_stories.html"

        def find(self, data, reader):
            return ...

While a story is projected, its blocks write markers with a random text that nobody knows beforehand, so nothing that
an editor types can be taken for one. What is stored has no markers any more, only places.
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

from .dependencies import depend_on_others
from .exceptions import NotBuilt
from .lookups import Reference
from .references import Resolver
from .state import Snapshot

logger = logging.getLogger("wagtail_cpsnews")

#: The path to the text or value, the place in the text (``None``: all of it), the kind, and the keys to fill it with.
Placeholder = list[Any]

#: Where ``content`` and ``facts`` hold their placeholders; in rows that an earlier version wrote, under the second name.
PLACEHOLDERS, _OLD_PLACEHOLDERS = "placeholders", "late"


@dataclass(frozen=True)
class Reader:
    """The audience a story is rendered for: language, sites, request, time.

    language: of stories; lang: of labels and dates; sites: ids of the sites whose stories count, ``None`` for all.
    base: the root address of their site, where the answer is read elsewhere. when: the time at which they read; now without it.
    """

    reference: Reference
    language: str
    lang: str
    sites: tuple[int, ...] | None
    request: Any = None
    base: str = ""
    when: datetime.datetime | None = None
    #: The catalogue that lists inside the story are made from: what the process knows at that time without it.
    snapshot: Snapshot | None = field(default=None, repr=False, compare=False)
    #: Shared by the readers of one answer, so that what its stories point to is read together.
    shared: Resolver | None = None
    #: What blocks have read together.
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
        """Return what a block finds.

        Looked up once, though both its HTML and its value are wanted.
        """
        key = json.dumps([kind, data], sort_keys=True, default=str)
        if key not in self._found:
            block = _blocks[kind]
            if not block.is_own:
                depend_on_others()
            with translation.override(self.language if block.is_own else self.lang):
                self._found[key] = block.find(data, self)
        return self._found[key]


class DeferredBlock:
    """One kind of deferred block.

    ``data`` is what its block stores: keys and words of this story, as JSON.
    """

    #: Renders ``found``, ``data`` and ``reader``.
    template = ""

    #: Whether it is the story's own words, which are searched for, and in the story's language.
    is_own = False

    def prepare(self, datas: list[Any], reader: Reader) -> None:
        """Override this to read together what all blocks of this kind in a story need."""

    def find(self, data: Any, reader: Reader) -> Any:
        """Override this to look up what readers get now.

        ``None`` when there is nothing to show.
        """
        raise NotImplementedError(f"{type(self).__name__} needs a find() method")

    def as_json(self, found: Any, data: Any, reader: Reader) -> Any:
        """Override this to return the block's value in the API."""
        return found

    def as_html(self, found: Any, data: Any, reader: Reader) -> str:
        """Return the block's HTML, for the page and for ``body_html``."""
        return render_to_string(
            self.template, {"found": found, "data": data, "reader": reader}, reader.request
        )


_blocks: dict[str, DeferredBlock] = {}


def register(kind: str) -> Callable[[type[DeferredBlock]], type[DeferredBlock]]:
    """Register the decorated class for placeholders of this kind.

    A later one replaces an earlier.
    """

    def decorate(block: type[DeferredBlock]) -> type[DeferredBlock]:
        _blocks[kind] = block()
        return block

    return decorate


def html(kind: str, data: Any, reader: Callable[[], Reader]) -> SafeString:
    """Return a block's HTML for a reader; only a marker while a story is projected."""
    collector = _collector.get()
    if collector is not None:
        return SafeString(collector.marker("h", kind, data))
    return SafeString(_filled(kind, data, _reader.get() or reader(), as_html=True) or "")


def value(kind: str, data: Any, reader: Callable[[], Reader]) -> Any:
    """Return a block's value in the API; only a marker while a story is projected."""
    collector = _collector.get()
    if collector is not None:
        return collector.marker("v", kind, data)
    return _filled(kind, data, _reader.get() or reader(), as_html=False)


def placeholders_in(content: dict[str, Any]) -> list[Placeholder]:
    """Return the placeholders of an entry's ``content`` or ``facts``."""
    return list(content.get(PLACEHOLDERS) or content.get(_OLD_PLACEHOLDERS) or ())


def fill(content: dict[str, Any], reader: Reader, *, only_own: bool = False) -> dict[str, Any]:
    """Return an entry's ``content`` or ``facts`` without its placeholders.

    They are as a reader gets them now.

    A block that has nothing to show is left out. only_own: lists and other stories are left out, too.
    """
    placeholders = [
        placeholder for placeholder in placeholders_in(content) if not only_own or is_own(placeholder[2])
    ]
    filled = {name: value for name, value in content.items() if name not in (PLACEHOLDERS, _OLD_PLACEHOLDERS)}
    if not placeholders:
        return filled
    filled = copy.deepcopy(filled)
    token = _reader.set(reader)
    try:
        _prepare(placeholders, reader)
        _fill(filled, placeholders, reader)
    finally:
        _reader.reset(token)
    return filled


def is_own(kind: str) -> bool:
    """Return whether blocks of a kind are the story's own words."""
    return kind in _blocks and _blocks[kind].is_own


def _prepare(placeholders: list[Placeholder], reader: Reader) -> None:
    by_kind: dict[str, list[Any]] = {}
    for _path, _place, kind, data in placeholders:
        by_kind.setdefault(kind, []).append(data)
    for kind, datas in by_kind.items():
        if kind in _blocks:
            _blocks[kind].prepare(datas, reader)


def _fill(filled: dict[str, Any], placeholders: list[Placeholder], reader: Reader) -> None:
    empty: list[list[Any]] = []
    # From the end, so that places before a placeholder stay where they are.
    for path, place, kind, data in sorted(
        placeholders, key=lambda placeholder: -1 if placeholder[1] is None else placeholder[1], reverse=True
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
    """Return ``None`` if the block can't be rendered.

    The rest of the story still is.
    """
    block = _blocks.get(kind)
    if block is None:
        logger.warning("No deferred block is registered as %r; such blocks are left out.", kind)
        return None
    try:
        found = reader.find(kind, data)
        if found is None:
            return None
        with translation.override(reader.language if block.is_own else reader.lang):
            return block.as_html(found, data, reader) if as_html else block.as_json(found, data, reader)
    except NotBuilt:
        return None
    except DatabaseError:
        raise
    except Exception:  # a file that is gone, a template of the host's
        if not block.is_own:
            raise
        logger.exception("A deferred block cannot be shown: %s", kind)
        return None


# -- while a story is read for the catalogue -------------------------------------------------------------------


class Collector:
    """Hands out markers, and replaces them.

    What was made with markers becomes texts and placeholders.
    """

    def __init__(self) -> None:
        self._start = f"deferred-{secrets.token_hex(16)}-"
        self._blocks: list[tuple[str, Any]] = []

    @cached_property
    def _marker(self) -> re.Pattern[str]:
        return re.compile(rf"{self._start}([hv])([0-9]+)-")

    def marker(self, form: str, kind: str, data: Any) -> str:
        """Return a text in place of a block.

        form: "h" inside HTML, "v" for a whole value.
        """
        self._blocks.append((kind, data))
        return f"{self._start}{form}{len(self._blocks) - 1}-"

    def take_out(self, value: Any, path: Sequence[str | int]) -> tuple[Any, list[Placeholder]]:
        """Return plain data without markers, and the placeholders for them."""
        placeholders: list[Placeholder] = []
        if isinstance(value, dict):
            made: dict[str, Any] = {}
            for name, inner in value.items():
                made[name], more = self.take_out(inner, [*path, name])
                placeholders += more
            return made, placeholders
        if isinstance(value, list):
            items = []
            for index, inner in enumerate(value):
                item, more = self.take_out(inner, [*path, index])
                items.append(item)
                placeholders += more
            return items, placeholders
        if isinstance(value, str) and self._start in value:
            return self._from_text(value, path)
        return value, placeholders

    def _from_text(self, text: str, path: Sequence[str | int]) -> tuple[Any, list[Placeholder]]:
        whole = self._marker.fullmatch(text)
        if whole and whole[1] == "v":
            return None, [[list(path), None, *self._blocks[int(whole[2])]]]
        kept, placeholders, end = "", [], 0
        for match in self._marker.finditer(text):
            kept, end = kept + text[end : match.start()], match.end()
            placeholders.append([list(path), len(kept), *self._blocks[int(match[2])]])
        return kept + text[end:], placeholders

    def without(self, value: Any) -> Any:
        """Return plain data without markers.

        For what holds no blocks: titles, facts that lists show.
        """
        return self.take_out(value, [])[0]


_collector: ContextVar[Collector | None] = ContextVar("cpsnews_deferred", default=None)

#: For whom a story that was kept is being rendered: blocks inside its blocks have no page to ask.
_reader: ContextVar[Reader | None] = ContextVar("cpsnews_reader", default=None)


@contextmanager
def collecting() -> Iterator[Collector]:
    """Let deferred blocks write markers while it lasts."""
    collector = Collector()
    token = _collector.set(collector)
    try:
        yield collector
    finally:
        _collector.reset(token)
