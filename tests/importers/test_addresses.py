"""Old addresses of imported stories, and links without a host.

Where a story came from and who wrote it.
"""

import json

import pytest
from django.apps import apps
from django.core.management.base import CommandError
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from demo.models import HomePage
from tests.jsonlines import STORY, page_of, refused, run
from wagtail_cpsnews.importers.fields import Fields, Unreadable

pytestmark = pytest.mark.django_db
LINK = "<p>See <a href='/news/2019/x'>this</a>, <a href='y.html'>that</a>.</p>"


@pytest.fixture
def index(bare_index, newsroom_catalogue):
    """A news centre whose catalogue is projected at once; terms are not needed here."""
    return bare_index


def write(path, *stories):
    """One line a story, without terms."""
    bare = {name: STORY[name] for name in ("id", "title", "summary", "body", "published")}
    path.write_text("\n".join(json.dumps(bare | story) for story in stories), encoding="utf-8")
    return path


def full_report(file, **options):
    """Every remark of a run: the screen shows examples."""
    report = file.with_name("report.json")
    report.unlink(missing_ok=True)
    run(file, report=str(report), **options)
    return json.dumps(json.loads(report.read_text()), ensure_ascii=False)


def get(client, path):
    return client.get(path, headers={"host": "localhost"})


@pytest.mark.parametrize(
    ("fields", "options", "hrefs"),
    [
        ({}, {}, []),
        ({"base_url": "https://old.example.org/news/"}, {}, ["https://old.example.org/news/2019/x", "https://old.example.org/news/y.html"]),
        ({"source_url": "https://old.example.org/a/b"}, {}, ["https://old.example.org/news/2019/x", "https://old.example.org/a/y.html"]),
        ({}, {"base_url": "https://old.example.org"}, ["https://old.example.org/news/2019/x", "https://old.example.org/y.html"]),
        ({"base_url": "https://own.example/"}, {"base_url": "https://old.example.org"}, ["https://own.example/news/2019/x", "https://own.example/y.html"]),
    ],
)  # fmt: skip
def test_a_base_address_makes_links_right(index, file, fields, options, hrefs):
    report = run(write(file, {"body": LINK, **fields}), **options)
    body = str(page_of("a-1").body.raw_data[0]["value"])
    assert [part.partition('"')[0] for part in body.split('href="')[1:]] == hrefs
    assert ("/news/2019/x, y.html" in report) == (not hrefs)


def test_a_file_may_declare_its_base_address(index, file):
    write(file, {"body": LINK})
    file.write_text('{"base_url": "https://old.example.org/"}\n' + file.read_text())
    run(file)
    assert "https://old.example.org/news/2019/x" in page_of("a-1").body.raw_data[0]["value"]


def test_a_base_address_that_is_none_is_refused(index, file):
    with pytest.raises(CommandError, match=r"--base-url.*is no address"):
        run(write(file, {}), base_url="old.example.org")
    assert "base_url: '/news' is no address" in refused(write(file, {"base_url": "/news"}))


OLD = ["/news/2019/old-name", "https://www.old.example.org/story.aspx?id=7&lang=en", "/caf%C3%A9/x/"]


def test_old_addresses_lead_to_the_story_and_follow_it(index, file, client):
    write(file, {"old_addresses": OLD, "slug": "new-name"})
    run(file)
    page = page_of("a-1")
    for path in ("/news/2019/old-name", "/news/2019/old-name/", "/story.aspx?lang=en&id=7", "/caf%C3%A9/x"):
        response = get(client, path)
        assert (response.status_code, response["Location"]) == (301, "/news/new-name/"), path
    elsewhere = index.get_parent().add_child(instance=HomePage(title="Archive", slug="archive"))
    page.move(elsewhere, pos="last-child")
    page = page_of("a-1")
    page.slug = "newer-name"
    page.save_revision().publish()
    assert get(client, "/news/2019/old-name")["Location"] == "/archive/newer-name/"
    assert run(file).startswith("0 made, 0 changed, 1 unchanged")
    assert Redirect.objects.filter(redirect_page=page, automatically_created=False).count() == 3


def test_old_addresses_of_a_story_that_has_gone_answer_410(index, file, client):
    run(write(file, {"old_addresses": OLD, "slug": "charged-with-murder"}))
    page = page_of("a-1")
    assert get(client, page.url).status_code == 200
    page.unpublish()
    for path in OLD:
        response = get(client, path.removeprefix("https://www.old.example.org"))
        assert response.status_code == 410
        assert "charged-with-murder" not in str(response.headers) + response.content.decode()
    page.refresh_from_db()
    page.save_revision().publish()
    assert get(client, OLD[0]).status_code == 301
    draft = index.add_child(instance=type(page)(title="Draft", slug="draft-name", summary="s", live=False))
    Redirect.add_redirect("/to-a-draft", redirect_to=draft)
    response = get(client, "/to-a-draft/")
    assert response.status_code == 404
    assert "draft-name" not in str(response.headers)


def test_redirects_that_editors_made_are_left(index, file, client):
    Redirect.add_redirect("/a", redirect_to="https://elsewhere.example/")
    Redirect.add_redirect("/b", redirect_to=index, site=Site.objects.get())
    write(
        file,
        {"old_addresses": ["/a", "/b", "/news", "/", "/?p=7", "/mine", "/mine/", f"/{'x' * 300}"]},
        {
            "id": "a-2",
            "title": "Two",
            "old_addresses": ["/mine", "/news/lorry-driver-jailed-after-a-chase-through-devizes"],
        },
    )
    before = set(Redirect.objects.values_list("pk", "redirect_link", "redirect_page"))
    dry = full_report(file, dry_run=True)
    assert set(Redirect.objects.values_list("pk", "redirect_link", "redirect_page")) == before
    report = full_report(file)
    assert set(Redirect.objects.values_list("pk", "redirect_link", "redirect_page")) > before
    for told in (dry, report):
        assert (
            "the old address /a was left out: a redirect leads from it to https://elsewhere.example/ already"
            in told
        )
        assert f"the old address /b was left out: a redirect leads from it to page {index.pk} already" in told
        assert f"the old address /news was left out: page {index.pk} answers there" in told
        assert "the old address / was left out: page" in told
        assert "the old address /?p=7 was left out: page" in told
        assert "has more than 255 characters" in told
    assert (
        "the old address /mine was left out: it is an old address of the story in stories.jsonl, line 1, too"
        in dry
    )
    assert (
        f"the old address /mine was left out: a redirect leads from it to page {page_of('a-1').pk} already"
        in report
    )
    assert [redirect.old_path for redirect in Redirect.objects.filter(redirect_page=page_of("a-1"))] == [
        "/mine"
    ]


def test_without_the_redirects_app_old_addresses_are_named(index, file, monkeypatch):
    is_installed = apps.is_installed
    monkeypatch.setattr(apps, "is_installed", lambda name: "redirects" not in name and is_installed(name))
    report = run(write(file, {"old_addresses": ["/a", "/b"]}))
    assert "old addresses left out, for wagtail.contrib.redirects is not installed: /a, /b" in report
    assert page_of("a-1").live


@pytest.mark.parametrize(
    "given",
    ["/a", [7], ["a/b"], ["//a"], ["/a b"], ["mailto:x@y.z"], ["/a\\b"], ["/a\x07"], ["https://"], [""]],
)
def test_an_old_address_that_is_none_is_refused(given):
    with pytest.raises(Unreadable, match="old_addresses"):
        Fields({"old_addresses": given}).paths("old_addresses")


def test_authors_and_source_are_given_with_the_story(index, file, client):
    authors = ["Ada Penrose", "B. &amp; C. Moss"]
    write(
        file, {"authors": authors, "source_url": "https://old.example.org/a"}, {"id": "a-2", "title": "Bare"}
    )
    run(file)
    listed = {item["title"]: item for item in get(client, "/newsroom/api/v1/items/").json()["results"]}
    item = get(client, f"/newsroom/api/v1/items/{listed[STORY['title']]['id']}/").json()
    assert (item["authors"], item["source_url"]) == (
        ["Ada Penrose", "B. & C. Moss"],
        "https://old.example.org/a",
    )
    assert "authors" not in listed["Bare"]
    assert "source_url" not in listed["Bare"]
    assert "By Ada Penrose, B. &amp; C. Moss" in get(client, page_of("a-1").url).content.decode()
    assert "By " not in get(client, page_of("a-2").url).content.decode()
    for feed in ("rss", "atom", "json"):
        assert "Ada Penrose, B." in get(client, f"/newsroom/feeds/news.{feed}").content.decode()
    write(file, {"authors": ["Ada Penrose"]})
    assert "1 changed" in run(file)
    item = get(client, f"/newsroom/api/v1/items/{listed[STORY['title']]['id']}/").json()
    assert (item["authors"], "source_url" in item) == (["Ada Penrose"], False)
    copy = page_of("a-1").copy(update_attrs={"slug": "copy", "title": "Copy"})
    copy = Page.objects.get(pk=copy.pk).specific
    copy.save_revision().publish()
    listed = {item["title"]: item for item in get(client, "/newsroom/api/v1/items/").json()["results"]}
    assert "authors" not in listed["Copy"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"authors": "Ada"}, "authors: 'Ada' is no list"),
        ({"authors": ["x" * 151]}, "authors[1]: has 151 characters"),
        ({"source_url": "ftp://x.example/"}, "source_url: 'ftp://x.example/' is no address"),
        ({"source_url": f"https://x.example/{'y' * 500}"}, "source_url: has 518 characters"),
    ],
)
def test_authors_and_sources_that_are_none_are_refused(index, file, fields, words):
    assert words in refused(write(file, fields))
