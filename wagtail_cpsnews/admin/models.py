"""The models in the newsroom's menu, in order.

Add an entry here to list another model.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..catalogue.adapters import story_models
from ..compat import AbstractPage, get_page_model
from ..conf import get_settings
from ..contacts.models import PressContact
from ..registry import TAXONOMIES, Taxonomy
from ..stories.protocol import MediaProtocolMixin
from ..stories.speech import SpeechMixin
from ..taxonomy.models import MODELS
from ..taxonomy.outcomes import OutcomeLabel
from ..taxonomy.usage import count_usage
from . import columns
from .registry import AdminColumn, AdminSpec

#: Headings that the settings do not change.
_HEADINGS = {"kind": _("News type"), "area": _("Areas")}


def _label(taxonomy: str) -> str:
    label = get_settings().label(taxonomy, 2)
    return label[:1].upper() + label[1:]


def _term_column(taxonomy: Taxonomy) -> AdminColumn:
    heading = _HEADINGS.get(taxonomy.name) or lazy(_label, str)(taxonomy.name)
    return AdminColumn(taxonomy.field, heading, partial(columns.terms, taxonomy.name))


#: The columns of all pages; the explorer under a news index shows the same.
PAGE_COLUMNS = (
    AdminColumn("title", _("Title"), sort="title"),
    *map(_term_column, (taxonomy for taxonomy in TAXONOMIES.values() if taxonomy.has_column)),
    AdminColumn("status", _("Status"), columns.status, sort="live"),
    AdminColumn("goes_out", _("Publication date"), columns.goes_out, sort="_goes_live"),
    AdminColumn("contact", _("Contact"), columns.contacts),
    AdminColumn("updated", _("Updated"), columns.updated, sort="latest_revision_created_at"),
)
PAGE_FILTERS = (*TAXONOMIES, "status", "locale", "updated")
PAGE_SEARCH = ("title", "draft_title", "summary")


def _load_terms(terms: Sequence[Any]) -> None:
    models.prefetch_related_objects(list(terms), "locale", "successor")
    counts = count_usage(terms)
    for term in terms:
        term.pages_that_carry_it = counts[term.translation_key]


def _used_by(term: Any) -> int:
    """Return how many pages have a term.

    Counted for the whole list if the list asked for it, otherwise for this term.
    """
    count = getattr(term, "pages_that_carry_it", None)
    return term.usage_count if count is None else count


def _retired(term: Any) -> str:
    """Return a word: a red cross beside every current term looks like an error."""
    return gettext("Retired") if term.retired else ""


def term_specs() -> list[AdminSpec]:
    """Return specs for the terms of every enabled taxonomy.

    The settings give the names.
    """
    return [
        AdminSpec(
            model=MODELS[taxonomy],
            label=lazy(_label, str)(taxonomy),
            icon="tag",
            columns=(
                AdminColumn("name"),
                AdminColumn("locale", value=lambda term: str(term.locale), sort="locale__language_code"),
                AdminColumn("slug"),
                AdminColumn("retired", value=_retired, sort="retired"),
                AdminColumn("successor", value=lambda term: str(term.successor or "")),
                AdminColumn("used_by", _("Used by"), _used_by),
            ),
            filters=("locale", "retired"),
            search=("name", "slug", "aliases"),
            ordering=("sort_order", "name"),
            load=_load_terms,
        )
        for taxonomy in get_settings().taxonomies
        if taxonomy in MODELS
    ]


def _load_contacts(contacts: Sequence[Any]) -> None:
    names = ("locale", "out_of_hours", "areas", "crime_types", "topics")
    models.prefetch_related_objects(list(contacts), *names)


def contact_spec() -> AdminSpec:
    """Return the spec of press contacts, with whether they answer now."""
    return AdminSpec(
        model=PressContact,
        label=_("Press contacts"),
        icon="user",
        columns=(
            AdminColumn("name"),
            AdminColumn("locale", value=lambda contact: str(contact.locale), sort="locale__language_code"),
            AdminColumn("role", value=lambda contact: contact.get_role_display(), sort="role"),
            AdminColumn("scope", _("Answers for"), lambda contact: contact.scope_display),
            AdminColumn("week", _("Hours"), lambda contact: contact.hours_display),
            AdminColumn("now", _("Now"), lambda contact: contact.answers_display),
        ),
        filters=("locale", "role", "retired"),
        search=("name", "notes"),
        ordering=("sort_order", "name"),
        load=_load_contacts,
    )


def outcome_spec() -> AdminSpec:
    """Return the list of outcome labels."""
    return AdminSpec(
        model=OutcomeLabel,
        label=_("Outcome labels"),
        icon="tag",
        columns=(
            AdminColumn("name"),
            AdminColumn("locale", value=lambda label: str(label.locale), sort="locale__language_code"),
            AdminColumn("retired", value=_retired, sort="retired"),
        ),
        filters=("locale", "retired"),
        search=("name",),
        ordering=("sort_order", "name"),
        load=lambda labels: models.prefetch_related_objects(list(labels), "locale"),
    )


def plain_specs() -> list[AdminSpec]:
    """Return specs of the models that are no pages."""
    return [contact_spec(), *term_specs(), outcome_spec()]


def page_spec(model: type[models.Model], icon: str = "doc-full-inverse") -> AdminSpec:
    """Return the listing of a page type."""
    return AdminSpec(
        model=model,
        label=lazy(lambda: str(model._meta.verbose_name_plural).capitalize(), str)(),
        icon=icon,
        columns=PAGE_COLUMNS,
        filters=PAGE_FILTERS,
        search=PAGE_SEARCH,
        ordering=("-latest_revision_created_at",),
        load=columns.load_related,
    )


#: Icons by mixin, the first that fits.
PAGE_ICONS: list[tuple[type[Any], str]] = [
    (SpeechMixin, "openquote"),
    (MediaProtocolMixin, "doc-full"),
]

#: Mixins of pages that are no stories and have a list all the same.
PAGE_TYPES: tuple[type[Any], ...] = (MediaProtocolMixin,)


def page_specs() -> list[AdminSpec]:
    """Return specs for every page type of the project that is a story.

    The package's own types, a host's types on the mixins, and types with an adapter.
    """
    others = [
        model
        for model in apps.get_models()
        if issubclass(model, AbstractPage) and issubclass(model, PAGE_TYPES) and model not in story_models()
    ]
    return [page_spec(model, _icon(model)) for model in (*story_models(), *others)]


def _icon(model: type[models.Model]) -> str:
    return next((icon for mixin, icon in PAGE_ICONS if issubclass(model, mixin)), "doc-full-inverse")


def explorer_spec() -> AdminSpec:
    """Return what lies below a news centre, whatever its type."""
    return page_spec(get_page_model())


def index_models() -> list[type[models.Model]]:
    """Return the project's news centres."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, AbstractPage) and getattr(model, "is_news_index", False)
    ]
