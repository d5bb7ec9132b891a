"""What a list’s filters, chips and pages are made of, as its templates read them."""

from __future__ import annotations

from dataclasses import dataclass

from ..catalogue.query import Query
from ..languages import language_name

#: Options of a filter that are seen at a glance: of more, those that are set come first.
MANY_OPTIONS = 14


@dataclass(frozen=True)
class Option:
    """One checkbox."""

    id: str
    value: str
    label: str
    count: int
    checked: bool
    #: What the label is in, where that is not the page's language.
    language: str = ""
    is_retired: bool = False


@dataclass(frozen=True)
class FilterGroup:
    """The checkboxes of one taxonomy."""

    name: str
    legend: str
    options: list[Option]
    is_open: bool

    @property
    def offered(self) -> list[Option]:
        """Return the options that find something or are set.

        Of many, those that are set come first.
        """
        found = [option for option in self.options if option.count or option.checked]
        return sorted(found, key=lambda option: not option.checked) if len(found) > MANY_OPTIONS else found

    @property
    def without_stories(self) -> list[Option]:
        """The options that find nothing."""
        return [option for option in self.options if not option.count and not option.checked]

    @property
    def set_count(self) -> int:
        """How many options are set."""
        return sum(option.checked for option in self.options)


@dataclass(frozen=True)
class Chip:
    """A filter that is set; its address takes it off.

    name and value: the label's parts; language: what the value is in, where that is not the page's language.
    query: the list without it.
    """

    label: str
    url: str
    name: str = ""
    value: str = ""
    language: str = ""
    query: Query | None = None


@dataclass(frozen=True)
class PageLink:
    """A link of the pagination; a gap has no address."""

    number: int
    url: str
    is_current: bool = False
    is_gap: bool = False


def differ(first: str, second: str) -> bool:
    """Return whether two codes are of different languages, such as "en" and "cy"."""
    return first.split("-")[0].lower() != second.split("-")[0].lower()


def language_mark(language: str, expected: str) -> str:
    """Return the name of a story's language where it is not the list's; else ""."""
    return language_name(language) if differ(language, expected) else ""


def capitalised(text: str) -> str:
    """Return the first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]
