"""How a story is filed: kind, crime type, area, topic.

A term has one row a language (Wagtail's translation) and the same slug in all of them. What a term *is* (slug,
order, retired, successor, legacy number, aliases' meaning) is shared by its rows and kept in step by ``save()``;
only name, description and aliases are translated.

A slug that was ever public keeps resolving: a renamed one through ``FormerSlug``, a merged one through ``successor``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import TranslatableMixin

from ..conf import get_settings
from ..registry import TAXONOMIES

validate_slug = RegexValidator(
    r"^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$",
    _(
        "Use lower-case letters, digits and single hyphens, with at least one letter: “wessex”, “county-lines-2”. "
        "A slug of digits only would be taken for a number of the old site."
    ),
)


class FormerSlug(models.Model):
    """An address that a term used to have. It leads to the term for ever."""

    taxonomy = models.CharField(max_length=20)
    slug = models.CharField(max_length=100)
    translation_key = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["taxonomy", "slug"], name="cpsnews_former_slug_once"),
        ]

    def __str__(self) -> str:
        return f"{self.taxonomy}: {self.slug}"


class Term(TranslatableMixin, models.Model):
    """The base of every taxonomy's terms, a host's own included."""

    #: The name of the taxonomy: its URL parameter, and the key of its settings.
    taxonomy: ClassVar[str] = ""

    #: Same in every language version of a term; ``save()`` copies them to the other versions.
    shared_fields: ClassVar[tuple[str, ...]] = ("slug", "sort_order", "retired", "legacy_number")

    name = models.CharField(_("name"), max_length=120)
    slug = models.CharField(
        _("slug"),
        max_length=100,
        validators=[validate_slug],
        help_text=_("Used in addresses. The old one keeps working when you change it."),
    )
    description = models.TextField(_("description"), blank=True)
    aliases = models.TextField(
        _("also found as"),
        blank=True,
        help_text=_("Other names that people look for, one a line: police forces, counties, former names."),
    )
    sort_order = models.IntegerField(_("order"), default=0, db_index=True)
    retired = models.BooleanField(
        _("retired"),
        default=False,
        help_text=_(
            "No longer offered for new stories. Stories that carry it keep it, and its address works."
        ),
    )
    successor = models.ForeignKey(
        "self",
        verbose_name=_("replaced by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Stories and addresses of this term count under the one that replaces it."),
    )
    legacy_number = models.PositiveIntegerField(
        _("number on the old site"),
        null=True,
        blank=True,
        help_text=_("Keeps old links such as ?area=122 working."),
    )

    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("description"),
        FieldPanel("aliases"),
        MultiFieldPanel(
            [
                FieldPanel("sort_order"),
                FieldPanel("retired"),
                FieldPanel("successor"),
                FieldPanel("legacy_number"),
            ],
            heading=_("Filing"),
        ),
    ]

    class Meta(TranslatableMixin.Meta):
        abstract = True
        ordering = ["sort_order", "name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and keep the term's other language versions in step.

        The slug that the term had is remembered.
        """
        manager = type(self)._default_manager
        with transaction.atomic(using=kwargs.get("using")):
            versions = manager.filter(translation_key=self.translation_key)
            for slug in set(versions.values_list("slug", flat=True)) - {self.slug}:
                FormerSlug.objects.update_or_create(
                    taxonomy=self.taxonomy, slug=slug, defaults={"translation_key": self.translation_key}
                )
            FormerSlug.objects.filter(
                taxonomy=self.taxonomy, slug=self.slug, translation_key=self.translation_key
            ).delete()
            super().save(*args, **kwargs)
            others = versions.exclude(pk=self.pk)
            if others.exists():
                others.update(**{name: getattr(self, name) for name in self.shared_fields})
                self._share_successor(others)

    @property
    def alias_list(self) -> list[str]:
        """The aliases as a list, without empty lines."""
        return [line.strip() for line in self.aliases.splitlines() if line.strip()]

    def clean(self) -> None:
        super().clean()
        errors: dict[str, Any] = {}
        others = type(self)._default_manager.exclude(translation_key=self.translation_key)
        if self.slug and others.filter(slug=self.slug).exists():
            errors["slug"] = _("Another %(label)s has this slug. Choose a different one.") % {
                "label": get_settings().label(self.taxonomy)
            }
        elif (
            self.slug
            and FormerSlug.objects.filter(taxonomy=self.taxonomy, slug=self.slug)
            .exclude(translation_key=self.translation_key)
            .exists()
        ):
            errors["slug"] = _(
                "Another term used to have this slug, and links to it still work. Choose a different one."
            )
        if self.legacy_number is not None and others.filter(legacy_number=self.legacy_number).exists():
            errors["legacy_number"] = _("Another term has this number.")
        if self.successor_id and self._succession_is_a_circle():
            errors["successor"] = _(
                "The term that you chose is itself replaced by this one. Choose another, or none."
            )
        if taken := self._aliases_of_others(others):
            errors["aliases"] = _("“%(alias)s” already leads to “%(term)s”. Remove it there first.") % {
                "alias": taken[0],
                "term": taken[1],
            }
        if errors:
            raise ValidationError(errors)

    def _succession_is_a_circle(self) -> bool:
        return self.translation_key in self._successors()

    def _successors(self) -> list[Any]:
        """Return the keys of the terms that replace this one, one after another.

        It ends where it would go round in a circle.
        """
        keys: list[Any] = []
        term: Term | None = self.successor
        while term is not None and term.translation_key not in keys:
            keys.append(term.translation_key)
            term = term.successor
        return keys

    def _aliases_of_others(self, others: models.QuerySet[Any]) -> tuple[str, str] | None:
        """Return an alias that is another term's own name, with that name.

        Two terms may share an alias: a police force may work in two areas. It then resolves to neither.
        """
        mine = {slugify(alias): alias for alias in self.alias_list}
        if not mine:
            return None
        for other in others:
            if other.successor_id and self.translation_key in other._successors():
                continue  # a term that was merged into this one leads here too
            for name in (other.slug, other.name):
                if slugify(name) in mine:
                    return mine[slugify(name)], other.name
        return None

    def _share_successor(self, others: models.QuerySet[Any]) -> None:
        """Replace the other language versions by the successor's.

        A Welsh term by the Welsh version of its successor, or by the successor there is.
        """
        for other in others:
            successor = self.successor
            if successor is not None:
                successor = successor.get_translation_or_none(other.locale) or successor
            type(self)._default_manager.filter(pk=other.pk).update(successor=successor)

    @transaction.atomic
    def merge_into(self, other: Self) -> None:
        """File every story of this term under ``other``.

        This term's addresses lead there, too.

        The term is kept, retired, so that drafts and links that name it go on working.

        Raises ``ValidationError`` when ``other`` is this term, or is (by way of others) replaced by it.
        """
        if other.translation_key == self.translation_key:
            raise ValidationError(_("A term cannot be merged into itself."))
        if self.translation_key in other._successors():
            raise ValidationError({"successor": _("That term is itself replaced by this one.")})
        self.successor = other
        self.retired = True
        for name in (self.name, *self.alias_list):
            other._add_alias(name)
        self.aliases = ""
        self.save()
        other.save()

    def _add_alias(self, name: str) -> None:
        if slugify(name) not in {slugify(known) for known in (self.name, self.slug, *self.alias_list)}:
            self.aliases = "\n".join([*self.alias_list, name])

    def get_translation_or_none(self, locale: Any) -> Self | None:
        """Return this term in another locale, or ``None``."""
        return type(self)._default_manager.filter(translation_key=self.translation_key, locale=locale).first()

    def copy_for_translation(self, locale: Any, exclude_fields: Any = None) -> Any:
        """Copy as Wagtail does, with empty aliases.

        They may be given once in all languages together.
        """
        copy = super().copy_for_translation(locale, exclude_fields=exclude_fields)
        copy.aliases = ""
        return copy

    @classmethod
    def find(cls, text: str) -> Self | None:
        """Return the term that ``text`` names.

        By slug, name, alias or former slug, in any language.

        ``Area.find("Wiltshire")`` gives Wessex. A replaced term gives its successor. An alias that several terms share
        gives ``None``. The site's default language comes first.
        """
        wanted = slugify(text)
        if not wanted:
            return None
        by_slug: Self | None = None
        by_name: dict[Any, Self] = {}
        default = get_supported_content_language_variant(settings.LANGUAGE_CODE)
        terms = cls._default_manager.select_related("locale")
        for term in sorted(terms, key=lambda term: term.locale.language_code != default):
            if term.slug == wanted:
                by_slug = by_slug or term
            elif wanted in {slugify(name) for name in (term.name, *term.alias_list)}:
                final = term._final()
                by_name.setdefault(final.translation_key, final)
        if by_slug is not None:
            return by_slug._final()
        if by_name:
            return next(iter(by_name.values())) if len(by_name) == 1 else None
        former = FormerSlug.objects.filter(taxonomy=cls.taxonomy, slug=wanted).first()
        if former is None:
            return None
        renamed = cls._default_manager.filter(translation_key=former.translation_key).first()
        return renamed._final() if renamed else None

    def _final(self) -> Self:
        """Return the term that replaces this one, or this one."""
        term: Any = self
        while term.successor_id:
            term = term.successor
        return term

    @property
    def usage_count(self) -> int:
        """How many pages carry this term, in any of its language versions."""
        return self.used_by().count()

    def used_by(self) -> models.QuerySet[Any]:
        """Return the pages that have this term in any language version.

        Drafts' saved rows included.
        """
        from .usage import pages_with

        return pages_with(self)


class Kind(Term):
    """The sort of story: press release, speech, statement.

    At most one for each story.
    """

    taxonomy = "kind"

    class Meta(Term.Meta):
        verbose_name = _("news type")
        verbose_name_plural = _("news types")


class CrimeType(Term):
    """What crime a story is about."""

    taxonomy = "crime_type"

    class Meta(Term.Meta):
        verbose_name = _("crime type")
        verbose_name_plural = _("crime types")


class Area(Term):
    """Which part of the service a story comes from."""

    taxonomy = "area"

    class Meta(Term.Meta):
        verbose_name = _("area")
        verbose_name_plural = _("areas")


class Topic(Term):
    """A subject that cuts across the other taxonomies."""

    taxonomy = "topic"

    class Meta(Term.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")


class _Models(Mapping[str, type[Term]]):
    """The registered taxonomies' models, looked up when they are used.

    A host's app may be loaded after this one.

    A model that is missing or no ``Term`` is left out; ``manage.py check`` reports it.
    """

    @cached_property
    def _by_name(self) -> dict[str, type[Term]]:
        found: dict[str, type[Term]] = {}
        for name, taxonomy in TAXONOMIES.items():
            try:
                model = apps.get_model(taxonomy.model)
            except LookupError:
                continue
            if issubclass(model, Term) and model.taxonomy == name:
                found[name] = model
        return found

    def __getitem__(self, name: str) -> type[Term]:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)


#: Model by taxonomy name.
MODELS: Mapping[str, type[Term]] = _Models()
