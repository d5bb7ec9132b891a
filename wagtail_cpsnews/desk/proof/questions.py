"""The questions of a proof: which addresses could show a story.

They follow from the declared outputs, the sites, the languages and the filters of the story. Addresses are kept with gaps
for what must not be stored: ``fill()`` fills them when they are asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from ...catalogue.db import using
from ...catalogue.lookups import Reference
from ...catalogue.sites import SiteRoot, address_of
from ...catalogue.visibility import visible_pages
from ...compat import AbstractPage, get_page_model
from ...conf import get_settings
from ...outputs import Output, get_output, outputs
from .fetching import host_of
from .models import ProofAnswer
from .versions import Version

Sort = ProofAnswer.Sort

#: The most questions of a proof.
MOST_QUESTIONS = 600

#: The most index pages that are asked.
MOST_INDEXES = 50

#: Gaps in addresses: a page's whole address, its address as a parameter's value, the words of its title, and the whole
#: address of a file or of a redirect.
PAGE, URL, TITLE, FILE, REDIRECT = "{page}", "{url}", "{title}", "{file}", "{redirect}"

#: Wagtail's own answers about one page, where the host project has them under their usual names.
WAGTAIL = (("wagtailapi:pages:detail", "pk"), ("wagtailapi_v3:detail_page", "page_id"))

#: How much of a title is searched for; parameters have a limit.
_WORDS = 100


@dataclass(frozen=True)
class Question:
    """One address to ask, with gaps, see ``ProofAnswer``."""

    sort: str
    template: str
    output: str = ""
    page_pk: int | None = None
    object_pk: int | None = None


def questions_about(versions: Iterable[Version], reference: Reference) -> list[Question]:
    """Return what is to be asked about a story, the nearest first."""
    versions = list(versions)
    return list(dict.fromkeys(_questions(versions, reference)))


def _questions(versions: list[Version], reference: Reference) -> Iterator[Question]:
    bases = _bases(versions, reference.roots)
    for version in versions:
        if version.address:
            yield Question(Sort.PAGE, PAGE, page_pk=version.page_pk)
    for version in versions:
        for base in bases:
            yield from _about_story(version, base)
    yield from _redirects(versions)
    for version in versions:
        for file in sorted(version.files, key=lambda file: (file.kind, file.pk)):
            yield Question(Sort.FILE, FILE, file.kind, version.page_pk, file.pk)
    for pairs, version in _lists(versions, reference):
        is_search = ("q", TITLE) in pairs
        for base in bases:
            for output in outputs():
                if template := _list_template(output, base, pairs, reference):
                    sort = Sort.SEARCH if is_search else Sort.LIST
                    yield Question(sort, template, output.name, version.page_pk if is_search else None)
    yield from _indexes(versions, reference)


def _bases(versions: Iterable[Version], roots: Iterable[SiteRoot]) -> list[str]:
    """Return the root addresses of the sites that can show the story."""
    paths = [version.url_path for version in versions if version.url_path]
    everywhere = get_settings().SITES == "all" or not paths
    found = [
        public_base(root) for root in roots if everywhere or any(path.startswith(root.path) for path in paths)
    ]
    return list(dict.fromkeys(found))


def public_base(root: SiteRoot) -> str:
    """Return the address under which readers reach a site."""
    return get_settings().public_base_url(root.hostname) or root.url


def _about_story(version: Version, base: str) -> Iterator[Question]:
    for output in outputs():
        if output.about_story is None:
            continue
        asks = str([output.path, output.about_story])
        if ("{id}" in asks and not version.entry_pk) or ("{url}" in asks and not version.address):
            continue
        with _in(version.language):
            path = _reversed(lambda: output.story_address(id=str(version.entry_pk or ""), url=URL))  # noqa: B023
        if path:
            yield Question(Sort.STORY, base + _with_gaps(path), output.name, version.page_pk)
    for url_name, key in WAGTAIL:
        if path := _reversed(lambda: reverse(url_name, kwargs={key: version.page_pk})):  # noqa: B023
            yield Question(Sort.STORY, base + path, url_name, version.page_pk)


def _lists(
    versions: Iterable[Version], reference: Reference
) -> Iterator[tuple[list[tuple[str, str]], Version]]:
    """Yield the parameters of the lists that the story belongs to.

    With the version that does.
    """
    for version in versions:
        if not version.titles:
            continue
        language = reference.match_language(version.language) or ""
        own = [("language", language)] if language and language != reference.default_language else []
        yield own, version
        if version.day:
            day = [("published_after", version.day), ("published_before", version.day)]
            yield [*day, ("page_size", "100"), *own], version
        yield [("q", TITLE), *own], version
        for taxonomy, slug in version.terms:
            if get_settings().is_on(taxonomy):
                yield [(taxonomy, slug), *own], version


def _list_template(output: Output, base: str, pairs: list[tuple[str, str]], reference: Reference) -> str:
    """Return the address of an output's list with these parameters, or "".

    The outputs that ask nothing are asked once, as they are: their texts can point to a story.
    """
    language = dict(pairs).get("language", reference.default_language)
    is_filtered = bool({name for name, _value in pairs} - {"language"})
    if output.about_list is None:
        if output.about_story is not None or is_filtered:
            return ""
        with _in(language):
            return base + path if (path := _reversed(output.list_address)) else ""
    names_url = any("{url}" in value for value in output.about_list.values())
    if (names_url or output.is_whole) and is_filtered:
        return ""
    with _in(language):
        here = _reversed(lambda: get_output("list").list_address(pairs)) if names_url else ""
        if names_url and not here:
            return ""
        path = _reversed(lambda: output.list_address(pairs, url=base + here))
    return base + _with_gaps(path) if path else ""


def _redirects(versions: Iterable[Version]) -> Iterator[Question]:
    """Yield Wagtail's redirects to the pages of the story, or to their addresses."""
    if not apps.is_installed("wagtail.contrib.redirects"):
        return
    from wagtail.contrib.redirects.models import Redirect

    for version in versions:
        leads = Q(redirect_page_id=version.page_pk)
        if version.path.strip("/"):
            leads |= Q(redirect_link__endswith=version.path) | Q(
                redirect_link__endswith=version.path.rstrip("/")
            )
        found = Redirect.objects.using(using()).filter(leads).order_by("pk")
        for pk in found.values_list("pk", flat=True):
            yield Question(Sort.REDIRECT, REDIRECT, page_pk=version.page_pk, object_pk=pk)


def _indexes(versions: Iterable[Version], reference: Reference) -> Iterator[Question]:
    """Yield the public pages with lists of stories.

    As they are, and for the day of each version.
    """
    types = [
        ContentType.objects.get_for_model(model, for_concrete_model=False).pk
        for model in apps.get_models()
        if issubclass(model, AbstractPage) and getattr(model, "is_news_index", False)
    ]
    found = visible_pages(Q(content_type__in=types), reference.roots).using(using()).order_by("depth", "path")
    days = sorted({version.day for version in versions if version.day})
    for pk in found.values_list("pk", flat=True)[:MOST_INDEXES]:
        yield Question(Sort.INDEX, PAGE, page_pk=pk)
        for day in days:
            asked = f"{PAGE}?published_after={day}&published_before={day}&page_size=100"
            yield Question(Sort.INDEX, asked, page_pk=pk)


def _reversed(make: Any) -> str:
    """Return an address, "" where the host project has left it out."""
    try:
        return str(make())
    except NoReverseMatch:
        return ""


def _in(language: str) -> Any:
    """Make addresses as they are in a language: a host may have put one before them."""
    known = {code.lower(): code for code, _name in settings.LANGUAGES}
    return translation.override(known.get(language.lower(), settings.LANGUAGE_CODE))


def _with_gaps(path: str) -> str:
    for gap in (URL, TITLE):
        path = path.replace(quote(gap, safe=""), gap)
    return path


# -- when it is asked -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filler:
    """Fills the gaps of addresses from what the pages say now."""

    versions: dict[int, Version]
    reference: Reference

    def address(self, answer: ProofAnswer) -> str:
        """Return the whole address to ask.

        "" where the page, file or redirect is not there any more.
        """
        template = answer.template
        if FILE in template:
            return self._absolute(_file_address(answer))
        if REDIRECT in template:
            return self._redirect(answer)
        if PAGE in template:
            here = self._page(answer.page_pk)
            return template.replace(PAGE, here) if here else ""
        version = self.versions.get(answer.page_pk or 0)
        if URL in template:
            here = self._page(answer.page_pk)
            return template.replace(URL, quote(here, safe="")) if here else ""
        if TITLE in template:
            words = " ".join(re.findall(r"\w+", version.titles[0] if version and version.titles else ""))
            words = words[:_WORDS].rpartition(" ")[0] if len(words) > _WORDS else words
            return template.replace(TITLE, quote(words, safe="")) if words else ""
        return template

    def about(self, answer: ProofAnswer) -> str:
        """Return the address that a question about a story names, "" where it names none."""
        if answer.sort in (Sort.PAGE, Sort.REDIRECT) or URL in answer.template:
            return self._page(answer.page_pk)
        return ""

    def hosts(self) -> set[str]:
        """Return the hosts of the project's own sites."""
        settings_ = get_settings()
        found = set()
        for root in self.reference.roots:
            for base in (root.url, public_base(root), settings_.story_base_url(root.hostname)):
                found.add(host_of(base))
        return found - {""}

    def _page(self, pk: int | None) -> str:
        version = self.versions.get(pk or 0)
        if version is not None:
            return self._public(version.address)
        page = get_page_model()._base_manager.using(using()).filter(pk=pk).only("url_path").first()
        return self._public(address_of(self.reference.roots, page.url_path)) if page is not None else ""

    def _public(self, address: str) -> str:
        """Return an address of a site as readers reach it."""
        for root in self.reference.roots:
            if address == root.url or address.startswith(f"{root.url}/"):
                return public_base(root) + address[len(root.url) :]
        return address

    def _absolute(self, address: str) -> str:
        if not address.startswith("/") or address.startswith("//"):
            return address
        root = next((root for root in self.reference.roots if root.is_default), None)
        root = root or next(iter(self.reference.roots), None)
        return public_base(root) + address if root else ""

    def _redirect(self, answer: ProofAnswer) -> str:
        from wagtail.contrib.redirects.models import Redirect

        redirect = Redirect.objects.using(using()).filter(pk=answer.object_pk).first()
        if redirect is None:
            return ""
        roots = [root for root in self.reference.roots if redirect.site_id in (None, root.site_id)]
        root = next((root for root in roots if root.is_default), None) or next(iter(roots), None)
        return public_base(root) + redirect.old_path if root else ""


def _file_address(answer: ProofAnswer) -> str:
    model: Any = (
        get_image_model().get_rendition_model() if answer.output == "rendition" else get_document_model()
    )
    row = model._default_manager.using(using()).filter(pk=answer.object_pk).first()
    return str(row.url) if row is not None else ""
