"""503 answers for a database that can't be reached.

Each in the form of the output that was asked for.

Nothing here reads the database, the session or the host's templates and context processors.
"""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Callable
from io import StringIO
from typing import Any

from django.conf import settings as django_settings
from django.core.exceptions import TooManyFieldsSent
from django.db.utils import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

from ..catalogue.parameters import Problem
from ..catalogue.snapshots import is_away
from ..conf import get_settings
from ..languages import asked_language
from .cors import allow_all_origins
from .csp import build_csp
from .responses import PublicResponseMixin

logger = logging.getLogger("wagtail_cpsnews")

#: When to try again, in seconds.
RETRY_AFTER = "60"

#: Answers that middleware of Wagtail and the package looks up redirects for, which fails while the database is away.
_LOOKED_UP = (301, 302, 404)

#: What an output answers with: one of ``_FORMS``, or a function that says it for a request.
Form = str | Callable[[HttpRequest], str]


class UnavailableResponse(PublicResponseMixin, HttpResponse):
    """503: the same for everybody, never stored, readable from every origin."""

    status_code = 503
    xframe_options_exempt = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self["Retry-After"] = RETRY_AFTER
        self["Cache-Control"] = "no-store"
        allow_all_origins(self, expose="Retry-After")


def is_database_unavailable(error: BaseException) -> bool:
    """Return whether ``error`` says that the database can't be used now.

    Errors of a wrong query give False.
    """
    # SQLite says "no such table" and "no such column" with the same class as "unable to open database file".
    return isinstance(error, InterfaceError | OperationalError) and "no such" not in str(error)


def answer_unavailable(form: Form) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a view to answer 503 in ``form`` while the database can't be reached."""

    def decorator(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            error: Exception
            try:
                response = view(request, *args, **kwargs)
            except (InterfaceError, OperationalError) as caught:
                if not is_database_unavailable(caught):
                    raise
                error = caught
            except Http404 as caught:
                if not is_away():
                    raise
                error = caught
            else:
                if response.status_code not in _LOOKED_UP or not is_away():
                    return response
                error = OperationalError("what would be asked about this answer can’t be")
            return unavailable(request, error, form)

        wrapped.unavailable_form = form  # type: ignore[attr-defined]
        return wrapped

    return decorator


def unavailable(request: HttpRequest, error: BaseException, form: Form = "html") -> HttpResponse:
    """Return the 503 in ``form``.

    In the language that ``lang`` or ``language`` asks for.
    """
    logger.error("The database can’t be reached: %s", str(error).strip().partition("\n")[0])
    with translation.override(_language(request)):
        return _FORMS[form(request) if callable(form) else form]()


def asked_format(request: HttpRequest) -> str:
    """Return the value of ``format``, in lower case, or ""."""
    try:
        return request.GET.get("format", "").strip().lower()
    except TooManyFieldsSent:
        return ""


def _language(request: HttpRequest) -> str:
    asked = asked_language(request, "lang", "language")
    return asked or translation.get_language() or django_settings.LANGUAGE_CODE


def _message() -> str:
    return _("The news can’t be loaded at the moment. Try again in a minute.")


def _as_json() -> HttpResponse:
    body = json.dumps({"errors": [Problem("", "", _message()).as_json()]}, ensure_ascii=False)
    return UnavailableResponse(body, content_type="application/json; charset=utf-8")


def _as_xml(element: str = "errors") -> HttpResponse:
    out = StringIO()
    xml = SimplerXMLGenerator(out, "utf-8")
    xml.startDocument()
    xml.startElement(element, {})  # type: ignore[arg-type]
    xml.addQuickElement("error" if element == "errors" else "errors", _message())
    xml.endElement(element)
    xml.endDocument()
    return UnavailableResponse(out.getvalue(), content_type="application/xml; charset=utf-8")


def _as_fragment() -> HttpResponse:
    response = UnavailableResponse(format_html('<p class="cps-status">{}</p>', _message()))
    response["Content-Security-Policy"] = build_csp(frame_ancestors=get_settings().FRAME_ANCESTORS)
    return response


def _as_html(frame_ancestors: str = "'self'") -> HttpResponse:
    context = {"lang": translation.get_language(), "message": _message(), "retry_after": RETRY_AFTER}
    response = UnavailableResponse(render_to_string("wagtail_cpsnews/unavailable.html", context))
    response["Content-Security-Policy"] = build_csp(
        base_uri="'none'", form_action="'none'", frame_ancestors=frame_ancestors
    )
    return response


def _as_frame() -> HttpResponse:
    return _as_html(get_settings().FRAME_ANCESTORS)


_FORMS: dict[str, Callable[[], HttpResponse]] = {
    "json": _as_json,
    "xml": _as_xml,
    "oembed": functools.partial(_as_xml, "oembed"),
    "fragment": _as_fragment,
    "frame": _as_frame,
    "html": _as_html,
}
