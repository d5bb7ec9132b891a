"""Where a reader reports a mistake in a story, or asks for another format.

An e-mail with its first words, or a form that knows the story.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from django.utils import translation
from django.utils.translation import gettext as _

from ..conf import get_settings


def mistake_url(title: str, url: str, language: str) -> str:
    """Return the link for a story with this title and address.

    "" where the setting ``MISTAKES_ADDRESS`` offers none.

    A form gets the story as ``title`` and ``url``, beside whatever its address holds already.
    """
    with translation.override(language):
        subject, question = _("Mistake in: %(title)s"), _("What is wrong:")
    return _link(get_settings().mistakes_address(language), title, url, subject, question)


def formats_url(title: str, url: str, language: str) -> str:
    """Return the link to ask for another format of a story's documents.

    As ``mistake_url()``, of the setting ``FORMATS_ADDRESS``.
    """
    with translation.override(language):
        subject, question = _("Another format: %(title)s"), _("The document and the format that you need:")
    return _link(get_settings().formats_address(language), title, url, subject, question)


def _link(address: str, title: str, url: str, subject: str, question: str) -> str:
    if not address:
        return ""
    if address.startswith(("/", "https://", "http://")):
        parts = urlsplit(address)
        query = "&".join(filter(None, (parts.query, urlencode({"title": title, "url": url}))))
        return urlunsplit(parts._replace(query=query))
    title = " ".join(title.split())  # a line of a letter, whatever was imported
    body = [title, url, "", question, ""]
    # RFC 6068: a space is %20, never "+", and lines end with CR LF.
    fields = urlencode(
        {"subject": subject % {"title": title}, "body": "\r\n".join(body)}, quote_via=quote, safe=""
    )
    return f"mailto:{quote(address, safe='@')}?{fields}"
