"""The taxonomies, declared once.

Filters, parameters, facets, addresses and admin lists are derived from this list.

A host project adds its own in ``WAGTAIL_CPSNEWS["TAXONOMIES"]``. It is read when this module is imported, before any
app is ready, because blocks, panels and URLs are built then: models are named by dotted strings. A declaration that
is wrong is left out here and reported by ``manage.py check``. See "Your own taxonomies" in docs/extending.md.
"""

from __future__ import annotations

import hashlib
import json
import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, make_dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import npgettext

#: As long as the columns that hold a taxonomy's name.
MAX_NAME = 20

#: What a declaration of a host's own taxonomy holds besides labels by language.
KEYS = ("model", "path", "plural", "order")

#: Names that a parameter, an attribute of ``<cps-news>`` or a method of ``Query`` has already.
RESERVED_NAMES = frozenset(
    (
        *("q", "published_after", "published_before", "language", "language_only", "lang", "order", "page"),
        *("page_size", "cursor", "fields", "facets", "format", "since", "at", "audience", "story", "url"),
        *("maxwidth", "maxheight", "theme", "heading", "heading_level", "summary", "images", "paging"),
        *("filters", "search", "pinned", "preload", "door", "find", "found", "src", "filter", "loading"),
        *("unstyled", "refresh", "max_stale", "keys", "publication_date_after", "publication_date_before"),
        *("sites", "under", "selected", "is_filtered", "replace", "without", "cleared", "merged", "params"),
        *(
            "urlencode",
            "as_json",
            "outcome",
            "status",
            "locale",
            "updated",
            "number",
            "link_text",
            "summaries",
        ),
        *("source", "ordering", "limit"),
    )
)

#: Fields that a story has already, in the API, in an adapter's facts, in import files or as a page.
RESERVED_PLURALS = frozenset(
    (
        *("id", "kind", "kinds", "title", "summary", "url", "published", "published_display", "updated"),
        *("language", "language_display", "translations", "translation_key", "translation_of", "image"),
        *(
            "image_alt",
            "image_caption",
            "image_credit",
            "image_licence",
            "noindex",
            "speech",
            "letter",
            "updates",
            "latest_updates",
        ),
        *("archived", "body", "body_html", "plain_text", "notes_to_editors", "documents", "contacts"),
        *(
            "licence",
            "extra",
            "terms",
            "format",
            "late",
            "placeholders",
            "authors",
            "source",
            "source_url",
            "type",
            "slug",
        ),
        *("base_url", "old_addresses", "change", "gone_at"),
    )
)

#: Addresses below ``api/v1/`` and names of addresses that the package has already.
RESERVED_PATHS = frozenset(
    (
        *("items", "item", "facets", "press-contacts", "pages", "changes", "schema", "docs", "nothing"),
        *("page-news-centre", "page-press-office", "page-media-protocol", "list", "widget", "builder"),
        *(
            "advance-copy",
            "feed-rss",
            "feed-atom",
            "feed-json",
            "feed-style",
            "sitemap-news",
            "oembed",
            "health",
        ),
    )
)

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)
_PATH = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True)
class Taxonomy:
    """A way in which stories are filed.

    name: the parameter, the key of settings and facets, and the name in ``EntryTerm``.
    plural: the name of a page's field and of an item's, where a story can have several terms.
    path: of the list of terms, below ``api/v1/``; also the name of that address.
    model: the terms, as ``"app.Model"``.
    labels: what readers call so many of them, in the active language.
    order: the place in the filter form and in the result summary.
    many: whether a story can have several terms.
    has_column: whether lists of pages in the admin have a column for it.
    is_own: whether the host project declares it.
    """

    name: str
    plural: str
    path: str
    model: str
    labels: Callable[[int], str]
    order: int
    many: bool = True
    has_column: bool = True
    is_own: bool = False

    @property
    def field(self) -> str:
        """The name of a story's terms: of the page's field, and in the API."""
        return self.plural if self.many else self.name

    @property
    def attribute(self) -> str:
        """Return the attribute of ``<cps-news>``.

        A host's own taxonomy shares ``filter`` with others.
        """
        return "filter" if self.is_own else self.name.replace("_", "-")


BUILT_IN = (
    Taxonomy(
        name="kind",
        plural="kinds",
        path="kinds",
        model="cpsnews.Kind",
        labels=lambda count: npgettext("filter", "news type", "news types", count),
        order=30,
        many=False,
    ),
    Taxonomy(
        name="crime_type",
        plural="crime_types",
        path="crime-types",
        model="cpsnews.CrimeType",
        labels=lambda count: npgettext("filter", "crime type", "crime types", count),
        order=10,
        has_column=False,
    ),
    Taxonomy(
        name="area",
        plural="areas",
        path="areas",
        model="cpsnews.Area",
        labels=lambda count: npgettext("filter", "area", "areas", count),
        order=20,
    ),
    Taxonomy(
        name="topic",
        plural="topics",
        path="topics",
        model="cpsnews.Topic",
        labels=lambda count: npgettext("filter", "topic", "topics", count),
        order=40,
        has_column=False,
    ),
)

#: The place of a host's own taxonomy that names none: after the built-in ones.
OWN_ORDER = 50


@dataclass(frozen=True)
class Mistake:
    """A declaration that can't be used.

    ``code`` is the id of the system check that reports it.
    """

    code: str
    message: str
    hint: str


def read_declarations(given: Any) -> tuple[tuple[Taxonomy, ...], list[Mistake]]:
    """Return the taxonomies with the setting ``TAXONOMIES``.

    And what is wrong with that setting.

    Args:
        given: By name, ``False``, labels by language, or the declaration of a taxonomy of the host's own.
    """
    found = {taxonomy.name: taxonomy for taxonomy in BUILT_IN}
    mistakes: list[Mistake] = []
    if not isinstance(given, Mapping):
        hint = "For example {'area': {'en': ('ward', 'wards')}}."
        message = "WAGTAIL_CPSNEWS['TAXONOMIES'] is not a mapping by taxonomy."
        return BUILT_IN, [Mistake("cpsnews.E002", message, hint)]
    for name, value in given.items():
        where = f"WAGTAIL_CPSNEWS['TAXONOMIES'][{name!r}]"
        is_declaration = isinstance(value, Mapping) and bool(set(value) & {"model", "path", "plural"})
        problems = []
        if is_declaration:
            problems = list(_problems_of_declaration(name, value, where, found.values()))
            if not problems:
                found[name] = _own(name, value)
        elif name not in found:
            message = f"WAGTAIL_CPSNEWS['TAXONOMIES'] has no {name!r}."
            hint = (
                f"Allowed: {', '.join(taxonomy.name for taxonomy in BUILT_IN)}. For a taxonomy of your own: "
                "{'court': {'model': 'courts.Court', 'path': 'courts', 'en': ('court', 'courts')}}."
            )
            problems = [Mistake("cpsnews.E002", message, hint)]
        labels = labels_of(value)
        if not problems and value is not False and not (_are_labels(labels) and (labels or is_declaration)):
            message = f"{where} is neither False nor labels by language."
            hint = "For example {'en': ('ward', 'wards'), 'cy': ('ward', 'wardiau')}."
            problems = [Mistake("cpsnews.E004", message, hint)]
        mistakes += problems
    return tuple(found.values()), mistakes


def labels_of(value: Any) -> Any:
    """Return the labels by language of a value of the setting.

    Anything else as it is.
    """
    return (
        {name: labels for name, labels in value.items() if name not in KEYS}
        if isinstance(value, Mapping)
        else value
    )


def _own(name: str, value: Mapping[str, Any]) -> Taxonomy:
    plural = _plural(value)

    def labels(count: int) -> str:
        return (name if count == 1 else plural).replace("_", " ")

    order = value.get("order", OWN_ORDER)
    return Taxonomy(name, plural, value["path"], value["model"], labels, order, is_own=True)


def _plural(value: Mapping[str, Any]) -> str:
    return str(value.get("plural") or str(value.get("path", "")).replace("-", "_"))


def _problems_of_declaration(
    name: Any, value: Mapping[str, Any], where: str, known: Any
) -> Iterator[Mistake]:
    if any(taxonomy.name == name for taxonomy in BUILT_IN):
        hint = "Give it labels, or use another name for your own taxonomy."
        yield Mistake("cpsnews.E050", f"{where} declares a taxonomy that the package has already.", hint)
        return
    if (
        not isinstance(name, str)
        or not _NAME.fullmatch(name)
        or len(name) > MAX_NAME
        or keyword.iskeyword(name)
        or name in RESERVED_NAMES
    ):
        hint = (
            f"Use up to {MAX_NAME} lower-case letters, digits and underscores, and no name that is a parameter "
            "of lists already."
        )
        yield Mistake("cpsnews.E051", f"{where}: {name!r} can't be the name of a taxonomy.", hint)
    path, plural, model = value.get("path"), _plural(value), value.get("model")
    if not isinstance(path, str) or not _PATH.fullmatch(path) or path in RESERVED_PATHS:
        hint = (
            "Use lower-case letters, digits and hyphens, and no address that the API has already: 'courts'."
        )
        yield Mistake("cpsnews.E052", f"{where}: 'path' can't be {path!r}.", hint)
    elif not _NAME.fullmatch(plural) or keyword.iskeyword(plural) or plural in RESERVED_PLURALS:
        hint = "Give a 'plural' of lower-case letters, digits and underscores that no field of a story has."
        yield Mistake("cpsnews.E053", f"{where}: 'plural' can't be {plural!r}.", hint)
    if not isinstance(model, str) or model.count(".") != 1:
        hint = "Name the model of its terms as 'app.Model'."
        yield Mistake("cpsnews.E054", f"{where}: 'model' can't be {model!r}.", hint)
    if not isinstance(value.get("order", OWN_ORDER), int):
        hint = "The built-in taxonomies have 10, 20, 30 and 40."
        yield Mistake("cpsnews.E055", f"{where}: 'order' is not a whole number.", hint)
    for other in known:
        for label, mine, theirs in (
            ("path", path, other.path),
            ("plural", plural, other.plural),
            ("name", name, other.plural),
            ("plural", plural, other.name),
            ("model", str(model).lower(), other.model.lower()),
        ):
            if mine == theirs:
                hint = f"The taxonomy {other.name!r} has it. Give each taxonomy its own."
                yield Mistake("cpsnews.E056", f"{where}: the {label} {mine!r} is declared twice.", hint)


def _are_labels(labels: Any) -> bool:
    return isinstance(labels, dict) and all(
        isinstance(pair, (tuple, list)) and len(pair) == 2 and all(isinstance(text, str) for text in pair)
        for pair in labels.values()
    )


def _declared() -> dict[str, Taxonomy]:
    given = (getattr(settings, "WAGTAIL_CPSNEWS", None) or {}).get("TAXONOMIES") or {}
    return {taxonomy.name: taxonomy for taxonomy in read_declarations(given)[0]}


#: By name, in the order of parameters and facets: the built-in ones, then the host's own.
TAXONOMIES: Mapping[str, Taxonomy] = _declared()

#: Names in the order in which the result summary, filters and chips name them.
BY_ORDER = tuple(sorted(TAXONOMIES, key=lambda name: TAXONOMIES[name].order))

#: Of which a story can have several, with the name of its field.
PLURALS = {taxonomy.name: taxonomy.plural for taxonomy in TAXONOMIES.values() if taxonomy.many}

#: The host project's own taxonomies.
OWN = tuple(taxonomy for taxonomy in TAXONOMIES.values() if taxonomy.is_own)


def with_fields(data: type, names: Iterable[str], default: Any) -> type:
    """Return a frozen dataclass with a field for each name.

    Those that it has stay as they are.
    """
    known = {one.name for one in fields(data)}
    missing = [name for name in names if name not in known]
    if not missing:
        return data
    made = make_dataclass(
        data.__name__,
        [(name, Any, default) for name in missing],
        bases=(data,),
        frozen=True,
        kw_only=True,
        namespace={"__doc__": data.__doc__},
    )
    made.__module__ = data.__module__  # Python 3.12 takes that of who calls
    return made


@cache
def fingerprint() -> str:
    """Return a value that changes with a declaration.

    Part of every ETag and change token.
    """
    with translation.override(None):
        declared = [
            [one.name, one.plural, one.path, one.model, one.labels(1), one.labels(2), one.order, one.many]
            for one in TAXONOMIES.values()
        ]
    return hashlib.sha256(json.dumps(declared).encode()).hexdigest()[:12]
