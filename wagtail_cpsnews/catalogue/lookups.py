"""``Reference``: terms, contacts and sites as every answer needs them.

Read by the projector, kept in the state row, immutable in memory.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.text import slugify
from wagtail.models import Locale

from ..characters import clean
from ..contacts.directory import ContactBook, ContactInfo
from ..contacts.models import SCOPE
from ..contacts.serializers import read_contacts
from ..languages import match_language
from ..registry import TAXONOMIES
from ..taxonomy.models import MODELS, FormerSlug
from ..taxonomy.outcomes import OutcomeLabel
from .kept import Kept
from .sites import SiteRoot, read_roots


class Named:
    """What has a name in several languages."""

    names: dict[str, str]

    def label(self, language: str) -> str:
        """Return the name in ``language``, a variant of it, the default language, or any."""
        return best_language(self.names, language)

    def label_language(self, language: str) -> str:
        """Return the language of the label for ``language`` where it is another; else ""."""
        found = _best(self.names, language)[0]
        return "" if found.split("-")[0].lower() == language.split("-")[0].lower() else found


@dataclass(frozen=True)
class OutcomeInfo(Named):
    """The label of an outcome in all its languages."""

    key: str
    names: dict[str, str]
    retired: bool = False


@dataclass(frozen=True)
class TermInfo(Named):
    """One term in all its languages."""

    key: str
    slug: str
    names: dict[str, str]
    descriptions: dict[str, str]
    aliases: tuple[str, ...]
    order: int
    retired: bool
    successor: str | None
    legacy_number: int | None
    pks: tuple[int, ...] = ()


def best_language(by_language: dict[str, str], language: str) -> str:
    """Return the best text for ``language``.

    In it, in a variant of it, in the default language, or in any.
    """
    return _best(by_language, language)[1]


def _best(by_language: dict[str, str], language: str) -> tuple[str, str]:
    short = language.split("-")[0].lower()
    default = settings.LANGUAGE_CODE.lower()
    for wanted in (language.lower(), short, default, default.split("-")[0]):
        if by_language.get(wanted):
            return wanted, by_language[wanted]
        for code, text in by_language.items():
            if text and code.split("-")[0] == wanted:
                return code, text
    return next(((code, text) for code, text in by_language.items() if text), (language, ""))


@dataclass(frozen=True)
class Taxonomy:
    """The terms of one taxonomy, in their own order.

    With every name that leads to one.
    """

    name: str
    terms: tuple[TermInfo, ...]
    former: dict[str, str]

    @cached_property
    def by_key(self) -> dict[str, TermInfo]:
        return {term.key: term for term in self.terms}

    @cached_property
    def position(self) -> dict[str, int]:
        return {term.key: index for index, term in enumerate(self.terms)}

    @cached_property
    def current(self) -> tuple[TermInfo, ...]:
        """The terms that stand for themselves: not those that another has replaced."""
        return tuple(term for term in self.terms if term.successor is None)

    @cached_property
    def retired_keys(self) -> frozenset[str]:
        """The terms that are no longer offered."""
        return frozenset(term.key for term in self.terms if term.retired)

    @cached_property
    def _by_slug(self) -> dict[str, str]:
        return {**self.former, **{term.slug: term.key for term in self.terms}}

    @cached_property
    def _by_name(self) -> dict[str, str]:
        """Return the keys of terms by name and alias.

        Without the aliases that several terms share.
        """
        names: dict[str, str] = {}
        shared = set()
        for term in self.terms:
            final = self.follow(term.key) or term
            for name in map(slugify, (*term.aliases, *term.names.values())):
                if name and names.setdefault(name, final.key) != final.key:
                    shared.add(name)
        return {name: key for name, key in names.items() if name not in shared}

    @cached_property
    def _by_pk(self) -> dict[int, str]:
        return {pk: term.key for term in self.terms for pk in term.pks}

    @cached_property
    def _by_number(self) -> dict[int, str]:
        return {term.legacy_number: term.key for term in self.terms if term.legacy_number is not None}

    def follow(self, key: str) -> TermInfo | None:
        """Return the term that ``key`` leads to now.

        The term itself, or whatever has replaced it.
        """
        seen = set()
        term = self.by_key.get(key)
        while term is not None and term.successor and term.key not in seen:
            seen.add(term.key)
            term = self.by_key.get(term.successor, term)
        return term

    def find(self, text: str) -> TermInfo | None:
        """Return the term that a slug (present or former), a name or an alias leads to."""
        key = self._by_slug.get(text)
        if key is None:
            wanted = slugify(text)
            key = self._by_slug.get(wanted) or self._by_name.get(wanted)
        return self.follow(key) if key else None

    def former_name(self, text: str, language: str) -> str:
        """Return what the term was called when ``text`` led to it.

        "" where that is its present name, or another one that it is found by. Of a slug that was changed the old name is
        not known: it is the alias that is written so, else the slug in words.
        """
        wanted, now = slugify(text), self.find(text)
        if now is None or wanted in (now.slug, slugify(now.label(language))):
            return ""
        replaced = (term for term in self.terms if term.successor)
        old = next((one for one in replaced if wanted in {one.slug, *map(slugify, one.names.values())}), None)
        if old is not None:
            return old.label(language)
        if wanted not in self.former:
            return ""
        words = wanted.replace("-", " ").capitalize()
        return next((alias for alias in now.aliases if slugify(alias) == wanted), words)

    def by_pk(self, pk: int | None) -> TermInfo | None:
        """Return the term that a row belongs to, whatever its language.

        Rows are what editors' choosers keep.
        """
        key = self._by_pk.get(pk) if pk is not None else None
        return self.follow(key) if key else None

    def by_number(self, number: int) -> TermInfo | None:
        """Return the term that had a number on the old site."""
        key = self._by_number.get(number)
        return self.follow(key) if key else None


@dataclass(frozen=True)
class Reference:
    """All terms, all contacts, all sites, all languages."""

    taxonomies: dict[str, Taxonomy]
    roots: tuple[SiteRoot, ...]
    languages: tuple[str, ...]
    contacts: ContactBook = field(default_factory=lambda: ContactBook(()), compare=False)
    #: Labels of outcomes by key, in their own order.
    outcomes: dict[str, OutcomeInfo] = field(default_factory=dict)

    @cached_property
    def kept(self) -> Kept:
        """Return what has been computed from this reference data.

        Labels, result summaries, parameters.
        """
        return Kept(2_000)

    @property
    def default_language(self) -> str:
        """Return the language of lists that name none.

        The site's ``LANGUAGE_CODE``, as its locale spells it.
        """
        wanted = settings.LANGUAGE_CODE.lower()
        return self.match_language(wanted) or wanted

    def match_language(self, code: str) -> str | None:
        """Return the site's language for a code such as ``en`` or ``en-GB``, or ``None``."""
        return match_language(code, self.languages)


def read(alias: str) -> dict[str, Any]:
    """Return terms, contacts, sites and locales as JSON for the state row.

    As the database has them now.
    """
    found = {
        "terms": {name: _read_terms(name, alias) for name in MODELS},
        "former": {
            name: {
                slug: str(key)
                for slug, key in FormerSlug.objects.using(alias)
                .filter(taxonomy=name)
                .order_by("slug")
                .values_list("slug", "translation_key")
            }
            for name in TAXONOMIES
        },
        "roots": [dataclasses.asdict(root) for root in read_roots(alias)],
        "outcomes": _read_outcomes(alias),
        "contacts": read_contacts(alias),
        "languages": list(Locale.objects.using(alias).order_by("pk").values_list("language_code", flat=True)),
    }
    cleaned: dict[str, Any] = clean(found)
    return cleaned


def _read_terms(name: str, alias: str) -> list[dict[str, Any]]:
    model = MODELS[name]
    rows: dict[UUID, dict[str, Any]] = {}
    query = model._default_manager.using(alias).select_related("locale", "successor")
    for term in query.order_by("sort_order", "pk"):
        row = rows.setdefault(
            term.translation_key,
            {
                "key": str(term.translation_key),
                "slug": term.slug,
                "names": {},
                "descriptions": {},
                "aliases": [],
                "order": term.sort_order,
                "retired": term.retired,
                "successor": str(term.successor.translation_key) if term.successor else None,
                "legacy_number": term.legacy_number,
                "pks": [],
            },
        )
        row["pks"].append(term.pk)
        row["names"][term.locale.language_code] = term.name
        row["descriptions"][term.locale.language_code] = term.description
        row["aliases"] += term.alias_list
    return list(rows.values())


def _read_outcomes(alias: str) -> list[dict[str, Any]]:
    rows: dict[UUID, dict[str, Any]] = {}
    labels = OutcomeLabel._default_manager.using(alias).select_related("locale")
    for label in labels.order_by("sort_order", "pk"):
        key = label.translation_key
        row = rows.setdefault(key, {"key": str(key), "names": {}, "retired": label.retired})
        row["names"][label.locale.language_code] = label.name
    return list(rows.values())


def _scope_now(row: dict[str, Any], taxonomies: dict[str, Taxonomy]) -> dict[str, list[str]]:
    """Return what a contact is for, with the terms that have replaced others."""
    return {
        name: [term.key for key in row[name] if (term := taxonomies[taxonomy].follow(key))]
        for name, taxonomy in SCOPE.items()
    }


def parse(data: dict[str, Any]) -> Reference:
    """Return the state row's JSON as objects."""
    taxonomies = {
        name: Taxonomy(
            name=name,
            terms=tuple(
                TermInfo(**{**row, "aliases": tuple(row["aliases"]), "pks": tuple(row["pks"])})
                for row in data.get("terms", {}).get(name, ())
            ),
            former=data.get("former", {}).get(name, {}),
        )
        for name in TAXONOMIES
    }
    return Reference(
        taxonomies=taxonomies,
        roots=tuple(SiteRoot(**row) for row in data.get("roots", ())),
        languages=tuple(data.get("languages", ())),
        outcomes={row["key"]: OutcomeInfo(**row) for row in data.get("outcomes", ())},
        contacts=ContactBook(
            ContactInfo.parse(row | _scope_now(row, taxonomies)) for row in data.get("contacts", ())
        ),
    )
