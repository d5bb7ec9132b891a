"""The OpenAPI description of the API.

Its parameters come from the same names that the parser takes.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from ..catalogue.contact_schema import contact_schema
from ..catalogue.highlights import AS_TYPED, OTHER_FORMS
from ..catalogue.item_fields import ABSENT, fields_in_use
from ..catalogue.json_schema import DATE_TIME as _DATE_TIME
from ..catalogue.json_schema import ERROR as _ERROR
from ..catalogue.json_schema import ERRORS, component
from ..catalogue.json_schema import NUMBER as _NUMBER
from ..catalogue.json_schema import TERM_PROPERTIES as _TERM_PROPERTIES
from ..catalogue.json_schema import TEXT as _TEXT
from ..catalogue.json_schema import URL as _URL
from ..catalogue.json_schema import listed as _list
from ..catalogue.json_schema import maybe as _maybe
from ..catalogue.json_schema import record as _object
from ..catalogue.parameter_types import Context, Parameter
from ..catalogue.parameters import PARAMETERS
from ..catalogue.query import MAX_PAGE_SIZE, NEWEST, PAGE_SIZE
from ..catalogue.snapshots import current
from ..conf import get_settings
from ..registry import TAXONOMIES
from .parameters import FORMAT

_FACET = component(
    "FacetValue",
    _object(
        {**_TERM_PROPERTIES, "count": _NUMBER, "selected": {"type": "boolean"}},
        ["slug", "label", "count", "selected"],
    ),
)


_FACET_LABELS = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "description": "What each taxonomy of `facets` is called, in the language of labels.",
}


_HTML = {**_TEXT, "description": "HTML: `<mark>` around the words that were searched for, all else escaped."}
_HIGHLIGHT = {
    **_object(
        {
            "title": _HTML,
            "snippet": {
                **_HTML,
                "description": f"The passage that has most of the words. {_HTML['description']}",
            },
            "match": {
                "type": "string",
                "enum": [AS_TYPED, OTHER_FORMS],
                "description": "Whether the story has the words as typed, or only other forms of them. "
                "With `order=relevance`.",
            },
        },
        ["title", "snippet"],
    ),
    "description": "Only with a word in `q`: where the story has it.",
}


def contacts_schema() -> dict[str, Any]:
    """Return the schema of a list of press contacts."""
    return component("PressContactList", _object({"count": _NUMBER, "results": _list(contact_schema())}))


_ID = {"type": "string", "format": "uuid"}
GONE = component("GoneStory", _object({"errors": _list(_ERROR), "id": _ID, "gone_at": _maybe(_DATE_TIME)}))


def item_properties(*, detail: bool = False) -> dict[str, Any]:
    """Return the schemas of an item's fields by name, with the present settings."""
    return {field.name: dict(field.schema()) for field in fields_in_use(detail=detail)}


def item_schema(*, detail: bool = False) -> dict[str, Any]:
    """Return the schema of an item, or with ``detail`` of a whole story.

    It follows the present settings.

    With the parameter ``fields`` any of its fields may be missing.
    """
    name, properties = "Story" if detail else "Item", item_properties(detail=detail)
    if not detail:
        properties.setdefault("highlight", _HIGHLIGHT)
    required = [field.name for field in fields_in_use(detail=detail) if not field.optional]
    whole = component(name, _object(properties, required))
    return {"anyOf": [whole, component(f"{name}Part", _object(properties, []))]}


def facet_properties() -> dict[str, Any]:
    """Return the schemas of the facets of the taxonomies in use, by name."""
    return {name: _list(_FACET) for name in get_settings().taxonomies}


def facets_schema() -> dict[str, Any]:
    """Return the schema of facets; they are empty with ``facets=none``."""
    return component("Facets", _object(facet_properties(), []))


def list_schema() -> dict[str, Any]:
    """Return the schema of the list's envelope."""
    properties = {
        "count": _NUMBER,
        "next": _maybe(_URL),
        "previous": _maybe(_URL),
        "results": _list(item_schema()),
        "summary": _TEXT,
        "facets": facets_schema(),
        "facet_labels": _FACET_LABELS,
        "query": {"type": "object", "additionalProperties": True},
    }
    as_typed = {
        **_NUMBER,
        "description": "With `order=relevance`: how many stories have the words as typed. They come first; "
        "the others have other forms of a word.",
    }
    suggestion = {
        **_TEXT,
        "description": "Where `q` finds fewer than three stories: the search in another spelling, which finds more. "
        "Absent where there is none.",
    }
    note = _object({"part": _TEXT, "message": _TEXT}, ["part", "message"])
    search_notes = {
        **_list(component("SearchNote", note)),
        "description": "Parts of `q` that do not count as they may have been meant, such as one quotation mark, each with "
        "a message for readers; `part` is empty where it is about the whole search. Absent where there is nothing to say.",
    }
    more = {"as_typed": as_typed, "suggestion": suggestion, "search_notes": search_notes}
    return component("ItemList", _object({**properties, **more}, list(properties)))


def changes_schema() -> dict[str, Any]:
    """Return the schema of the change log's envelope."""
    upsert = _object(
        {"change": {"type": "string", "enum": ["upsert"]}, **item_properties()}, ["change", "id"]
    )
    gone = _object({"change": {"type": "string", "enum": ["gone"]}, "id": _ID, "gone_at": _maybe(_DATE_TIME)})
    return component(
        "Changes",
        _object(
            {
                "results": _list(
                    {
                        "oneOf": [component("ChangedItem", upsert), component("GoneItem", gone)],
                        "discriminator": {
                            "propertyName": "change",
                            "mapping": {
                                "upsert": "#/components/schemas/ChangedItem",
                                "gone": "#/components/schemas/GoneItem",
                            },
                        },
                    }
                ),
                "more": {"type": "boolean", "description": "Whether `next` holds something already."},
                "token": _TEXT,
                "next": {**_URL, "description": "Where to ask next: always there."},
            }
        ),
    )


def detail_schema() -> dict[str, Any]:
    """Return the schema of one story."""
    return item_schema(detail=True)


def facets_answer_schema() -> dict[str, Any]:
    """Return the schema of the facets' envelope."""
    return component(
        "FacetsOfList",
        _object(
            {
                "count": _NUMBER,
                "facets": facets_schema(),
                "facet_labels": _FACET_LABELS,
                "query": {"type": "object", "additionalProperties": True},
            }
        ),
    )


def terms_schema() -> dict[str, Any]:
    """Return the schema of a list of terms."""
    term = _object(
        {
            "slug": _TEXT,
            "label": _TEXT,
            "description": _TEXT,
            "aliases": _list(_TEXT),
            "retired": {"type": "boolean"},
            "language": _TERM_PROPERTIES["language"],
        },
        ["slug", "label", "description", "aliases", "retired"],
    )
    results = _list(component("TermDetail", term))
    return component("TermList", _object({"count": _NUMBER, "results": results}))


def describe(one: Parameter, context: Context) -> OpenApiParameter:
    """Describe a parameter as the site has it."""
    value = one.get_schema(context)
    return OpenApiParameter(one.name, _list(value) if one.many else value, description=one.get_description())


def complete_operation(operation: dict[str, Any]) -> None:
    """Describe what drf-spectacular can't: empty parameters, and HTML answers.

    A parameter without a value counts as absent.
    """
    for one in operation["parameters"]:
        if one["in"] == "query":
            one["allowEmptyValue"] = True
    for response in operation["responses"].values():
        if "application/json" in response.get("content", {}):
            response["content"]["text/html"] = {"schema": _TEXT}


class NewsSchema(AutoSchema):
    """The schema of a view, read when it is asked for: settings change it."""

    view: Any

    def get_override_parameters(self) -> list[Any]:
        on = get_settings().is_on
        names = [name for name in self.view.accept if name not in TAXONOMIES or on(name)]
        context = Context(current().reference, self.view.fields)
        return [
            describe(one, context)
            for one in (*map(PARAMETERS.__getitem__, names), *self.view.own_parameters, FORMAT)
        ]

    def get_response_serializers(self) -> Any:
        answers: dict[int, Any] = {200: self.view.get_response_schema(), 400: ERRORS, 503: ERRORS}
        for status in self.view.error_statuses:
            answers[status] = self.view.get_error_schema(status)
        return answers

    def get_request_serializer(self) -> Any:
        return None

    def get_examples(self) -> list[OpenApiExample]:
        return [
            OpenApiExample(name, value=value, response_only=True, status_codes=[status])
            for name, value, status in self.view.get_examples()
        ]

    def get_operation_id(self) -> str:
        return f"get_{self.view.operation}"

    def get_tags(self) -> list[str]:
        return [str(self.view.tag)]

    def get_summary(self) -> str:
        return str(self.view.summary)

    def get_description(self) -> str:  # type: ignore[override]
        return " ".join((type(self.view).__doc__ or "").split())

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False


def example_item() -> dict[str, Any]:
    """Return an invented story as the list gives it.

    One that any council could publish.
    """
    return {field.name: field.example for field in fields_in_use() if field.example is not ABSENT}


def example_list() -> dict[str, Any]:
    """Return an invented list of one."""
    story = example_item()
    facets: dict[str, Any] = {}
    for name in get_settings().taxonomies:
        terms = story.get(TAXONOMIES[name].field) or []
        terms = [terms] if isinstance(terms, dict) else terms
        facets[name] = [{**term, "count": 1, "selected": False} for term in terms]
    return {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [story],
        "summary": "Showing 1 result",
        "facets": facets,
        "facet_labels": {name: get_settings().label(name) for name in facets},
        "query": {"language": "en", "lang": "en", "order": NEWEST, "page": 1, "page_size": PAGE_SIZE},
    }


def example_changes() -> dict[str, Any]:
    """Return an invented page of the change log."""
    gone = {
        "change": "gone",
        "id": "0b8f6f5e-6f0d-4c3c-8f43-0d4a3f9a7c55",
        "gone_at": "2026-03-15T09:00:00+00:00",
    }
    return {
        "results": [{"change": "upsert", **example_item()}, gone],
        "more": False,
        "token": "WyI5YzEi.tXq7",
        "next": "https://www.example.org/newsroom/api/v1/changes/?since=WyI5YzEi.tXq7",
    }


EXAMPLE_ERROR = {
    "errors": [
        {
            "parameter": "page_size",
            "value": "1000",
            "message": "“1000” is not a whole number that “page_size” can take.",
            "allowed": f"1 to {MAX_PAGE_SIZE}",
            "example": "?page_size=1",
        }
    ]
}
