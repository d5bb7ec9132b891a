"""What the schemas of all answers are made of."""

from __future__ import annotations

from typing import Any

from .story_updates import UPDATE_KINDS

TEXT = {"type": "string"}
URL = {"type": "string", "format": "uri"}
DAY = {"type": "string", "format": "date"}
MOMENT = {"type": "string", "format": "date-time"}
NUMBER = {"type": "integer"}


def record(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    """An object that has all these properties, or those that are ``required``."""
    names = list(properties) if required is None else required
    return {"type": "object", "properties": properties} | ({"required": names} if names else {})


def listed(items: dict[str, Any]) -> dict[str, Any]:
    """A list of such items."""
    return {"type": "array", "items": items}


def maybe(schema: dict[str, Any]) -> dict[str, Any]:
    """Such a value, or null."""
    return {**schema, "nullable": True}


LABEL_LANGUAGE = {**TEXT, "description": "What the label is in, where that is not the language of `lang`."}
TERM = record({"slug": TEXT, "label": TEXT, "language": LABEL_LANGUAGE}, ["slug", "label"])
LANGUAGE_NAME = {**TEXT, "description": "The language's name, in the language of `lang`."}
IMAGE = record(
    {"url": URL, "width": NUMBER, "height": NUMBER, "alt": TEXT, "credit": TEXT, "licence": TEXT},
    ["url", "width", "height", "alt"],
)

UPDATE = record(
    {
        "date": MOMENT,
        "date_display": TEXT,
        "kind": {"type": "string", "enum": [kind for kind, _label in UPDATE_KINDS]},
        "label": {**TEXT, "description": "In words, such as “One of three defendants: not guilty”."},
        "language": {**TEXT, "description": "Of the label, where it is another than `lang`."},
        "text": TEXT,
    },
    ["date", "date_display", "kind", "label", "text"],
)

SPEECH = record(
    {
        "speaker": TEXT,
        "role": TEXT,
        "event": TEXT,
        "location": TEXT,
        "delivered_on": DAY,
        "delivered_on_display": TEXT,
        "script": {"type": "string", "enum": ["as_delivered", "as_prepared", "draft", "speaking_notes"]},
    },
    ["speaker"],
)
LETTER = record(
    {
        "addressee": TEXT,
        "publication": TEXT,
        "in_reply_to": TEXT,
        "in_reply_to_url": URL,
        "signatory": TEXT,
    },
    [],
)
