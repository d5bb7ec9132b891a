"""Removal of metadata from TIFF files (TIFF 6.0), in place.

All offsets stay what they were.
"""

from __future__ import annotations

import struct
from typing import Literal

#: Tags that say how pixels are stored and coloured; 34675 is the colour profile.
_KEPT = {
    *range(254, 267),
    *(
        273,
        274,
        277,
        278,
        279,
        280,
        281,
        282,
        283,
        284,
        290,
        291,
        292,
        293,
        296,
        297,
        301,
        317,
        318,
        319,
        320,
    ),
    *(321, 322, 323, 324, 325, 330, 332, 334, 336, 338, 339, 340, 341, 342, 347),
    *range(512, 522),
    *(529, 530, 531, 532, 34675),
}
#: Tags whose value is the place of further directories: pictures, then EXIF, GPS and interoperability.
_PICTURES = {330}
_DIRECTORIES = {34665, 34853, 40965}
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}


def strip_tiff(data: bytes) -> bytes:
    """Return a TIFF file whose metadata is zeros and no longer announced.

    Raises:
        ValueError: a directory leads outside the file or in a circle.
    """
    buffer = bytearray(data)
    order = "<" if data[:2] == b"II" else ">"
    _Directories(buffer, order).strip(struct.unpack_from(f"{order}I", buffer, 4)[0])
    return bytes(buffer)


class _Directories:
    """The image file directories of one file."""

    def __init__(self, buffer: bytearray, order: str) -> None:
        self.buffer = buffer
        self.order = order
        self.seen: set[int] = set()

    def strip(self, place: int) -> None:
        """Keep the entries of a directory that describe pixels.

        The directories chained to it are treated alike.
        """
        while place:
            entries, after = self._entries(place)
            following = self._number(after, 4)
            kept = []
            for entry in entries:
                tag, values, start, length = entry
                if tag in _PICTURES:
                    for inner in self._numbers(values, start, length):
                        self.strip(inner)
                if tag in _KEPT:
                    kept.append(bytes(self.buffer[values - 8 : values + 4]))
                else:
                    self._empty(entry)
            new = (
                struct.pack(f"{self.order}H", len(kept)) + b"".join(kept) + following.to_bytes(4, self._name)
            )
            self.buffer[place : after + 4] = new.ljust(after + 4 - place, b"\0")
            place = following

    @property
    def _name(self) -> Literal["little", "big"]:
        return "little" if self.order == "<" else "big"

    def _number(self, place: int, size: int) -> int:
        if place + size > len(self.buffer):
            raise ValueError("a TIFF directory outside its file")
        return int.from_bytes(self.buffer[place : place + size], self._name)

    def _entries(self, place: int) -> tuple[list[tuple[int, int, int, int]], int]:
        """Return each entry of a directory, and where the entries end.

        As (tag, place of its value field, place of its values, their length).
        """
        if place in self.seen:
            raise ValueError("TIFF directories in a circle")
        self.seen.add(place)
        entries = []
        count = self._number(place, 2)
        for at in range(place + 2, place + 2 + 12 * count, 12):
            tag, kind, number = self._number(at, 2), self._number(at + 2, 2), self._number(at + 4, 4)
            length = _SIZES.get(kind, 1) * number
            start = at + 8 if length <= 4 else self._number(at + 8, 4)
            if start + length > len(self.buffer):
                raise ValueError("a TIFF value outside its file")
            entries.append((tag, at + 8, start, length))
        return entries, place + 2 + 12 * count

    def _numbers(self, values: int, start: int, length: int) -> list[int]:
        return [self._number(at, 4) for at in range(start, start + length, 4)]

    def _empty(self, entry: tuple[int, int, int, int]) -> None:
        """Overwrite the values of an entry.

        If they are a directory, its entries' values are overwritten too.
        """
        tag, values, start, length = entry
        if tag in _DIRECTORIES:
            for place in self._numbers(values, start, length):
                inner, after = self._entries(place)
                for one in inner:
                    self._empty(one)
                self.buffer[place:after] = bytes(after - place)
        self.buffer[start : start + length] = bytes(length)
