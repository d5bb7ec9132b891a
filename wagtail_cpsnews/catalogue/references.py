"""The resolver: is what a public answer points to public now, and where?

Texts and blocks are kept with their references, and a reference is resolved when an answer is made. What is public
has its present title and address. Of what is not, neither is said; the author's words stay, except where they repeat
the title: see ``masking``.
"""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, Exists, Model, OuterRef, Q
from django.utils.html import escape
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.formats import get_image_format
from wagtail.models import ModelLogEntry, PageLogEntry
from wagtail.rich_text import expand_db_html, features
from wagtail.rich_text.rewriters import FIND_A_TAG, FIND_EMBED_TAG, extract_attrs

from ..compat import AbstractPage, get_page_model
from ..contacts.models import PressContact
from ..taxonomy.models import MODELS, Term
from .adapters import is_wagtails
from .db import using
from .dependencies import depend_on_others
from .lookups import Reference
from .masking import mask, mask_plain
from .richtext import clean
from .sites import page_url
from .visibility import in_restricted_collection, visible_pages, why_not_current

#: What is pointed to: "page", "document" or "image", and its key as text.
Ref = tuple[str, str]

_LINK = re.compile(r"<a(\b[^>]*)>(.*?)</a>", re.DOTALL)


def ref_of(model: type, pk: Any) -> Ref | None:
    """Return how an object of ``model`` is pointed to.

    ``None`` for one that the resolver does not decide about.
    """
    if pk is None or not (text := str(pk)).isascii() or not text.isdigit() or len(text) > 18:
        return None
    if issubclass(model, AbstractPage):
        return "page", text
    if issubclass(model, get_document_model()):
        return "document", text
    return ("image", text) if issubclass(model, get_image_model()) else None


def refs_in(references: Iterable[tuple[Any, ...]]) -> list[Ref]:
    """Return what (model, key, …) of Wagtail's ``extract_references`` point to."""
    found = (ref_of(model, pk) for model, pk, *_path in references)
    return list(dict.fromkeys(ref for ref in found if ref is not None))


def refs_in_text(source: Any) -> list[Ref]:
    """Return what database HTML points to, as far as it can be read.

    A raw write may hold anything.
    """
    text = str(source or "")
    if "type=" not in text:
        return []
    models = {"page": get_page_model, "document": get_document_model, "image": get_image_model}
    found = []
    for pattern, kind in ((FIND_A_TAG, "linktype"), (FIND_EMBED_TAG, "embedtype")):
        for tag in pattern.finditer(text):
            attributes = extract_attrs(tag[1])
            if (model := models.get(attributes.get(kind, ""))) is not None:
                found.append(ref_of(model(), attributes.get("id")))
    return list(dict.fromkeys(ref for ref in found if ref is not None))


class _Store:
    """The objects that one answer points to.

    Each kind is read by one query, however many are wanted.
    """

    def __init__(self, reference: Reference, alias: str) -> None:
        self.reference = reference
        self.alias = alias
        self.wanted: dict[str, set[str]] = {"page": set(), "document": set(), "image": set()}
        self.known: dict[str, set[str]] = {"page": set(), "document": set(), "image": set()}
        self.pages: dict[int, Any] = {}
        self.visible_pages: set[int] = set()
        self.files: dict[Ref, Any] = {}
        self.urls: dict[int, str] = {}
        self._labels: dict[Ref, list[str]] = {}

    def load(self, kind: str) -> None:
        """Read what is wanted of a kind and not known yet."""
        pks = self.wanted[kind] - self.known[kind]
        if not pks:
            return
        depend_on_others()
        self.known[kind] |= pks
        pks = {pk for pk in pks if int(pk) <= BigIntegerField.MAX_BIGINT}
        if kind == "page":
            self._load_pages(pks)
        else:
            model = get_document_model() if kind == "document" else get_image_model()
            rows = model._default_manager.using(self.alias).filter(pk__in=pks).order_by()
            for row in rows.annotate(cpsnews_hidden=in_restricted_collection()):
                self.files[kind, str(row.pk)] = row

    def _load_pages(self, pks: set[str]) -> None:
        manager = get_page_model()._default_manager.using(self.alias)
        condition = Q(pk__in=pks)
        if _translated():  # a link leads to the version in the language of the text
            keys = get_page_model()._default_manager.filter(pk__in=pks).order_by().values("translation_key")
            condition |= Q(translation_key__in=keys, live=True)
        is_open = Exists(visible_pages(Q(pk=OuterRef("pk")), self.reference.roots))
        rows = manager.filter(condition).annotate(cpsnews_open=is_open).select_related("locale").order_by()
        pages = {page.pk: page for page in rows}
        found = {pk: page for pk, page in pages.items() if page.cpsnews_open and self._address(page)}
        own = [pk for pk, page in found.items() if _has_own_url(page.specific_class)]
        for specific in manager.filter(pk__in=own).specific() if own else ():
            if why_not_current(specific):
                del found[specific.pk]
            else:
                self.urls[specific.pk] = specific.get_url() or ""
        self.pages |= pages
        self.visible_pages |= set(found)

    def _address(self, page: Any) -> str:
        return self.urls.get(page.pk) or page_url(self.reference.roots, page.url_path)

    def labels(self, ref: Ref) -> list[str]:
        """Return the titles that an object has had.

        They come from Wagtail's log, which remembers deleted objects, too.
        """
        if ref not in self._labels:
            kind, pk = ref
            entries: Any
            if kind == "page":
                entries = PageLogEntry.objects.using(self.alias).filter(page_id=pk)
            else:
                model = get_document_model() if kind == "document" else get_image_model()
                content_type = ContentType.objects.get_for_model(model, for_concrete_model=False)
                entries = ModelLogEntry.objects.using(self.alias).filter(
                    content_type=content_type.pk, object_id=pk
                )
            self._labels[ref] = list(entries.order_by().values_list("label", flat=True).distinct()[:100])
        return self._labels[ref]


class Resolver:
    """Decides for one answer what the things that it points to are now.

    In the language of a text.

    ``want()`` names what will be asked for, so that it is read together. ``for_language()`` shares what is known.
    """

    def __init__(
        self, reference: Reference, language: str, *, alias: str | None = None, store: _Store | None = None
    ) -> None:
        self.language = language
        self._store = store or _Store(reference, alias or using())

    @property
    def reference(self) -> Reference:
        """Terms, contacts and sites."""
        return self._store.reference

    def for_language(self, language: str) -> Resolver:
        """Return a resolver for another language that shares what this one has read."""
        return Resolver(self.reference, language, store=self._store)

    def want(self, refs: Iterable[Iterable[str]]) -> None:
        """Name objects that will be asked for: they are read together."""
        for kind, pk in refs:
            self._store.wanted[kind].add(pk)

    # -- what is public ---------------------------------------------------------------------------------------

    def is_open(self, ref: Ref | None) -> bool:
        """Return whether everybody may see an object now."""
        if ref is None:
            return False
        return self._page(ref[1]) is not None if ref[0] == "page" else self._file(ref) is not None

    def url(self, ref: Ref) -> str:
        """Return the address of a page or document, "" where it is not public."""
        if ref[0] == "page":
            page = self._page(ref[1])
            return self._store._address(page) if page is not None else ""
        document = self._file(ref)
        return str(document.url) if document is not None else ""

    def document(self, pk: Any) -> Any:
        """Return a document that everybody may read, or ``None``."""
        return self._file(("document", str(pk)))

    def image(self, pk: Any) -> Any:
        """Return an image that everybody may see, or ``None``."""
        return self._file(("image", str(pk)))

    def shows(self, instance: Model) -> bool:
        """Return whether an object that a block or field holds may be shown.

        What the resolver does not decide about may.
        """
        if isinstance(instance, PressContact):
            return str(instance.translation_key) in self.reference.contacts.by_key
        if isinstance(instance, Term):
            taxonomy = next((name for name, model in MODELS.items() if isinstance(instance, model)), "")
            return bool(taxonomy) and bool(
                self.reference.taxonomies[taxonomy].follow(str(instance.translation_key))
            )
        ref = ref_of(type(instance), instance.pk)
        return ref is None or self.is_open(ref)

    @property
    def expires_at(self) -> datetime.datetime | None:
        """When the first of the wanted pages that are public expires."""
        self._store.load("page")
        pages = (self._store.pages[pk] for pk in self._store.visible_pages)
        return min((page.expire_at for page in pages if page.expire_at), default=None)

    def state(self, ref: Ref) -> Any:
        """Return what an answer may say about an object, as JSON.

        It differs where an answer may differ.
        """
        if ref[0] == "page":
            page = self._page(ref[1])
            return None if page is None else [page.pk, page.title, self._store._address(page)]
        row = self._file(ref)
        return None if row is None else [row.title, row.file.name]

    def _page(self, pk: str) -> Any:
        self._store.wanted["page"].add(pk)
        self._store.load("page")
        page = self._localized(pk)
        return page if page is not None and page.pk in self._store.visible_pages else None

    def _localized(self, pk: str) -> Any:
        """Return where Wagtail leads somebody who follows a link.

        To the version in the language of the text, where there is one.
        """
        page = self._store.pages.get(int(pk))
        if page is None or not _translated() or page.locale.language_code == self.language:
            return page
        return next(
            (
                other
                for other in self._store.pages.values()
                if other.live
                and other.translation_key == page.translation_key
                and other.locale.language_code == self.language
            ),
            page,
        )

    def _file(self, ref: Ref) -> Any:
        self._store.wanted[ref[0]].add(ref[1])
        self._store.load(ref[0])
        row = self._store.files.get(ref)
        return None if row is None or row.cpsnews_hidden else row

    # -- words ------------------------------------------------------------------------------------------------

    def names(self, ref: Ref) -> list[str]:
        """Return the titles, short names and file names that a hidden object has or had."""
        store = self._store
        store.wanted[ref[0]].add(ref[1])
        store.load(ref[0])
        found = list(store.labels(ref))
        if ref[0] == "page":
            for page in (store.pages.get(int(ref[1])), self._localized(ref[1])):
                if page is not None:
                    found += [page.title, page.draft_title, page.slug]
        elif (row := store.files.get(ref)) is not None:
            name = os.path.basename(row.file.name)
            found += [row.title, name, os.path.splitext(name)[0]]
        return [name for name in dict.fromkeys(found) if name]

    def mask(self, text: str, ref: Ref, *, plain: bool = False) -> str:
        """Return words of an author's without the title of a hidden object."""
        return (mask_plain if plain else mask)(text, self.names(ref), unavailable(ref[0]))

    # -- rich text --------------------------------------------------------------------------------------------

    def html(self, source: Any) -> str:
        """Return database HTML as readers get it.

        Clean, and with links only to what is public.
        """
        return str(expand_db_html(self.source(source, self._expanded)))

    def source(self, source: Any, link: Callable[[Ref, str], str] | None = None) -> str:
        """Return clean database HTML without links to what is not public.

        ``link`` writes the tags of the others.
        """
        text = clean(source)
        if "linktype=" not in text and "<embed" not in text:
            return text
        self.want(refs_in_text(text))
        text = _LINK.sub(lambda found: self._link(found, link), text)
        return FIND_EMBED_TAG.sub(self._embed, text)

    def _link(self, found: re.Match[str], link: Callable[[Ref, str], str] | None) -> str:
        attributes, words = extract_attrs(found[1]), found[2]
        kind = attributes.get("linktype", "")
        if kind not in ("page", "document"):
            return found[0]
        ref = ref_of(get_page_model() if kind == "page" else get_document_model(), attributes.get("id"))
        if ref is None:
            return f"<a>{words}</a>"
        if not self.is_open(ref):
            return f"<a>{self.mask(words, ref)}</a>"
        tag = link(ref, found[1]) if link is not None else f"<a{found[1]}>"
        return f"{tag}{words}</a>"

    def _expanded(self, ref: Ref, attributes: str) -> str:
        """Return the tag of a link.

        A host's own handler writes it itself, when Wagtail expands the text.
        """
        handler = features.get_link_types().get(ref[0])
        if not getattr(handler, "__module__", "").startswith("wagtail."):
            return f"<a{attributes}>"
        return f'<a href="{escape(self.url(ref))}">'

    def _embed(self, found: re.Match[str]) -> str:
        """Return an embed, or nothing for a picture that can't be shown.

        Not everybody may see it, or Wagtail cannot show it.
        """
        attributes = extract_attrs(found[1])
        if attributes.get("embedtype") != "image":
            return found[0]
        ref = ref_of(get_image_model(), attributes.get("id"))
        try:
            get_image_format(attributes.get("format", ""))
        except KeyError:
            return ""
        return found[0] if ref is not None and self.is_open(ref) else ""


def unavailable(kind: str) -> str:
    """Return the text that replaces the title of something hidden.

    Readers may not see what it is.
    """
    if kind == "document":
        return _("a document that is no longer available")
    if kind == "image":
        return _("a picture that is no longer available")
    return _("a story that is no longer available")


def _translated() -> bool:
    return bool(getattr(settings, "WAGTAIL_I18N_ENABLED", False))


def _has_own_url(page_class: type | None) -> bool:
    """Return whether a page class says its address itself."""
    names = ("get_url_parts", "get_url", "url")
    return page_class is not None and not all(is_wagtails(page_class, name) for name in names)
