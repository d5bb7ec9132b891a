"""The usage ledger.

Which sites show which lists, who was served which story, and nothing about readers.
"""

import datetime
import io
import uuid

import openpyxl
import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import RequestFactory
from django.utils import timezone

from tests.engines import by_engine
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.query import Query
from wagtail_cpsnews.usage import ledger
from wagtail_cpsnews.usage import recording as usage
from wagtail_cpsnews.usage.models import EmbedUse

REPORT = "/admin/newsroom/usage/"


@pytest.fixture(autouse=True)
def _nothing_gathered():
    usage.forget()
    yield
    usage.forget()


@pytest.fixture
def ask(client):
    """Asks the list API as another site's page does."""

    def get(origin="https://council.example", status=200, headers=None, **params):
        headers = {"host": "localhost", **({"origin": origin} if origin else {}), **(headers or {})}
        response = client.get("/newsroom/api/v1/items/", params, headers=headers)
        assert response.status_code == status
        return response

    return get


def written():
    usage.write()
    return {(use.host, use.door, use.what) for use in EmbedUse.objects.all()}


def test_a_list_and_its_stories_are_recorded(story, ask):
    page = story("Served", areas=["wessex"])
    story("Not in that list")
    ask(area="wessex", page_size=5, fields="title", facets="none")
    entry = Entry.objects.get(page_pk=page.pk)
    assert written() == {
        ("council.example", "element", "list:area=wessex&language=en"),
        ("council.example", "element", f"story:{entry.pk}"),
    }


def test_words_are_never_recorded(story, ask):
    story("A harbour")
    ask(q="harbour my own name")
    assert not any("harbour" in what for _host, _door, what in written())


def test_an_answer_that_has_not_changed_was_shown_too(story, ask, django_assert_num_queries):
    page = story("Served")
    tag = ask(origin="https://first.example")["ETag"]
    with django_assert_num_queries(1):  # the look at the state row
        ask(origin="https://second.example", status=304, headers={"if-none-match": tag})
    entry = Entry.objects.get(page_pk=page.pk)
    assert ("second.example", "element", f"story:{entry.pk}") in written()


@pytest.mark.parametrize(
    ("headers", "host"),
    [
        ({"origin": "https://Council.Example:8443"}, "council.example"),
        ({"origin": "null", "referer": "https://blog.example/a/private/path?of=a+reader"}, "blog.example"),
        ({"origin": "null"}, ""),
        ({}, ""),
        ({"origin": "http://localhost"}, None),
        ({"origin": "https://[::1]:3000"}, "[::1]"),
        ({"origin": "https://münchen.example"}, "xn--mnchen-3ya.example"),
        ({"origin": "https://a b.example"}, ""),
        ({"origin": f"https://{'a' * 300}.example"}, ""),
        ({"origin": "https://[bad"}, ""),
        ({"referer": "javascript:alert(1)"}, ""),
        ({"origin": "https://<script>.example"}, ""),
    ],
)
def test_a_site_is_a_host_name_and_no_more(headers, host):
    assert usage.host_of(RequestFactory().get("/", headers={"host": "localhost", **headers})) == host


def test_neither_our_own_pages_nor_programs_are_recorded(story, ask):
    story()
    ask(origin=None)
    ask(origin="http://localhost")
    assert written() == set()


def test_errors_are_not_recorded(newsroom, ask):
    ask(status=400, nonsense="1")
    ask(status=404, page=9)
    assert written() == set()


def test_no_request_writes(story, ask, django_assert_num_queries):
    story()
    ask()
    # the look; counts and page, where they are not in memory
    with django_assert_num_queries(by_engine(bitmaps=1, sql=3)):
        ask()
    usage._after_response()
    assert EmbedUse.objects.count() == 0


def test_it_is_written_after_a_response_when_it_is_time(world, ask, monkeypatch):
    monkeypatch.setattr(usage, "WRITE_SECONDS", 0)
    ask()
    assert ("council.example", "element", "list:language=en") in {
        (use.host, use.door, use.what) for use in EmbedUse.objects.all()
    }


# -- the other doors ------------------------------------------------------------------------------------------------

LIST = "/newsroom/embed/list/"


@pytest.fixture
def get(client):
    """Asks for any address with these headers."""

    def ask_for(path, status=200, params=None, **headers):
        response = client.get(path, params or {}, headers={"host": "localhost", **headers})
        assert response.status_code == status
        return response

    return ask_for


def test_frames_and_fragments_are_recorded_with_their_stories(story, get):
    page = story(areas=["wessex"])
    story("Not in that list")
    get(LIST, params={"area": "wessex", "theme": "dark"}, referer="https://frame.example/any/page?of=theirs")
    get(LIST, params={"area": "wessex", "format": "fragment"}, origin="https://htmx.example")
    get(LIST, params={"area": "wessex", "format": "fragment"})  # a server that says nothing of itself
    one = f"story:{Entry.objects.get(page_pk=page.pk).pk}"
    assert written() == {
        (host, method, what)
        for host, method in (("frame.example", "iframe"), ("htmx.example", "fragment"), ("", "fragment"))
        for what in ("list:area=wessex&language=en", one)
    }


def test_one_storys_frame_is_recorded(story, get):
    page = story()
    get(LIST)  # the catalogue takes the story in
    usage.forget()
    entry = Entry.objects.get(page_pk=page.pk)
    tag = get(LIST, params={"id": entry.pk}, referer="https://blog.example/")["ETag"]
    get(LIST, 304, params={"id": entry.pk}, referer="https://second.example/", **{"if-none-match": tag})
    hosts = ("blog.example", "second.example")
    assert written() == {(host, "iframe", f"story:{entry.pk}") for host in hosts}
    # One that came down serves nobody.
    usage.forget()
    page.unpublish()
    get(LIST, 410, params={"id": entry.pk}, referer="https://late.example/")
    assert "late.example" not in {host for host, *_rest in written()}


def test_a_frame_that_renews_itself_is_not_recorded_again(story, get):
    story()
    get(LIST, referer="https://frame.example/")
    seen = written()
    get(LIST, params={"format": "fragment"}, referer="http://localhost/newsroom/embed/list/")
    # In a sandbox, as WordPress makes it, a frame has no origin of its own.
    get(LIST, params={"format": "fragment"}, origin="null", referer="http://localhost/")
    assert written() == seen


def test_oembed_is_recorded_without_stories(story, get):
    page = story(areas=["wessex"])
    for url in ("http://localhost/newsroom/?area=wessex", page.full_url):
        get("/newsroom/embed/oembed/", params={"url": url}, origin="https://cms.example")
    get("/newsroom/embed/oembed/", 404, params={"url": "http://localhost/never/"}, origin="https://x.example")
    assert written() == {("cms.example", "oembed", "list:area=wessex&language=en")}


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_feeds_are_recorded_as_lists(story, get, form):
    """Which stories they held follows from the list."""
    story(areas=["wessex"])
    address = f"/newsroom/feeds/news.{form}"
    tag = get(address, params={"area": "wessex"}, referer="https://feed.example/")["ETag"]
    get(address, 304, params={"area": "wessex"}, origin="https://again.example", **{"if-none-match": tag})
    what = "list:area=wessex&language=en"
    assert written() == {("feed.example", form, what), ("again.example", form, what)}


def test_a_single_story_is_recorded(story, get):
    page = story()
    get(LIST)
    usage.forget()
    entry = Entry.objects.get(page_pk=page.pk)
    address = f"/newsroom/api/v1/items/{entry.pk}/"
    tag = get(address, origin="https://one.example")["ETag"]
    get(address, 304, origin="https://again.example", **{"if-none-match": tag})
    get(f"/newsroom/api/v1/items/{uuid.uuid4()}/", 404, origin="https://none.example")
    assert written() == {(host, "item", f"story:{entry.pk}") for host in ("one.example", "again.example")}


def test_a_frame_that_another_process_served_is_recorded_when_it_is_asked_for_again(story, get):
    page = story()
    entry_list = get(LIST)
    entry = Entry.objects.get(page_pk=page.pk)
    tag = get(LIST, params={"id": entry.pk})["ETag"]
    usage.forget()  # this one knows of no answer
    again = {"referer": "https://blog.example/"}
    get(LIST, 304, params={"id": entry.pk}, **again, **{"if-none-match": tag})
    get(LIST, 304, **again, **{"if-none-match": entry_list["ETag"]})
    assert written() == {
        ("blog.example", "iframe", f"story:{entry.pk}"),
        ("blog.example", "iframe", "list:language=en"),
    }


@pytest.mark.parametrize(
    ("agent", "host"),
    [
        ("Feedly/1.0 (+https://feedly.example/fetcher.html; 12 subscribers)", "feedly.example"),
        ("Mozilla/5.0 (compatible; Bot/2.1; +http://www.Bot.example/bot.html)", "www.bot.example"),
        ("NetNewsWire (RSS Reader; https://netnewswire.example/)", ""),
        ("+https://[::1]/", ""),
        ("+https://-.example./", ""),
        ("x" * 600 + "+https://late.example/", ""),
    ],
)
def test_a_program_is_known_by_the_address_that_it_names(story, get, agent, host):
    story()
    get("/newsroom/feeds/news.rss", **{"user-agent": agent})
    assert written() == {(host, "rss", "list:language=en")}


def test_the_package_s_own_questions_are_no_use(story, get):
    story()
    get(LIST, referer="https://council.example/", **{"user-agent": f"{usage.OWN_AGENT}/1.0"})
    assert written() == set()


def test_first_and_last_are_kept_by_the_hour(db):
    first = timezone.now().replace(minute=31) - datetime.timedelta(days=3)
    for moment in (first, first + datetime.timedelta(days=1), first + datetime.timedelta(days=2)):
        usage.record("a.example", ["list:"], moment, method="iframe")
        usage.write()
    use = EmbedUse.objects.get()
    assert use.first_seen == first.replace(minute=0, second=0, microsecond=0)
    assert use.last_seen - use.first_seen == datetime.timedelta(days=2)


def test_old_uses_are_forgotten(db, settings):
    settings.WAGTAIL_CPSNEWS = {"USAGE_DAYS": 30}
    usage.record("old.example", ["list:"], timezone.now() - datetime.timedelta(days=31), method="iframe")
    usage.write()
    usage.record("new.example", ["list:"], timezone.now(), method="iframe")
    usage.write()
    assert {host for host, *_rest in written()} == {"new.example"}


def test_it_can_be_switched_off(story, ask, settings):
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "USAGE_DAYS": 0}
    story()
    ask()
    assert written() == set()


def test_what_cannot_be_written_is_kept(db, monkeypatch):
    from django.db.utils import OperationalError

    def locked(*args, **kwargs):
        raise OperationalError("database is locked")

    usage.record("a.example", ["list:"], timezone.now(), method="iframe")
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "_write_uses", locked)
        usage.write()
    assert {host for host, *_rest in written()} == {"a.example"}


def test_what_tests_gathered_is_not_written_to_the_database_behind_them(db, monkeypatch):
    usage.record("a.example", ["list:"], timezone.now(), method="iframe")
    with monkeypatch.context() as patch:
        patch.setattr(usage, "_database", lambda: "the site's own")
        usage._at_exit()
    assert EmbedUse.objects.count() == 0
    usage._at_exit()
    assert EmbedUse.objects.count() == 1


def test_a_list_has_one_name_however_it_is_cut():
    one = usage.list_key(
        Query(area=("wessex",), language="en", page=3, page_size=50, q="x", order="published")
    )
    assert one == usage.list_key(Query(area=("wessex",), language="en", lang="cy", facets=False))
    assert len(usage.list_key(Query(area=tuple(f"area-{number}" for number in range(200))))) <= 400


# -- the report ---------------------------------------------------------------------------------------------------


@pytest.fixture
def reader(newsroom, client):
    """Logged in: may read the report."""
    user = User.objects.create_user("reader", password="reader")
    group = Group.objects.create(name="Readers of the report")
    group.permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_embeduse"]))
    user.groups.add(group)
    client.force_login(user)
    return user


def test_the_report_tells_who_was_shown_a_story(story, ask, reader, client):
    withdrawn, other = story("Withdrawn since"), story("Another", areas=["wessex"])
    ask(origin="https://all.example")
    ask(origin="https://wessex.example", area="wessex")
    usage.write()
    entry = Entry.objects.get(page_pk=withdrawn.pk)
    withdrawn.unpublish()
    answer = client.get(REPORT, {"story": str(entry.pk)}).content.decode()
    assert "all.example" in answer
    assert "wessex.example" not in answer
    assert "Withdrawn since" not in answer
    assert other.title in client.get(REPORT, {"host": "wessex"}).content.decode()


def test_lists_are_said_in_words(story, ask, reader, client):
    story(areas=["wessex"])
    ask(area="wessex")
    usage.write()
    assert "Area &quot;Wessex&quot;" in client.get(REPORT, {"sort": "list"}).content.decode()


def test_the_report_exports_what_it_filters(story, ask, reader, client):
    story("Served")
    ask(origin="https://first.example")
    ask(origin="https://second.example")
    usage.write()
    csv = b"".join(client.get(REPORT, {"export": "csv", "host": "first"}).streaming_content).decode()
    assert "first.example" in csv
    assert "second.example" not in csv
    assert "Served" in csv
    response = client.get(REPORT, {"export": "xlsx"})
    content = b"".join(response.streaming_content) if response.streaming else response.content
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
    assert len(rows) == 1 + EmbedUse.objects.count()


def test_exports_hold_no_formulas(story, ask, reader, client):
    story('=HYPERLINK("https://evil.example")')
    ask(origin="https://first.example")
    usage.write()
    csv = b"".join(client.get(REPORT, {"export": "csv"}).streaming_content).decode()
    assert "'=HYPERLINK" in csv


@pytest.mark.parametrize(
    "params",
    [
        {"story": "nonsense"},
        {"story": str(uuid.uuid4())},
        {"door": "window"},
        {"host": '"\x00'},
        {"p": "abc"},
        {"owner__password__startswith": "md5"},
        {"last_seen_from": "yesterday"},
        {"export": "exe"},
    ],
)
def test_bad_values_break_nothing(newsroom, reader, client, params):
    assert client.get(REPORT, params).status_code in (200, 302)


def test_fifty_rows_cost_few_queries(newsroom, reader, client, django_assert_max_num_queries):
    for number in range(60):
        usage.record(
            f"h{number}.example", ["list:", f"story:{uuid.uuid4()}"], timezone.now(), method="iframe"
        )
    usage.write()
    client.get(REPORT)
    with django_assert_max_num_queries(
        12
    ):  # session, user, permissions, profile; count, page, titles; the look
        client.get(REPORT)


def test_only_who_may_reads_the_report(newsroom, client):
    user = User.objects.create_user("editor", password="editor")
    group = Group.objects.create(name="Editors without it")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.add(group)
    client.force_login(user)
    assert client.get(REPORT).status_code == 302
    assert REPORT not in client.get("/admin/").content.decode()
    client.logout()
    assert "/login/" in client.get(REPORT)["Location"]


def test_a_story_leads_to_its_report(story, client, titles):
    page = story()
    titles()  # the catalogue takes the story in
    entry = Entry.objects.get(page_pk=page.pk)
    client.force_login(User.objects.create_superuser("boss", password="boss"))
    assert f"{REPORT}?story={entry.pk}" in client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
