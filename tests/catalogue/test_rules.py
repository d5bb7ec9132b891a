"""Rules: further reasons not to show a story.

What they decide is stored, and read by lists, links and moves.
"""

import datetime

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect

from tests.factories import NewsIndexPageFactory, draft_story, publish_story
from tests.oracle import API, assert_true, get
from tests.statements import counted
from wagtail_cpsnews.catalogue import invalidation, snapshots
from wagtail_cpsnews.catalogue.adapters import story_models
from wagtail_cpsnews.catalogue.maintenance import check, rebuild
from wagtail_cpsnews.catalogue.models import Entry, State, Visibility
from wagtail_cpsnews.catalogue.projection import project_pending
from wagtail_cpsnews.catalogue.rules import Decision, Rule, register_rule
from wagtail_cpsnews.catalogue.visibility import why_not_served
from wagtail_cpsnews.pages.models import NewsItemPage

TITLE = "Teacher Rowan Pell charged"


def stored():
    return {row.page_pk: row.code for row in Visibility.objects.all()}


def get_items(**params):
    return get(f"{API}/items/", **params)


def titles():
    return sorted(item["title"] for item in get_items().json()["results"])


@pytest.fixture
def held(rule):
    """A rule that hides a story for as long as a redirect leads to it."""

    def is_held(page):
        return "held" if Redirect.objects.filter(redirect_page=page.pk).exists() else ""

    return rule(is_held, {"wagtailredirects.Redirect": lambda redirect: [redirect.redirect_page_id]})


def hold(page, path="/held"):
    return Redirect.objects.create(old_path=path, redirect_page=page)


# -- declaring --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["", "Held", "held back", "h" * 21, "1st"])
def test_a_code_is_a_short_name(code):
    with pytest.raises(ImproperlyConfigured, match="at most 20"):
        Rule(code, lambda page: Decision(True))


def test_two_rules_of_one_code_are_refused(rule):
    first = rule(lambda page: "")
    assert register_rule(first) is first
    with pytest.raises(ImproperlyConfigured, match="Two rules have the code 'test'"):
        register_rule(Rule("test", lambda page: Decision(True)))


def test_a_decision_has_the_rules_code_where_it_names_none(world, rule):
    rule(lambda page: Decision(False))
    assert why_not_served(world.plain) == "test"


NAIVE = datetime.datetime(2027, 1, 1)


@pytest.mark.parametrize(
    "answer",
    [
        *(None, ZeroDivisionError, Decision(False, "Not a code")),
        *(Decision(True, until=NAIVE), Decision(True, until="tomorrow")),
    ],
)
def test_a_rule_that_fails_hides_the_story_and_no_other(world, rule, caplog, answer):
    def broken(page):
        if page.pk == world.plain.pk:
            return 1 / 0 if answer is ZeroDivisionError else answer
        return Decision(True)

    rule(broken)
    rebuild()
    assert titles() == ["Deep Lantern", "Deep Marigold"]
    assert get("/news/plain/").status_code == 410
    assert "The rule test failed" in caplog.text


# -- storing ----------------------------------------------------------------------------------------------------------


def test_without_rules_nothing_is_stored(world):
    world.plain.save_revision().publish()
    assert stored() == {}


def test_every_story_has_a_row_public_or_not(world, rule):
    rule(lambda page: "held" if page.title == TITLE else "")
    page = publish_story(parent=world.index, title=TITLE)
    world.plain.unpublish()
    rebuild()
    stories = {page.pk for model in story_models() for page in model.objects.filter(alias_of=None)}
    assert stored() == {pk: "held" if pk == page.pk else "" for pk in stories}
    assert not Entry.objects.filter(page_pk=page.pk).exists()
    assert_true()
    assert get(f"/news/{page.slug}/").status_code == 404
    page.delete()
    assert page.pk not in stored()


def test_pages_of_other_types_are_decided_by_their_columns_alone(world, rule):
    rule(lambda page: "held")
    rebuild()
    assert get("/news/").status_code == 200
    assert titles() == []


def test_what_a_rule_watches_hides_and_releases(world, held):
    rebuild()
    redirect = hold(world.plain)
    assert stored()[world.plain.pk] == "held"
    assert titles() == ["Deep Lantern", "Deep Marigold"]
    assert get("/news/plain/").status_code == 410
    assert_true()
    redirect.delete()
    assert stored()[world.plain.pk] == ""
    assert titles() == ["Deep Lantern", "Deep Marigold", "Plain Harbour"]
    assert_true()


def test_what_moves_from_one_page_to_another_releases_the_first(world, held):
    rebuild()
    other = NewsItemPage.objects.exclude(pk=world.plain.pk).filter(alias_of=None).first()
    redirect = hold(world.plain)
    redirect.redirect_page = other
    redirect.save()
    assert stored()[world.plain.pk] == ""
    assert stored()[other.pk] == "held"


def test_a_story_that_was_never_public_is_noticed_when_it_is_released(world, held):
    rebuild()
    page = draft_story(parent=world.index, title=TITLE)
    redirect = hold(page)
    page.save_revision().publish()
    assert TITLE not in titles()
    assert not Entry.objects.filter(page_pk=page.pk).exists()
    redirect.delete()
    assert TITLE in titles()
    assert_true()


# -- readers ----------------------------------------------------------------------------------------------------------


def test_a_link_to_a_story_that_a_rule_hides_and_releases(world, held):
    rebuild()
    target = publish_story(parent=world.index, title=TITLE)
    text = f'<p>See <a linktype="page" id="{target.pk}">{TITLE}</a>.</p>'
    source = publish_story(parent=world.index, title="Source", body=[("text", text)])
    address = f"{API}/items/{Entry.objects.get(page_pk=source.pk).pk}/"

    def shown():
        answer = get(address)
        return str(answer.json()) + get(source.url).content.decode(), answer["ETag"]

    before, tag = shown()
    assert target.slug in before
    redirect = hold(target)
    hidden, later = shown()
    assert target.slug not in hidden
    assert TITLE not in hidden
    assert later != tag
    redirect.delete()
    assert target.slug in shown()[0]


def test_an_alias_is_decided_as_its_source_is(world, held):
    alias = world.plain.create_alias(parent=world.section, update_slug="the-alias")
    rebuild()
    source = publish_story(
        parent=world.index,
        title="Source",
        body=[("text", f'<p><a linktype="page" id="{alias.pk}">Further</a></p>')],
    )
    address = f"{API}/items/{Entry.objects.get(page_pk=source.pk).pk}/"
    assert "the-alias" in get(address).json()["body_html"]
    assert get(alias.url).status_code == 200
    hold(world.plain)
    assert "the-alias" not in get(address).json()["body_html"]
    assert get(alias.url).status_code == 404


def test_a_gone_page_has_the_template_of_its_code(world, held, settings, tmp_path):
    folder = tmp_path / "wagtail_cpsnews" / "gone"
    folder.mkdir(parents=True)
    (folder / "held.html").write_text("This story is being checked.")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [str(tmp_path)]}]
    rebuild()
    hold(world.plain)
    answer = get("/news/plain/")
    assert answer.status_code == 410
    assert answer.content.decode() == "This story is being checked."


# -- time -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def embargo(world, rule):
    """A rule that hides one story until a moment; returns that moment."""
    until = timezone.now() + datetime.timedelta(hours=1)
    rule(
        lambda page: (
            Decision(False, "embargoed", until)
            if page.title == TITLE and timezone.now() < until
            else Decision(True)
        )
    )
    return until


def test_a_story_comes_when_its_time_has_come_and_no_header_says_when(world, embargo):
    before = get_items(page_size=3)
    page = publish_story(parent=world.index, title=TITLE)
    after = get_items(page_size=3)
    assert Visibility.objects.get(page_pk=page.pk).wake_at == embargo
    assert after["Cache-Control"] == before["Cache-Control"]
    with time_machine.travel(embargo - datetime.timedelta(seconds=10), tick=False):
        assert get_items()["Cache-Control"] == before["Cache-Control"]
        assert TITLE not in titles()
    with time_machine.travel(embargo + datetime.timedelta(seconds=1), tick=False):
        snapshots.reset()  # as after a second
        assert TITLE in titles()
        assert Visibility.objects.get(page_pk=page.pk).wake_at is None
        assert get(page.url).status_code == 200


def test_answers_end_when_a_public_story_may_be_hidden(world, rule):
    until = timezone.now() + datetime.timedelta(seconds=20)
    rule(lambda page: Decision(True, until=until) if timezone.now() < until else Decision(False, "ended"))
    rebuild()
    lifetime = int(get_items()["Cache-Control"].rpartition("=")[2])
    assert 0 < lifetime <= 20
    with time_machine.travel(until + datetime.timedelta(seconds=1), tick=False):
        assert titles() == []


def test_a_rule_that_cannot_be_asked_at_its_time_does_not_hold_up_the_rest(world, rule):
    until = timezone.now() + datetime.timedelta(hours=1)
    rule(lambda page: Decision(True, until=until))
    rebuild()
    later = until + datetime.timedelta(seconds=1)
    Visibility.objects.create(page_pk=10**9, code="", wake_at=until)  # of a page that is gone
    with time_machine.travel(later, tick=False):
        snapshots.reset()
        assert len(titles()) == 3
        assert Visibility.objects.get(page_pk=10**9).wake_at > later


# -- costs ------------------------------------------------------------------------------------------------------------


def count(path):
    Client().get(path, headers={"host": "localhost"})
    with CaptureQueriesContext(connection) as captured:
        assert Client().get(path, headers={"host": "localhost"}).status_code == 200
    return len(captured)


@pytest.mark.urls("tests.urls_headless")
@pytest.mark.parametrize("path", ["/news/", f"{API}/pages/news-centre/", "/api/v2/pages/", f"{API}/items/"])
def test_a_rule_that_allows_everything_costs_no_query(world, rule, path, settings):
    settings.WAGTAIL_CPSNEWS = {
        **settings.WAGTAIL_CPSNEWS,
        "LOOK_SECONDS": 60,
    }  # no look falls between two requests
    text = f'<p>See <a linktype="page" id="{world.plain.pk}">another</a>.</p>'
    publish_story(parent=world.index, title="Source", body=[("text", text)])
    before = count(path)
    rule(lambda page: "")
    rebuild()
    assert count(path) == before


def test_a_move_of_many_asks_no_rule(world, rule):
    asked = []
    section = NewsIndexPageFactory(parent=world.index, title="Section", slug="many")
    aside = NewsIndexPageFactory(parent=world.index, title="Aside", slug="aside")
    for number in range(12):
        publish_story(parent=section, title=f"Story {number}")

    def move(target):
        section.refresh_from_db()
        target.refresh_from_db()
        with counted() as statements:
            section.move(target, "last-child")
        return len(statements)

    before = move(aside)
    move(world.index)
    rule(lambda page: asked.append(page.pk) or "")
    rebuild()
    asked.clear()
    assert move(aside) <= before + 4  # what is stored of them is read, by the step
    assert asked == []
    assert_true()


# -- checking ---------------------------------------------------------------------------------------------------------


def test_check_catalogue_compares_decisions(world, held):
    rebuild()
    assert check().differences == []
    with invalidation.together():
        Redirect.objects.bulk_create([Redirect(old_path="/held", redirect_page=world.plain)])  # no signal
    Visibility.objects.create(page_pk=10**9, code="held")
    found = {str(difference) for difference in check().differences}
    assert f"page {world.plain.pk}: decision (held)" in found
    assert f"page {10**9}: decision" in found
    check(repair=True)
    assert check().differences == []
    assert titles() == ["Deep Lantern", "Deep Marigold"]
    assert stored()[world.plain.pk] == "held"
    assert 10**9 not in stored()


def test_rules_that_have_changed_are_told(world, held):
    assert State.objects.get(pk=1).rules == ""
    [difference] = [one for one in check().differences if one.what == "state"]
    assert "the rules of the site are now: test" in str(difference)
    project_pending()
    rebuild()
    assert State.objects.get(pk=1).rules == "test"
    assert [one for one in check().differences if one.what == "state"] == []
