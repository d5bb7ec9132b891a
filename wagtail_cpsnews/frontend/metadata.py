"""What the head of a page says to search engines and to sites that preview links.

Canonical address, other languages, description, Open Graph and structured data. See docs/search-engines.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ..catalogue.lookups import Reference
from ..catalogue.plain_text import html_to_text
from ..catalogue.sites import SiteRoot, address_of
from ..catalogue.story_updates import cut
from ..catalogue.visibility import why_not_current
from ..conf import get_settings
from ..images.pictures import PICTURE_FILTERS
from ..images.renditions import get_rendition, prefetch_renditions, rendition_url
from . import structured_data as ld

#: Characters of a description that is cut from a text; search engines show about 160.
DESCRIPTION_LENGTH = 300

#: The picture of a link preview, as Facebook, X and LinkedIn ask for it; they take no WebP everywhere.
SHARE_FILTER = "fill-1200x630|format-jpeg"

#: Open Graph's codes need a country. A language that is not here has none, and is left out.
_LOCALES = {"en": "en_GB", "cy": "cy_GB"}


@dataclass(frozen=True)
class Picture:
    """The picture of a link preview."""

    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What the head of a page says besides its title.

    url: the canonical address, "" where there is none. alternates: languages with their addresses, this one's and
    "x-default" among them; empty where the page has one language. is_indexed: whether search engines may list it.
    nodes: the structured data.
    """

    title: str
    language: str
    description: str = ""
    url: str = ""
    is_indexed: bool = True
    is_article: bool = False
    alternates: tuple[tuple[str, str], ...] = ()
    site_name: str = ""
    picture: Picture | None = None
    published: str = ""
    modified: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    nodes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def locale(self) -> str:
        """The language as Open Graph names it, or ""."""
        return _locale(self.language)

    @property
    def other_locales(self) -> list[str]:
        """The page's other languages as Open Graph names them."""
        found = [_locale(code) for code, _url in self.alternates if code != "x-default"]
        return [code for code in dict.fromkeys(found) if code and code != self.locale]

    @cached_property
    def structured_data(self) -> SafeString:
        """The content of the script element, or ""."""
        return ld.as_script(self.nodes) if self.nodes else SafeString("")


def _locale(language: str) -> str:
    name, _sep, country = language.replace("_", "-").partition("-")
    return f"{name}_{country.upper()}" if len(country) == 2 else _LOCALES.get(name, "")


def share_picture(image: Any, alt: str, url: str) -> Picture | None:
    """Return the picture of the page at ``url`` for link previews.

    ``None`` where it can't be made. image: one that everybody may see, or ``None``.
    """
    if image is None or image.is_svg():  # no site previews drawings
        return None
    prefetch_renditions(image, (SHARE_FILTER, *PICTURE_FILTERS))
    rendition = get_rendition(image, SHARE_FILTER)
    address = rendition_url(rendition.file.name) if rendition is not None else None
    if rendition is None or address is None:
        return None
    return Picture(urljoin(url, address), rendition.width, rendition.height, alt)


def alternates(
    language: str, url: str, versions: Iterable[Mapping[str, str]], reference: Reference
) -> tuple[tuple[str, str], ...]:
    """Return all languages of a page with their addresses.

    Its own is among them; there are none where it has one language.
    """
    others = {one["language"]: one["url"] for one in versions if one["url"]}
    if not others or not url:
        return ()
    found = {language: url, **others}
    default = found.get(reference.default_language) or found[min(found)]
    return (*found.items(), ("x-default", default))


def own_description(page: Any) -> str:
    """Return what an editor has written for search engines.

    Otherwise the beginning of the page's introduction.
    """
    if page is None:
        return ""
    introduction = getattr(page, "introduction", "")
    words = html_to_text(str(getattr(introduction, "source", introduction) or ""))
    return getattr(page, "search_description", "") or cut(words, DESCRIPTION_LENGTH)


def site_name(root: SiteRoot | None) -> str:
    """Return what readers know a site by, or its host."""
    return (root.name or root.hostname) if root is not None else ""


def steps_to(page: Any, root: SiteRoot, reference: Reference) -> list[tuple[str, str]]:
    """Return home page and the index page above a page, by name and address."""
    steps = [(site_name(root), address_of(reference.roots, root.path))]
    if page.url_path.rstrip("/").rpartition("/")[0] + "/" in (root.path, page.url_path):
        return steps
    parent = page.get_parent()
    if getattr(parent.specific_class, "is_news_index", False) and not why_not_current(parent):
        steps.append((parent.title, address_of(reference.roots, parent.url_path)))
    return steps


def publisher_node(
    root: SiteRoot, contacts: Iterable[dict[str, Any]], office_url: str = ""
) -> dict[str, Any]:
    """Return the organisation of a site.

    With press contacts and the address of its press office.
    """
    home = f"{get_settings().story_base_url(root.hostname) or root.url}/"
    points = [ld.contact_point(contact) for contact in contacts]
    if office_url:
        points.append(ld.node("ContactPoint", contactType=_("Press office"), url=office_url))
    return ld.node(
        "GovernmentOrganization",
        id_=f"{home}#publisher",
        name=site_name(root),
        url=home,
        contactPoint=points,
    )


def page_node(type_: str, made: Metadata, publisher: dict[str, Any]) -> dict[str, Any]:
    """Return a page that is no story."""
    return ld.node(
        type_,
        id_=f"{made.url}#page",
        url=made.url,
        name=made.title,
        description=made.description,
        inLanguage=made.language,
        breadcrumb={"@id": f"{made.url}#breadcrumbs"},
        publisher=ld.reference_to(publisher),
    )
