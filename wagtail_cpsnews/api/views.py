"""The views of the API: items, one item, facets, terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import translation
from django.utils.text import slugify

from ..catalogue.dates import iso
from ..catalogue.db import using
from ..catalogue.dependencies import noting
from ..catalogue.highlights import highlights_as_json
from ..catalogue.kept_items import KeptStory, items_by_page
from ..catalogue.models import Entry
from ..catalogue.parameters import NAMES, Parsed, label_language
from ..catalogue.query import Query
from ..catalogue.references import Resolver
from ..catalogue.results import Results, search
from ..catalogue.serializers import DETAIL_FIELDS, item, labelled, list_fields, resolver_for
from ..conf import get_settings
from ..http.orders import params_with, usual_order
from ..http.search_notes import notes_on
from ..http.tags import about_story
from ..usage.recording import note
from . import schema
from .base import Gone, NewsView
from .facets import facets_json, facets_of
from .outputs import ITEM, ITEMS
from .parameters import NAME
from .renderers import to_json

#: What an item of a search has besides its fields.
HIGHLIGHT = "highlight"


def _ids_of(results: Results) -> Iterator[UUID]:
    """Yield the ids of a page's stories.

    Computed lazily: only some callers want them.
    """
    yield from results.ids


def _joined(one: bytes, other: bytes) -> bytes:
    """Return two JSON objects as one."""
    return one[:-1] + (b"," if len(one) > 2 else b"") + other[1:]


class NothingView(NewsView):
    """404 for every unknown address below the API's root."""

    def get(self, request: Any, **kwargs: Any) -> Any:
        raise Http404


class ItemsView(NewsView):
    """Stories, filtered, with counts beside every filter."""

    accept = NAMES
    operation = "items"
    summary = "List stories"
    error_statuses = (404, 410)

    def get_response_schema(self) -> dict[str, Any]:
        return schema.list_schema()

    def get_examples(self) -> list[tuple[str, Any, str]]:
        return [("A list of one", schema.example_list(), "200"), *super().get_examples()]

    @property
    def fields(self) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(dict.fromkeys((*list_fields(), HIGHLIGHT)))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Note in the usage ledger which list another site's page was served."""
        self.stories: Iterable[UUID] | None = None
        response = super().dispatch(request, *args, **kwargs)
        if request.method == "GET" and response.status_code in (200, 304) and self.parsed is not None:
            note(request, ITEMS.method, self.parsed.query, tag=self.tag, stories=self.stories)
        return response

    def answer(self, query: Query, **kwargs: Any) -> dict[str, Any]:
        results = self._search(query)
        reference = self.snapshot.reference
        resolver = resolver_for(results.entries, reference)
        highlights = self._highlights(results)
        items = [
            item(entry, reference, query.lang, resolver=resolver, fields=query.fields)
            | highlights.get(entry.page_pk, {})
            for entry in results.entries
        ]
        return {**self._before(results), "results": items, **self._after(results)}

    def answer_bytes(self, query: Query, **kwargs: Any) -> bytes:
        """Return the answer from items that are kept as JSON.

        As ``answer()`` gives it, where that is overridden.
        """
        if type(self).answer is not ItemsView.answer:
            return super().answer_bytes(query, **kwargs)
        results = self._search(query)
        reference = self.snapshot.reference

        def make(entry: Entry, resolver: Resolver) -> bytes:
            return to_json(item(entry, reference, query.lang, resolver=resolver, fields=query.fields))

        found = items_by_page(results, "json", make, query.fields)
        for page_pk, highlight in self._highlights(results).items():
            if page_pk in found:
                found[page_pk] = _joined(found[page_pk], to_json(highlight))
        items = b",".join(found.values())
        facets = facets_json(results).encode()
        asked = reference.kept.get_or_make(("query as JSON", query), lambda: to_json(query.as_json()))
        parts = (
            to_json(self._before(results))[1:-1],
            b'"results":[%b]' % items,
            to_json(self._found(results))[1:-1],
        )
        return b'{%b,%b,"query":%b}' % (b",".join(parts), facets, asked)

    def _read(self, request: HttpRequest) -> Parsed:
        """Read the parameters.

        The best match of a search comes first unless an order is chosen. Pages by cursor have no such order.
        """
        parsed = super()._read(request)
        query = parsed.query
        if not self.one(request, "order") and not query.cursor:
            order = usual_order(query, self.get_default_query(request))
            parsed.query = query.replace(order=order, page=query.page)
        return parsed

    def _search(self, query: Query) -> Results:
        results = search(query, self.snapshot)
        self.stories = _ids_of(results)
        return results

    def _highlights(self, results: Results) -> dict[int, dict[str, Any]]:
        """Return what each item has besides its fields, by page.

        Nothing where there are no words to mark. An adapter's own field of that name stays as it is.
        """
        query = results.query
        if not query.q or (query.fields and HIGHLIGHT not in query.fields) or HIGHLIGHT in list_fields():
            return {}
        return {page_pk: {HIGHLIGHT: found} for page_pk, found in highlights_as_json(results).items()}

    def _before(self, results: Results) -> dict[str, Any]:
        return {
            "count": results.count,
            "next": self._link(results.next_query),
            "previous": self._link(results.previous_query),
        }

    def _after(self, results: Results) -> dict[str, Any]:
        return {**self._found(results), **facets_of(results), "query": results.query.as_json()}

    def _found(self, results: Results) -> dict[str, Any]:
        typed = {} if results.as_typed is None else {"as_typed": results.as_typed}
        other = {"suggestion": results.suggestion} if results.suggestion else {}
        notes = [asdict(note) for note in notes_on(results.query.q)] if results.query.q else []
        strays = {"search_notes": notes} if notes else {}
        return {**typed, **other, **strays, "summary": results.sentence}

    def _link(self, query: Query | None) -> str | None:
        if query is None:
            return None
        links: dict[int, str] = self.question.setdefault("links", {})
        if not query.cursor and query.page in links:
            return links[query.page]
        asked = self.request.GET
        without = [name for name in ("language", "lang") if name not in asked]
        pairs = params_with(query, usual_order(query, self.get_default_query(self.request)), without)
        link: str = self.request.build_absolute_uri(f"?{urlencode(pairs)}")
        if not query.cursor:
            links[query.page] = link
        return link


class ItemView(NewsView):
    """One story with its text.

    410 for one that was public and is not now, 404 for one that never was.
    """

    accept = ("lang", "fields")
    operation = "item"
    shows_contacts = True
    summary = "Read one story"
    error_statuses = (404, 410)

    def get_response_schema(self) -> dict[str, Any]:
        return schema.detail_schema()

    def get_error_schema(self, status: int) -> dict[str, Any]:
        return schema.GONE if status == 410 else super().get_error_schema(status)

    @property
    def fields(self) -> tuple[str, ...]:  # type: ignore[override]
        return (*list_fields(), *DETAIL_FIELDS)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Note in the usage ledger which story another site was served."""
        response = super().dispatch(request, *args, **kwargs)
        if request.method == "GET" and response.status_code in (200, 304):
            note(request, ITEM.method, None, stories=[self._id(kwargs["pk"])])
        return response

    def answer(self, query: Query, **kwargs: Any) -> dict[str, Any]:
        pk = self._id(kwargs["pk"])
        with noting() as noted:
            data = self._read_story(pk, query)
        self.cache_tags = about_story(pk, shows_others=noted.on_others)
        return data

    def _read_story(self, pk: UUID, query: Query) -> dict[str, Any]:
        snapshot = self.snapshot
        asked = query.lang if "lang" in self.request.GET else ""
        kept = KeptStory(pk, query, snapshot)
        if (data := kept.get(asked, self.when)) is not None:
            return data
        entry = Entry.objects.using(using()).filter(pk=pk).first()
        if entry is None or (query.sites is not None and entry.public and entry.site_id not in query.sites):
            raise Http404
        if not entry.is_listed:
            raise Gone(entry.pk, iso(entry.gone_at or entry.expires_at))
        lang = asked or label_language(entry.language, snapshot.reference)
        data = item(
            entry,
            snapshot.reference,
            lang,
            detail=True,
            when=self.when,
            snapshot=snapshot,
            fields=query.fields,
        )
        kept.set(entry, asked, lang, data)
        return data

    def _id(self, text: str) -> UUID:
        try:
            return UUID(text)
        except ValueError as error:
            raise Http404 from error


class FacetsView(NewsView):
    """The counts beside every filter, without stories."""

    accept = tuple(
        name for name in NAMES if name not in ("page", "page_size", "cursor", "fields", "facets", "order")
    )
    operation = "facets"
    summary = "Count stories by filter"
    tag = "Filters"

    def get_response_schema(self) -> dict[str, Any]:
        return schema.facets_answer_schema()

    def answer(self, query: Query, **kwargs: Any) -> dict[str, Any]:
        results = search(query, self.snapshot)
        return {
            "count": results.count,
            **facets_of(results),
            "query": {
                name: value
                for name, value in query.as_json().items()
                if name not in ("page", "page_size", "order")
            },
        }


class TermsView(NewsView):
    """The terms of one taxonomy.

    ``q`` finds them by name or alias: a police force, a county.
    """

    accept = ("lang",)
    own_parameters = (NAME,)
    tag = "Filters"
    taxonomy = ""

    @property
    def summary(self) -> str:  # type: ignore[override]
        with translation.override("en"):
            return f"List {get_settings().label(self.taxonomy, 2)}"

    @property
    def operation(self) -> str:  # type: ignore[override]
        return f"{self.taxonomy}_terms"

    def get_response_schema(self) -> dict[str, Any]:
        return schema.terms_schema()

    def get(self, request: Any, **kwargs: Any) -> Any:
        if not get_settings().is_on(self.taxonomy):
            raise Http404
        return super().get(request, **kwargs)

    def answer(self, query: Query, **kwargs: Any) -> dict[str, Any]:
        wanted = self.own["q"]
        lang = query.lang
        rows = [
            {
                **labelled(term, lang),
                "description": term.descriptions.get(lang, ""),
                "aliases": list(term.aliases),
                "retired": term.retired,
            }
            for term in self.snapshot.reference.taxonomies[self.taxonomy].current
            if not wanted
            or any(wanted in slugify(name) for name in (term.slug, *term.names.values(), *term.aliases))
        ]
        return {"count": len(rows), "results": rows}
