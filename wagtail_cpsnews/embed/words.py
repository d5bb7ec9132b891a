"""The words of ``<cps-news>`` and of the frame. ``make widget`` writes those of each language into the widget."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from ..languages import language_name, translated_languages
from ..registry import BUILT_IN


def words() -> dict[str, str]:
    """Return the words in the active language, by the names that pages override them with (``data-msg``)."""
    return {
        "error": _("The stories could not be loaded."),
        "more": _("Show more stories"),
        "came": _("Stories added:"),
        "previous": _("Previous page"),
        "next": _("Next page"),
        "search": _("Search"),
    }


def widget_words() -> dict[str, dict[str, str]]:
    """Return the widget's words by language.

    With the names of languages and taxonomies, except for those that the widget makes of the name of an attribute:
    each byte is paid for by other sites' readers.
    """
    found = {}
    for language in translated_languages():
        with translation.override(language):
            said = words()
            said |= {code: language_name(code) for code in translated_languages()}
            said |= {one.name.replace("_", "-"): one.labels(1) for one in BUILT_IN}
        found[language] = {name: word for name, word in said.items() if word != name.replace("-", " ")}
    return found
