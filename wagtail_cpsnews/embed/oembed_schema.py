"""The OpenAPI description of ``embed/oembed/``.

It is made of the parameters that the view reads.
"""

from __future__ import annotations

from typing import Any

from ..catalogue.json_schema import ERRORS, NUMBER, TEXT, URL, component, record
from ..catalogue.parameter_types import NO_CONTEXT
from . import oembed

_ANSWER = component(
    "OEmbed",
    record(
        {
            "type": {"type": "string", "enum": ["rich"]},
            "version": {"type": "string", "enum": ["1.0"]},
            "title": TEXT,
            "provider_name": TEXT,
            "provider_url": URL,
            "cache_age": NUMBER,
            "width": NUMBER,
            "height": NUMBER,
            "html": {**TEXT, "description": "A frame and a link: never a headline, since others store it."},
        }
    ),
)

_ERRORS = {
    400: "No address is named, or there are too many parameters.",
    404: "There is no public list or story at the address.",
    501: "There is no such format.",
    503: "The catalogue is not built yet.",
}


def describe_oembed() -> dict[str, Any]:
    """Return the operation of the oEmbed endpoint."""
    responses = {"200": {"description": "How to embed it.", "content": _content(_ANSWER)}}
    responses |= {
        str(status): {"description": text, "content": _content(ERRORS)} for status, text in _ERRORS.items()
    }
    return {
        "operationId": "get_oembed",
        "summary": "Ask how to embed an address",
        "description": "oEmbed 1.0 for the lists and public stories of this site. Unknown parameters are ignored.",
        "tags": ["Embedding"],
        "parameters": [
            {
                "in": "query",
                "name": one.name,
                "schema": one.get_schema(NO_CONTEXT),
                "description": one.get_description(),
                **({"required": True} if one is oembed.URL else {"allowEmptyValue": True}),
            }
            for one in (oembed.FORMAT, *oembed.LIMITS.values(), oembed.URL)
        ],
        "responses": responses,
    }


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}, "text/xml": {"schema": TEXT}}
