"""The outputs, declared once: every public address of the package that can show a story.

Feeds, alternate links, the builder's code for developers and the usage ledger's embed methods are derived from them,
and the tests ask each of them whether a hidden story is absent. The packages that have outputs are above those that
derive lists from them, so each declares its own in a module ``outputs`` and they are collected here by dotted strings.
See "Adding an output" in CONTRIBUTING.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any
from urllib.parse import quote, urlencode

from django.urls import reverse

#: The modules that declare outputs, in the order in which the ledger and the builder name them.
MODULES = (
    "wagtail_cpsnews.frontend.outputs",
    "wagtail_cpsnews.api.outputs",
    "wagtail_cpsnews.embed.outputs",
    "wagtail_cpsnews.feeds.outputs",
)


@dataclass(frozen=True, kw_only=True)
class Output:
    """A public address that can show a story.

    name: unique among outputs. url_name: the address, with its namespace.
    path, params: parts of the path and parameters that every question has.
    about_story: the parameters that ask about one story, ``None`` where that can't be asked.
    about_list: the parameters that ask for a list, ``None`` where there is none.
    is_whole: whether the list is always that of all stories.
    Values may hold ``{id}``, a story's id, and ``{url}``, the address where the story or list is read.
    method, label: the embed method that the usage ledger records, and what the report calls it.
    relation, media_type, title: the group of ``<link rel="alternate">`` that has it ("feed", "oembed"), and the link's values.
    code: the builder's embed code for developers that has its address, one of ``embed.methods.DEVELOPER_CODES``.
    """

    name: str
    url_name: str
    path: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    about_story: Mapping[str, str] | None = None
    about_list: Mapping[str, str] | None = None
    is_whole: bool = False
    method: str = ""
    label: Any = ""
    relation: str = ""
    media_type: str = ""
    title: str = ""
    code: str = ""

    def story_address(self, *, id: str = "", url: str = "") -> str:
        """Return the path and parameters that ask about one story."""
        return self._address(self.about_story or {}, (), id=id, url=url)

    def list_address(self, pairs: Iterable[tuple[str, str]] = (), *, url: str = "") -> str:
        """Return the path and parameters that ask for a list.

        Args:
            pairs: The list's own parameters; left out where ``url`` holds them, or the list is always the whole.
            url: Where the list is read, with its parameters.
        """
        asked = self.about_list or {}
        names_url = any("{url}" in value for value in asked.values())
        return self._address(asked, () if names_url or self.is_whole else pairs, url=url)

    def _address(self, asked: Mapping[str, str], pairs: Iterable[tuple[str, str]], **values: str) -> str:
        query = [*pairs, *_fill({**asked, **self.params}, values).items()]
        path = reverse(self.url_name, kwargs=_fill(self.path, values) or None)
        return f"{path}?{urlencode(query, quote_via=quote, safe='')}" if query else path


def _fill(templates: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    return {
        name: template.format(id=values.get("id", ""), url=values.get("url", ""))
        for name, template in templates.items()
    }


@cache
def outputs() -> tuple[Output, ...]:
    """Return all outputs."""
    return tuple(output for module in MODULES for output in import_module(module).OUTPUTS)


def get_output(name: str) -> Output:
    """Return an output by its name; raise ``KeyError`` for an unknown one."""
    return {output.name: output for output in outputs()}[name]


def alternates(relation: str) -> list[Output]:
    """Return the outputs that a page's ``<link rel="alternate">`` name, such as "feed"."""
    return [output for output in outputs() if output.relation == relation]


def embed_methods() -> dict[str, Any]:
    """Return the embed methods of the usage ledger with their labels."""
    return {output.method: output.label for output in outputs() if output.method}
