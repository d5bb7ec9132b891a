"""``MediaProtocolMixin``: the agreement with police and media.

It is about what is released from criminal proceedings.

One page is the agreement through time: its versions are blocks, so earlier ones stay at their addresses.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField

from ..catalogue.dates import display
from ..catalogue.desk import find_desk
from ..catalogue.parameters import TRACKERS, Problem, limit_problems, shorten
from ..catalogue.public_links import PublicLinks
from ..catalogue.sites import address_of
from ..catalogue.snapshots import current
from ..http.caching import limit_lifetime, next_day_or_answering
from .blocks.protocol import VersionsBlock
from .context import expiry_of, public_context, versions_of_page
from .fields import StoryStreamField
from .panels import PublicRoutingMixin
from .protocol_diff import Comparison
from .protocol_history import History, Version

#: The parameters of a protocol's address.
PARAMETERS = ("version", "compare", "with")


class MediaProtocolMixin(PublicRoutingMixin):
    """The fields of a media protocol, their panels, and what its page shows.

    Put it before ``Page`` among the bases.
    """

    introduction = RichTextField(
        _("introduction"),
        blank=True,
        features=["bold", "italic", "link"],
        help_text=_("What the protocol is for. Shown above whichever version is read."),
    )
    versions = StoryStreamField(
        VersionsBlock(),
        verbose_name=_("versions"),
        blank=True,
        help_text=_(
            "To replace a version, add a new one and give the old one its last day; do not write over it."
        ),
    )

    protocol_panels: ClassVar[list[Any]] = [FieldPanel("introduction"), FieldPanel("versions")]

    #: Parameters of the host's own that its templates or middleware read.
    ignored_parameters: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def get_history(self, path: str = "", write: Callable[[str], str] | None = None) -> History:
        """Return the versions with their present status.

        ``path`` is what their links begin with, ``write`` makes HTML.
        """
        return History(self.versions, path, write=write)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Serve the page; no cache may keep it beyond today.

        A version's status depends on the date.
        """
        serve = partial(super().serve, request, *args, **kwargs)
        return limit_lifetime(request, serve, next_day_or_answering, partial(expiry_of, self))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        language = self.locale.language_code  # type: ignore[attr-defined]
        with translation.override(language):
            is_preview = getattr(request, "is_preview", False)
            write = None if is_preview else self._cpsnews_references.html  # type: ignore[attr-defined]
            path = urlsplit(self.get_url(request) or "").path  # type: ignore[attr-defined]
            history = self.get_history(path, write)
            protocol_request = ProtocolRequest(request, history, self.ignored_parameters)
        return {
            **context,
            **public_context(),
            "address": address_of(current().reference.roots, self.url_path),  # type: ignore[attr-defined]
            "desk": find_desk(current().reference, language),
            "history": history,
            "version": protocol_request.version,
            "comparison": protocol_request.comparison,
            "problems": protocol_request.problems,
            "versions_elsewhere": versions_of_page(self, language),
        }

    def get_public_links(self) -> PublicLinks:
        """Return which links of the texts everybody may follow."""
        return PublicLinks(self, current().reference)

    def get_public_data(self, lang: str, links: PublicLinks | None = None) -> dict[str, Any]:
        """Return what the page shows, as plain JSON values.

        With labels and dates in ``lang`` and absolute addresses. The texts are in the page's own language.
        The caller has checked that the page is public.
        """
        address = address_of(current().reference.roots, self.url_path)  # type: ignore[attr-defined]
        links = links or self.get_public_links()
        with translation.override(lang):
            history = self.get_history(address)
            present = history.present
            return {
                "title": self.title,  # type: ignore[attr-defined]
                "url": address,
                "language": self.locale.language_code,  # type: ignore[attr-defined]
                "introduction": links.html(self.introduction),
                "status": history.shown.state if history.shown else None,
                "status_display": history.status_display,
                "present_version": present.id if present else None,
                "versions": [_version_data(version, links) for version in history.versions],
            }


class ProtocolRequest:
    """What a reader asked of a protocol's page.

    One version or a comparison, and what could not be understood.
    """

    def __init__(self, request: HttpRequest, history: History, ignore: tuple[str, ...] = ()) -> None:
        self.history = history
        self.problems: list[Problem] = []
        self.version = history.shown
        self.comparison: Comparison | None = None
        values = {} if getattr(request, "is_preview", False) else self._values(request, ignore)
        if "compare" in values or "with" in values:
            self._compare(values)
        elif "version" in values:
            self.version = self._find("version", values["version"]) or history.shown

    def _values(self, request: HttpRequest, ignore: tuple[str, ...]) -> dict[str, str]:
        values: dict[str, str] = {}
        try:
            params = request.GET
        except TooManyFieldsSent:
            message = gettext("The address has too many parameters. It was read as if it had none.")
            self.problems.append(Problem("", "", message))
            return values
        for name, given in params.lists():
            while name.startswith("amp;"):  # a link that was escaped twice
                name = name.removeprefix("amp;")
            value = next((value.strip() for value in reversed(given) if value.strip()), "")
            if name in PARAMETERS:
                values |= {name: value} if value else {}
            elif not TRACKERS.match(name) and name not in ignore:
                self._unknown(name, value)
        self.problems = limit_problems(self.problems)
        if len({"version", "compare"} & values.keys()) == 2:
            message = gettext("Versions are being compared, so “version” has been ignored.")
            self.problems.append(Problem("version", shorten(values.pop("version")), message))
        return values

    def _unknown(self, name: str, value: str) -> None:
        near = get_close_matches(name, PARAMETERS, n=1)
        message = gettext("There is no parameter “%(name)s”, so it has been ignored.") % {
            "name": shorten(name)
        }
        if near:
            message += " " + gettext("Did you mean “%(name)s”?") % {"name": near[0]}
        self.problems.append(Problem(shorten(name), shorten(value), message, PARAMETERS))

    def _find(self, parameter: str, value: str) -> Version | None:
        found = self.history.find(value)
        if found is None:
            message = gettext("This protocol has no version “%(value)s”.") % {"value": shorten(value)}
            titles = [version.title for version in self.history.versions]
            self.problems.append(Problem(parameter, shorten(value), message, titles))
        return found

    def _compare(self, values: dict[str, str]) -> None:
        """Compare two versions; both must be there and differ.

        A side that is not given is the version that holds.
        """
        before, after = (
            self._find(name, values[name]) if name in values else self.history.shown
            for name in ("compare", "with")
        )
        if before is None or after is None:
            return
        if before is after:
            message = gettext("“%(title)s” cannot be compared with itself. Choose two versions.")
            self.problems.append(Problem("compare", before.title, message % {"title": before.title}))
            self.version = before
            return
        self.version, self.comparison = after, Comparison(before, after)


def _version_data(version: Version, links: PublicLinks) -> dict[str, Any]:
    replaces, successor = version.replaces, version.successor
    return {
        "id": version.id,
        "url": version.url,
        "title": version.title,
        "status": version.state,
        "status_display": version.status_display,
        "in_force_from": version.since.isoformat() if version.since else None,
        "in_force_from_display": display(version.since),
        "in_force_to": version.until.isoformat() if version.until else None,
        "in_force_to_display": display(version.until),
        "replaces": replaces.id if replaces else None,
        "superseded_by": successor.id if successor else None,
        "agreed_by": version.parties,
        "introduction": links.html(version.introduction_source),
        "clauses": [
            {
                "id": clause.id,
                "anchor": clause.anchor,
                "url": clause.url,
                "number": clause.number,
                "heading": clause.heading,
                "html": links.html(clause.source),
            }
            for clause in version.clauses
        ],
        "annexes": [
            {
                "id": annex.id,
                "anchor": annex.anchor,
                "url": annex.url,
                "title": annex.heading,
                "html": links.html(annex.source),
                "lists": list(annex.lists),
                "document": _document_data(document, links.base),
            }
            for annex, document in version.annexes_with_documents
        ],
    }


def _document_data(document: Any, base: str) -> dict[str, Any] | None:
    if document is None:
        return None
    return {"title": document.title, "url": urljoin(base, document.url), "size": document.get_file_size()}
