"""What OpenAPI says of ``pages/…/``, with invented examples."""

from __future__ import annotations

from typing import Any

from ..catalogue.contact_schema import contact_schema
from ..catalogue.json_schema import (
    DAY,
    IMAGE,
    LANGUAGE_NAME,
    NUMBER,
    TERM,
    TEXT,
    URL,
    component,
    listed,
    maybe,
    record,
)
from ..stories.blocks.protocol import RELEASES

_HTML = {
    **TEXT,
    "description": "HTML with absolute addresses; a link to what is not public has lost its address.",
}
_PAGE = {
    "title": TEXT,
    "url": {**URL, "description": "Where people read the page."},
    "language": {**TEXT, "description": "The language of the texts, which need not be the one asked for."},
    "language_display": LANGUAGE_NAME,
    "translations": listed(record({"language": TEXT, "language_display": LANGUAGE_NAME, "url": URL})),
}
_LINK = {"title": TEXT, "url": URL, "language": TEXT}
_STATUS = {"type": "string", "enum": ["in_force", "being_updated", "superseded", "coming"]}
_MAYBE_ID = maybe({**TEXT, "description": "The id of a version."})


def news_centre_schema() -> dict[str, Any]:
    """Return the schema of the news centre."""
    theme = {"topic": TERM, "text": TEXT, "url": URL, "image": maybe(IMAGE)}
    media = {
        "text": TEXT,
        "protocol": maybe(record({**_LINK, "status": {**TEXT, "description": "In words, as it is today."}})),
        "press_office": maybe(record(_LINK)),
    }
    return component(
        "NewsCentre",
        record(
            {
                **_PAGE,
                "introduction": _HTML,
                "themes": listed(record(theme)),
                "lead": {
                    **maybe(TEXT),
                    "description": "The id of the story that an editor has chosen to lead; null where the newest one does.",
                },
                "media": {**maybe(record(media)), "description": "Working with the media."},
                "ways_on": listed(record({"title": TEXT, "text": TEXT, "url": URL})),
                "query": {
                    "type": "object",
                    "additionalProperties": True,
                    "description": "What the list is fixed to, as parameters of `items/`.",
                },
                "items_url": {**URL, "description": "The list in this API."},
                "feeds": listed(record({"name": TEXT, "type": TEXT, "url": URL})),
            }
        ),
    )


def press_office_schema() -> dict[str, Any]:
    """Return the schema of the press office."""
    part = {"title": TEXT, "anchor": TEXT, "html": _HTML, "url": URL}
    return component(
        "PressOffice",
        record(
            {
                **_PAGE,
                "introduction": _HTML,
                "contact_groups": {
                    **listed(record({"title": TEXT, "contacts": listed(contact_schema())})),
                    "description": "As the page shows them; in each group those available now come first.",
                },
                "public_notice": record(
                    {"title": TEXT, "html": _HTML, "enquiries": maybe(record({"title": TEXT, "url": URL}))}
                ),
                "emergency_numbers": listed(record({"title": TEXT, "number": TEXT, "url": TEXT})),
                "social_media_policy": maybe(
                    record(
                        {
                            "title": TEXT,
                            "anchor": TEXT,
                            "url": URL,
                            "introduction": _HTML,
                            "parts": listed(record(part)),
                        }
                    )
                ),
            }
        ),
    )


def media_protocol_schema() -> dict[str, Any]:
    """Return the schema of the media protocol."""
    return component(
        "MediaProtocol",
        record(
            {
                **_PAGE,
                "introduction": _HTML,
                "status": {**maybe(_STATUS), "description": "Null where there is no version."},
                "status_display": TEXT,
                "present_version": _MAYBE_ID,
                "versions": {**listed(_version_schema()), "description": "Newest first."},
            }
        ),
    )


def _version_schema() -> dict[str, Any]:
    place = {"id": TEXT, "anchor": TEXT, "url": URL}
    material = {
        "release": {"type": "string", "enum": [name for name, _label in RELEASES]},
        "title": TEXT,
        "items": listed(TEXT),
    }
    annex = {
        **place,
        "title": TEXT,
        "html": _HTML,
        "lists": listed(record(material)),
        "document": maybe(record({"title": TEXT, "url": URL, "size": maybe(NUMBER)})),
    }
    party = {
        "name": TEXT,
        # No enum: on a site that has nothing to do with prosecution no answer speaks of it.
        "group": {"type": "string", "description": "Which sort of party, as a name for programs."},
        "group_display": TEXT,
    }
    return component(
        "ProtocolVersion",
        record(
            {
                "id": TEXT,
                "url": URL,
                "title": TEXT,
                "status": _STATUS,
                "status_display": TEXT,
                "in_force_from": maybe(DAY),
                "in_force_from_display": TEXT,
                "in_force_to": maybe(DAY),
                "in_force_to_display": TEXT,
                "replaces": _MAYBE_ID,
                "superseded_by": _MAYBE_ID,
                "agreed_by": listed(record(party)),
                "introduction": _HTML,
                "clauses": listed(record({**place, "number": TEXT, "heading": TEXT, "html": _HTML})),
                "annexes": listed(record(annex)),
            }
        ),
    )


def _example(title: str, path: str) -> dict[str, Any]:
    return {
        "title": title,
        "url": f"https://www.example.org/{path}/",
        "language": "en",
        "language_display": "English",
        "translations": [
            {"language": "cy", "language_display": "Welsh", "url": f"https://www.example.org/cy/{path}/"}
        ],
    }


def example_news_centre() -> dict[str, Any]:
    """Return an invented news centre."""
    items = "https://www.example.org/newsroom/api/v1/items/"
    return {
        **_example("News centre", "news"),
        "introduction": "<p>What is new at the harbour.</p>",
        "themes": [
            {
                "topic": {"slug": "opening-hours", "label": "Opening hours"},
                "text": "When our offices are open.",
                "url": "https://www.example.org/news/?topic=opening-hours",
                "image": None,
            }
        ],
        "lead": None,
        "media": {
            "text": "Journalists can ring the press office at any time.",
            "protocol": {
                "title": "Media protocol",
                "url": "https://www.example.org/media-protocol/",
                "language": "en",
                "status": "In force since 17 December 2025",
            },
            "press_office": None,
        },
        "ways_on": [{"title": "Guidance", "text": "", "url": "https://www.example.org/guidance/"}],
        "query": {"language": "en", "lang": "en"},
        "items_url": items,
        "feeds": [
            {
                "name": "Atom",
                "type": "application/atom+xml",
                "url": "https://www.example.org/newsroom/feeds/news.atom",
            }
        ],
    }


def example_press_office() -> dict[str, Any]:
    """Return an invented press office without contacts."""
    page = _example("Press office", "press-office")
    anchor = "social-media-policy"
    return {
        **page,
        "introduction": "",
        "contact_groups": [],
        "public_notice": {
            "title": "Not a journalist?",
            "html": "<p>Turn to the enquiry office.</p>",
            "enquiries": {
                "title": "How to make a public enquiry",
                "url": "https://www.example.org/contact/",
            },
        },
        "emergency_numbers": [{"title": "In an emergency, call", "number": "999", "url": "tel:999"}],
        "social_media_policy": {
            "title": "Social media policy",
            "anchor": anchor,
            "url": f"{page['url']}#{anchor}",
            "introduction": "",
            "parts": [
                {
                    "title": "Corrections",
                    "anchor": "corrections",
                    "html": "<p>We correct inaccuracies as soon as possible.</p>",
                    "url": f"{page['url']}#corrections",
                }
            ],
        },
    }


def example_media_protocol() -> dict[str, Any]:
    """Return an invented protocol in one version."""
    page = _example("Media protocol", "media-protocol")
    pk = "b4f3a0f8-4c1e-4a57-9a55-0d5c6b8f2f10"
    address, status = f"{page['url']}?version={pk}", "In force since 17 December 2025"
    clause = "clause-5f7c9d1e"
    return {
        **page,
        "introduction": "",
        "status": "in_force",
        "status_display": status,
        "present_version": pk,
        "versions": [
            {
                "id": pk,
                "url": address,
                "title": "2025 protocol",
                "status": "in_force",
                "status_display": status,
                "in_force_from": "2025-12-17",
                "in_force_from_display": "17 December 2025",
                "in_force_to": None,
                "in_force_to_display": "",
                "replaces": None,
                "superseded_by": None,
                "agreed_by": [
                    {
                        "name": "Guild of Harbour Reporters",
                        "group": "news_media",
                        "group_display": "News media",
                    }
                ],
                "introduction": "",
                "clauses": [
                    {
                        "id": clause.removeprefix("clause-"),
                        "anchor": clause,
                        "url": f"{address}#{clause}",
                        "number": "1",
                        "heading": "Purpose",
                        "html": "<p>What is released, and when.</p>",
                    }
                ],
                "annexes": [],
            }
        ],
    }
