"""Fill the taxonomies. Terms that exist keep what they have."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.text import slugify
from wagtail.models import Locale

from ...conf import get_settings
from ...taxonomy.models import MODELS
from ...taxonomy.outcomes import NAMESPACE, OutcomeLabel
from ...taxonomy.seeds import SETS, Seed, load_set, read_seeds

#: What can be loaded: the taxonomies, and the labels of outcomes.
NAMES = (*MODELS, "outcome")


class Command(BaseCommand):
    help = "Loads the terms of taxonomies, and labels of outcomes. Terms that exist are left as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "source",
            help=f"One of {', '.join(SETS)}; a JSON file ({{'area': [{{'slug': …, 'name': …}}]}}); "
            "or a model of yours (app.Model), whose rows become terms of --taxonomy.",
        )
        parser.add_argument(
            "--taxonomy", choices=sorted(NAMES), help="Load only this one; required with a model."
        )
        parser.add_argument(
            "--add-names",
            action="store_true",
            help="Add the names that existing terms are not found as yet (“also found as”). Removes nothing.",
        )

    def handle(
        self, *args: Any, source: str, taxonomy: str | None, add_names: bool = False, **options: Any
    ) -> None:
        self.refused: list[str] = []
        for name, seeds in self._seeds(source, taxonomy).items():
            if taxonomy and name != taxonomy:
                continue
            if name == "outcome":
                self._report(name, *self._load_outcomes(seeds))
                continue
            if not get_settings().is_on(name):
                self.stdout.write(f"{name}: off in WAGTAIL_CPSNEWS['TAXONOMIES'], nothing loaded")
                continue
            self._report(name, *self._load(name, seeds))
            if add_names:
                self.stdout.write(f"{name}: {self._add_names(name, seeds)} names added to existing terms")
        if self.refused:
            raise CommandError("\n".join([*self.refused, "Everything else was loaded."]))

    def _report(self, name: str, made: int, kept: int) -> None:
        self.stdout.write(f"{name}: {made} made, {kept} already there and left as they are")

    def _seeds(self, source: str, taxonomy: str | None) -> dict[str, tuple[Seed, ...]]:
        if source in SETS:
            return load_set(source)
        if source.endswith(".json"):
            return self._from_file(Path(source))
        if source.count(".") == 1:
            return self._from_model(source, taxonomy)
        raise CommandError(f"“{source}” is none of: {', '.join(SETS)}, a .json file, a model (app.Model).")

    def _from_file(self, path: Path) -> dict[str, tuple[Seed, ...]]:
        try:
            seeds = read_seeds(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise CommandError(f"{path} cannot be read as terms: {error!r}") from error
        for name in seeds:
            if name not in NAMES:
                raise CommandError(f"{path}: “{name}” is not a taxonomy. Allowed: {', '.join(NAMES)}.")
        return seeds

    def _from_model(self, label: str, taxonomy: str | None) -> dict[str, tuple[Seed, ...]]:
        if not taxonomy:
            raise CommandError(f"Say which taxonomy the rows of {label} become: --taxonomy {'|'.join(NAMES)}")
        try:
            model = apps.get_model(label)
        except (LookupError, ValueError) as error:
            raise CommandError(f"There is no model “{label}”: {error}") from error
        rows = model._default_manager.order_by("pk")
        return {taxonomy: tuple(Seed(slug=slugify(str(row)), name=str(row)) for row in rows)}

    def _load(self, taxonomy: str, seeds: tuple[Seed, ...]) -> tuple[int, int]:
        model: Any = MODELS[taxonomy]
        default = Locale.get_default()
        made = kept = 0
        for order, seed in enumerate(seeds, start=1):
            term = model.objects.filter(slug=seed.slug).order_by("pk").first() or model.find(seed.slug)
            if term is None:
                term = model(
                    locale=default,
                    slug=seed.slug,
                    name=seed.name,
                    sort_order=order * 10,
                    legacy_number=self._free_number(taxonomy, seed),
                    aliases="\n".join(seed.aliases),
                )
                if not self._save(taxonomy, term):
                    continue
                made += 1
            else:
                kept += 1
                self._compare_numbers(taxonomy, term, seed)
            for locale, name in _translations(seed) if term.slug == seed.slug else ():
                if term.locale_id != locale.pk and not term.get_translation_or_none(locale):
                    translation = term.copy_for_translation(locale)
                    translation.name = name
                    self._save(taxonomy, translation)
        return made, kept

    def _add_names(self, taxonomy: str, seeds: tuple[Seed, ...]) -> int:
        """Add the seeds' aliases to terms that exist.

        Aliases that staff have given to another term are left out.
        """
        model: Any = MODELS[taxonomy]
        terms = [(seed, term) for seed in seeds if (term := model.find(seed.slug))]
        holders: dict[str, set[Any]] = {}
        for row in model.objects.all():
            for name in (row.slug, row.name, *row.alias_list):
                holders.setdefault(slugify(name), set()).add(row.translation_key)
        sharing: dict[str, set[Any]] = {}
        for seed, term in terms:
            for alias in seed.aliases:
                sharing.setdefault(slugify(alias), set()).add(term.translation_key)
        added = 0
        for seed, term in terms:
            own = {slugify(name) for name in (term.slug, term.name, *term.alias_list)}
            new = [
                alias
                for alias in seed.aliases
                if (key := slugify(alias)) not in own and holders.get(key, set()) <= sharing[key]
            ]
            if new:
                term.aliases = "\n".join([*term.alias_list, *new])
                if self._save(taxonomy, term):
                    added += len(new)
        return added

    def _free_number(self, taxonomy: str, seed: Seed) -> int | None:
        """Return the number that a term had on its old site.

        None if it is the number of another term here.

        Two sources number their terms from 1: an old link leads to the term that had the number first.
        """
        if seed.legacy_number is None:
            return None
        model: Any = MODELS[taxonomy]
        owner = model.objects.filter(legacy_number=seed.legacy_number).order_by("pk").first()
        if owner is None:
            return seed.legacy_number
        self.refused.append(
            f"{taxonomy} “{seed.name}”: number {seed.legacy_number} on the old site is that of “{owner.name}”. "
            "The term was loaded without it."
        )
        return None

    def _compare_numbers(self, taxonomy: str, term: Any, seed: Seed) -> None:
        """Report a term with another number than the source gives.

        The term's number is left.
        """
        if seed.legacy_number is not None and term.legacy_number != seed.legacy_number:
            has = "none" if term.legacy_number is None else term.legacy_number
            self.stdout.write(
                f"{taxonomy} “{term.name}” is there: its number on the old site ({has}) was left; "
                f"the source says {seed.legacy_number} for “{seed.name}”."
            )

    def _load_outcomes(self, seeds: tuple[Seed, ...]) -> tuple[int, int]:
        """Load labels of outcomes.

        One that was renamed is found by its key, and stays as it is.
        """
        default = Locale.get_default()
        made = kept = 0
        for order, seed in enumerate(seeds, start=1):
            key = uuid.uuid5(NAMESPACE, seed.slug)
            known = OutcomeLabel.objects.filter(translation_key=key).order_by("pk").first()
            known = known or OutcomeLabel.objects.filter(locale=default, name__iexact=seed.name).first()
            if known is None:
                known = OutcomeLabel(
                    locale=default, translation_key=key, name=seed.name, sort_order=order * 10
                )
                if not self._save("outcome", known):
                    continue
                made += 1
            else:
                kept += 1
            for locale, name in _translations(seed):
                if not known.versions().filter(locale=locale).exists():
                    translation = known.copy_for_translation(locale)
                    translation.name = name
                    self._save("outcome", translation)
        return made, kept

    def _save(self, taxonomy: str, term: Any) -> bool:
        """Save a term, or refuse it when it is not valid; the others are loaded."""
        try:
            term.full_clean(exclude=["translation_key"])
        except ValidationError as error:
            self.refused.append(f"{taxonomy} “{term.name}”: {' '.join(error.messages)}")
            return False
        term.save()
        return True


def _translations(seed: Seed) -> Iterator[tuple[Locale, str]]:
    """Yield a term's names in the site's other languages.

    "cy" is that of a locale "cy-gb" too.
    """
    for code, name in seed.names.items():
        locales = Locale.objects.order_by("language_code")
        locale = locales.filter(language_code=code).first()
        locale = locale or locales.filter(language_code__startswith=f"{code}-").first()
        if locale is not None and name:
            yield locale, name
