"""Old addresses of stories become redirects of Wagtail.

They lead to the page, so that they follow it when it moves.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from wagtail.models import Site

from ..compat import get_page_model
from ..stories.redirects import is_installed
from .inventory import list_things
from .remarks import Remark
from .story import Story

#: Characters of Wagtail's ``Redirect.old_path``.
LONGEST = 255


class Redirects:
    """The redirects of one run. With ``dry_run`` none is written."""

    def __init__(self, dry_run: bool = False) -> None:
        self.dry_run = dry_run
        self.sites = list(Site.objects.select_related("root_page"))
        #: Whose an old path is by now, in a dry run: (site, path) → origin of the story.
        self._planned: dict[tuple[int, str], str] = {}

    def add(self, story: Story, page: Any, parent: Any) -> list[Remark]:
        """Redirect the old addresses of ``story`` to ``page``.

        The page is below ``parent``; saved unless this is a dry run.

        A redirect that leads elsewhere, an editor's or another story's, is left as it is. Returns remarks.
        """
        if not story.old_addresses:
            return []
        if not is_installed():
            why = "old addresses left out, for wagtail.contrib.redirects is not installed"
            return [Remark("old-addresses", list_things(why, list(story.old_addresses)))]
        site = self._site_of(parent)
        if site is None:
            why = "old addresses left out, for the story is below no site"
            return [Remark("old-addresses", list_things(why, list(story.old_addresses)))]
        remarks = []
        for given in dict.fromkeys(story.old_addresses):
            if why := self._add(given, self._site_named(given) or site, page, story):
                remarks.append(Remark("old-addresses", f"the old address {given} was left out: {why}"))
        return remarks

    def _add(self, given: str, site: Any, page: Any, story: Story) -> str:
        """Write one redirect; return why not, or ""."""
        from wagtail.contrib.redirects.models import Redirect

        path = Redirect.normalise_path(given)
        if len(path) > LONGEST:
            return f"it has more than {LONGEST} characters"
        there = self._page_at(site, path)
        if there is not None:
            return "" if there == page.pk else f"page {there} answers there"
        for redirect in Redirect.get_for_site(site).filter(old_path=path).order_by("site_id"):
            if redirect.redirect_page_id is None or redirect.redirect_page_id != page.pk:
                return f"a redirect leads from it to {_named(redirect)} already"
            return ""
        if self.dry_run:
            planned = self._planned.setdefault((site.pk, path), story.origin)
            return f"it is an old address of the story in {planned}, too" if planned != story.origin else ""
        Redirect.add_redirect(path, redirect_to=page, is_permanent=True, site=site)
        return ""

    def _site_of(self, parent: Any) -> Any | None:
        """Return the site that the pages below ``parent`` belong to.

        The one with the nearest root.
        """
        homes: list[tuple[int, Any]] = []
        for site in self.sites:
            for home in site.root_page.get_translations(inclusive=True):
                if parent.path.startswith(home.path):
                    homes.append((len(home.path), site))
        homes.sort(key=lambda home: (-home[0], not home[1].is_default_site))
        return homes[0][1] if homes else None

    def _site_named(self, given: str) -> Any | None:
        """Return the site of this project whose host the address names.

        An old host is not one of them.
        """
        host = (urlsplit(given).hostname or "").lower()
        return next((site for site in self.sites if site.hostname.lower() == host), None)

    @staticmethod
    def _page_at(site: Any, path: str) -> Any | None:
        """Return the key of the live page that answers at ``path``.

        A redirect from there would never be used.
        """
        inner = path.partition("?")[0].partition(";")[0].strip("/")
        url_path = f"{site.root_page.url_path}{f'{inner}/' if inner else ''}"
        found = get_page_model()._default_manager.filter(url_path=url_path, live=True)
        return found.values_list("pk", flat=True).first()


def _named(redirect: Any) -> str:
    if redirect.redirect_page_id is not None:
        return f"page {redirect.redirect_page_id}"
    return redirect.redirect_link or "nothing"
