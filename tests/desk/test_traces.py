"""By what a story is recognised in an answer, and by what it is not."""

import json

import pytest

from tests.factories import NewsIndexPageFactory
from wagtail_cpsnews.catalogue import snapshots
from wagtail_cpsnews.catalogue.models import PublicationStop
from wagtail_cpsnews.desk.proof import rounds
from wagtail_cpsnews.desk.proof.fetching import Answer
from wagtail_cpsnews.desk.proof.models import ProofAnswer
from wagtail_cpsnews.desk.proof.traces import Traces, traces_of
from wagtail_cpsnews.desk.proof.versions import versions_of
from wagtail_cpsnews.desk.stopping import begin_stop

pytestmark = pytest.mark.slow

TITLE = "Teacher’s aide Rowan Pell charged"
Sort = ProofAnswer.Sort


@pytest.fixture
def stopped(newsroom, story):
    """A function that holds a story and returns its traces."""

    def stop(**fields):
        page = story(**{"title": TITLE, "slug": "rowan-pell", **fields})
        snapshots.current()
        stop = begin_stop(PublicationStop.Kind.HOLD, page)
        return traces_of(versions_of(stop, snapshots.current().reference))

    return stop


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>{TITLE}</h1>",
        "<h1>Teacher&#x2019;s aide Rowan Pell charged</h1>",
        "Teacher’s  aide\n Rowan Pell charged, and more",
        "<a>TEACHER’S AIDE ROWAN PELL CHARGED</a>",
        "<p>Teacher’s <mark>aide</mark> Rowan <b>Pell</b> charged",
        json.dumps({"title": TITLE}),
        f"<title><![CDATA[{TITLE}]]></title>",
    ],
)
def test_a_title_is_found(stopped, body):
    assert stopped().find(body.encode()) == ["title"]


@pytest.mark.parametrize(
    "body",
    [
        "http://localhost/news/rowan-pell/",
        '{"url": "http:\\/\\/localhost\\/news\\/rowan-pell\\/"}',
        "<a href='/news/rowan-pell'>",
        "<loc>http://localhost/news/rowan-pell/</loc>",
        '<a href="/news/rowan-pell/#comments">',
    ],
)
def test_an_address_is_found(stopped, body):
    assert stopped().find(body.encode()) == ["address", "slug"]


@pytest.mark.parametrize(
    "body",
    [
        "/news/rowan-pell-2/",
        "/news/rowan-pell/other/",
        "Teacher’s aide Rowan Pell chargedly",
        "rowan-pell",
        "\xff\xfe",
    ],
)
def test_what_is_not_the_story(stopped, body):
    assert stopped().find(body.encode("latin-1", "replace")) == []


def test_an_id_counts_where_nothing_may_name_it(stopped):
    traces = stopped()
    (pk,) = traces.ids
    assert traces.find(f'{{"id": "{pk}"}}'.encode()) == ["id"]
    assert traces.find(f'{{"id": "{pk}"}}'.encode(), ids=False) == []


def test_what_was_asked_about_is_no_trace(stopped):
    url = "http://localhost/news/rowan-pell/"
    body = json.dumps({"errors": [{"value": url, "message": "There is no such story."}]}).encode()
    traces = stopped()
    assert traces.find(body) == ["address", "slug"]
    assert traces.find(body, asked=url) == []


def test_a_search_repeats_its_words(stopped):
    body = json.dumps({"query": {"q": TITLE}, "results": []}).encode()
    assert stopped().find(body, titles=False) == []


def test_a_summary_is_found(stopped):
    summary = "Police have charged a man after a long investigation into the events at the quay."
    assert stopped(summary=summary).find(f"<p>{summary}</p>".encode()) == ["text"]


def test_what_another_public_page_has_too_is_no_trace(newsroom, story, stopped):
    section = NewsIndexPageFactory(parent=newsroom, title="Section", slug="section")
    story(TITLE, slug="rowan-pell", parent=section)
    traces = stopped()
    assert traces.find(f"{TITLE} /news/section/rowan-pell/".encode()) == []
    assert traces.find(b"/news/rowan-pell/") == ["address"]


def test_the_live_revision_counts_and_not_a_draft(newsroom, story):
    page = story(TITLE)
    snapshots.current()
    stop = begin_stop(PublicationStop.Kind.HOLD, page)
    page.refresh_from_db()
    page.title = "A statement"
    page.save()  # as the form does with a page that is not live
    traces = traces_of(versions_of(stop, snapshots.current().reference))
    assert "title" in traces.find(TITLE.encode())


# -- what an answer means ---------------------------------------------------------------------------------------------

HERE = "http://localhost/news/rowan-pell/"


def judge(status, sort=Sort.PAGE, body=b"", address=HERE, **values):
    answer = ProofAnswer(sort=sort, **values)
    return rounds.judge(answer, HERE, Answer(status, body, address), Traces(titles=("rowan pell",)), HERE)


def test_an_address_that_answers():
    assert judge(200) == ("answers", "")
    assert judge(200, address=HERE.rstrip("/")) == ("answers", "")
    assert judge(200, address="http://localhost/statement/") == ("", "")  # an editor’s redirect
    assert judge(200, Sort.LIST) == ("", "")


@pytest.mark.parametrize("status", [404, 410])
def test_an_address_that_is_gone(status):
    assert judge(status) == ("", "")
    assert judge(status, body=b"Rowan Pell is no longer available") == ("title", "")


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 503])
def test_an_error_tells_nothing(status):
    assert judge(status) == ("", "status")
    assert judge(status, Sort.LIST) == ("", "status")
    assert judge(status, Sort.LIST, b"Rowan Pell") == ("title", "")


def test_what_could_not_be_read_tells_nothing():
    answered = Answer(200, b"a part", HERE, "slow")
    assert rounds.judge(ProofAnswer(sort=Sort.LIST), HERE, answered, Traces(), "") == ("", "slow")


def test_tombstones_name_ids():
    for output, found in (("changes", ""), ("atom", ""), ("items", "id")):
        answer = ProofAnswer(sort=Sort.LIST, output=output)
        answered = Answer(200, b'{"id": "0b8f6f5e"}', HERE)
        assert rounds.judge(answer, HERE, answered, Traces(ids=("0b8f6f5e",)), "") == (found, "")
