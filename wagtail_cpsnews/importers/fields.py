"""The fields of a JSON object, each checked as it is read.

A message names the field, what is wrong and what is allowed.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone

from .remarks import Remark
from .text import clean_characters, read_words

#: What an allowed date and time looks like.
DATE_TIME_FORM = "ISO 8601 with offset, not in the future, such as 2024-06-27T11:00:00+01:00"
DAY = "a day that has come, such as 2024-06-27"

#: Before this year no story was published; a smaller number is a slip of the keyboard.
FIRST_YEAR = 1800


#: NUL and lone surrogates: JSON can write them, databases cannot keep them.
NO_TEXT = re.compile("[\x00\ud800-\udfff]")


#: The address of a page: a path, or with its host; without space and control characters.
_PATH = re.compile(r"(?:https?://[^\s/?#]+(?=[/?#]|$)|(?=/(?!/)))[^\s\x00-\x20\x7f\ud800-\udfff\\]*")
#: Characters of the name of a source.
MAX_NAME = 100
#: Objects of one list, such as the updates of a story.
MAX_OBJECTS = 500
#: Characters of a problem's text, which may hold the value that was given.
MAX_PROBLEM = 300


def shorten(value: Any) -> str:
    """Return a value as it is named in a refusal.

    Not more of it than a line can hold.
    """
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:100]}… ({len(text)} characters)"


class Unreadable(Exception):
    """One story that cannot be read.

    The field, what is wrong with it, what is allowed.
    """

    def __init__(self, field: str, problem: str, allowed: str = "") -> None:
        super().__init__(f"{field}: {problem}")
        self.field, self.problem, self.allowed = field, _shorten(problem), allowed


def _shorten(problem: str) -> str:
    """Return a problem's text without the middle of a long value.

    A value that is longer than anybody reads.
    """
    half = MAX_PROBLEM // 2
    return problem if len(problem) <= MAX_PROBLEM else f"{problem[:half]}…{problem[-half:]}"


class Fields:
    """Reads the fields of ``data``.

    Every method raises ``Unreadable``; ``null`` is the same as a field left out.
    """

    def __init__(self, data: dict[str, Any], prefix: str = "", remarks: list[Remark] | None = None) -> None:
        self.data = data
        self.prefix = prefix
        #: What was read in another way than it is written; the fields of inner objects add theirs.
        self.remarks: list[Remark] = [] if remarks is None else remarks

    def _name(self, name: str) -> str:
        return f"{self.prefix}{name}"

    def text(self, name: str) -> str:
        """Return text without space around it; empty when there is none.

        For names, choices and HTML.
        """
        value, remarks = clean_characters(self._text(name), self._name(name))
        self.remarks += remarks
        return value.strip()

    def words(self, name: str, *, lines: bool = False) -> str:
        """Return plain text for readers.

        What a source writes as HTML there is read as what it means.
        """
        value, remarks = read_words(self._text(name), self._name(name), lines=lines)
        self.remarks += remarks
        return value

    def _text(self, name: str) -> str:
        value = self.data.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise Unreadable(self._name(name), f"{shorten(value)} is no text", "text in quotation marks")
        if NO_TEXT.search(value):
            raise Unreadable(
                self._name(name), "contains an invalid character", "text without NUL or half characters"
            )
        return value

    def required(self, name: str, longest: int | None = None) -> str:
        """Return text that has to be there, of at most ``longest`` characters."""
        return self._check(name, self.text(name), longest)

    def required_words(self, name: str, longest: int | None = None, *, lines: bool = False) -> str:
        """Return plain text for readers that has to be there.

        It has at most ``longest`` characters.
        """
        return self._check(name, self.words(name, lines=lines), longest)

    def _check(self, name: str, text: str, longest: int | None) -> str:
        allowed = f"text of 1 to {longest} characters" if longest else "some text"
        if not text:
            raise Unreadable(self._name(name), "is missing or empty", allowed)
        if longest and len(text) > longest:
            raise Unreadable(self._name(name), f"has {len(text)} characters", allowed)
        return text

    def name(self, name: str) -> str:
        """Return the name of a source, or "".

        It stays the same for ever, so it is kept as it was written.
        """
        text = self.text(name)
        if len(text) > MAX_NAME:
            raise Unreadable(
                self._name(name), f"has {len(text)} characters", f"at most {MAX_NAME} characters"
            )
        return text

    def address(self, name: str, longest: int = 200) -> str:
        """Return the address of a page elsewhere, or ""."""
        text = self.text(name)
        if text:
            try:
                URLValidator(schemes=["http", "https"])(text)
            except ValidationError as error:
                allowed = "an address, such as https://www.example.org/letters/"
                raise Unreadable(self._name(name), f"{text!r} is no address", allowed) from error
            if len(text) > longest:
                allowed = f"at most {longest} characters"
                raise Unreadable(self._name(name), f"has {len(text)} characters", allowed)
        return text

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """Return one of ``allowed``, or ``default`` when there is none."""
        text = self.text(name)
        if text and text not in allowed:
            raise Unreadable(self._name(name), f"{shorten(text)} is not allowed", ", ".join(allowed))
        return text or default

    def texts(self, name: str, longest: int) -> tuple[str, ...]:
        """Return a list of plain texts for readers, without empty ones."""
        found = self.slugs(name) or ()
        for number, text in enumerate(found, start=1):
            self._check_length(f"{name}[{number}]", text, longest)
        return tuple(filter(None, found))

    def paths(self, name: str) -> tuple[str, ...]:
        """Return a list of addresses of this site or of another.

        Paths such as ``/news/x``, or with their host.
        """
        value = self.data.get(name)
        if value is None:
            return ()
        allowed = 'a list of addresses, such as ["/news/x", "https://old.example.org/?p=1"]'
        if not isinstance(value, list) or len(value) > MAX_OBJECTS:
            raise Unreadable(self._name(name), f"{shorten(value)} is no list of addresses", allowed)
        for number, item in enumerate(value, start=1):
            if not isinstance(item, str) or not _PATH.fullmatch(item.strip()):
                where = f"{self._name(name)}[{number}]"
                raise Unreadable(where, f"{shorten(item)} is no address", allowed)
        return tuple(item.strip() for item in value)

    def _check_length(self, name: str, text: str, longest: int) -> None:
        if len(text) > longest:
            raise Unreadable(self._name(name), f"has {len(text)} characters", f"at most {longest} characters")

    def slugs(self, name: str) -> tuple[str, ...] | None:
        """Return a list of texts, or ``None`` when the field is left out."""
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Unreadable(self._name(name), f"{shorten(value)} is no list of slugs", '["wessex", "cps"]')
        found = []
        for number, item in enumerate(value, start=1):
            words, remarks = read_words(item, f"{self._name(name)}[{number}]")
            self.remarks += remarks
            found.append(words)
        return tuple(found)

    def date_time(self, name: str) -> datetime.datetime:
        """Return a date and time that has passed, with its offset. It has to be there."""
        value = self.data.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise Unreadable(self._name(name), "is missing or empty", DATE_TIME_FORM)
        if not isinstance(value, str):
            raise Unreadable(
                self._name(name),
                f"{shorten(value)} is not a date and time in quotation marks",
                DATE_TIME_FORM,
            )
        text = value.strip()
        try:
            date_time = datetime.datetime.fromisoformat(text)
        except ValueError as error:
            raise Unreadable(
                self._name(name), f"{shorten(text)} is not a date and time", DATE_TIME_FORM
            ) from error
        if date_time.tzinfo is None:
            raise Unreadable(self._name(name), f"{text!r} has no offset from UTC", DATE_TIME_FORM)
        if date_time.year < FIRST_YEAR:
            raise Unreadable(self._name(name), f"{text!r} is before {FIRST_YEAR}", DATE_TIME_FORM)
        if date_time > timezone.now():
            raise Unreadable(self._name(name), f"{text!r} is in the future", DATE_TIME_FORM)
        return date_time

    def day(self, name: str) -> datetime.date | None:
        """Return a day that has come, or ``None``."""
        text = self.text(name)
        if not text:
            return None
        try:
            day = datetime.date.fromisoformat(text)
        except ValueError as error:
            raise Unreadable(self._name(name), f"{shorten(text)} is not a day", DAY) from error
        if day.year < FIRST_YEAR or day > timezone.localdate():
            raise Unreadable(self._name(name), f"{text!r} is before {FIRST_YEAR} or in the future", DAY)
        return day

    def object(self, name: str) -> Fields | None:
        """Return the fields of an object within this one, or ``None``."""
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise Unreadable(self._name(name), f"{shorten(value)} is no object", "{…}")
        return Fields(value, f"{self._name(name)}.", self.remarks)

    def objects(self, name: str) -> Iterator[Fields]:
        """Yield the fields of each object of a list."""
        value = self.data.get(name)
        if value is None:
            return
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise Unreadable(self._name(name), f"{shorten(value)} is no list of objects", "[{…}, {…}]")
        if len(value) > MAX_OBJECTS:
            raise Unreadable(self._name(name), f"holds {len(value):,} objects", f"at most {MAX_OBJECTS}")
        for number, item in enumerate(value, start=1):
            yield Fields(item, f"{self._name(name)}[{number}].", self.remarks)
