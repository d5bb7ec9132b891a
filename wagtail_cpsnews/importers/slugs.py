"""Where an imported story belongs, and its slug.

The section of its language, and an address that no other page has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.text import slugify
from wagtail.coreutils import find_available_slug
from wagtail.models import Locale

from .story import Story
from .text import slug_text


@dataclass(frozen=True)
class Place:
    """The section a story belongs to, and the language to write on its page.

    The language is empty when it is the section's.
    """

    locale: Any
    language: str


def find_place(story: Story, locales: Iterable[Any]) -> Place:
    """Return the section of the story's language, or the site's own.

    With the site's own, the language is written on the page.
    """
    locale = find_locale(story.language, locales)
    return Place(locale, "") if locale is not None else Place(Locale.get_default(), story.language)


def find_locale(language: str, locales: Iterable[Any]) -> Any | None:
    """Return the locale of a language.

    The same code, or one of the same primary language (``en-GB`` and ``en``).
    """
    wanted = language.lower()
    codes = {locale.language_code.lower(): locale for locale in locales}
    primary = {code.split("-")[0]: locale for code, locale in sorted(codes.items(), reverse=True)}
    return codes.get(wanted) or primary.get(wanted.split("-")[0])


def wanted_slug(story: Story) -> str:
    """Return the slug that the source gives the story, or that its title makes."""
    allow_unicode = getattr(settings, "WAGTAIL_ALLOW_UNICODE_SLUGS", True)
    text = slug_text(story.slug or story.title)
    return slugify(text, allow_unicode=allow_unicode)[:200].strip("-_") or "story"


def free_slug(story: Story, parent: Any, is_version: bool) -> str:
    """Return a slug that no sibling has.

    The source's own, for a language version with the language, or with a number.
    """
    wanted = wanted_slug(story)
    if is_version and parent.get_children().filter(slug=wanted).exists():
        wanted = f"{wanted}-{story.language.lower()}"
    return str(find_available_slug(parent, wanted))
