"""What OpenAPI says of the API. Parameters come from the same names that the parser takes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from ..catalogue.contacts import WEEKDAYS
from ..catalogue.parameters import PARAMETERS
from ..catalogue.query import MAX_PAGE_SIZE, NEWEST, PAGE_SIZE
from ..catalogue.serializers import DETAIL_FIELDS, list_fields
from ..conf import get_settings
from ..contacts.blocks import CHANNELS
from ..contacts.models import SCOPE, BankHolidays
from ..registry import PLURALS, TAXONOMIES
from .schema_parts import DAY as _DAY
from .schema_parts import IMAGE as _IMAGE
from .schema_parts import LANGUAGE_NAME as _LANGUAGE_NAME
from .schema_parts import MOMENT as _MOMENT
from .schema_parts import NUMBER as _NUMBER
from .schema_parts import TERM as _TERM
from .schema_parts import TEXT as _TEXT
from .schema_parts import UPDATE as _UPDATE
from .schema_parts import URL as _URL
from .schema_parts import listed as _list
from .schema_parts import maybe as _maybe
from .schema_parts import record as _object

_FACET = _object(
    {**_TERM["properties"], "count": _NUMBER, "selected": {"type": "boolean"}},
    ["slug", "label", "count", "selected"],
)
_SPEECH = _object(
    {
        "speaker": _TEXT,
        "role": _TEXT,
        "event": _TEXT,
        "location": _TEXT,
        "delivered_on": _DAY,
        "delivered_on_display": _TEXT,
        "script": {"type": "string", "enum": ["as_delivered", "as_prepared", "draft", "speaking_notes"]},
    },
    ["speaker"],
)
_LETTER = _object(
    {
        "addressee": _TEXT,
        "publication": _TEXT,
        "in_reply_to": _TEXT,
        "in_reply_to_url": _URL,
        "signatory": _TEXT,
    },
    [],
)
_CHANNEL = _object(
    {
        "type": {"type": "string", "enum": [kind for kind, _label in CHANNELS]},
        "label": _TEXT,
        "value": {**_TEXT, "description": "As people write it."},
        "url": {**_TEXT, "description": "`tel:`, `mailto:` or a web address."},
    }
)
_TIME = {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"}
_HOURS = _object(
    {
        "text": {**_TEXT, "description": "In words, in the language of `lang`."},
        "time_zone": _TEXT,
        "bank_holidays": {"type": "string", "enum": BankHolidays.values},
        "week": {
            **_list(
                _object({"day": {"type": "string", "enum": list(WEEKDAYS)}, "opens": _TIME, "closes": _TIME})
            ),
            "description": "By the day on which hours begin; `closes` not later than `opens` is the next day's.",
        },
    }
)
_BRIEF = {
    "id": {"type": "string", "format": "uuid"},
    "name": _TEXT,
    "role": _TERM,
    "now": {"type": "boolean", "description": "Whether this contact answers at the moment asked for."},
    "channels": _list(_CHANNEL),
    "hours": _HOURS,
}


def contact_schema() -> dict[str, Any]:
    """The schema of a press contact."""
    on = get_settings().is_on
    return _object(
        {
            **_BRIEF,
            "notes": _TEXT,
            "national": {"type": "boolean"},
            **{name: _list(_TERM) for name, taxonomy in SCOPE.items() if on(taxonomy)},
            "audience": _list(_TERM),
            "accredited_only": {"type": "boolean"},
            "out_of_hours": _maybe(_object(_BRIEF)),
            "answers_now": {
                **_maybe(_object(_BRIEF)),
                "description": "Whom to ask at that moment: the contact, who stands in, or who answers out of hours.",
            },
        }
    )


def contacts_schema() -> dict[str, Any]:
    """The schema of a list of press contacts."""
    return _object({"count": _NUMBER, "results": _list(contact_schema())})


_FIELDS: dict[str, dict[str, Any]] = {
    "id": {"type": "string", "format": "uuid"},
    "title": _TEXT,
    "summary": _TEXT,
    "url": _URL,
    "published": _MOMENT,
    "published_display": {**_TEXT, "description": "The day in words, in the language of `lang`."},
    "updated": _maybe(_MOMENT),
    **{one.field: _list(_TERM) if one.many else _maybe(_TERM) for one in TAXONOMIES.values()},
    "language": _TEXT,
    "language_display": _LANGUAGE_NAME,
    "translations": _list(
        _object({"id": _TEXT, "language": _TEXT, "language_display": _LANGUAGE_NAME, "url": _URL})
    ),
    "image": _maybe(_IMAGE),
    "speech": {**_SPEECH, "description": "Speeches only."},
    "letter": {**_LETTER, "description": "Letters only; what is not known is absent."},
    "updates": {
        **_list(_UPDATE),
        "description": "Outcomes first, then newest first; absent where there are none.",
    },
    "latest_updates": {
        **_list(_UPDATE),
        "description": "What to show wherever you show the title: every outcome, or else the newest update, with its "
        "text cut at a word. Absent where there are none.",
    },
    "archived": {
        **_object({"on": _maybe(_DAY), "note": _TEXT}, ["note"]),
        "description": "Only on stories that are kept for the record.",
    },
    "body": _list(_object({"id": _maybe(_TEXT), "type": _TEXT, "value": {}})),
    "body_html": _TEXT,
    "plain_text": _TEXT,
    "notes_to_editors": _TEXT,
    "documents": _list(_object({"title": _TEXT, "url": _URL, "size": _maybe(_NUMBER)})),
    "licence": {
        **_maybe(_object({"name": _TEXT, "url": _TEXT})),
        "description": "The licence of the story's words; a picture may have its own.",
    },
}
_OPTIONAL = {"speech", "letter", "updates", "latest_updates", "archived"}
_ERROR = _object(
    {
        "parameter": _TEXT,
        "value": _TEXT,
        "message": _TEXT,
        "allowed": {"description": "What the parameter takes: a list, a range in words, or null."},
        "example": _TEXT,
    }
)
ERRORS = _object({"errors": _list(_ERROR)})
GONE = _object({"errors": _list(_ERROR), "id": _FIELDS["id"], "gone_at": _maybe(_MOMENT)})


def item_schema(names: tuple[str, ...]) -> dict[str, Any]:
    """The schema of an item with these fields."""
    fields = {**_FIELDS, "contacts": _list(contact_schema())}
    return _object({name: fields[name] for name in names}, [name for name in names if name not in _OPTIONAL])


def facets_schema() -> dict[str, Any]:
    """The schema of facets with the taxonomies in use; empty with ``facets=none``."""
    return _object({name: _list(_FACET) for name in get_settings().taxonomies}, [])


def list_schema() -> dict[str, Any]:
    """The schema of the list's envelope."""
    return _object(
        {
            "count": _NUMBER,
            "next": _maybe(_URL),
            "previous": _maybe(_URL),
            "results": _list(item_schema(list_fields())),
            "summary": _TEXT,
            "facets": facets_schema(),
            "query": {"type": "object", "additionalProperties": True},
        }
    )


def changes_schema() -> dict[str, Any]:
    """The schema of the change log's envelope."""
    names = list_fields()
    upsert = _object(
        {"change": {"type": "string", "enum": ["upsert"]}, **item_schema(names)["properties"]},
        ["change", "id"],
    )
    gone = _object(
        {"change": {"type": "string", "enum": ["gone"]}, "id": _FIELDS["id"], "gone_at": _maybe(_MOMENT)}
    )
    return _object(
        {
            "results": _list({"oneOf": [upsert, gone]}),
            "more": {"type": "boolean", "description": "Whether `next` holds something already."},
            "token": _TEXT,
            "next": {**_URL, "description": "Where to ask next: always there."},
        }
    )


def detail_schema() -> dict[str, Any]:
    """The schema of one story."""
    return item_schema((*list_fields(), *DETAIL_FIELDS))


def facets_answer_schema() -> dict[str, Any]:
    """The schema of the facets' envelope."""
    return _object({"count": _NUMBER, "facets": facets_schema(), "query": {"type": "object"}})


def terms_schema() -> dict[str, Any]:
    """The schema of a list of terms."""
    term = _object(
        {
            "slug": _TEXT,
            "label": _TEXT,
            "description": _TEXT,
            "aliases": _list(_TEXT),
            "retired": {"type": "boolean"},
            "language": _TERM["properties"]["language"],
        },
        ["slug", "label", "description", "aliases", "retired"],
    )
    return _object({"count": _NUMBER, "results": _list(term)})


def parameter(name: str) -> OpenApiParameter:
    """One list parameter."""
    one = PARAMETERS[name]
    return OpenApiParameter(
        name, one.type, many=one.many, description=one.get_description(), enum=one.choices
    )


class NewsSchema(AutoSchema):
    """Asks the view what it takes and gives, at the time of asking: settings change both."""

    view: Any

    def get_override_parameters(self) -> list[Any]:
        on = get_settings().is_on
        names = [name for name in self.view.accept if name not in TAXONOMIES or on(name)]
        parameters = [parameter(name) for name in names]
        parameters += [
            OpenApiParameter(name, str, description=text) for name, text in self.view.own_parameters.items()
        ]
        parameters.append(
            OpenApiParameter("format", str, enum=["json", "html"], description="`html`: a page to look at.")
        )
        return parameters

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
        return ["newsroom"]

    def get_summary(self) -> str:
        return str(self.view.summary)

    def get_description(self) -> str:  # type: ignore[override]
        return " ".join((type(self.view).__doc__ or "").split())

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False


def example_item() -> dict[str, Any]:
    """An invented story as the list gives it; one that any council could publish."""
    values: dict[str, Any] = {
        "id": "6f1d3b2c-0f4e-4f53-9c1a-2a2f5f0c7d11",
        "kind": {"slug": "news", "label": "News"},
        "title": "Enquiry office opens on Saturdays",
        "summary": "From June the enquiry office by the harbour is open on Saturdays from ten to two.",
        "url": "https://www.example.org/news/enquiry-office-opens-on-saturdays/",
        "published": "2026-03-14T10:30:00+00:00",
        "published_display": "14 March 2026",
        "updated": None,
        **{name: [] for name in PLURALS.values()},
        "areas": [{"slug": "harbour", "label": "Harbour"}],
        "language": "en",
        "language_display": "English",
        "translations": [],
        "image": None,
    }
    return {name: values[name] for name in list_fields() if name in values}


def example_list() -> dict[str, Any]:
    """An invented list of one."""
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
        "query": {"language": "en", "lang": "en", "order": NEWEST, "page": 1, "page_size": PAGE_SIZE},
    }


def example_changes() -> dict[str, Any]:
    """An invented page of the change log."""
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
