"""Blocks of other stories: related ones, and a list that keeps itself current.

What they show is looked up when somebody reads the page (``catalogue.deferred``): a story keeps nothing of another.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property, lazy
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from ...catalogue import deferred
from ...catalogue.adapters import story_models
from ...catalogue.parameters import MAX_Q, parse
from ...catalogue.snapshots import current
from ...compat import get_page_model
from ...conf import get_settings
from ...widgets import TermCheckboxes
from ..reading import reader_for

#: How many stories a live list may show.
MAX_STORIES = 20


#: The highest key that a database can be asked for.
MAX_KEY = 2**63 - 1


class DeferredStructBlock(blocks.StructBlock):
    """A block that is rendered per request.

    The catalogue stores what ``get_deferred_data`` returns.
    """

    #: The name that a ``DeferredBlock`` is registered under.
    deferred_kind = ""

    def get_deferred_data(self, value: Any) -> Any:
        """Override this to return keys and words of the block's own, as JSON."""
        raise NotImplementedError

    def render(self, value: Any, context: Any = None) -> SafeString:
        return deferred.html(self.deferred_kind, self.get_deferred_data(value), lambda: reader_for(context))

    def get_api_representation(self, value: Any, context: Any = None) -> Any:
        """Return what the block finds now."""
        return deferred.value(self.deferred_kind, self.get_deferred_data(value), lambda: reader_for(context))


class LateBlock(DeferredStructBlock):
    """The name of ``DeferredStructBlock`` in version 0.1."""

    late_kind = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        warnings.warn(
            f"{cls.__name__}: inherit from DeferredStructBlock instead of LateBlock, with deferred_kind and "
            "get_deferred_data instead of late_kind and get_late_data.",
            DeprecationWarning,
            stacklevel=2,
        )
        super().__init_subclass__(**kwargs)
        cls.deferred_kind = cls.late_kind

    def get_late_data(self, value: Any) -> Any:
        """Override this in version 0.1 only."""
        raise NotImplementedError

    def get_deferred_data(self, value: Any) -> Any:
        return self.get_late_data(value)


class StoryChooserBlock(blocks.PageChooserBlock):
    """Chooses a story of any type that the catalogue knows.

    Its value is the page's key: reading needs no page.
    """

    @cached_property
    def target_models(self) -> list[Any]:
        return list(story_models()) or [get_page_model()]

    @cached_property
    def target_model(self) -> Any:
        return get_page_model()

    def to_python(self, value: Any) -> Any:
        return value

    def bulk_to_python(self, values: Iterable[Any]) -> list[Any]:
        return list(values)

    def get_prep_value(self, value: Any) -> Any:
        return getattr(value, "pk", value)

    def normalize(self, value: Any) -> Any:
        return getattr(value, "pk", value)

    def value_from_form(self, value: Any) -> Any:
        return getattr(value, "pk", value)

    def clean(self, value: Any) -> Any:
        return getattr(super().clean(value), "pk", None)

    def extract_references(self, value: Any) -> Iterator[tuple[Any, str, str, str]]:
        if value is not None:
            yield get_page_model(), str(value), "", ""

    def render_basic(self, value: Any, context: Any = None) -> str:
        """Return HTML for editors who compare versions; readers never get it."""
        page = get_page_model()._default_manager.filter(pk=value).first() if value else None
        return escape(page.get_admin_display_title()) if page else ""

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return f"{type(self).__module__}.{type(self).__qualname__}", [], {}


class RelatedStoriesBlock(DeferredStructBlock):
    """Stories chosen by hand, in the order in which they were chosen."""

    deferred_kind = "related_stories"

    heading = blocks.CharBlock(
        label=_("Heading"),
        required=False,
        max_length=150,
        help_text=_("If empty, “Related stories” is used."),
    )
    stories = blocks.ListBlock(StoryChooserBlock(label=_("Story")), label=_("Stories"), min_num=1, max_num=10)

    def get_deferred_data(self, value: Any) -> dict[str, Any]:
        pages = [getattr(page, "pk", page) for page in value.get("stories") or ()]
        keys = [
            page for page in pages if isinstance(page, int) and 0 < page <= MAX_KEY
        ]  # a write may hold anything
        return {"heading": value.get("heading") or "", "pages": list(dict.fromkeys(keys))}

    class Meta:
        icon = "link"
        label = _("Related stories")
        help_text = _(
            "A story that is not public does not appear until it is published. In another "
            "language the version in that language is shown."
        )


class TermsBlock(blocks.MultipleChoiceBlock):
    """Terms of one taxonomy as checkboxes.

    Its value is their slugs, which stay true when a term is renamed.
    """

    def __init__(self, taxonomy: str = "", **kwargs: Any) -> None:
        self.taxonomy = taxonomy
        kwargs.pop("choices", None)
        kwargs = {
            "label": lazy(self._label, str)(),
            "required": False,
            "widget": TermCheckboxes,
            "search_index": False,
            **kwargs,
        }
        super().__init__(choices=self._choices, **kwargs)

    def _label(self) -> str:
        label = get_settings().label(self.taxonomy, 2)
        return label[:1].upper() + label[1:]

    def _choices(self) -> list[tuple[str, str]]:
        from django.utils.translation import get_language

        terms = current().reference.taxonomies[self.taxonomy].current
        lang = get_language() or ""
        return [(term.slug, self._choice(term, lang)) for term in terms]

    def _choice(self, term: Any, lang: str) -> str:
        label = str(term.label(lang))
        return str(_("%(name)s (retired)") % {"name": label}) if term.retired else label

    def _now(self, slugs: Any) -> list[str]:
        """Return the current slugs of these.

        A term may have been renamed or replaced since.
        """
        terms = current().reference.taxonomies[self.taxonomy]
        found = [terms.find(str(slug)) for slug in slugs or ()]
        return list(dict.fromkeys(term.slug for term in found if term))

    def to_python(self, value: Any) -> list[str]:
        return [str(slug) for slug in value or ()]

    def normalize(self, value: Any) -> list[str]:
        return self.to_python(value)

    def get_form_state(self, value: Any) -> Any:
        return super().get_form_state(self._now(value))

    def clean(self, value: Any) -> list[str]:
        return list(super().clean(self._now(value)) or ())

    def normalize_choice(self, value: Any) -> Any:
        return value

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return f"{type(self).__module__}.{type(self).__qualname__}", [self.taxonomy], {}


class LiveListBlock(DeferredStructBlock):
    """The newest stories of a filter.

    It follows stories that are published and withdrawn.
    """

    deferred_kind = "live_list"

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        super().__init__([*(local_blocks or ()), *_filter_blocks()], **kwargs)

    def get_deferred_data(self, value: Any) -> dict[str, Any]:
        params = {name: list(value.get(name) or ()) for name in get_settings().taxonomies}
        if value.get("q"):
            params["q"] = [value["q"]]
        params["page_size"] = [str(value.get("page_size") or 5)]
        return {
            "heading": value.get("heading") or "",
            "params": {name: values for name, values in params.items() if values},
        }

    def clean(self, value: Any) -> Any:
        result = super().clean(value)
        if result.get("q") and not self.is_deferred_validation:
            problems = parse(Params({"q": [result["q"]]}), current().reference).problems
            if problems:
                raise blocks.StructBlockValidationError(
                    block_errors={"q": ValidationError(problems[0].message)}
                )
        return result

    class Meta:
        icon = "list-ol"
        label = _("Live list")
        help_text = _(
            "The newest stories of this filter, in the language of the page. Within one filter, stories "
            "matching any choice are shown; across filters, stories must match all. Choose nothing to show all."
        )


class Params(dict[str, list[str]]):
    """List parameters that come from elsewhere than an address."""

    def lists(self) -> Iterable[tuple[str, list[str]]]:
        """Return lists as ``QueryDict.lists()`` does."""
        return self.items()


def _filter_blocks() -> list[tuple[str, blocks.Block]]:
    """Return the parts of the filter, named as parameters are.

    A taxonomy that is off has none.
    """
    heading = blocks.CharBlock(
        label=_("Heading"), required=False, max_length=150, help_text=_("If empty, “Latest news” is used.")
    )
    words = blocks.CharBlock(
        label=_("Words"),
        required=False,
        max_length=MAX_Q,
        help_text=_("Only stories that have all of these words."),
    )
    size = blocks.IntegerBlock(label=_("How many"), default=5, min_value=1, max_value=MAX_STORIES)
    return [
        ("heading", heading),
        *((name, TermsBlock(name)) for name in get_settings().taxonomies),
        ("q", words),
        ("page_size", size),
    ]
