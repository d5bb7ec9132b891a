"""A client that only follows the change log has an exact copy of the list.

Whatever happens and whenever.
"""

import base64
import json

import pytest
import time_machine
from django.core.signing import Signer
from django.db import connection
from django.db.models import F
from django.utils import timezone
from wagtail.models import Locale, Page, Site

from tests.factories import HomePageFactory, NewsIndexPageFactory, publish_story
from tests.oracle import API, get
from wagtail_cpsnews.catalogue import projection, snapshots
from wagtail_cpsnews.catalogue.changes import Token
from wagtail_cpsnews.catalogue.models import Entry, EntryTerm, EntryUse, SequenceToken, State
from wagtail_cpsnews.taxonomy.models import Area, Topic

CHANGES = f"{API}/changes/"


# -- one answer -----------------------------------------------------------------------------------------------------


@pytest.fixture
def log(api):
    """A function that asks for changes since a token."""

    def ask(since=None, **params):
        return api("changes/", **({"since": since} if since else {}), **params)

    return ask


def said(answer):
    return sorted((row["change"], row.get("title", "")) for row in answer["results"])


def test_from_the_beginning(log, story, api):
    story("First")
    story("Second").unpublish()
    answer = log()
    assert said(answer) == [("upsert", "First")]
    assert answer["more"] is False
    assert answer["next"] == f"http://localhost/newsroom/api/v1/changes/?since={answer['token']}"
    row = answer["results"][0]
    assert {name: value for name, value in row.items() if name != "change"} == api("items/")["results"][0]
    assert log("start") == answer


def test_what_comes_after(log, story):
    first, second = story("First"), story("Second")
    answer = log()
    ids = {row["title"]: row["id"] for row in answer["results"]}
    assert log(answer["token"])["results"] == []
    first.title = "First, again"
    first.save_revision().publish()
    second.unpublish()
    answer = log(answer["token"])
    assert said(answer) == [("gone", ""), ("upsert", "First, again")]
    gone = next(row for row in answer["results"] if row["change"] == "gone")
    assert set(gone) == {"change", "id", "gone_at"}
    assert gone["id"] == ids["Second"]
    assert gone["gone_at"]
    assert log(answer["token"])["results"] == []


def test_a_hidden_second_version_does_not_say_when_it_will_expire(log, story):
    """Another version in its language represents it.

    What is planned for it is not in the log.
    """
    first, second = story("First"), story("Second")
    answer = log()
    second.translation_key = first.translation_key
    second.locale = Locale.objects.get(language_code="cy")
    second.language, second.expire_at = "en", timezone.now() + timezone.timedelta(days=30)
    second.save()
    gone = [row for row in log(answer["token"])["results"] if row["change"] == "gone"]
    assert [row["gone_at"] for row in gone] == [None]


def test_pages_and_chosen_fields(log, story):
    for number in range(5):
        story(f"Story {number}")
    seen, answer = [], log(page_size=2, fields="title", lang="cy")
    while True:
        assert all(set(row) == {"change", "id", "title"} for row in answer["results"])
        assert "lang=cy" in answer["next"]
        assert "page_size=2" in answer["next"]
        assert "fields=title" in answer["next"]
        seen += [row["title"] for row in answer["results"]]
        if not answer["more"]:
            break
        answer = log(answer["token"], page_size=2, fields="title", lang="cy")
    assert sorted(seen) == [f"Story {number}" for number in range(5)]


def test_a_label_that_changes_gives_every_story_again(log, story):
    story("In Wessex", areas=["wessex"])
    taken_down = story("Taken down")
    token = log()["token"]
    term = Area.objects.get(slug="wessex", locale__language_code="en")
    term.name = "The West"
    term.save()
    taken_down.unpublish()
    answer = log(token)
    assert said(answer) == [("gone", ""), ("upsert", "In Wessex")]
    assert "The West" in str(answer)


def test_a_token_of_other_fields_or_labels_gives_every_story_again(log, story):
    story("Only one")
    token = log(fields="title")["token"]
    assert log(token, fields="title")["results"] == []
    assert said(log(token)) == [("upsert", "Only one")]
    assert len(log(token, fields="title", lang="cy")["results"]) == 1


def test_a_setting_that_changes_gives_every_story_again(log, story, settings):
    story("Only one", topics=["victims-and-witnesses"] if Topic.find("victims-and-witnesses") else [])
    token = log()["token"]
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "TAXONOMIES": {"topic": False}}
    rows = log(token)["results"]
    assert len(rows) == 1
    assert "topics" not in rows[0]


@pytest.mark.parametrize("text", ["x", "start.", "1", "WyJ4Il0.abc", "%00", "é", ".", "W10.x", "a" * 3000])
def test_nonsense_names_the_parameter(api, newsroom, text):
    error = api("changes/", status=400, since=text)["errors"][0]
    assert error["parameter"] == "since"
    assert error["example"] == "?since=start"


def test_two_tokens_and_unknown_parameters(api, newsroom):
    assert api("changes/", status=400, since=["a", "b"])["errors"][0]["parameter"] == "since"
    assert api("changes/", status=400, area="wessex")["errors"][0]["parameter"] == "area"
    assert api("changes/", status=400, page_size="101")["errors"][0]["parameter"] == "page_size"


def test_void_tokens(log, api, story, settings):
    story("Only one")
    token = log()["token"]
    forged = f"{token.split('.')[0]}.{'x' * 43}"
    assert api("changes/", status=410, since=forged)["errors"][0]["parameter"] == "since"
    settings.SECRET_KEY = "another"
    assert api("changes/", status=410, since=token)["errors"][0]["example"] == "?since=start"
    settings.SECRET_KEY_FALLBACKS = ["only for tests"]
    assert log(token)["results"] == []
    State.objects.update(epoch="00000000-0000-4000-8000-000000000000")
    assert api("changes/", status=410, since=token)["errors"][0]["parameter"] == "since"


def test_headers(client, story):
    story("Only one")

    def ask(**headers):
        return client.get(CHANGES, headers={"host": "localhost", **headers})

    first = ask()
    assert first["Access-Control-Allow-Origin"] == "*"
    assert first["Cache-Control"] == "public, max-age=60"
    assert ask(**{"if-none-match": first["ETag"]}).status_code == 304
    story("Another")
    assert ask(**{"if-none-match": first["ETag"]}).status_code == 200


def test_a_higher_number_than_the_catalogues_proves_a_restore(log, api, story):
    """Nobody's process remembers: the client's token does."""
    story("Only one")
    log()
    story("Another")
    token, epoch = log()["token"], State.objects.get().epoch
    State.objects.update(sequence=F("sequence") - 1, reference_sequence=0)
    assert api("changes/", status=410, since=token)["errors"][0]["parameter"] == "since"
    assert State.objects.get().epoch != epoch
    assert [row["title"] for row in log()["results"]] == ["Only one"]


def restore(saved):
    """Put the catalogue's tables back as they were, as a restored backup does."""
    for model in (EntryTerm, EntryUse, Entry, SequenceToken, State):
        model.objects.all()._raw_delete("default")
    for model, rows in saved.items():
        model.objects.bulk_create(rows)


def saved_catalogue():
    return {model: list(model.objects.all()) for model in (State, SequenceToken, Entry, EntryTerm, EntryUse)}


def test_a_restored_catalogue_that_caught_up_voids_tokens_and_etags(log, api, client, story):
    """No process and no number tells.

    The catalogue counts as far as before, with other changes.
    """
    story("Only one")
    log()
    saved = saved_catalogue()
    lost = story("Lost by the restore")
    followed = api("changes/")
    etags = {
        path: client.get(f"/newsroom/{path}", headers={"host": "localhost"})["ETag"]
        for path in ("api/v1/items/", "api/v1/changes/", "feeds/news.atom", "embed/list/", "sitemap-news.xml")
    }
    before = State.objects.get()
    restore(saved)
    lost.delete()
    snapshots.reset()
    story("Written after the restore")
    snapshots.current()
    after = State.objects.get()
    assert (after.epoch, after.sequence) == (before.epoch, before.sequence)
    for path, etag in etags.items():
        answer = client.get(f"/newsroom/{path}", headers={"host": "localhost", "if-none-match": etag})
        assert answer.status_code == 200, path
    assert api("changes/", status=410, since=followed["token"])["errors"][0]["parameter"] == "since"
    assert State.objects.get().epoch != before.epoch
    assert sorted(row["title"] for row in log()["results"]) == ["Only one", "Written after the restore"]


def test_a_worker_that_slept_through_a_restore_starts_again(story):
    story("Only one")
    snapshots.current()
    saved = saved_catalogue()
    lost = story("Lost by the restore")
    known = snapshots.current()
    restore(saved)
    lost.delete()
    story("Written after the restore")
    projection.project_pending()
    assert State.objects.get().sequence >= known.sequence
    assert snapshots._refresh(known).epoch != known.epoch


def test_the_same_place_has_the_same_address(log, story):
    story("Only one")
    with time_machine.travel("2027-01-01", tick=False):
        first = log()["next"]
    with time_machine.travel("2027-02-01", tick=False):
        assert log()["next"] == first


def test_tokens_of_releases_without_a_check_still_work(log, story):
    story("Only one")
    token = Token.parse(log()["token"])
    raw = json.dumps(
        [token.epoch.hex, token.scope, token.form, token.reference, token.number, None, token.gone_to]
    )
    value = base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")
    story("Another")
    answer = log(f"{value}.{Signer(salt='cpsnews.changes').signature(value)}")
    assert [row["title"] for row in answer["results"]] == ["Another"]
    assert Token.parse(answer["token"]).check


# -- sites ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_sites(world):
    home = HomePageFactory(parent=Page.objects.get(depth=1), title="Second", slug="second")
    Site.objects.create(hostname="second.example", port=80, root_page=home)
    return NewsIndexPageFactory(parent=home, title="News", slug="second-news")


def ask(host, since=None):
    return get(CHANGES, host=host, **({"since": since} if since else {})).json()


def test_a_story_that_moves_to_another_site(world, two_sites):
    here, there = ask("localhost"), ask("second.example")
    page = world.plain
    page.move(two_sites, pos="last-child")
    entry = Entry.objects.get(page_pk=page.pk)
    here, there = ask("localhost", here["token"]), ask("second.example", there["token"])
    assert [(row["change"], row["id"]) for row in here["results"]] == [("gone", str(entry.pk))]
    assert set(here["results"][0]) == {"change", "id", "gone_at"}
    assert said(there) == [("upsert", "Plain Harbour")]
    # What happens to it there is nobody's business here.
    page = Page.objects.get(pk=page.pk).specific
    page.title = "Elsewhere"
    page.save_revision().publish()
    page.unpublish()
    here = ask("localhost", here["token"])
    assert here["results"] == []
    assert said(ask("second.example", there["token"])) == [("gone", "")]
    page.save_revision().publish()
    Page.objects.get(pk=page.pk).move(world.index, pos="last-child")
    assert said(ask("localhost", here["token"])) == [("upsert", "Elsewhere")]


def test_moved_while_it_was_down(world, two_sites):
    here = ask("localhost")
    page = world.plain
    page.unpublish()
    page.move(two_sites, pos="last-child")
    Page.objects.get(pk=page.pk).specific.save_revision().publish()
    assert said(ask("localhost", here["token"])) == [("gone", "")]


def test_what_was_never_here_is_not_said_to_be_gone(world, two_sites):
    here = ask("localhost")
    publish_story(parent=two_sites, title="Theirs").unpublish()
    assert ask("localhost", here["token"])["results"] == []


def test_a_token_of_another_site_is_void(world, two_sites):
    response = get(CHANGES, host="second.example", since=ask("localhost")["token"])
    assert response.status_code == 410


def test_all_sites_have_one_log(world, two_sites, settings):
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "SITES": "all"}
    token = ask("localhost")["token"]
    world.plain.move(two_sites, pos="last-child")
    assert said(ask("second.example", token)) == [("upsert", "Plain Harbour")]


# -- what it costs --------------------------------------------------------------------------------------------------


def test_two_queries(world, settings, django_assert_num_queries):
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "LOOK_SECONDS": 60}
    token = ask("localhost")["token"]
    # The entries, the departures; whatever the number of rows.
    with django_assert_num_queries(2):
        assert len(get(CHANGES).json()["results"]) == 3
    with django_assert_num_queries(2):
        assert get(CHANGES, since=token).json()["results"] == []


def test_the_index_is_used_at_thousands_of_stories(world):
    """No sort and no scan of the whole table, from any place in the log."""
    Entry.objects.bulk_create(
        [
            Entry(page_pk=10_000 + n, number=n, public=True, site_id=Site.objects.get().pk, versions="|en|")
            for n in range(3000)
        ],
        batch_size=500,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    from wagtail_cpsnews.catalogue import changes
    from wagtail_cpsnews.catalogue.query import Query

    State.objects.update(sequence=20_000)
    snapshots.reset()
    snapshot = snapshots.current()
    query = Query(sites=(Site.objects.get().pk,), page_size=100)
    since = changes.Token.begin(query, snapshot)
    for place in (since, changes.replace(since, number=1500, pk=Entry.objects.first().pk)):
        plan = changes._entries(query, place, snapshot)[:101].explain()
        assert "cpsnews_entry_changes" in plan, plan
        assert "SORT" not in plan.upper().replace("INCREMENTAL SORT", ""), plan
        assert "TEMP B-TREE" not in plan.upper(), plan
