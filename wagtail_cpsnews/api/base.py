"""The base of all API views.

Everything that a host's ``REST_FRAMEWORK`` could change is set here.
"""

from __future__ import annotations

import datetime
from contextlib import nullcontext
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.core.exceptions import TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, MethodNotAllowed
from rest_framework.parsers import JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from ..catalogue.changes import START
from ..catalogue.exceptions import CursorGone, NoSuchPage, NotBuilt, TokenGone
from ..catalogue.parameter_types import Context, Parameter, read_one
from ..catalogue.parameters import Parsed, Problem, parse, shorten
from ..catalogue.query import Query
from ..catalogue.snapshots import Snapshot, current
from ..http.caching import max_age
from ..http.compression import compress
from ..http.conditional import add_headers, address, etag, not_modified
from ..http.cors import METHODS, answer_preflight
from ..http.csp import api_page_policy
from ..http.responses import PublicBytes, PublicResponse
from ..http.tags import LISTS
from ..http.unavailable import answer_unavailable, asked_format
from ..http.views import public_view, request_sites
from ..languages import message_language
from .parameters import FORMAT
from .renderers import FormatParameter, NewsBrowsableRenderer, NewsJSONRenderer, to_json
from .schema import ERRORS, EXAMPLE_ERROR, NewsSchema


class BadRequest(Exception):
    """The request's parameters cannot be understood."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


class Gone(Exception):
    """The story was public and is not now: all that is left is an id and a time."""

    def __init__(self, pk: UUID, gone_at: str | None) -> None:
        super().__init__(pk)
        self.pk = pk
        self.gone_at = gone_at


#: What a subclass may set, and what it may override: where it does, DRF answers.
_policies = attrgetter(
    "authentication_classes",
    "permission_classes",
    "throttle_classes",
    "renderer_classes",
    "content_negotiation_class",
    "versioning_class",
    "http_method_names",
)
_hooks = attrgetter(
    "get",
    "initial",
    "initialize_request",
    "finalize_response",
    "handle_exception",
    "get_authenticators",
    "get_permissions",
    "get_throttles",
    "get_renderers",
    "get_content_negotiator",
    "get_exception_handler",
    "perform_authentication",
    "perform_content_negotiation",
    "check_permissions",
    "check_throttles",
    "determine_version",
    "default_response_headers",
)

JSON_TYPE = "application/json; charset=utf-8"


class NewsView(APIView):
    """Read-only, anonymous, the same for everybody.

    A view sets ``accept`` (the list parameters that it takes) and ``fields`` (the names ``fields`` may hold), and
    overrides ``answer()``.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()
    parser_classes = (JSONParser,)
    renderer_classes = (NewsJSONRenderer, NewsBrowsableRenderer)
    content_negotiation_class = FormatParameter
    versioning_class = None
    schema = NewsSchema()
    http_method_names = ["get", "head", "options"]

    accept: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    #: Parameters that only this view takes; ``own`` has their values.
    own_parameters: tuple[Parameter, ...] = ()
    #: Whether the answer says which contacts answer now.
    shows_contacts = False

    #: For the OpenAPI document.
    operation = ""
    summary = ""
    #: The group in the documentation, one of ``docs.TAGS``.
    tag = "Stories"
    error_statuses: tuple[int, ...] = (404,)

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view = answer_unavailable(cls.get_unavailable_form)(super().as_view(**initkwargs))
        return public_view(view)

    @staticmethod
    def get_unavailable_form(request: HttpRequest) -> str:
        """Override this to answer in another form while the database can't be reached."""
        return "html" if asked_format(request) == "html" else "json"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Decide 304 before DRF begins, and add the headers to every answer."""
        self.tag = ""
        self.age: int | None = None
        self.until: datetime.datetime | None = None
        self.expires_at: datetime.datetime | None = None
        self.cache_tags: tuple[str, ...] = (LISTS,)
        self.snapshot: Snapshot = current()
        self.when = timezone.now()
        self.question = self._recall(request)
        self.language = self.question.get("language") or message_language(request, "lang")
        with translation.override(self.language):
            response: Any = (
                self._unchanged(request, **kwargs)
                or self._answer_quickly(request, **kwargs)
                or super().dispatch(request, *args, **kwargs)
            )
            if hasattr(response, "render"):
                response.render()
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Security-Policy", api_page_policy())
        add_headers(response, tag=self.tag, age=self.age, cache_tags=self.cache_tags)
        if self.age is not None:
            compress(request, response)
        return response

    def _unchanged(self, request: HttpRequest, **kwargs: Any) -> HttpResponse | None:
        """Read the parameters once; a 304 costs no list query."""
        self.parsed, self.problems = None, []
        self.own: dict[str, Any] = {}
        try:
            self.parsed = self._parse(request)
            self.problems = self.parsed.problems
        except TooManyFieldsSent:
            message = _("There are too many parameters.")
            self.problems = [Problem("", "", message, list(self.accept), "?page=2")]
        if (
            request.method not in ("GET", "HEAD")
            or self.problems
            or not self.snapshot.built
            or self.parsed is None
        ):
            return None
        now = self.snapshot.reference.contacts.at(self.when) if self.depends_on_now(request) else None
        self.until = now.until if now else None
        asked = [self.question["asked"], sorted(kwargs.items())]
        asked += [*self.more_of_the_question(request), now and now.fingerprint]
        self.tag = etag(request, self.snapshot, *asked)
        # The page for people is not for caches: what a host's DRF templates put into it is not ours to say.
        if not self.question["is_html"]:
            self.age = max_age(self.snapshot, self.until, self.expires_at)
        return not_modified(request, self.tag)

    def _answer_quickly(self, request: HttpRequest, **kwargs: Any) -> HttpResponse | None:
        """Return the answer without DRF's own work, or ``None`` to leave it to DRF.

        DRF answers errors, and whatever a subclass or the request wants from it.
        """
        if (
            request.method not in ("GET", "HEAD")
            or self.problems
            or self.parsed is None
            or not self.snapshot.built
            or self.question["is_html"]
            or not self._is_plain()
        ):
            return None
        self.request: Any = request
        lang = self.parsed.query.lang
        try:
            with nullcontext() if lang == self.language else translation.override(lang):
                content = self.answer_bytes(self.parsed.query, **kwargs)
        except (Gone, Http404, NoSuchPage, CursorGone, TokenGone, NotBuilt, BadRequest, APIException):
            return None  # DRF's way once more: errors are answered in one place
        response = PublicBytes(content, content_type=JSON_TYPE)
        response["Allow"] = METHODS
        return response

    def _is_plain(self) -> bool:
        """Return whether everything that DRF would do is as this class has it."""
        return bool(_policies(self) == _policies(NewsView) and _hooks(type(self)) == _hooks(NewsView))

    def answer_bytes(self, query: Query, **kwargs: Any) -> bytes:
        """Return the answer as JSON.

        Override this to be faster than by way of ``answer()``.
        """
        return to_json(self.answer(query, **kwargs))

    def _recall(self, request: HttpRequest) -> dict[str, Any]:
        """Return what is known of the question that an address asks.

        Nothing where it is asked first. Only of parameters without a problem. Views add what depends on nothing else.
        """
        self._key = type(self), self.accept, request.META.get("QUERY_STRING", ""), address(request)
        return self.snapshot.reference.kept.get(self._key) or {}

    def _parse(self, request: HttpRequest) -> Parsed:
        """Return what the parameters ask for."""
        if self.question:
            self.own = self.question["own"]
            return Parsed(self.question["query"])
        parsed = self._read(request)
        self.question = {
            "query": parsed.query,
            "own": self.own,
            "asked": f"{request.GET.get('format', '')} {parsed.query}",
            "is_html": asked_format(request) == "html",
            "language": self.language,
        }
        is_usual = type(self).get_default_query is NewsView.get_default_query
        if is_usual and not parsed.problems:
            self.snapshot.reference.kept.set(self._key, self.question)
        return parsed

    def _read(self, request: HttpRequest) -> Parsed:
        reference = self.snapshot.reference
        parsed = parse(
            request.GET,
            reference,
            default=self.get_default_query(request),
            accept=self.accept,
            also={one.name for one in (FORMAT, *self.own_parameters)},
            fields=self.fields,
        )
        context = Context(reference)
        for parameter in (FORMAT, *self.own_parameters):
            value, problem = read_one(parameter, request.GET.getlist(parameter.name), context)
            self.own[parameter.name] = value
            if problem is not None:
                parsed.problems.append(problem)
        return parsed

    def one(self, request: HttpRequest, name: str) -> str:
        """Return the value of a parameter that takes one, or ""."""
        return next((value.strip() for value in request.GET.getlist(name) if value.strip()), "")

    def depends_on_now(self, request: HttpRequest) -> bool:
        """Override this where an answer that shows contacts is for another time."""
        return self.shows_contacts

    def get_default_query(self, request: HttpRequest) -> Query:
        """Override this to set what holds where a parameter is absent."""
        return Query(sites=request_sites(request, self.snapshot.reference))

    def more_of_the_question(self, request: HttpRequest) -> list[Any]:
        """Override this to name what else the answer depends on.

        For example ``own_parameters``.

        Where that ends at a known time, ``until`` or ``expires_at`` are set here; see ``max_age()``.
        """
        return [request.GET.get(parameter.name, "") for parameter in self.own_parameters]

    def get(self, request: Request, **kwargs: Any) -> PublicResponse:
        if not self.snapshot.built:
            raise NotBuilt
        if self.problems or self.parsed is None:
            raise BadRequest(self.problems)
        with translation.override(self.parsed.query.lang):
            return PublicResponse(self.answer(self.parsed.query, **kwargs))

    def answer(self, query: Query, **kwargs: Any) -> Any:
        """Override this to return the answer as plain data."""
        raise NotImplementedError

    def get_response_schema(self) -> dict[str, Any]:
        """Override this to describe the answer in OpenAPI."""
        return {"type": "object"}

    def get_error_schema(self, status: int) -> dict[str, Any]:
        """Override this to describe an error that says more than what is wrong."""
        return ERRORS

    def get_examples(self) -> list[tuple[str, Any, str]]:
        """Override this to give examples for OpenAPI as (name, value, status)."""
        return [("A parameter that cannot be understood", EXAMPLE_ERROR, "400")]

    def options(self, request: Any, *args: Any, **kwargs: Any) -> PublicResponse:
        """Answer what a browser asks before it reads from another origin."""
        response = PublicResponse(status=204)
        answer_preflight(response)
        return response

    def get_exception_handler(self) -> Any:
        return handle


def handle(error: Exception, context: dict[str, Any]) -> PublicResponse | None:
    """Return every error in one form.

    ``{"errors": [{"parameter", "value", "message", "allowed", "example"}]}``
    """
    status, retry = 400, ""
    more: dict[str, Any] = {}
    if isinstance(error, BadRequest):
        problems = error.problems
    elif isinstance(error, Gone):
        problems, status = [Problem("id", str(error.pk), _("This story is no longer available."))], 410
        more = {"id": str(error.pk), "gone_at": error.gone_at}
    elif isinstance(error, NoSuchPage):
        page = context["view"].parsed.query.page
        message = _("There is no page %(page)d.") % {"page": page}
        allowed = _("%(first)s to %(last)s") % {"first": 1, "last": error.last}
        problems, status = (
            [Problem("page", str(page), message, allowed, f"?page={error.last}")],
            404,
        )
    elif isinstance(error, CursorGone):
        message = _("The list has started again since this cursor was given. Start again.")
        problems, status = [Problem("cursor", "", message, ["start"], "?cursor=start")], 410
    elif isinstance(error, TokenGone):
        message = _("The log has started again since this token was given. Start again.")
        problems, status = [Problem("since", "", message, [START], f"?since={START}")], 410
    elif isinstance(error, NotBuilt):
        message = _("The catalogue is not built yet. Run “manage.py rebuild_catalogue”.")
        problems, status, retry = [Problem("", "", message)], 503, "60"
    elif isinstance(error, MethodNotAllowed):
        problems, status = (
            [Problem("", shorten(str(context["request"].method)), str(error.detail), ["GET", "HEAD"])],
            405,
        )
    elif isinstance(error, Http404):
        problems, status = [Problem("", "", _("There is nothing at this address."))], 404
    elif isinstance(error, APIException):
        problems, status = [Problem("", "", str(error.detail))], error.status_code
    else:
        return None
    response = PublicResponse({"errors": [problem.as_json() for problem in problems], **more}, status=status)
    if retry:
        response["Retry-After"] = retry
    if status == 405:
        response["Allow"] = METHODS
    return response
