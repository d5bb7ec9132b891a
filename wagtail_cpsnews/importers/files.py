"""Files of a source, read with limits.

What is too large or outside the folder is refused, the rest is read.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .fields import Unreadable, shorten
from .remarks import Remark
from .story import Refusal, SourceError

#: Bytes of one JSON object: a line of JSON Lines, or a file.
MAX_ITEM = 10_000_000
#: Bytes that one run reads, after unpacking: stories are held in memory until all are read.
MAX_RUN = 500_000_000
#: Bytes of a picture's file.
MAX_PICTURE = 100_000_000
#: Lines of one file, empty ones included.
MAX_LINES = 1_000_000
#: Levels of objects and lists in one JSON object.
MAX_JSON_LEVELS = 50
#: Remarks on the JSON of one object.
MAX_REMARKS = 50
#: Refusals of one run that are listed; further ones are counted.
MAX_REFUSALS = 1_000


class Refusals:
    """What a reader refused.

    The first ``MAX_REFUSALS`` in full, and how many more there were.
    """

    def __init__(self) -> None:
        self._listed: list[Refusal] = []
        self._more = 0

    def add(self, origin: str, error: Unreadable, *, always: bool = False) -> None:
        """Refuse the item at ``origin``.

        ``always`` lists it, however many there are: a file that was not read on.
        """
        if always or len(self._listed) < MAX_REFUSALS:
            self._listed.append(Refusal(origin, error.field, error.problem, error.allowed))
        else:
            self._more += 1

    def all(self) -> tuple[Refusal, ...]:
        """Return the refusals, the last one with the number of those that are not listed."""
        if not self._more:
            return tuple(self._listed)
        rest = Refusal(
            "further items", "", f"{self._more:,} more are refused and not listed", count=self._more
        )
        return (*self._listed, rest)


class Files:
    """The files of one run at ``path``.

    The file itself, or those in the folder whose names have one of ``endings``.

    Raises ``SourceError`` when there is none. A file in a folder that is a symbolic link out of it is refused.
    """

    def __init__(self, path: Path, endings: tuple[str, ...], refusals: Refusals) -> None:
        self.left = MAX_RUN
        self.refusals = refusals
        self.paths = self._list(path, endings)

    def _list(self, path: Path, endings: tuple[str, ...]) -> list[Path]:
        if not path.is_dir():
            if not path.is_file():
                raise SourceError(f"There is no file or folder {path}.")
            return [path]
        files = sorted(file for file in path.iterdir() if file.is_file() and file.name.endswith(endings))
        if not files:
            raise SourceError(f"There is no {' or '.join(endings)} file in the folder {path}.")
        inside = []
        for file in files:
            try:
                resolve_inside(file, path)
                inside.append(file)
            except Unreadable as error:
                self.refusals.add(file.name, error)
        return inside

    def read_lines(self, file: Path) -> Iterator[tuple[int, bytes | None]]:
        """Yield the lines of a file with their numbers.

        ``None`` for one that is too long.

        A file that cannot be read to its end is refused from there on.
        """
        number = 0
        try:
            with gzip.open(file, "rb") if file.name.endswith(".gz") else file.open("rb") as stream:
                while line := stream.readline(MAX_ITEM + 1):
                    number += 1
                    self._take(line, number)
                    if len(line) <= MAX_ITEM:
                        yield number, line
                        continue
                    while line and not line.endswith(b"\n"):
                        line = stream.readline(MAX_ITEM)
                        self._take(line, number)
                    yield number, None
        except Unreadable as error:
            self.refusals.add(f"{file.name}, line {number}", error, always=True)
        except (OSError, EOFError, zlib.error) as error:  # gzip raises any of these
            self.refusals.add(file.name, Unreadable("", f"cannot be read to its end ({error})"), always=True)

    def _take(self, line: bytes, number: int) -> None:
        self.left -= len(line)
        if self.left < 0 or number > MAX_LINES:
            problem = "was not read, nor what follows it in this file: it is too much for one import"
            allowed = (
                f"at most {MAX_RUN // 1_000_000} MB after unpacking, in files of at most {MAX_LINES:,} lines"
            )
            raise Unreadable("", problem, f"{allowed}; divide the files among several imports")

    def read_item(self, file: Path) -> bytes:
        """Return what a file holds that is one JSON object. Raises ``Unreadable``."""
        try:
            with file.open("rb") as stream:
                data = stream.read(MAX_ITEM + 1)
        except OSError as error:
            raise Unreadable("", f"cannot be read ({error})") from error
        if len(data) > MAX_ITEM:
            raise too_large()
        self._take(data, 1)
        return data


def too_large() -> Unreadable:
    """Return the error for an item that is longer than ``MAX_ITEM``."""
    size = f"{MAX_ITEM // 1_000_000} MB"
    return Unreadable("", f"has more than {size}", f"at most {size} for one story")


def resolve_inside(file: Path, folder: Path) -> Path:
    """Return the path of ``file``, symbolic links followed.

    Raises ``Unreadable`` when it is outside ``folder``.
    """
    found = file.resolve()
    if not found.is_relative_to(folder.resolve()):
        raise Unreadable("", f"{file.name!r} is a symbolic link out of its folder", "a file in the folder")
    return found


def check_size(picture: Path) -> None:
    """Raise ``Unreadable`` for a picture so large that reading it would take long."""
    size = picture.stat().st_size
    if size > MAX_PICTURE:
        allowed = f"at most {MAX_PICTURE // 1_000_000} MB"
        raise Unreadable("", f"{picture.name!r} has {size // 1_000_000} MB", allowed)


def parse_object(data: bytes, expected: str, remarks: list[Remark]) -> dict[str, Any]:
    """Return the JSON object in ``data``.

    ``expected`` says what it has to be. Raises ``Unreadable``.

    What Python would drop or change in silence is added to ``remarks``: fields given twice, numbers that are not JSON.
    """

    def take_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        taken = dict(pairs)
        last = {name: place for place, (name, _value) in enumerate(pairs)}
        for place, (name, value) in enumerate(pairs if len(taken) < len(pairs) else ()):
            if place < last[name] and len(remarks) < MAX_REMARKS:
                what = f"the field {shorten(name)} is given more than once; the last was taken"
                remarks.append(Remark("json", f"{what}, left out: {shorten(value)}", shorten(name)))
        return taken

    def take_constant(name: str) -> float:
        if len(remarks) < MAX_REMARKS:
            remarks.append(Remark("json", f"{name} is not JSON, and means nothing in a story", name))
        return float(name)

    try:
        parsed = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=take_pairs,
            parse_constant=take_constant,
            parse_int=lambda digits: int(digits) if len(digits) < 300 else float(digits),
        )
    except (ValueError, RecursionError) as error:
        raise Unreadable("", f"is not JSON ({error})", expected) from error
    if not isinstance(parsed, dict):
        raise Unreadable("", "is not a JSON object", expected)
    _check_levels(parsed)
    return parsed


def _check_levels(parsed: dict[str, Any]) -> None:
    level: list[Any] = [parsed]
    for _number in range(MAX_JSON_LEVELS):
        held: list[Any] = []
        for value in level:
            held += value.values() if isinstance(value, dict) else value
        level = [value for value in held if isinstance(value, dict | list)]
        if not level:
            return
    problem = f"holds objects or lists nested more than {MAX_JSON_LEVELS} levels deep"
    raise Unreadable("", problem, f"at most {MAX_JSON_LEVELS} levels")
