"""What the schemas of all answers are made of."""

from __future__ import annotations

from typing import Any

from .story_updates import UPDATE_KINDS

TEXT = {"type": "string"}
URL = {"type": "string", "format": "uri"}
DAY = {"type": "string", "format": "date"}
DATE_TIME = {"type": "string", "format": "date-time"}
NUMBER = {"type": "integer"}


def record(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    """Return an object with all these properties, or those that are ``required``."""
    names = list(properties) if required is None else required
    return {"type": "object", "properties": properties} | ({"required": names} if names else {})


def listed(items: dict[str, Any]) -> dict[str, Any]:
    """Return a list of such items."""
    return {"type": "array", "items": items}


def maybe(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of such a value, or null."""
    return {**schema, _NULLABLE: True}


def component(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return a reference to a schema, to be held once under ``name``.

    The definition travels with the reference; ``hoist_components`` moves it into the document.
    """
    return {"$ref": f"#/components/schemas/{name}", _DEFINITION: schema}


def hoist_components(node: Any, components: dict[str, Any]) -> Any:
    """Return ``node`` with plain references.

    The definitions go into ``components``.

    What is said beside a reference goes around it, which every reader of OpenAPI understands. ``maybe()`` becomes
    what OpenAPI 3.1 has for it: 3.0's ``nullable`` says nothing certain beside a reference.

    Raises:
        ValueError: two different schemas have one name.
    """
    if isinstance(node, list):
        return [hoist_components(part, components) for part in node]
    if not isinstance(node, dict):
        return node
    parts = {key: hoist_components(part, components) for key, part in node.items() if key != _DEFINITION}
    is_nullable = parts.pop(_NULLABLE, False)
    if _DEFINITION not in node:
        return {**parts, "type": [parts["type"], "null"]} if is_nullable else parts
    name = node["$ref"].rpartition("/")[2]
    definition = hoist_components(node[_DEFINITION], components)
    if components.setdefault(name, definition) != definition:
        raise ValueError(f"There are two schemas named {name}.")
    reference = {"$ref": parts.pop("$ref")}
    if is_nullable:
        return {"anyOf": [reference, {"type": "null"}], **parts}
    return {"allOf": [reference], **parts} if parts else reference


_DEFINITION = "x-definition"
_NULLABLE = "x-nullable"

LABEL_LANGUAGE = {**TEXT, "description": "What the label is in, where that is not the language of `lang`."}
TERM_PROPERTIES = {"slug": TEXT, "label": TEXT, "language": LABEL_LANGUAGE}
TERM = component("Term", record(TERM_PROPERTIES, ["slug", "label"]))
LANGUAGE_NAME = {**TEXT, "description": "The language's name, in the language of `lang`."}
IMAGE = component(
    "Image",
    record(
        {
            "url": URL,
            "width": NUMBER,
            "height": NUMBER,
            "alt": {**TEXT, "description": "For people who cannot see the picture."},
            "caption": {**TEXT, "description": "Shown below the picture; absent where there is none."},
            "credit": TEXT,
            "licence": TEXT,
        },
        ["url", "width", "height", "alt"],
    ),
)

ERROR = component(
    "Error",
    record(
        {
            "parameter": TEXT,
            "value": TEXT,
            "message": TEXT,
            "allowed": {"description": "What the parameter takes: a list, a range in words, or null."},
            "example": TEXT,
        }
    ),
)
ERRORS = component("Errors", record({"errors": listed(ERROR)}))
UPDATE = component(
    "Update",
    record(
        {
            "date": DATE_TIME,
            "date_display": TEXT,
            "kind": {"type": "string", "enum": [kind for kind, _label in UPDATE_KINDS]},
            "label": {**TEXT, "description": "In words, such as “One of three defendants: not guilty”."},
            "language": {**TEXT, "description": "Of the label, where it is another than `lang`."},
            "text": TEXT,
        },
        ["date", "date_display", "kind", "label", "text"],
    ),
)

SPEECH = component(
    "Speech",
    record(
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
    ),
)
LETTER = component(
    "Letter",
    record(
        {
            "addressee": TEXT,
            "publication": TEXT,
            "in_reply_to": TEXT,
            "in_reply_to_url": URL,
            "signatory": TEXT,
        },
        [],
    ),
)
