"""Texts and blocks that point to other objects, as the catalogue keeps them.

They are kept as stored, and rendered per request.

What a block with a document or a link says depends on something else than its story. So its stored value is kept, a
deferred block like a list of stories, and rendered when the story is read; see ``deferred`` and ``references``.
"""

from __future__ import annotations

import datetime
import functools
import json
import logging
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.safestring import SafeString
from wagtail.blocks import Block, StreamValue
from wagtail.fields import StreamField

from ..characters import clean
from ..contacts.models import PressContact
from ..taxonomy.models import Term
from . import deferred
from .dates import iso
from .deferred import DeferredBlock, Reader
from .public_values import PublicRichText, public_value
from .references import Ref, Resolver, refs_in, refs_in_text

logger = logging.getLogger("wagtail_cpsnews")


def plain(value: Any) -> Any:
    """Return only what JSON has: dates as ISO text, lazy strings as text.

    Without characters that are not text.
    """
    text = json.dumps(value, cls=_Encoder, ensure_ascii=False, allow_nan=False)
    return clean(json.loads(text))


class _Encoder(DjangoJSONEncoder):
    """Django's, but for datetimes whose offset has seconds: London's before 1847."""

    def default(self, o: Any) -> Any:
        if isinstance(o, datetime.datetime) and (offset := o.utcoffset()) and offset.seconds % 60:
            return iso(o)
        return super().default(o)


@functools.cache
def _homes() -> dict[int, tuple[str, str]]:
    """Return the (model, field) that a stream block belongs to, by the block."""
    return {
        id(field.stream_block): (model._meta.label_lower, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, StreamField)
    }


def _stream_block(model: str, field: str) -> Any:
    try:
        return apps.get_model(model)._meta.get_field(field).stream_block
    except (LookupError, AttributeError):  # a model or a field of the host's that is gone
        return None


class _Kept(Block):
    """Writes markers in place of a block.

    In a stream that is rendered for the catalogue.
    """

    def __init__(self, block: Any, data: dict[str, Any]) -> None:
        super().__init__()
        self.set_name(block.name)
        self._data = data

    def render(self, value: Any, context: Any = None) -> Any:
        return deferred.html("block", self._data, _no_reader)

    def get_api_representation(self, value: Any, context: Any = None) -> Any:
        return deferred.value("block", self._data, _no_reader)


def _no_reader() -> Reader:
    raise RuntimeError("Only deferred.fill() renders what is stored of a story.")


def kept_stream(stream: StreamValue, resolver: Resolver) -> StreamValue:
    """Return a stream to render for the catalogue.

    Blocks that point to something are kept as they are stored.

    Those of a stream that belongs to no model's field are decided about now.
    """
    home = _homes().get(id(stream.stream_block))
    made = StreamValue(stream.stream_block, [(child.block_type, child.value, child.id) for child in stream])
    for index, child in enumerate(stream):
        if hasattr(child.block, "get_deferred_data"):
            continue
        found = list(child.block.extract_references(child.value))
        refs = refs_in(found)
        if home is not None and (
            refs or any(issubclass(model, PressContact | Term) for model, *_rest in found)
        ):
            raw = {
                "type": child.block_type,
                "value": child.block.get_prep_value(child.value),
                "id": child.id,
            }
            data = {"model": home[0], "field": home[1], "block": raw, "refs": refs}
            made._bound_blocks[index] = StreamValue.StreamChild(
                _Kept(child.block, data), child.value, id=child.id
            )
        else:
            resolver.want(refs)
            made[index] = (child.block_type, public_value(child.value, child.block, resolver), child.id)
    return made


def kept_text(value: Any, resolver: Resolver, *, as_html: bool = True) -> str:
    """Return rich text or database HTML for the catalogue.

    With a placeholder where it points to something.
    """
    source = str(getattr(value, "source", value) or "")
    if refs := refs_in_text(source):
        data = {"source": source, "refs": refs}
        return str((deferred.html if as_html else deferred.value)("rich_text", data, _no_reader))
    return resolver.html(source)


@dataclass(frozen=True)
class _Found:
    block: Any
    value: Any


@deferred.register("block")
class StoredBlock(DeferredBlock):
    """A block of a story as it is stored."""

    is_own = True

    def prepare(self, datas: list[Any], reader: Reader) -> None:
        by_home: dict[tuple[str, str], dict[str, Any]] = {}
        for data in datas:
            reader.resolver.want(data["refs"])
            by_home.setdefault((data["model"], data["field"]), {})[_key(data)] = data["block"]
        for home, raw in by_home.items():
            block = _stream_block(*home)
            known = {key: one for key, one in raw.items() if block and one["type"] in block.child_blocks}
            if known:  # in one stream, so that Wagtail reads the objects that they hold together
                children = block.to_python(list(known.values()))
                reader.prepared.update(zip(known, children, strict=True))

    def find(self, data: Any, reader: Reader) -> _Found | None:
        child = reader.prepared.get(_key(data))
        if child is None:
            return None
        return _Found(child.block, public_value(child.value, child.block, reader.resolver))

    def as_json(self, found: _Found, data: Any, reader: Reader) -> Any:
        return plain(found.block.get_api_representation(found.value))

    def as_html(self, found: _Found, data: Any, reader: Reader) -> str:
        return SafeString(found.block.render(found.value))


def _key(data: Any) -> str:
    return json.dumps([data["model"], data["field"], data["block"]], sort_keys=True)


@deferred.register("rich_text")
class StoredRichText(DeferredBlock):
    """A rich text as it is stored."""

    is_own = True

    def prepare(self, datas: list[Any], reader: Reader) -> None:
        for data in datas:
            reader.resolver.want(data["refs"])

    def find(self, data: Any, reader: Reader) -> PublicRichText:
        return PublicRichText(data["source"], reader.resolver)

    def as_json(self, found: PublicRichText, data: Any, reader: Reader) -> str:
        return found.html()

    def as_html(self, found: PublicRichText, data: Any, reader: Reader) -> str:
        return found.html()


@deferred.register("document_url")
class DocumentUrl(DeferredBlock):
    """The address of a document that a fact names."""

    is_own = True

    def prepare(self, datas: list[Any], reader: Reader) -> None:
        reader.resolver.want(("document", data["pk"]) for data in datas)

    def find(self, data: Any, reader: Reader) -> str | None:
        return reader.resolver.url(("document", data["pk"])) or None


def all_refs(content: dict[str, Any]) -> list[Ref]:
    """Return what the deferred blocks of ``content`` point to."""
    found: list[Ref] = []
    for _path, _place, kind, data in deferred.placeholders_in(content):
        if kind in ("block", "rich_text"):
            found += [(kind_, pk) for kind_, pk in data["refs"]]
        elif kind == "document_url":
            found.append(("document", data["pk"]))
    return found
