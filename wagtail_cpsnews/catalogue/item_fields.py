"""The fields of an item, declared once.

Its JSON, the parameter ``fields``, OpenAPI and the example come from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..conf import get_settings
from ..languages import language_name
from ..registry import TAXONOMIES, Taxonomy
from .adapters import declared_extra
from .contact_schema import contact_schema
from .dates import display, iso
from .item_source import ItemSource, image_item, url_of
from .json_schema import (
    DATE_TIME,
    DAY,
    IMAGE,
    LANGUAGE_NAME,
    LETTER,
    NUMBER,
    SPEECH,
    TERM,
    TEXT,
    UPDATE,
    URL,
    listed,
    maybe,
    record,
)
from .story_updates import pick_latest

#: The value of a field that a story does not have: it is left out.
ABSENT = object()


@dataclass(frozen=True)
class Field:
    """A field of an item.

    value: its value for a story, or ``ABSENT``. schema: for OpenAPI. example: of an invented story.
    detail: whether only the story itself has it. optional: whether it may be absent.
    """

    name: str
    value: Callable[[ItemSource], Any]
    schema: Callable[[], Mapping[str, Any]]
    example: Any = ABSENT
    detail: bool = False
    optional: bool = False


def _field(name: str, value: Callable[[ItemSource], Any], schema: Any, *args: Any, **kwargs: Any) -> Field:
    return Field(name, value, schema if callable(schema) else lambda: schema, *args, **kwargs)


def _detail(name: str, value: Callable[[ItemSource], Any], schema: Any) -> Field:
    return _field(name, value, schema, detail=True)


def _optional(name: str, value: Callable[[ItemSource], Any], schema: Any) -> Field:
    return _field(name, lambda source: value(source) or ABSENT, schema, optional=True)


def _term_field(taxonomy: Taxonomy) -> Field:
    def value(source: ItemSource) -> Any:
        terms = source.terms(taxonomy.name)
        return terms if taxonomy.many else next(iter(terms), None)

    examples = {
        "kind": {"slug": "news", "label": "News"},
        "area": [{"slug": "harbour", "label": "Harbour"}],
    }
    schema = listed(TERM) if taxonomy.many else maybe(TERM)
    return _field(taxonomy.field, value, schema, examples.get(taxonomy.name, []))


def _translations(source: ItemSource) -> list[dict[str, Any]]:
    return [
        {
            "id": version["id"],
            "language": version["language"],
            "language_display": language_name(version["language"]),
            "url": url_of(version["path"], version["address"], source.reference),
        }
        for version in source.facts.get("translations", ())
    ]


def _speech(source: ItemSource) -> Any:
    given = source.facts.get("speech")
    if not given:
        return None
    speech = {name: value for name, value in given.items() if value is not None}
    return {**speech, "delivered_on_display": display(speech.get("delivered_on"))}


_BY_TAXONOMY = {name: _term_field(taxonomy) for name, taxonomy in TAXONOMIES.items()}

#: Every field, in the order in which an item has them; ``fields`` chooses among them.
FIELDS = (
    _field(
        "id",
        lambda source: str(source.stored.pk),
        {"type": "string", "format": "uuid"},
        "6f1d3b2c-0f4e-4f53-9c1a-2a2f5f0c7d11",
    ),
    *(field for name, field in _BY_TAXONOMY.items() if not TAXONOMIES[name].many),
    _field("title", lambda source: source.stored.title, TEXT, "Enquiry office opens on Saturdays"),
    _field(
        "summary",
        lambda source: source.stored.summary,
        TEXT,
        "From June the enquiry office by the harbour is open on Saturdays from ten to two.",
    ),
    _field(
        "url",
        lambda source: url_of(source.stored.path, source.stored.address, source.reference),
        URL,
        "https://www.example.org/news/enquiry-office-opens-on-saturdays/",
    ),
    _field("published", lambda source: iso(source.stored.published), DATE_TIME, "2026-03-14T10:30:00+00:00"),
    _field(
        "published_display",
        lambda source: display(source.stored.published),
        {**TEXT, "description": "The day in words, in the language of `lang`."},
        "14 March 2026",
    ),
    _field("updated", lambda source: iso(source.stored.updated), maybe(DATE_TIME), None),
    *(field for name, field in _BY_TAXONOMY.items() if TAXONOMIES[name].many),
    _field("language", lambda source: source.stored.language, TEXT, "en"),
    _field(
        "language_display", lambda source: language_name(source.stored.language), LANGUAGE_NAME, "English"
    ),
    _field(
        "translations",
        _translations,
        listed(record({"id": TEXT, "language": TEXT, "language_display": LANGUAGE_NAME, "url": URL})),
        [],
    ),
    _field("image", lambda source: image_item(source.facts.get("image"), source.base), maybe(IMAGE), None),
    _optional("speech", _speech, {**SPEECH, "description": "Speeches only."}),
    _optional(
        "letter",
        lambda source: source.facts.get("letter"),
        {**LETTER, "description": "Letters only; what is not known is absent."},
    ),
    _optional(
        "updates",
        lambda source: source.updates,
        {**listed(UPDATE), "description": "Outcomes first, then newest first; absent where there are none."},
    ),
    _field(
        "latest_updates",
        lambda source: pick_latest(source.updates) if source.updates else ABSENT,
        {
            **listed(UPDATE),
            "description": "What to show wherever you show the title: every outcome, or else the newest update, with "
            "its text cut at a word. Absent where there are none.",
        },
        optional=True,
    ),
    _optional(
        "archived",
        lambda source: source.facts.get("archived"),
        {
            **record({"on": maybe(DAY), "note": TEXT}, ["note"]),
            "description": "Only on stories that are kept for the record.",
        },
    ),
    _detail(
        "body",
        lambda source: source.content.get("body", []),
        listed(record({"id": maybe(TEXT), "type": TEXT, "value": {}})),
    ),
    _detail("body_html", lambda source: source.html("body_html"), TEXT),
    _detail("plain_text", lambda source: source.plain_text, TEXT),
    _detail("notes_to_editors", lambda source: source.html("notes_to_editors"), TEXT),
    _detail(
        "documents",
        lambda source: source.documents,
        listed(record({"title": TEXT, "url": URL, "size": maybe(NUMBER)})),
    ),
    _detail("contacts", lambda source: source.contacts, lambda: listed(contact_schema())),
    _field(
        "noindex",
        lambda source: source.facts.get("noindex") or ABSENT,
        {
            "type": "boolean",
            "description": "Only on stories that search engines are asked not to list: true. Say so in the head of a page "
            "that shows the story.",
        },
        detail=True,
        optional=True,
    ),
    _detail(
        "licence",
        lambda source: get_settings().licence(source.lang),
        {
            **maybe(record({"name": TEXT, "url": TEXT})),
            "description": "The licence of the story's words; a picture may have its own.",
        },
    ),
)

LIST_FIELDS = tuple(field.name for field in FIELDS if not field.detail)

#: What the story itself adds.
DETAIL = tuple(field for field in FIELDS if field.detail)
DETAIL_FIELDS = tuple(field.name for field in DETAIL)


def extra_fields() -> tuple[Field, ...]:
    """Return the further fields that adapters declare; any story may have them."""
    return tuple(
        _field(name, partial(_extra, name), dict(schema), optional=True)
        for name, schema in declared_extra().items()
        if name not in LIST_FIELDS and name not in DETAIL_FIELDS
    )


def _extra(name: str, source: ItemSource) -> Any:
    return (source.facts.get("extra") or {}).get(name, ABSENT)


def fields_in_use(*, detail: bool = False) -> tuple[Field, ...]:
    """Return the fields of an item with the present settings.

    Taxonomies that are off have none.
    """
    off = {taxonomy.field for name, taxonomy in TAXONOMIES.items() if not get_settings().is_on(name)}
    found = [field for field in FIELDS if not field.detail and field.name not in off]
    return (*found, *extra_fields(), *(DETAIL if detail else ()))
