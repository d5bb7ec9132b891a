"""What feed validators ask of RSS 2.0, Atom 1.0 and JSON Feed 1.1.

As far as it can be asked without the web.

``check(response)`` reads a feed, holds it to the rules and returns it as a ``Feed``.
"""

import datetime
import email.utils
import json
import re
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
from bs4 import BeautifulSoup

ATOM = "{http://www.w3.org/2005/Atom}"
XHTML = "{http://www.w3.org/1999/xhtml}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
AT = "{http://purl.org/atompub/tombstones/1.0}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SCHEMA = Path("/work/shared/data/jsonfeed-1.1.schema.json")

_ADDRESS = re.compile(r"[!-~]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_URN = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def check(response):
    """Return the feed of an answer.

    ``form``, ``title``, ``subtitle``, ``stories`` (title, url, id, …), ``gone``.
    """
    assert response.status_code == 200, response.content
    if response.headers["Content-Type"].startswith("application/feed+json"):
        return _json(response.content)
    root = ElementTree.fromstring(response.content)
    for element in root.iter():
        assert _LANGUAGE.fullmatch(element.get(LANG, "en"))
    # A general media type is all right where the first bytes say what it is.
    assert re.search(rb"<(rss|feed)\b", response.content[:512])
    feed = _rss(root) if root.tag == "rss" else _atom(root)
    parsed = feedparser.parse(response.content)
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.feed.title == feed.title
    assert [entry.link for entry in parsed.entries] == [story.url for story in feed.stories]
    assert [entry.id for entry in parsed.entries] == [story.id for story in feed.stories]
    feed.parsed = parsed
    return feed


def absolute(url):
    parts = urlsplit(url)
    assert parts.scheme in ("http", "https"), url
    assert parts.netloc
    assert _ADDRESS.fullmatch(url), url
    return url


def moment(text):
    assert _MOMENT.fullmatch(text), text
    return datetime.datetime.fromisoformat(text)


def rfc822(text):
    assert re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", text)
    day = email.utils.parsedate_to_datetime(text)
    assert day.strftime("%a") == text[:3]
    return day


def once(parent, name, required=True):
    found = parent.findall(name)
    assert len(found) <= 1, name
    assert found or not required, name
    return found[0] if found else None


def html(text):
    """HTML within a feed: nothing that runs, nothing relative, no tags left open."""
    soup = BeautifulSoup(text, "html.parser")
    assert {tag.name for tag in soup.find_all()} <= {"p", "strong"}
    for tag in soup.find_all():
        assert not tag.attrs
        assert text.count(f"<{tag.name}>") == text.count(f"</{tag.name}>")
    return soup.get_text(" ")


def _finish(feed):
    ids = [story.id for story in feed.stories]
    assert len(set(ids)) == len(ids)
    assert len({story.url for story in feed.stories}) == len(ids)
    for story in feed.stories:
        assert _URN.fullmatch(story.id)
        assert story.title.strip()
    for pk, _when in feed.gone:
        assert _URN.fullmatch(pk)
        assert pk not in ids
    assert feed.title.strip()
    assert feed.subtitle.strip()
    return feed


def _people(parent):
    """The page for people: one, with a title, and with nothing that loads or runs."""
    page = once(parent, f"{XHTML}div")
    allowed = {f"{XHTML}{name}" for name in ("div", "title", "h1", "h2", "p", "a", "ol", "li")}
    assert {element.tag for element in page.iter()} <= allowed
    for link in page.iter(f"{XHTML}a"):
        absolute(link.get("href"))
        assert "".join(link.itertext()).strip()
    return page


def _links(parent, name):
    links = {}
    for link in parent.findall(name):
        assert link.get("rel") not in links
        links[link.get("rel")] = absolute(link.get("href"))
    return links


def _rss(root):
    assert root.attrib == {"version": "2.0"}
    (channel,) = root
    links = _links(channel, f"{ATOM}link")
    rfc822(once(channel, "lastBuildDate").text)
    assert _LANGUAGE.fullmatch(once(channel, "language").text)
    stories = []
    for item in channel.findall("item"):
        guid = once(item, "guid")
        assert guid.get("isPermaLink") == "false"
        assert item.find("enclosure") is None  # it would need a length
        for category in item.findall("category"):
            absolute(category.get("domain"))
        for picture in item.findall(f"{MEDIA}content"):
            absolute(picture.get("url"))
            assert picture.get("type").startswith("image/")
            assert picture.get("medium") == "image"
        description = once(item, "description").text or ""
        stories.append(
            SimpleNamespace(
                id=guid.text,
                title=once(item, "title").text,
                url=absolute(once(item, "link").text),
                published=rfc822(once(item, "pubDate").text),
                updated=moment(once(item, f"{ATOM}updated").text),
                text=html(description),
                language=once(item, f"{DC}language").text,
                author=once(item, f"{DC}creator").text,
                categories=[category.text for category in item.findall("category")],
                image=next((e.get("url") for e in item.findall(f"{MEDIA}content")), None),
            )
        )
    return _finish(
        SimpleNamespace(
            form="rss",
            title=once(channel, "title").text,
            subtitle=once(channel, "description").text,
            page_url=absolute(once(channel, "link").text),
            language=once(channel, "language").text,
            self_url=links["self"],
            next_url=links.get("next"),
            previous_url=links.get("previous"),
            people=_people(channel),
            stories=stories,
            gone=[],
        )
    )


def _atom(root):
    assert root.tag == f"{ATOM}feed"
    links = _links(root, f"{ATOM}link")
    absolute(once(root, f"{ATOM}id").text)
    updated = moment(once(root, f"{ATOM}updated").text)
    assert once(once(root, f"{ATOM}author"), f"{ATOM}name").text.strip()
    stories = []
    for entry in root.findall(f"{ATOM}entry"):
        entry_links = _links(entry, f"{ATOM}link")
        summary, content = (
            once(entry, f"{ATOM}summary", required=False),
            once(entry, f"{ATOM}content", required=False),
        )
        assert summary is None or summary.get("type") == "text"
        assert content is None or content.get("type") == "html"
        author = once(entry, f"{ATOM}author", required=False)
        for category in entry.findall(f"{ATOM}category"):
            absolute(category.get("scheme"))
            assert category.get("term")
        stories.append(
            SimpleNamespace(
                id=once(entry, f"{ATOM}id").text,
                title=once(entry, f"{ATOM}title").text,
                url=entry_links["alternate"],
                published=moment(once(entry, f"{ATOM}published").text),
                updated=moment(once(entry, f"{ATOM}updated").text),
                text=html(content.text) if content is not None else summary.text,
                language=entry.get(LANG) or root.get(LANG),
                author=once(author if author is not None else root.find(f"{ATOM}author"), f"{ATOM}name").text,
                categories=[category.get("label") for category in entry.findall(f"{ATOM}category")],
                image=entry_links.get("enclosure"),
            )
        )
    gone = []
    for tombstone in root.findall(f"{AT}deleted-entry"):
        # An id and a time: no title, no comment, no link, no language.
        assert set(tombstone.attrib) == {"ref", "when"}
        assert not len(tombstone)
        assert not tombstone.text
        gone.append((tombstone.get("ref"), moment(tombstone.get("when"))))
    assert all(updated >= story.updated for story in stories)
    return _finish(
        SimpleNamespace(
            form="atom",
            title=once(root, f"{ATOM}title").text,
            subtitle=once(root, f"{ATOM}subtitle").text,
            page_url=links["alternate"],
            language=root.get(LANG),
            self_url=links["self"],
            next_url=links.get("next"),
            previous_url=links.get("previous"),
            people=_people(root),
            stories=stories,
            gone=gone,
        )
    )


def _json(content):
    data = json.loads(content)
    if SCHEMA.exists():
        import jsonschema

        schema = json.loads(SCHEMA.read_text())
        jsonschema.validate(data, schema, format_checker=jsonschema.FormatChecker())
    assert data["version"] == "https://jsonfeed.org/version/1.1"
    stories = [
        SimpleNamespace(
            id=item["id"],
            title=item["title"],
            url=absolute(item["url"]),
            published=moment(item["date_published"]),
            updated=moment(item["date_modified"]),
            text=html(item["content_html"]),
            language=item["language"],
            author=item.get("authors", data["authors"])[0]["name"],
            categories=item["tags"],
            image=absolute(item["image"]) if "image" in item else None,
        )
        for item in data["items"]
    ]
    assert set(data["_cpsnews"]) == {"deleted"}
    assert all(set(row) == {"id", "gone_at"} for row in data["_cpsnews"]["deleted"])
    return _finish(
        SimpleNamespace(
            form="json",
            title=data["title"],
            subtitle=data["description"],
            page_url=absolute(data["home_page_url"]),
            language=data["language"],
            self_url=absolute(data["feed_url"]),
            next_url=data.get("next_url"),
            previous_url=None,
            stories=stories,
            gone=[(row["id"], moment(row["gone_at"])) for row in data["_cpsnews"]["deleted"]],
            data=data,
        )
    )
