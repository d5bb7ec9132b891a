"""Context for ``api_docs.html``, which shows the OpenAPI document as a page."""

from __future__ import annotations

import json
import re
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ..catalogue.parameter_types import HIGHEST_NUMBER

_CODE = re.compile(r"`+([^`]+)`+")


def describe_document(document: dict[str, Any], base: str) -> dict[str, Any]:
    """Return the groups of addresses and the objects of an OpenAPI document.

    Args:
        base: The path that the document's addresses are below, without a slash at its end.
    """
    operations = [
        _describe_operation(f"{base}{path}", item["get"]) for path, item in document["paths"].items()
    ]
    return {
        "groups": [
            {**tag, "operations": [one for one in operations if tag["name"] in one["tags"]]}
            for tag in document["tags"]
        ],
        "objects": [
            {"name": name, "fields": list(_fields(schema))}
            for name, schema in document["components"]["schemas"].items()
        ],
    }


def _describe_operation(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    answers = [_describe_answer(status, answer) for status, answer in operation["responses"].items()]
    return {
        "id": operation["operationId"],
        "path": path,
        "can_be_tried": "{" not in path,
        "summary": operation["summary"],
        "description": _prose(operation["description"]),
        "tags": operation["tags"],
        "parameters": [
            {
                "name": one["name"],
                "type": _type(one["schema"]),
                "description": _prose(one.get("description", "")),
                "is_required": one.get("required", False),
            }
            for one in operation["parameters"]
        ],
        "answers": sorted(answers, key=lambda answer: str(answer["status"])),
    }


def _describe_answer(status: str, answer: dict[str, Any]) -> dict[str, Any]:
    content = answer["content"]["application/json"]
    examples = content.get("examples", {}).values()
    return {
        "status": status,
        "type": _type(content["schema"]),
        "examples": [
            {
                "summary": one.get("summary", ""),
                "text": json.dumps(one["value"], indent=2, ensure_ascii=False),
            }
            for one in examples
        ],
    }


def _fields(schema: dict[str, Any]) -> Any:
    required = schema.get("required", ())
    for name, value in schema.get("properties", {}).items():
        yield {
            "name": name,
            "type": _type(value),
            "description": _prose(value.get("description", "")),
            "is_required": name in required,
        }


def _type(schema: dict[str, Any]) -> SafeString:
    """Return what a value can be, in words, with links to the objects."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return format_html('<a href="#{0}">{0}</a>', name)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return _join(_type(one) for one in schema[key])
    if "enum" in schema:
        return format_html_join(", ", "<code>{}</code>", ((value,) for value in schema["enum"]))
    kinds = schema.get("type", "any value")
    return _join(_one_type(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _one_type(kind: str, schema: dict[str, Any]) -> SafeString:
    if kind == "array":
        return format_html("list of {}", _type(schema.get("items", {})))
    if kind == "object" and schema.get("properties"):
        return format_html("object with {}", ", ".join(schema["properties"]))
    known = [schema["format"]] if "format" in schema else []
    if "minimum" in schema:
        is_limited = schema.get("maximum", HIGHEST_NUMBER) < HIGHEST_NUMBER
        known.append(
            f"{schema['minimum']} to {schema['maximum']}" if is_limited else f"from {schema['minimum']}"
        )
    if "maxLength" in schema:
        known.append(f"up to {schema['maxLength']} characters")
    text = ", ".join(known)
    return format_html("{} ({})", kind, text) if text else format_html("{}", kind)


def _prose(text: str) -> SafeString:
    """Return a description with its code marked as such."""
    parts = _CODE.split(text)  # every other one is code
    return format_html_join(
        "",
        "{}",
        ((format_html("<code>{}</code>", part) if at % 2 else part,) for at, part in enumerate(parts)),
    )


def _join(types: Any) -> SafeString:
    return format_html_join(" or ", "{}", ((one,) for one in types))
