"""The OpenAPI document, and a page that shows it.

Both describe this package's addresses only.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_resolver, path, reverse
from django.utils import translation
from django.utils.module_loading import import_string
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings

from .. import __version__
from ..catalogue.json_schema import hoist_components
from ..catalogue.query import Query
from ..conf import get_settings
from ..http.csp import api_page_policy
from ..languages import text_languages
from ..outputs import outputs
from ..registry import TAXONOMIES
from .base import NewsView
from .reference import describe_document
from .schema import complete_operation

#: The groups of addresses, in the order of the documentation.
TAGS = {
    "Stories": "What is public now, and what has changed.",
    "Filters": "Terms to filter by, and how many stories each would find.",
    "Press contacts": "Who answers journalists.",
    "Pages": "The newsroom's own pages as data.",
    "Embedding": "Lists and stories on other people's sites.",
    "Documentation": "This document.",
}

#: A host's own drf-spectacular settings must not reach into our document.
_SETTINGS: dict[str, Any] = {
    "TITLE": "News",
    "DESCRIPTION": "Stories that are public now, with filters and counts. Nothing needs a key.",
    "VERSION": __version__,
    "OAS_VERSION": "3.1.0",
    "SERVERS": [],
    "TAGS": [],
    "SECURITY": [],
    "PREPROCESSING_HOOKS": [],
    "POSTPROCESSING_HOOKS": [],
    "SCHEMA_PATH_PREFIX": None,
    "SCHEMA_PATH_PREFIX_INSERT": "",
    "COMPONENT_SPLIT_REQUEST": False,
    "APPEND_COMPONENTS": {},
    "AUTHENTICATION_WHITELIST": [],
}


class SchemaView(NewsView):
    """The OpenAPI document of this API."""

    operation = "schema"
    summary = "Read this document"
    tag = "Documentation"

    def more_of_the_question(self, request: HttpRequest) -> list[Any]:
        """Include the languages, which are settings of the project.

        They are outside ``WAGTAIL_CPSNEWS``.
        """
        return [*super().more_of_the_question(request), text_languages()]

    def answer(self, query: Query, **kwargs: Any) -> Any:
        return build_document(self.request)


def build_document(request: HttpRequest) -> dict[str, Any]:
    """Return the OpenAPI document for the settings and the request's site."""
    off = {taxonomy.path for name, taxonomy in TAXONOMIES.items() if not get_settings().is_on(name)}
    # By name: the URL configuration imports this view.
    patterns_of_api: list[Any] = get_resolver("wagtail_cpsnews.api.urls").url_patterns
    patterns = [
        path(f"api/v1/{pattern.pattern}", pattern.callback, name=pattern.name)
        for pattern in patterns_of_api
        if pattern.name not in off and pattern.name not in ("docs", "nothing")
    ]
    with patched_settings(_SETTINGS):
        document = SchemaGenerator(patterns=patterns).get_schema(request=None, public=True)
    mount = reverse("cpsnews:list")
    components: dict[str, Any] = {}
    for one in document["paths"].values():
        complete_operation(one["get"])
    for output in outputs():
        if output.operation:
            address = reverse(output.url_name).removeprefix(mount)
            document["paths"][f"/{address}"] = {"get": import_string(output.operation)()}
    document["paths"] = hoist_components(document["paths"], components)
    document["components"] = {"schemas": dict(sorted(components.items()))}
    document["security"] = []
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    document["servers"] = [{"url": request.build_absolute_uri(mount).rstrip("/")}]
    return document


class DocsView(NewsView):
    """The OpenAPI document as a page to read.

    In the newsroom's style and without a script.
    """

    operation = "docs"
    summary = "Documentation"
    tag = "Documentation"

    @staticmethod
    def get_unavailable_form(request: HttpRequest) -> str:
        return "html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return super().dispatch(request, *args, **kwargs)
        with translation.override("en"):
            document = build_document(request)
            context = {
                "document": document,
                "schema_url": reverse("cpsnews:schema"),
                "items_url": reverse("cpsnews:items"),
                **describe_document(document, reverse("cpsnews:list").rstrip("/")),
            }
            response = render(request, "wagtail_cpsnews/api_docs.html", context)
        response["Cache-Control"] = f"public, max-age={get_settings().MAX_AGE}"
        response["Content-Security-Policy"] = api_page_policy()
        return response
