"""The fields of a JSON object, each checked as it is read: what is wrong is said with the field's name and what is allowed."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone

#: What an allowed moment looks like.
MOMENT = "ISO 8601 with offset, not in the future, such as 2024-06-27T11:00:00+01:00"
DAY = "a day that has come, such as 2024-06-27"

#: Before this year no story was published; a smaller number is a slip of the keyboard.
FIRST_YEAR = 1800


#: NUL and lone surrogates: JSON can write them, databases cannot keep them.
NO_TEXT = re.compile("[\x00\ud800-\udfff]")


#: Characters of the name of a source.
MAX_NAME = 100
#: Objects of one list, such as the updates of a story.
MAX_OBJECTS = 500
#: Characters of a problem's text, which may hold the value that was given.
MAX_PROBLEM = 300


class Unreadable(Exception):
    """One story that cannot be read: the field, what is wrong with it, what is allowed."""

    def __init__(self, field: str, problem: str, allowed: str = "") -> None:
        super().__init__(f"{field}: {problem}")
        self.field, self.problem, self.allowed = field, _shorten(problem), allowed


def _shorten(problem: str) -> str:
    """Return a problem's text without the middle of a value that is longer than anybody reads."""
    half = MAX_PROBLEM // 2
    return problem if len(problem) <= MAX_PROBLEM else f"{problem[:half]}…{problem[-half:]}"


class Fields:
    """Reads the fields of ``data``. Every method raises ``Unreadable``; ``null`` is the same as a field left out."""

    def __init__(self, data: dict[str, Any], prefix: str = "") -> None:
        self.data = data
        self.prefix = prefix

    def _name(self, name: str) -> str:
        return f"{self.prefix}{name}"

    def text(self, name: str) -> str:
        """Text without space around it; empty when there is none."""
        value = self.data.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise Unreadable(self._name(name), f"{value!r} is no text", "text in quotation marks")
        if NO_TEXT.search(value):
            raise Unreadable(
                self._name(name), "holds a character that is no text", "text without NUL or half characters"
            )
        return value.strip()

    def required(self, name: str, longest: int | None = None) -> str:
        """Text that has to be there, of at most ``longest`` characters."""
        text = self.text(name)
        allowed = f"text of 1 to {longest} characters" if longest else "some text"
        if not text:
            raise Unreadable(self._name(name), "is missing or empty", allowed)
        if longest and len(text) > longest:
            raise Unreadable(self._name(name), f"has {len(text)} characters", allowed)
        return text

    def name(self, name: str) -> str:
        """The name of a source, or "": it stays the same for ever, so it is kept as it was written."""
        text = self.text(name)
        if len(text) > MAX_NAME:
            raise Unreadable(
                self._name(name), f"has {len(text)} characters", f"at most {MAX_NAME} characters"
            )
        return text

    def address(self, name: str) -> str:
        """The address of a page elsewhere, or ""."""
        text = self.text(name)
        if text:
            try:
                URLValidator(schemes=["http", "https"])(text)
            except ValidationError as error:
                allowed = "an address, such as https://www.example.org/letters/"
                raise Unreadable(self._name(name), f"{text!r} is no address", allowed) from error
            if len(text) > 200:
                raise Unreadable(self._name(name), f"has {len(text)} characters", "at most 200 characters")
        return text

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """One of ``allowed``, or ``default`` when there is none."""
        text = self.text(name)
        if text and text not in allowed:
            raise Unreadable(self._name(name), f"{text!r} is not allowed", ", ".join(allowed))
        return text or default

    def slugs(self, name: str) -> tuple[str, ...] | None:
        """A list of texts, or ``None`` when the field is left out."""
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Unreadable(self._name(name), f"{value!r} is no list of slugs", '["wessex", "cps"]')
        return tuple(value)

    def moment(self, name: str) -> datetime.datetime:
        """A moment that has passed, with its offset. It has to be there."""
        text = self.required(name)
        try:
            moment = datetime.datetime.fromisoformat(text)
        except ValueError as error:
            raise Unreadable(self._name(name), f"{text!r} is no moment", MOMENT) from error
        if moment.tzinfo is None:
            raise Unreadable(self._name(name), f"{text!r} has no offset from UTC", MOMENT)
        if moment.year < FIRST_YEAR:
            raise Unreadable(self._name(name), f"{text!r} is before {FIRST_YEAR}", MOMENT)
        if moment > timezone.now():
            raise Unreadable(self._name(name), f"{text!r} is in the future", MOMENT)
        return moment

    def day(self, name: str) -> datetime.date | None:
        """A day that has come, or ``None``."""
        text = self.text(name)
        if not text:
            return None
        try:
            day = datetime.date.fromisoformat(text)
        except ValueError as error:
            raise Unreadable(self._name(name), f"{text!r} is no day", DAY) from error
        if day.year < FIRST_YEAR or day > timezone.localdate():
            raise Unreadable(self._name(name), f"{text!r} is before {FIRST_YEAR} or in the future", DAY)
        return day

    def object(self, name: str) -> Fields | None:
        """The fields of an object within this one, or ``None``."""
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise Unreadable(self._name(name), f"{value!r} is no object", "{…}")
        return Fields(value, f"{self._name(name)}.")

    def objects(self, name: str) -> Iterator[Fields]:
        """The fields of each object of a list."""
        value = self.data.get(name)
        if value is None:
            return
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise Unreadable(self._name(name), f"{value!r} is no list of objects", "[{…}, {…}]")
        if len(value) > MAX_OBJECTS:
            raise Unreadable(self._name(name), f"holds {len(value):,} objects", f"at most {MAX_OBJECTS}")
        for number, item in enumerate(value, start=1):
            yield Fields(item, f"{self._name(name)}[{number}].")
