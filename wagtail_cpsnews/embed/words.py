"""The words of ``<cps-news>`` and of the frame.

``make widget`` writes those of each language into the widget.
"""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from ..languages import translated_languages
from ..registry import BUILT_IN


def words() -> dict[str, str]:
    """Return the words in the active language, by name.

    Pages override them by these names (``data-msg``).
    """
    return {
        "loading": _("Loading…"),
        "error": _("The stories could not be loaded."),
        "more": _("Show more stories"),
        "came": _("Stories added:"),
        "previous": _("Previous page"),
        "next": _("Next page"),
        "search": _("Search"),
    }


def widget_taxonomies() -> str:
    """Return the attributes of the package's own taxonomies, as the widget has them."""
    return " ".join(taxonomy.attribute for taxonomy in BUILT_IN)


def widget_words() -> dict[str, dict[str, str]]:
    """Return the widget's words by language.

    What taxonomies and languages are called, the publisher says: it may have its own labels.
    """
    found = {}
    for language in translated_languages():
        with translation.override(language):
            found[language] = words()
    return found
