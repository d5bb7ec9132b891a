"""Removal of metadata from AVIF and HEIF files (ISO/IEC 14496-12 and 23008-12).

All offsets in such a file count from its beginning, so nothing is cut out: metadata is overwritten with zeros in
its place, and what announces it is renamed to a type that decoders pass over.
"""

from __future__ import annotations

from collections.abc import Iterator

#: Items that are no pictures.
_METADATA_ITEMS = {b"Exif", b"mime", b"uri "}
#: Boxes whose content is overwritten, wherever they are found.
_EMPTIED = {b"uuid", b"udta", b"free", b"skip", b"xml ", b"bxml"}
_ENTERED = {b"moov", b"trak", b"mdia", b"minf"}


def strip_boxes(data: bytes) -> bytes:
    """Return an AVIF or HEIF file whose metadata is zeros."""
    buffer = bytearray(data)
    for kind, start, end in _boxes(buffer, 0, len(buffer)):
        if kind == b"meta":
            _strip_meta(buffer, start, end)
        else:
            _strip_box(buffer, kind, start, end)
    return bytes(buffer)


def _boxes(buffer: bytearray, place: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield (type, start of content, end) of each box between two places."""
    while place + 8 <= end:
        size, header = int.from_bytes(buffer[place : place + 4], "big"), 8
        kind = bytes(buffer[place + 4 : place + 8])
        if size == 1:
            size, header = int.from_bytes(buffer[place + 8 : place + 16], "big"), 16
        elif size == 0:
            size = end - place
        if size < header or place + size > end:
            raise ValueError("a box with a wrong size")
        yield kind, place + header, place + size
        place += size


def _strip_box(buffer: bytearray, kind: bytes, start: int, end: int) -> None:
    if kind in _EMPTIED or kind == b"meta":  # a "meta" inside a film's track describes, it shows nothing
        buffer[start:end] = bytes(end - start)
        header = (
            16
            if buffer[start - 16 : start - 12] == b"\0\0\0\1" and kind == buffer[start - 12 : start - 8]
            else 8
        )
        place = start - header + 4
        buffer[place : place + 4] = b"free"
    elif kind in _ENTERED:
        for inner, inner_start, inner_end in _boxes(buffer, start, end):
            _strip_box(buffer, inner, inner_start, inner_end)


def _strip_meta(buffer: bytearray, start: int, end: int) -> None:
    """Empty the items of the file's own "meta" box that are no pictures."""
    boxes = {kind: (first, last) for kind, first, last in _boxes(buffer, start + 4, end)}
    for kind, (first, last) in boxes.items():
        if kind in _EMPTIED:
            _strip_box(buffer, kind, first, last)
    if b"iinf" not in boxes:
        return
    items = _rename_items(buffer, *boxes[b"iinf"])
    if items and b"iloc" in boxes:
        for place, length in _extents(buffer, *boxes[b"iloc"], items, boxes.get(b"idat", (0, 0))):
            if place + length > len(buffer):
                raise ValueError("an item beyond the end of the file")
            buffer[place : place + length] = bytes(length)


def _rename_items(buffer: bytearray, start: int, end: int) -> set[int]:
    """Rename the entries of items that are no pictures; return the items' numbers."""
    found = set()
    width = 2 if buffer[start] == 0 else 4
    for kind, first, last in _boxes(buffer, start + 4 + width, end):
        if kind != b"infe" or buffer[first] < 2:
            continue
        size = 2 if buffer[first] == 2 else 4
        place = first + 4 + size + 2
        if bytes(buffer[place : place + 4]) in _METADATA_ITEMS:
            found.add(int.from_bytes(buffer[first + 4 : first + 4 + size], "big"))
            buffer[place : place + 4] = b"free"
            buffer[place + 4 : last] = bytes(last - place - 4)
    return found


def _extents(
    buffer: bytearray, start: int, end: int, items: set[int], idat: tuple[int, int]
) -> Iterator[tuple[int, int]]:
    """Yield place and length of everything that belongs to some items.

    By the item location box.
    """
    version = buffer[start]
    sizes = int.from_bytes(buffer[start + 4 : start + 6], "big")
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version in (1, 2) else 0
    place = start + 6

    def read(width: int) -> int:
        nonlocal place
        place += width
        if place > end:
            raise ValueError("a location box that ends too early")
        return int.from_bytes(buffer[place - width : place], "big")

    id_size = 4 if version == 2 else 2
    for _count in range(read(id_size)):
        item = read(id_size)
        method = read(2) & 15 if version in (1, 2) else 0
        read(2)  # the data reference
        base = read(base_size)
        for _extent in range(read(2)):
            read(index_size)
            offset, length = base + read(offset_size), read(length_size)
            if item in items:
                if method > 1:
                    raise ValueError("metadata that is made of another item")
                yield (idat[0] if method == 1 else 0) + offset, length
