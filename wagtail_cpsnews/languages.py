"""The languages of labels, dates and messages.

The project's, and those that this package is translated into.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from importlib.resources import files

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import to_language
from wagtail.coreutils import get_content_languages


@functools.cache
def translated_languages() -> tuple[str, ...]:
    """Return the languages of this package's own texts.

    English, and those that have a catalogue.
    """
    folders = (files(__package__) / "locale").iterdir()
    return ("en", *sorted(to_language(folder.name) for folder in folders if folder.is_dir()))


def text_languages(languages: Iterable[str] | None = None) -> list[str]:
    """Return the languages that texts can be given in.

    Args:
        languages: The site's, first in the answer; without them those of ``WAGTAIL_CONTENT_LANGUAGES``.
    """
    content = get_content_languages()
    known = [code.lower() for code in (content if languages is None else languages)]
    for code in (*content, *translated_languages()):
        if match_language(code, known) is None:
            known.append(code.lower())
    return known


def match_language(code: str, languages: Iterable[str]) -> str | None:
    """Return the language for a code such as ``en`` or ``en-GB``.

    The same, else a variant of it, else ``None``.
    """
    code, known = code.lower(), list(languages)
    for language in known:
        if language.lower() == code:
            return language
    short = code.split("-")[0]
    return next((language for language in known if language.lower().split("-")[0] == short), None)


def own_name(code: str) -> str:
    """Return a language’s name in itself: "Cymraeg"."""
    try:
        return str(translation.get_language_info(code)["name_local"])
    except KeyError:
        return code


def language_name(code: str) -> str:
    """Return a language’s name in the active language.

    The code of one that Django does not know.
    """
    try:
        return str(translation.gettext(translation.get_language_info(code)["name"]))
    except KeyError:
        return code


def asked_language(request: HttpRequest, *names: str) -> str | None:
    """Return the language of the first parameter with a value, or ``None``.

    For messages that are written before it is known what else was asked for.
    """
    try:
        asked = next((value for name in names if (value := request.GET.get(name, "").strip())), "")
    except TooManyFieldsSent:
        return None
    return match_language(asked, text_languages()) if asked else None


def message_language(request: HttpRequest, *names: str) -> str:
    """Return ``asked_language()``, else the project's language.

    Nothing is negotiated: answers are the same for everybody.
    """
    return asked_language(request, *names) or settings.LANGUAGE_CODE
