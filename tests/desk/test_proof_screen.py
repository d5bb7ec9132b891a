"""The staff screen about a proof: progress, sites that asked us, what is to be done elsewhere."""

import datetime

import pytest
from django.utils import timezone
from wagtail.models import PageLogEntry

from tests.desk.proofs import officer
from wagtail_cpsnews.admin.desk_proof import proof_url
from wagtail_cpsnews.admin.stop_words import stop_url
from wagtail_cpsnews.catalogue import snapshots
from wagtail_cpsnews.catalogue.models import Entry, PublicationStop
from wagtail_cpsnews.desk.proof.models import OutsideStep, Proof, ProofAnswer
from wagtail_cpsnews.desk.stopping import begin_stop, end_stop
from wagtail_cpsnews.usage.models import EmbedUse

TITLE = "Teacher Rowan Pell charged"
HOLD = PublicationStop.Kind.HOLD

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def stop(story):
    page = story(TITLE, areas=["wessex"])
    snapshots.current()
    return begin_stop(HOLD, page)


@pytest.fixture
def proof(stop):
    return Proof.objects.get(stop=stop)


@pytest.fixture
def staff(client):
    client.force_login(officer("hold_story"))
    return client


def look(client, stop, status=200):
    response = client.get(proof_url(stop))
    assert response.status_code == status
    return response.content.decode()


def answer(proof, **values):
    given = {"output": "rss", "sort": "list", "template": "http://localhost/newsroom/feeds/news.rss"}
    given |= {"asked_at": timezone.now(), "status": 200, "digest": "c0ffee" * 10, "round": 1} | values
    proof.round = given["round"]
    proof.save()
    return ProofAnswer.objects.create(proof=proof, **given)


def test_who_may_not_decide_sees_nothing(client, stop):
    client.force_login(officer())
    assert client.get(proof_url(stop)).status_code == 302
    assert TITLE not in client.get("/admin/").content.decode()


def test_who_may_only_look_changes_nothing(client, stop):
    client.force_login(officer("view_publicationstop"))
    text = look(client, stop)
    assert "Mark as done" not in text
    assert "Ask all outputs again" not in text
    assert client.post(proof_url(stop), {"act": "again"}).status_code == 302
    assert Proof.objects.count() == 1


def test_before_anything_is_asked(staff, stop):
    text = look(staff, stop)
    assert "Nothing has been asked yet." in text
    assert stop.reference in text
    assert TITLE in text


def test_it_says_when_nobody_asks(staff, stop, proof):
    Proof.objects.update(next_at=timezone.now() - datetime.timedelta(minutes=5))
    assert "Waiting since" in look(staff, stop)
    home = staff.get("/admin/").content.decode()
    assert "no worker runs jobs" in home
    assert TITLE not in home.partition("newsroom-proof")[2].partition("</section>")[0]


def test_failures_are_first(staff, stop, proof):
    answer(proof)
    answer(proof, output="atom", status=503, problem="status")
    answer(proof, output="items", found="title address", template="http://localhost/newsroom/api/v1/items/")
    answer(proof, output="list", asked_at=None, status=None)
    text = look(staff, stop)
    assert "Round 1: 3 of 4 addresses asked." in text
    assert "1 address still shows the story, 1 could not be read, 1 does not show it." in text
    assert text.index("(items)") < text.index("(atom)") < text.index("(rss)")
    assert "the title, the address" in text


def test_a_later_answer_counts(staff, stop, proof):
    answer(proof, found="title")
    answer(proof, round=2)
    text = look(staff, stop)
    assert "0 addresses still show the story, 1 does not show it." in text


def test_failures_head_the_admin_home(staff, stop, proof):
    assert "newsroom-proof" not in staff.get("/admin/").content.decode()
    Proof.objects.update(failing=2, round=1)
    home = staff.get("/admin/").content.decode()
    assert "2 addresses still show the story, or could not be read." in home
    assert proof_url(stop) in home
    end_stop(stop, PublicationStop.Ending.RELEASED)
    assert "newsroom-proof" not in staff.get("/admin/").content.decode()


def test_asking_again_begins_a_new_proof(staff, stop, proof):
    staff.post(proof_url(stop), {"act": "again"})
    proof.refresh_from_db()
    assert proof.finished_at is not None
    newest = Proof.objects.latest("pk")
    assert newest.began_by is not None
    assert newest.next_at is not None
    assert PageLogEntry.objects.filter(action="cpsnews.proof", user=newest.began_by).exists()


# -- what is to be done elsewhere -------------------------------------------------------------------------------------


def test_each_hold_begins_with_the_usual_steps(staff, stop):
    text = look(staff, stop)
    assert text.count("Mark as done") == 4
    assert "Search Console" in text
    assert "web archives" in text


def test_a_step_is_marked_with_name_and_time_and_logged(staff, stop):
    step = stop.outside_steps.first()
    staff.post(proof_url(stop), {"act": "tick", "step": step.pk})
    step.refresh_from_db()
    assert step.done_by.username == step.done_by_name
    assert timezone.now() - step.done_at < datetime.timedelta(minutes=1)
    assert f"Done by {step.done_by_name} on" in look(staff, stop)
    staff.post(proof_url(stop), {"act": "tick", "step": step.pk})
    step.refresh_from_db()
    assert (step.done_at, step.done_by, step.done_by_name) == (None, None, "")
    entries = PageLogEntry.objects.filter(action="cpsnews.step").order_by("timestamp")
    assert [entry.data["what"] for entry in entries] == ["done", "undone"]
    assert all(entry.user is not None and entry.message for entry in entries)


def test_a_step_is_added(staff, stop):
    staff.post(proof_url(stop), {"act": "add", "sort": "posts", "label": "https://social.example/1"})
    step = OutsideStep.objects.latest("pk")
    assert (step.stop, step.sort, step.label) == (stop, "posts", "https://social.example/1")
    assert "https://social.example/1" in look(staff, stop)
    assert "social.example" not in str(PageLogEntry.objects.get(action="cpsnews.step").data)


@pytest.mark.parametrize(
    "data",
    [{"act": "tick", "step": "²"}, {"act": "tick", "step": "9" * 30}, {"act": "tick"}, {"act": "?"}, {}],
)
def test_what_makes_no_sense_changes_nothing(staff, stop, data):
    assert staff.post(proof_url(stop), data).status_code == 302
    assert not OutsideStep.objects.exclude(done_at=None).exists()


def test_a_step_without_words_is_explained(staff, stop):
    response = staff.post(proof_url(stop), {"act": "add", "sort": "posts", "label": ""})
    assert response.status_code == 422
    assert "This field is required." in response.content.decode()
    assert staff.get("/admin/newsroom/proof/NONE-NONE/").status_code == 404


def test_a_step_of_another_stop_is_not_marked(staff, stop, story):
    other = begin_stop(HOLD, story("Another"))
    staff.post(proof_url(stop), {"act": "tick", "step": other.outside_steps.first().pk})
    assert not OutsideStep.objects.exclude(done_at=None).exists()


# -- who asked us -----------------------------------------------------------------------------------------------------


def used(host, what, method="element", *, first=None, last=None):
    now = timezone.now() - datetime.timedelta(minutes=1)  # the ledger cuts times to the hour
    EmbedUse.objects.create(host=host, door=method, what=what, first_seen=first or now, last_seen=last or now)


def test_sites_that_asked_us_are_listed(staff, stop):
    entry, long_ago = Entry.objects.get(), timezone.now() - datetime.timedelta(days=40)
    used("story.example", f"story:{entry.pk}", "item")
    used("area.example", "list:area=wessex&language=en")
    used("other.example", "list:area=london-north&language=en")
    used("welsh.example", "list:language=cy&language_only=1")
    used("gone.example", "list:language=en", first=long_ago, last=long_ago)
    used("day.example", "list:published_before=2020-01-01&language=en")
    text = look(staff, stop)
    for host in ("story", "area"):
        assert f"{host}.example" in text
    for host in ("other", "welsh", "gone", "day"):
        assert f"{host}.example" not in text


def test_a_frame_that_was_open_may_have_renewed_itself(staff, stop):
    before = timezone.now() - datetime.timedelta(hours=5)
    used("frame.example", "list:language=en", "iframe", first=before, last=before)
    used("element.example", "list:language=en", "element", first=before, last=before)
    text = look(staff, stop)
    assert "frame.example" in text
    assert "element.example" not in text


def test_the_page_of_a_hold_leads_to_its_proof(staff, stop):
    assert proof_url(stop) in staff.get(stop_url(stop)).content.decode()
