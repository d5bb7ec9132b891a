"""What is public is one function. Projector, ``check_catalogue`` and the page's own ``route()`` ask it.

A page is public when it is live, has not expired, lies under a site's root that answers, is no alias, has no view restriction
(its own or an ancestor's), and no registered check objects.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import CollectionViewRestriction, PageViewRestriction

from ..compat import get_page_model
from .db import using
from .sites import SiteRoot, read_roots, root_of

#: Further reasons not to show a page; each takes the specific page and returns a reason or ``None``.
_checks: list[Callable[[Any], str | None]] = []


def register_check(check: Callable[[Any], str | None]) -> Callable[[Any], str | None]:
    """Adds a reason not to show a page. ``check(page)`` returns a short reason in English, or ``None``."""
    if check not in _checks:
        _checks.append(check)
    return check


def unservable_reason(page: Any) -> str | None:
    """Why a page must not answer any reader now: for ``route()`` and the serve hook."""
    if not page.live:
        return "not live"
    if page.expire_at and page.expire_at <= timezone.now():
        return "expired"
    for check in _checks:
        if reason := check(page):
            return reason
    return None


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

    def _unreachable_homes(self) -> frozenset[int]:
        """Translated home pages that are drafts: Wagtail answers their language from the site's own root page."""
        homes = [root.page_pk for root in self.roots]
        if len(homes) == len({root.site_id for root in self.roots}):
            return frozenset()  # each site has its own root page alone
        pages = get_page_model()._default_manager.using(self.alias)
        drafts = pages.filter(pk__in=homes, live=False, sites_rooted_here=None)
        return frozenset(drafts.order_by().values_list("pk", flat=True))

    def _restricted_paths(self) -> tuple[str, ...]:
        """Tree paths of restricted pages and of the aliases of them: an alias shares its source's restrictions."""
        manager = get_page_model()._default_manager.using(self.alias)
        restrictions = PageViewRestriction.objects.using(self.alias).values("page_id")
        pages = list(manager.filter(pk__in=restrictions, alias_of=None).order_by().values_list("pk", "path"))
        paths = [path for _pk, path in pages]
        found = [pk for pk, _path in pages]
        while found:
            aliases = list(manager.filter(alias_of_id__in=found).order_by().values_list("pk", "path"))
            paths += [path for _pk, path in aliases]
            found = [pk for pk, _path in aliases]
        return tuple(paths)

    @property
    def has_checks(self) -> bool:
        """Whether more than a page's columns decides."""
        return bool(_checks)

    def why_not(self, page: Any) -> str | None:
        """Why ``page`` is not public, in a few words, or ``None`` when it is.

        Takes a page of any class; registered checks are asked only of specific pages.
        """
        reason = self.why_not_row(page.live, page.expire_at, page.alias_of_id, page.path, page.url_path)
        if reason is None and isinstance(page, page.specific_class or type(page)):
            for check in _checks:
                if reason := check(page):
                    return reason
        return reason

    def why_not_row(
        self, live: bool, expire_at: datetime.datetime | None, alias_of_id: Any, path: str, url_path: str
    ) -> str | None:
        """As ``why_not``, from a page's columns alone: for thousands of rows at once."""
        if not live:
            return "not live"
        if expire_at and expire_at <= self.now:
            return "expired"
        if alias_of_id is not None:
            return "an alias"
        root = root_of(self.roots, url_path)
        if root is None or root.page_pk in self.unreachable:
            return "under no site"
        if any(path.startswith(restricted) for restricted in self.restricted):
            return "private"
        return None


def is_public(page: Any) -> bool:
    """Whether anyone may see ``page``, of any class, now. For one page; use ``VisibilityChecker`` for many."""
    return VisibilityChecker().why_not(page.specific if _checks else page) is None


def has_checks() -> bool:
    """Whether more than a page's columns decides: then the specific page has to be asked too."""
    return bool(_checks)


def visible_pages(condition: Q, roots: Iterable[SiteRoot]) -> QuerySet[Any]:
    """The pages under ``condition`` that everybody may read, in one query: for links to a few pages of any type.

    Aliases of such pages are among them, for they answer; pages below no site are for ``address_of`` to tell.
    Registered checks take specific pages: ask ``unservable_reason`` where it matters.
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
    hidden = Exists(restricted) | Exists(shared.order_by()) | Exists(unreachable)
    return pages.exclude(hidden).order_by()


def visible_documents(condition: Q) -> QuerySet[Any]:
    """The documents under ``condition`` that everybody may read, in one query."""
    return (
        get_document_model()._default_manager.filter(condition).exclude(in_restricted_collection()).order_by()
    )


def in_restricted_collection() -> Exists:
    """The condition on documents and images that their collection, or one above it, is not for everybody."""
    restrictions = CollectionViewRestriction.objects.annotate(own=_text(OuterRef("collection__path")))
    return Exists(restrictions.filter(own__startswith=F("collection__path")))


def _text(expression: Any) -> Any:
    return ExpressionWrapper(expression, output_field=CharField())
