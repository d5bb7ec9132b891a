"""The package's settings: one frozen object over ``settings.WAGTAIL_CPSNEWS``.

Read a setting as ``get_settings().LOOK_SECONDS``. The object is rebuilt when a test overrides the setting.
Bad values are reported by ``manage.py check`` (see ``checks.py``), with the name of the setting and what is allowed.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings as django_settings
from django.core.signals import setting_changed
from django.utils import translation

from . import registry

#: The credit fields of an image file that ``KEEP_IMAGE_CREDITS`` may name.
CREDIT_FIELDS = ("artist", "copyright", "credit")


@dataclass(frozen=True)
class NewsroomSettings:
    """Every setting with its default.

    BASE_TEMPLATE: the host's template that public pages extend; it needs a ``content`` block.
    TAXONOMIES: by taxonomy, ``False`` (off everywhere) or labels by language:
        ``{"crime_type": False, "area": {"en": ("ward", "wards"), "cy": ("ward", "wardiau")}}``. A taxonomy of the
        host's own also names its model and path:
        ``{"court": {"model": "courts.Court", "path": "courts", "en": ("court", "courts")}}``; see ``registry``.
    OUTPUTS: the host's own public addresses that show stories, by name:
        ``{"docket": {"url_name": "courts:docket", "about_list": {}}}``; see ``outputs.Output``.
    BLOCKS: by block name, ``None`` (removed) or a dotted path of a block class (added, or used instead of the built-in one).
    LOOK_SECONDS: how often, at most, a process looks whether the catalogue has moved, in seconds.
    MAX_AGE: for how long browsers and caches may keep a public answer, in seconds.
    CACHE_TAG_HEADERS: headers that tell caches what an answer depends on, such as ``("xkey",)``; see docs/scaling.md.
    PURGE_TAGS: the dotted path of a function that is called with a list of tags when what they are on has changed.
    VARNISH_URLS: the addresses of the Varnish servers that ``wagtail_cpsnews.http.varnish.purge`` purges.
    FRAME_ANCESTORS: which sites may frame what is made for framing, as a CSP source list.
    SITES: ``"request"`` (the API lists the stories of the site it is asked on) or ``"all"``.
    STORY_BASE_URL: where stories are read when another front end serves them, e.g. ``"https://www.example.org"``;
        where there are several sites, by the hostname that Wagtail knows a site by:
        ``{"cms.example.org": "https://www.example.org"}``.
    PUBLIC_BASE_URL: where readers reach a site where its port and host name, as Wagtail knows them, are not public, such as
        behind a proxy; as ``STORY_BASE_URL``. The proof of absence asks there.
    FRONTEND: whether we show pages and lists as HTML; ``False`` sends their readers to ``STORY_BASE_URL``.
    SEARCH_BACKEND: the name of an entry in ``WAGTAILSEARCH_BACKENDS`` that searches stories, such as OpenSearch; "" for
        the database. See docs/search.md.
    SEARCH_CONFIGS: deprecated, without effect: the package makes the words and stems of its text index.
    ITEM_CACHE: how many items of lists a process keeps in memory, about 1 kB each; 0 keeps none. It needs ``pyroaring``.
    USAGE_DAYS: for how many days the ledger of other sites' use is kept; 0 records nothing.
    PROOF_DAYS: for how many days proofs of absence are kept after the hold or withdrawal has ended; 0 keeps them.
    STOP_DAYS: for how many days holds, embargoes and withdrawals are kept after they have ended; 0 keeps them.
    STYLESHEET: whether our public pages link the package's style sheet.
    MISTAKES_ADDRESS: where readers report a mistake in a story: an e-mail address or the address of a form, or
        either by language; ``""`` offers nothing.
    FORMATS_ADDRESS: where readers ask for a document in another format, as ``MISTAKES_ADDRESS``.
    LICENCE: the licence of stories, ``{"name": "…", "url": "https://…"}``, or such a mapping by language;
        ``None`` states none.
    KEEP_IMAGE_CREDITS: which credit fields published image files keep: any of ``"artist"``, ``"copyright"`` and
        ``"credit"``; all other metadata is removed.
    HIDE_UNUSED_FILES: whether pictures and documents that nothing uses are refused, too.
    FILES_ACCEL: where the web server finds the files that it may send, as ``X-Accel-Redirect`` names them:
        ``"/protected/"``; ``""`` sends them from Django. See docs/files.md.
    PHONE_REGION: the country of telephone numbers without a country code, as an ISO 3166 code such as ``"GB"``.
    """

    BASE_TEMPLATE: str = "wagtail_cpsnews/base.html"
    TAXONOMIES: Mapping[str, Any] = field(default_factory=dict)
    OUTPUTS: Mapping[str, Any] = field(default_factory=dict)
    BLOCKS: Mapping[str, Any] = field(default_factory=dict)
    LOOK_SECONDS: float = 1.0
    MAX_AGE: int = 60
    CACHE_TAG_HEADERS: Sequence[str] = ()
    PURGE_TAGS: str = ""
    VARNISH_URLS: Sequence[str] = ()
    FRAME_ANCESTORS: str = "*"
    SITES: str = "request"
    STORY_BASE_URL: str | Mapping[str, str] = ""
    PUBLIC_BASE_URL: str | Mapping[str, str] = ""
    FRONTEND: bool = True
    SEARCH_BACKEND: str = ""
    SEARCH_CONFIGS: Mapping[str, str] = field(default_factory=dict)
    ITEM_CACHE: int = 5000
    USAGE_DAYS: int = 400
    PROOF_DAYS: int = 730
    STOP_DAYS: int = 2190
    STYLESHEET: bool = True
    MISTAKES_ADDRESS: str | Mapping[str, str] = ""
    FORMATS_ADDRESS: str | Mapping[str, str] = ""
    LICENCE: Mapping[str, Any] | None = None
    KEEP_IMAGE_CREDITS: Sequence[str] = ()
    HIDE_UNUSED_FILES: bool = False
    FILES_ACCEL: str = ""
    PHONE_REGION: str = "GB"

    @functools.cached_property
    def fingerprint(self) -> str:
        """Changes when a setting changes: part of every ETag."""
        text = json.dumps([dataclasses.asdict(self), registry.fingerprint()], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def is_on(self, taxonomy: str) -> bool:
        """Return whether a taxonomy is in use at all."""
        return taxonomy in registry.TAXONOMIES and self.TAXONOMIES.get(taxonomy) is not False

    def story_base_url(self, hostname: str) -> str:
        """Return the address below which stories of a site are read.

        "" where that is the site at ``hostname`` itself.
        """
        return _base_url(self.STORY_BASE_URL, hostname)

    def public_base_url(self, hostname: str) -> str:
        """Return the address at which readers reach a site.

        "" where that is the address that Wagtail knows.
        """
        return _base_url(self.PUBLIC_BASE_URL, hostname)

    @functools.cached_property
    def image_credits(self) -> tuple[str, ...]:
        """The credit fields that published image files keep."""
        return tuple(name for name in CREDIT_FIELDS if name in self.KEEP_IMAGE_CREDITS)

    @functools.cached_property
    def taxonomies(self) -> tuple[str, ...]:
        """The taxonomies in use, in the order of parameters and facets."""
        return tuple(name for name in registry.TAXONOMIES if self.is_on(name))

    def mistakes_address(self, language: str) -> str:
        """Return where readers of a language report a mistake.

        An e-mail address, the address of a form, or "".
        """
        return _address(self.MISTAKES_ADDRESS, language)

    def formats_address(self, language: str) -> str:
        """Return where readers of a language ask for another format.

        An e-mail address, the address of a form, or "".
        """
        return _address(self.FORMATS_ADDRESS, language)

    def licence(self, language: str) -> dict[str, str] | None:
        """Return the licence of stories for readers of a language.

        ``{"name", "url"}``, or ``None``.
        """
        value: Any = self.LICENCE
        if isinstance(value, Mapping) and "name" not in value:
            value = _by_language(value, language)
        if not isinstance(value, Mapping) or not value.get("name"):
            return None
        return {"name": str(value["name"]), "url": str(value.get("url") or "")}

    def label(self, taxonomy: str, count: int = 1) -> str:
        """Return a taxonomy's name in the active language.

        For example ``"crime type"``, or ``"crime types"``.

        A language that the setting does not name gets the setting's first label: a council that calls
        areas "wards" in English shows "wards" rather than the package's word.
        """
        own = registry.labels_of(self.TAXONOMIES.get(taxonomy))
        if isinstance(own, Mapping) and own:  # anything else is for the system check to explain
            labels = _by_language(own, translation.get_language() or "")
            return str(labels[0 if count == 1 else 1])
        return registry.TAXONOMIES[taxonomy].labels(count)


def _address(value: str | Mapping[str, str], language: str) -> str:
    return str((_by_language(value, language) if isinstance(value, Mapping) else value) or "").strip()


def _base_url(value: str | Mapping[str, str], hostname: str) -> str:
    return str(value.get(hostname, "") if isinstance(value, Mapping) else value).rstrip("/")


def _by_language(values: Mapping[str, Any], language: str) -> Any:
    """Return the value for a language or its variant.

    A language that is not named gets the first.
    """
    return values.get(language) or values.get(language.split("-")[0]) or next(iter(values.values()), None)


def names() -> frozenset[str]:
    """Return the names that ``WAGTAIL_CPSNEWS`` may hold."""
    return frozenset(item.name for item in dataclasses.fields(NewsroomSettings))


@functools.lru_cache(maxsize=1)
def get_settings() -> NewsroomSettings:
    """Return the settings as they are now.

    Unknown names are left to the system check, not raised here.
    """
    given = getattr(django_settings, "WAGTAIL_CPSNEWS", {}) or {}
    return NewsroomSettings(**{name: value for name, value in given.items() if name in names()})


def _reload(*, setting: str, **kwargs: Any) -> None:
    if setting == "WAGTAIL_CPSNEWS":
        get_settings.cache_clear()


setting_changed.connect(_reload, dispatch_uid="cpsnews.conf")
