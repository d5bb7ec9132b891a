"""The index in the database, for new processes to start from.

They then read what has changed since.

Written by ``newsroom_clock`` and ``rebuild_catalogue`` where there are so many stories that reading them all takes
seconds. It holds what the index holds: numbers, times, keys and ids of stories that were public when it was written.
Whether the history has gone on from there is found out as for an index in memory.
"""

from __future__ import annotations

import json
import logging
import sys
from array import array
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from pyroaring import BitMap

from ..models import StoredIndex
from .index import Index, Ordinals, Sets

logger = logging.getLogger("wagtail_cpsnews")

#: The shape of what is stored: whatever has another one is not used.
FORMAT = 1

#: Below this number of stories reading them all is as quick.
FEWEST = 20_000

#: Bytes in one row.
PART = 2_000_000

#: The columns of an index, in the order in which they are stored.
_COLUMNS = ("pages", "numbers", "published")


def load(alias: str) -> Index | None:
    """Return the stored index.

    ``None`` where there is none or its shape is another release's.
    """
    parts = StoredIndex.objects.using(alias).order_by("position").values_list("data", flat=True)
    with closing(bytes(part) for part in parts.iterator(chunk_size=1)) as rows:
        try:
            header = _read_header(next(rows, b""))
            return _Reader(rows).index(header) if header else None
        except ValueError:
            logger.exception("The stored index cannot be read; all stories are read instead.")
            return None


def header_of(alias: str) -> Index | None:
    """Return an index without stories that knows the stored one's number.

    It also knows which history the number belongs to.
    """
    data = StoredIndex.objects.using(alias).filter(position=0).values_list("data", flat=True).first()
    header = _read_header(bytes(data)) if data else None
    return _empty(header) if header else None


def save(alias: str, index: Index) -> bool:
    """Store an index in place of the one before.

    Returns whether it was stored, rather than another process's.
    """
    rows = [StoredIndex(position=position, data=data) for position, data in enumerate(_parts(index))]
    try:
        with transaction.atomic(using=alias):
            StoredIndex.objects.using(alias).all()._raw_delete(alias)
            for row in rows:
                row.save(using=alias, force_insert=True)
    except IntegrityError:
        return False
    return True


def _read_header(data: bytes) -> dict[str, Any] | None:
    header: dict[str, Any] | None = json.loads(data) if data else None
    is_ours = header is not None and header["format"] == FORMAT and header["byteorder"] == sys.byteorder
    return header if is_ours else None


def _empty(header: dict[str, Any]) -> Index:
    token = header["token"]
    return Index(UUID(header["epoch"]), header["sequence"], UUID(token) if token else None)


def _parts(index: Index) -> Iterator[bytes]:
    bitmaps = [(name, bitmap.serialize()) for name, bitmap in _named(index.sets)]
    header = {
        "format": FORMAT,
        "byteorder": sys.byteorder,
        "epoch": str(index.epoch),
        "sequence": index.sequence,
        "token": str(index.token) if index.token else None,
        "stories": len(index.pages),
        "bitmaps": [(name, len(data)) for name, data in bitmaps],
        "expiries": index.expiries,
        "groups": [(str(key), versions) for key, versions in index.groups.items()],
    }
    yield json.dumps(header).encode()
    columns = [memoryview(getattr(index, name)).cast("B") for name in _COLUMNS]
    for data in (*columns, index.ids, *(data for _name, data in bitmaps)):
        for start in range(0, len(data), PART):
            yield bytes(data[start : start + PART])


def _named(sets: Sets) -> Iterator[tuple[list[Any], BitMap]]:
    """Yield each bitmap with where it belongs.

    The attribute, and the keys that lead to it.
    """
    yield ["primary"], sets.primary
    yield ["everything"], sets.everything
    for attribute in ("sites", "languages", "versions"):
        for key, bitmap in getattr(sets, attribute).items():
            yield [attribute, key], bitmap
    for taxonomy, by_key in sets.terms.items():
        for key, bitmap in by_key.items():
            yield ["terms", taxonomy, key], bitmap


def _put(sets: Sets, name: list[Any], bitmap: BitMap) -> None:
    attribute, *keys = name
    if not keys:
        setattr(sets, attribute, bitmap)
        return
    by_key = getattr(sets, attribute)
    for key in keys[:-1]:
        by_key = by_key.setdefault(key, {})
    by_key[keys[-1]] = bitmap


class _Reader:
    """Reads stored bytes, row after row.

    Never are all of them in memory beside the index.
    """

    def __init__(self, rows: Iterable[bytes]) -> None:
        self._rows = iter(rows)

    def index(self, header: dict[str, Any]) -> Index:
        """Return the index that the header tells of."""
        made, stories = _empty(header), header["stories"]
        for name in _COLUMNS:
            column = array("q")
            for data in self._bytes(stories * column.itemsize):
                column.frombytes(data)
            setattr(made, name, column)
        for data in self._bytes(stories * 16):
            made.ids += data
        for name, length in header["bitmaps"]:
            _put(made.sets, name, BitMap.deserialize(b"".join(self._bytes(length))))
        made.ordinals = Ordinals(made.pages)
        made.expiries = [(at, page) for at, page in header["expiries"]]
        made.groups = {
            UUID(key): tuple((page, language) for page, language in versions)
            for key, versions in header["groups"]
        }
        return made

    def _bytes(self, length: int) -> Iterator[bytes]:
        """Yield the next rows, which hold ``length`` bytes."""
        while length > 0:
            data = next(self._rows, b"")
            if not data:
                raise ValueError("A part of the stored index is missing.")
            length -= len(data)
            yield data
