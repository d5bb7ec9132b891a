"""Visibility: the one decision about what is public.

The projection, ``check_catalogue`` and the page's own ``route()`` ask it.

A page is public when it is live, has not expired, lies under a site's root that answers, is no alias, has no view
restriction (its own or an ancestor's), is not stopped (``stops``), and no rule hides it (``rules``). All but the rules
is decided by columns.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import CollectionViewRestriction, PageViewRestriction

from ..compat import get_page_model
from .db import using
from .decisions import refused
from .models import Entry, PublicationStop
from .rules import decide, has_rules
from .sites import SiteRoot, read_roots, root_of
from .stops import CODES, decide_served, read_codes, stop_of

#: Codes of what a page's columns decide; a rule's are its own.
DRAFT, EXPIRED, ALIAS, NO_SITE, PRIVATE = "draft", "expired", "alias", "no_site", "private"


def why_not_served(page: Any) -> str:
    """Return the code of why ``page`` must not be served now, "" where it may.

    Asks the rules themselves, for any reader.
    """
    return why_not_current(page) or decide_served(page).code or decide(page).code


def why_not_current(page: Any) -> str:
    """Return "draft" or "expired" for a page that is, by its columns.

    "" for one that is neither.

    For a page that ``visible_pages`` has found before it was loaded.
    """
    if not page.live:
        return DRAFT
    return EXPIRED if page.expire_at and page.expire_at <= timezone.now() else ""


@dataclass(frozen=True)
class Answer:
    """How the address of a page that is not public answers.

    410 where it was public once, otherwise 404.

    code: why; nothing but the template of a 410 follows from it, and a 404 must not tell.
    wording: what the desk tells readers, by language; without it, the usual words.
    """

    status: int
    code: str
    wording: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_stopped(self) -> bool:
        """Whether the desk has taken the story down; nothing leads on from there."""
        return self.code in CODES.values()

    @property
    def templates(self) -> list[str]:
        """The templates of a page that is gone, the code's own first."""
        return [f"wagtail_cpsnews/gone/{self.code}.html", "wagtail_cpsnews/gone.html"]


#: Of a story that was deleted: there is no page to ask.
DELETED = Answer(410, "deleted")


def answer_to_deleted(page_pk: Any) -> Answer:
    """Return how the address of a page that is deleted answers."""
    return _answer(page_pk, DELETED.code)


def _answer(page_pk: Any, code: str) -> Answer:
    return Answer(410 if Entry.objects.filter(page_pk=page_pk).exists() else 404, code)


def answer_instead(page: Any) -> Answer | None:
    """Return how the address of ``page`` answers instead of showing it.

    ``None`` where it is shown.
    """
    code = why_not_served(page)
    if not code:
        return None
    # A stop has taken its pages down: by their columns they are drafts.
    if decide_served(page).code and (stop := stop_of(page)) is not None:
        answer = _answer(_source_pk(page), CODES[PublicationStop.Kind(stop.kind)])
        return replace(answer, wording=stop.public_text)
    return _answer(page.pk, code)


def _source_pk(page: Any) -> Any:
    """Return the key of the page that has the entry: an alias has none."""
    while page.alias_of_id is not None:
        page = page.alias_of
    return page.pk


class VisibilityChecker:
    """The question asked for many pages: restrictions and site roots are read once.

    ``roots`` may be given by who has them already; ``alias`` is the database, the one that pages are written to where
    it is not given: a replica may not know yet what has been restricted.
    """

    def __init__(
        self,
        roots: Iterable[SiteRoot] | None = None,
        now: datetime.datetime | None = None,
        alias: str | None = None,
    ) -> None:
        self.alias = alias or using()
        self.roots = list(roots) if roots is not None else read_roots(self.alias)
        self.now = now or timezone.now()
        self.restricted = self._restricted_paths()
        self.unreachable = self._unreachable_homes()
        self.stopped = read_codes(self.alias)

    def _unreachable_homes(self) -> frozenset[int]:
        """Return translated home pages that are drafts.

        Wagtail answers their language from the site's own root page.
        """
        homes = [root.page_pk for root in self.roots]
        if len(homes) == len({root.site_id for root in self.roots}):
            return frozenset()  # each site has its own root page alone
        pages = get_page_model()._default_manager.using(self.alias)
        drafts = pages.filter(pk__in=homes, live=False, sites_rooted_here=None)
        return frozenset(drafts.order_by().values_list("pk", flat=True))

    def _restricted_paths(self) -> tuple[str, ...]:
        """Return the tree paths of restricted pages and of their aliases.

        An alias shares its source's restrictions.
        """
        manager = get_page_model()._default_manager.using(self.alias)
        restrictions = PageViewRestriction.objects.using(self.alias).filter(page__alias_of=None).order_by()
        pages = list(restrictions.values_list("page_id", "page__path"))
        paths = [path for _pk, path in pages]
        found = [pk for pk, _path in pages]
        while found:
            aliases = list(manager.filter(alias_of_id__in=found).order_by().values_list("pk", "path"))
            paths += [path for _pk, path in aliases]
            found = [pk for pk, _path in aliases]
        return tuple(paths)

    def why_not(self, page: Any) -> str:
        """Return the code of why ``page`` is not public, "" where it is.

        For a page of any class; asks the rules themselves.
        """
        return self.why_not_by_columns(page) or decide(page).code

    def why_not_by_columns(self, page: Any) -> str:
        """Return the code of why the columns of ``page`` hide it, or "".

        For a page, or a row of its columns.
        """
        if not page.live:
            return DRAFT
        if page.expire_at and page.expire_at <= self.now:
            return EXPIRED
        if page.alias_of_id is not None:
            return ALIAS
        root = root_of(self.roots, page.url_path)
        if root is None or root.page_pk in self.unreachable:
            return NO_SITE
        if any(page.path.startswith(restricted) for restricted in self.restricted):
            return PRIVATE
        return self.stopped.get(page.translation_key, "")


def is_public(page: Any) -> bool:
    """Return whether anyone may see ``page``, of any class, now.

    For one page; ``VisibilityChecker`` is for many.
    """
    return not VisibilityChecker().why_not(page)


def visible_pages(condition: Q, roots: Iterable[SiteRoot]) -> QuerySet[Any]:
    """Return the pages under ``condition`` that everybody may read.

    In one query: for links to a few, of any type.

    Aliases of such pages are among them, for they answer; pages below no site are for ``address_of`` to tell. Reads
    what the rules have decided, see ``decisions``.
    """
    Page = get_page_model()
    own = _text(OuterRef("path"))
    restricted = PageViewRestriction.objects.annotate(own=own).filter(own__startswith=F("page__path"))
    # An alias shares its source's restrictions, and what lies below it does too; the source may be an alias itself.
    source, further = _text(OuterRef("alias_of__path")), _text(OuterRef("alias_of__alias_of__path"))
    behind = PageViewRestriction.objects.annotate(source=source, further=Coalesce(further, Value("")))
    behind = behind.filter(Q(source__startswith=F("page__path")) | Q(further__startswith=F("page__path")))
    aliases = Page._default_manager.exclude(alias_of=None).annotate(own=own).filter(own__startswith=F("path"))
    # Sources of sources of sources are not followed: such a page is taken for private.
    shared = aliases.filter(Exists(behind) | Q(alias_of__alias_of__alias_of__isnull=False))
    homes = Page._default_manager.filter(
        pk__in=[root.page_pk for root in roots], live=False, sites_rooted_here=None
    )
    unreachable = homes.order_by().annotate(own=own).filter(own__startswith=F("path"))
    current = Q(expire_at=None) | Q(expire_at__gt=timezone.now())
    pages = Page._default_manager.filter(condition, current, live=True)
    stopped = PublicationStop.objects.filter(translation_key=OuterRef("translation_key"), ended_at=None)
    hidden = Q(Exists(restricted)) | Exists(shared.order_by()) | Exists(unreachable)
    hidden |= Q(Exists(stopped))
    if has_rules():
        hidden |= refused()
    return pages.exclude(hidden).order_by()


def visible_documents(condition: Q) -> QuerySet[Any]:
    """Return the documents under ``condition`` that everybody may read, in one query."""
    return (
        get_document_model()._default_manager.filter(condition).exclude(in_restricted_collection()).order_by()
    )


def in_restricted_collection() -> Exists:
    """Return the condition that a file's collection is not for everybody.

    It is for documents and images; a collection above theirs counts too.
    """
    restrictions = CollectionViewRestriction.objects.annotate(own=_text(OuterRef("collection__path")))
    return Exists(restrictions.filter(own__startswith=F("collection__path")))


def _text(expression: Any) -> Any:
    return ExpressionWrapper(expression, output_field=CharField())
