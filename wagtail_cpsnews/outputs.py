"""The outputs, declared once: addresses that can show a story.

Every public address of the package that can do so.

Feeds, alternate links, the builder's code for developers and the usage ledger's embed methods are derived from them,
and the tests ask each of them whether a hidden story is absent. The packages that have outputs are above those that
derive lists from them, so each declares its own in a module ``outputs`` and they are collected here by dotted strings.
See "Adding an output" in CONTRIBUTING.md.

A host project declares its own in ``WAGTAIL_CPSNEWS["OUTPUTS"]``, read once, before any app is ready: the usage ledger's
embed methods are built then. A declaration that is wrong is left out and reported by ``manage.py check``. See "Your own
outputs" in docs/extending.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import import_module
from string import Formatter
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise

from .registry import Mistake

#: The modules that declare outputs, in the order in which the ledger and the builder name them.
MODULES = (
    "wagtail_cpsnews.frontend.outputs",
    "wagtail_cpsnews.api.outputs",
    "wagtail_cpsnews.embed.outputs",
    "wagtail_cpsnews.feeds.outputs",
)

#: The longest name of an embed method, as long as the ledger's column.
MAX_METHOD = 10

_NAME = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Output:
    """A public address that can show a story.

    name: unique among outputs. url_name: the address, with its namespace.
    path, params: parts of the path and parameters that every question has.
    about_story: the parameters that ask about one story, ``None`` where that can't be asked.
    about_list: the parameters that ask for a list, ``None`` where there is none.
    is_whole: whether the list is always that of all stories.
    names_gone: whether it says which stories are gone, by their ids alone.
    Values may hold ``{id}``, a story's id, and ``{url}``, the address where the story or list is read.
    method, label: the embed method that the usage ledger records, and what the report calls it.
    relation, media_type, title: the group of ``<link rel="alternate">`` that has it ("feed", "oembed"), and the link's values.
    code: the builder's embed code for developers that has its address, one of ``embed.methods.DEVELOPER_CODES``.
    operation: the function that returns the OpenAPI operation of an address outside ``api/v1/``, by its dotted path.
    """

    name: str
    url_name: str
    path: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    about_story: Mapping[str, str] | None = None
    about_list: Mapping[str, str] | None = None
    is_whole: bool = False
    names_gone: bool = False
    method: str = ""
    label: Any = ""
    relation: str = ""
    media_type: str = ""
    title: str = ""
    code: str = ""
    operation: str = ""

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
def built_in_outputs() -> tuple[Output, ...]:
    """Return the outputs that come with the package."""
    return tuple(output for module in MODULES for output in import_module(module).OUTPUTS)


@cache
def outputs() -> tuple[Output, ...]:
    """Return all outputs: the built-in ones, then the host project's own."""
    given = (getattr(settings, "WAGTAIL_CPSNEWS", None) or {}).get("OUTPUTS") or {}
    return (*built_in_outputs(), *read_own_outputs(given)[0])


def get_output(name: str) -> Output:
    """Return an output by its name; raise ``KeyError`` for an unknown one."""
    return {output.name: output for output in outputs()}[name]


def alternates(relation: str) -> list[Output]:
    """Return the outputs that a page's ``<link rel="alternate">`` name.

    A name is "feed", for example.
    """
    return [output for output in outputs() if output.relation == relation]


def embed_methods() -> dict[str, Any]:
    """Return the embed methods of the usage ledger with their labels."""
    return {output.method: output.label for output in outputs() if output.method}


# -- a host project's own -------------------------------------------------------------------------------------------


def read_own_outputs(given: Any) -> tuple[tuple[Output, ...], list[Mistake]]:
    """Return the outputs of the setting ``OUTPUTS``.

    And what is wrong with that setting.

    Args:
        given: By name, the values of an ``Output``.
    """
    if not isinstance(given, Mapping):
        message = "WAGTAIL_CPSNEWS['OUTPUTS'] is not a mapping by name."
        hint = "For example {'docket': {'url_name': 'docket', 'about_list': {}}}."
        return (), [Mistake("cpsnews.E060", message, hint)]
    found: list[Output] = []
    mistakes: list[Mistake] = []
    for name, value in given.items():
        where = f"WAGTAIL_CPSNEWS['OUTPUTS'][{name!r}]"
        problems = list(_problems(name, value, where, (*built_in_outputs(), *found)))
        if not problems:
            method = value.get("method", "")
            found.append(Output(name=name, **{"label": method, **value}))
        mistakes += problems
    return tuple(found), mistakes


def _problems(name: Any, value: Any, where: str, known: Iterable[Output]) -> Iterator[Mistake]:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        hint = "Use lower-case letters, digits, hyphens and underscores."
        yield Mistake("cpsnews.E061", f"{where}: {name!r} can't be the name of an output.", hint)
    elif any(output.name == name for output in known):
        hint = "Give your output another name."
        yield Mistake("cpsnews.E061", f"{where} declares an output that the package has already.", hint)
    allowed = [one.name for one in fields(Output) if one.name not in ("name", "operation")]
    if not isinstance(value, Mapping) or not set(value) <= set(allowed):
        hint = f"Allowed: {', '.join(allowed)}."
        yield Mistake("cpsnews.E063", f"{where} is not a mapping with the values of an output.", hint)
        return
    if not isinstance(value.get("url_name"), str) or not value["url_name"]:
        hint = "Name the URL pattern of its view, with its namespace: 'courts:docket'."
        yield Mistake("cpsnews.E062", f"{where}: there is no 'url_name'.", hint)
    for key, one in value.items():
        if hint := _hint(key, one):
            yield Mistake("cpsnews.E063", f"{where}: {key!r} can't be {one!r}.", hint)
    for output in known:
        if value.get("method") and value["method"] == output.method:
            hint = f"The output {output.name!r} has it. Give each output its own method, or none."
            yield Mistake("cpsnews.E064", f"{where}: the method {output.method!r} is declared twice.", hint)
        mine = (value.get("url_name"), value.get("path") or {}, value.get("params") or {})
        if mine == (output.url_name, output.path, output.params):
            hint = f"The output {output.name!r} has it. Declare each address once."
            yield Mistake("cpsnews.E064", f"{where}: the address {mine[0]!r} is declared twice.", hint)


def _hint(key: str, value: Any) -> str:
    """Return what a value should be; "" for a good one."""
    if key in ("path", "params", "about_story", "about_list"):
        optional = key.startswith("about") and value is None
        good = optional or (isinstance(value, Mapping) and all(map(_is_template, value.values())))
        return (
            "" if good else "Give texts by parameter; {id} and {url} in them are filled in: {'id': '{id}'}."
        )
    if key in ("is_whole", "names_gone"):
        return "" if isinstance(value, bool) else "Give True or False."
    if key in ("relation", "code"):
        known = sorted({getattr(output, key) for output in built_in_outputs()} - {""})
        return "" if value == "" or value in known else f"Allowed: {', '.join(known)}."
    if key == "method":
        is_name = isinstance(value, str) and len(value) <= MAX_METHOD and bool(_NAME.fullmatch(value))
        return (
            ""
            if is_name or value == ""
            else f"Use up to {MAX_METHOD} lower-case letters, digits and hyphens."
        )
    return "" if isinstance(value, (str, Promise)) else "Give a text."


def _is_template(value: Any) -> bool:
    """Return whether a value can be filled in."""
    try:
        names = {name for _text, name, _format, _conversion in Formatter().parse(value) if name is not None}
    except (TypeError, ValueError):
        return False
    return names <= {"id", "url"}
