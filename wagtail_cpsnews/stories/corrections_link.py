"""Where a reader reports a mistake in a story.

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
    address = get_settings().mistakes_address(language)
    if not address:
        return ""
    if address.startswith(("/", "https://", "http://")):
        parts = urlsplit(address)
        query = "&".join(filter(None, (parts.query, urlencode({"title": title, "url": url}))))
        return urlunsplit(parts._replace(query=query))
    title = " ".join(title.split())  # a line of a letter, whatever was imported
    with translation.override(language):
        subject = _("Mistake in: %(title)s") % {"title": title}
        body = [title, url, "", _("What is wrong:"), ""]
    # RFC 6068: a space is %20, never "+", and lines end with CR LF.
    fields = urlencode({"subject": subject, "body": "\r\n".join(body)}, quote_via=quote, safe="")
    return f"mailto:{quote(address, safe='@')}?{fields}"
