"""Every output as tests ask it.

The registered ones, and Wagtail's own API where a host mounts it.
"""

import contextlib
import html
import json
import re

from django.test import Client
from django.urls import NoReverseMatch, reverse

from wagtail_cpsnews.outputs import outputs

#: What Wagtail itself answers about one page: with our fields, and so with our story. 8.0 has the second one.
WAGTAIL_DETAIL = {
    "wagtail-v2": ("wagtailapi:pages:detail", "pk"),
    "wagtail-v3": ("wagtailapi_v3:detail_page", "page_id"),
}

#: They give links to what is embedded, never a headline: others store them for ever.
LINKS_ONLY = ("oembed", "oembed-xml")

ABOUT_STORIES = [output for output in outputs() if output.about_story is not None]
LISTS = [output for output in outputs() if output.about_list is not None]
#: They are asked nothing; their texts and blocks can point to a story.
PAGES = [output for output in outputs() if output.about_story is None and output.about_list is None]


def names(found):
    return [output.name for output in found]


def ask(address, host="localhost"):
    """Return what a reader without a session is answered, also where the address leads for good.

    The status and the text, without JSON's escapes and entities.
    """
    client = Client(raise_request_exception=False)
    response = client.get(address, headers={"host": host})
    if response.status_code == 301:
        response = client.get(response["Location"], headers={"host": host})
    assert response.status_code < 500, (address, response.status_code)
    return response.status_code, readable(response.content.decode())


def readable(text):
    """An answer without JSON's escapes, entities and what is bold."""
    with contextlib.suppress(ValueError):
        text = json.dumps(json.loads(text), ensure_ascii=False)
    return html.unescape(text).replace("<b>", "").replace("</b>", "")


def story_questions(entry_id, url):
    """Return the addresses that ask about one story, by output.

    Without an id those that need none.
    """
    return {
        output.name: output.story_address(id=str(entry_id or ""), url=url)
        for output in ABOUT_STORIES
        if entry_id or "{id}" not in str([output.path, output.about_story])
    }


def list_questions(host="localhost", **params):
    """The addresses that ask for a list, by output."""
    pairs = [(name, str(value)) for name, value in params.items()]
    url = f"http://{host}{next(output for output in LISTS if output.name == 'list').list_address(pairs)}"
    return {output.name: output.list_address(pairs, url=url) for output in LISTS}


def wagtail_questions(page):
    """The addresses of a page in Wagtail's own APIs, as far as they are mounted."""
    found = {}
    for name, (url_name, key) in WAGTAIL_DETAIL.items():
        with contextlib.suppress(NoReverseMatch):
            found[name] = reverse(url_name, kwargs={key: page.pk})
    return found


def shows(text, title):
    """Whether an answer says a title; "Quay 1" is not in "Quay 12"."""
    return re.search(rf"{re.escape(title)}(?!\d)", text, re.IGNORECASE) is not None
