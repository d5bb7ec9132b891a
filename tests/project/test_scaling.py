"""The example of docs/scaling.md, with its real servers: two PostgreSQL servers, Varnish, nginx, gunicorn, a job worker."""

import contextlib
import http.client
import json
import shutil
import tempfile
import time
from pathlib import Path

import pytest

from tests import machines
from tests.machines import ask, until
from tests.outputs import list_questions, story_questions

pytestmark = [pytest.mark.slow, pytest.mark.once]

LIST = "/newsroom/api/v1/items/?area=wessex"

CHANGE = """
import sys
from wagtail.models import Page, PageViewRestriction
page = Page.objects.get(slug=sys.argv[2]).specific
what = sys.argv[1]
if what == "unpublish":
    page.unpublish()
elif what == "publish":
    page.get_latest_revision().publish()
elif what == "restrict":
    PageViewRestriction.objects.create(page=page, restriction_type="login")
"""


@pytest.fixture(scope="module")
def servers():
    """A primary and a replica that follows it."""
    folder = Path(tempfile.mkdtemp(prefix="newsroom-servers-"))
    folder.chmod(0o755)  # pytest's own folders are for its user alone, which PostgreSQL's may not be
    primary, replica = machines.Postgres(folder / "primary").make(), machines.Postgres(folder / "replica")
    primary.start()
    try:
        primary.sql("CREATE DATABASE newsroom", "postgres")
        replica.make_replica_of(primary).start()
        try:
            yield primary, replica
        finally:
            replica.stop()
    finally:
        with contextlib.suppress(AssertionError):  # a test has stopped it
            primary.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def site(servers, tmp_path_factory):
    """The scaled example with three stories."""
    primary, replica = servers
    folder = tmp_path_factory.mktemp("site")
    site = machines.Site(folder, primary, replica)
    site.run(machines.BUILD)
    return site


def titles(answer):
    assert answer.status == 200, answer.text
    return {item["title"] for item in json.loads(answer.text)["results"]}


@pytest.mark.skipif(
    not machines.has_xkey(), reason="`make test-slow` installs Debian's Varnish and its modules"
)
def test_varnish_serves_lists_and_drops_them_by_tag(site, tmp_path):
    backend = machines.free_port()
    with machines.varnish(tmp_path / "varnish", backend) as port:
        site.environment["VARNISH_URLS"] = f"http://127.0.0.1:{port}/"
        with site.workers(backend), site.jobs():
            page, other = "/news/plain/", "/news/section/deep/"
            paths = [LIST, "/newsroom/feeds/news.rss", "/newsroom/embed/list/", "/news/", page, other]
            for path in paths:
                first, second = ask(port, path), ask(port, path)
                assert (first.status, first.headers["X-Cache"]) == (200, "MISS"), path
                assert (second.status, second.headers["X-Cache"]) == (200, "HIT"), path
                assert "xkey" not in second.headers
                assert "Plain Harbour" in second.text or path == other
            site.run(CHANGE, "unpublish", "plain")
            taken = until(lambda: "Plain Harbour" not in ask(port, LIST).text, 20)
            print(f"gone after {taken:.2f} s")
            # Of nothing that is left has anybody waited for its end.
            assert ask(port, page).status == 410
            for path in paths[:-2]:
                assert "Plain Harbour" not in ask(port, path).text, path
            refused = ask(port, "/news/", Cookie="sessionid=x")
            assert refused.headers["X-Cache"] == "MISS"
            site.run(CHANGE, "publish", "plain")
            until(lambda: "Plain Harbour" in ask(port, LIST).text, 20)
            until(lambda: ask(port, page).status == 200, 20)


@pytest.mark.skipif(not machines.NGINX, reason="`make test-slow` installs Debian's nginx")
def test_nginx_keeps_an_answer_for_its_lifetime_and_not_longer(site, tmp_path):
    backend = machines.free_port()
    site.environment["DJANGO_SETTINGS_MODULE"] = "tests.settings_short"
    with machines.nginx(tmp_path / "nginx", backend) as port:
        with site.workers(backend):
            assert ask(port, LIST).headers["X-Cache"] == "MISS"
            assert ask(port, LIST).headers["X-Cache"] == "HIT"
            site.run(CHANGE, "unpublish", "plain")
            taken = until(lambda: "Plain Harbour" not in ask(port, LIST).text, 20)
            print(f"gone after {taken:.2f} s")
            site.run(CHANGE, "publish", "plain")
            until(lambda: "Plain Harbour" in ask(port, LIST).text, 20)
        # Without a site behind it nothing is shown for longer.
        until(lambda: ask(port, LIST).status == 502, 20)
    site.environment["DJANGO_SETTINGS_MODULE"] = "example_site.settings_scaled"


PICTURE = """
import sys
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page
page = Page.objects.get(slug="plain").specific
if page.image is None:
    file = get_test_image_file(filename="harbour.png")
    page.image = get_image_model().objects.create(title="Harbour", file=file)
    page.save_revision().publish()
print(page.image.file.url, page.image.get_rendition("width-33").url)
"""

HOLD = """
import sys
from wagtail.models import Page
from wagtail_cpsnews.catalogue.models import PublicationStop
from wagtail_cpsnews.catalogue.stops import stop_of
from wagtail_cpsnews.desk.stopping import begin_stop, end_stop
page = Page.objects.get(slug="plain")
if sys.argv[1] == "hold":
    begin_stop("hold", page)
else:
    end_stop(stop_of(page), "released")
"""


@pytest.mark.skipif(not machines.NGINX, reason="`make test-slow` installs Debian's nginx")
def test_nginx_asks_before_it_sends_a_file(site, tmp_path):
    backend = machines.free_port()
    site.environment["DJANGO_SETTINGS_MODULE"] = "tests.settings_short"
    original, rendition = site.run(PICTURE).split()
    with machines.nginx(tmp_path / "nginx", backend, site.folder / "media") as port, site.workers(backend):
        for path in (original, rendition):
            answer = fetch(port, path)
            assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png"), path
            assert answer.headers["Cache-Control"].startswith("max-age=")
            assert fetch(port, path, Range="bytes=0-3").status == 206
        assert fetch(port, "/media/images/none.png").status == 403
        site.run(HOLD, "hold")
        try:
            for path in (original, rendition):
                taken = until(lambda path=path: fetch(port, path).status == 403, 20)
                print(f"gone after {taken:.2f} s")
                name = path.removeprefix("/media/")
                for other in (
                    f"/media//{name}",
                    f"/media/x/../{name}",
                    f"/media/{name.replace('/', '%2f')}",
                    f"/media/{name.replace('.', '%2e')}",
                    f"/x/..{path}",
                    f"/media/./{name}",
                    f"{path}?x=1",
                    f"{path}/",
                    f"http://localhost{path}",
                    path.replace("harbour", "h%61rbour"),
                ):
                    assert fetch(port, other).status in (400, 403, 404), other
                assert fetch(port, path, Range="bytes=0-3").status == 403
        finally:
            site.run(HOLD, "release")
        for path in (original, rendition):
            until(lambda path=path: fetch(port, path).status == 200, 20)
    site.environment["DJANGO_SETTINGS_MODULE"] = "example_site.settings_scaled"


def fetch(port, path, **headers):
    """Ask for a path as it is written, whatever it holds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Host": "localhost", **headers})
        answer = connection.getresponse()
        return machines.Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def addresses(pk):
    """Every address that can show the story, and the list of each output."""
    return {
        **{
            f"{name} about the story": path
            for name, path in story_questions(pk, "http://localhost/news/section/deep/").items()
        },
        **list_questions(),
        "page": "/news/section/deep/",
        "index": "/news/",
        "section": "/news/section/",
    }


def test_a_replica_that_lags_shows_nobody_what_is_hidden(site, servers):
    """The replica stands still before the story is restricted; each read that may go there does."""
    primary, replica = servers
    backend = machines.free_port()
    pk = primary.sql("SELECT id FROM cpsnews_entry WHERE title = 'Deep Lantern'")
    until(lambda: replica.sql("SELECT public FROM cpsnews_entry WHERE title = 'Deep Lantern'") == "t", 20)
    with site.workers(backend):
        shown = [name for name, path in addresses(pk).items() if "Deep Lantern" in ask(backend, path).text]
        assert {"page", "index", "section"} <= set(shown)
        assert len(shown) > 8
        replica.sql("SELECT pg_wal_replay_pause()")
        site.run(CHANGE, "restrict", "section")
        try:
            assert replica.sql("SELECT count(*) FROM wagtailcore_pageviewrestriction") == "0"
            assert primary.sql("SELECT count(*) FROM wagtailcore_pageviewrestriction") == "1"
            time.sleep(0.5)  # LOOK_SECONDS, and what a busy machine needs
            for name, path in addresses(pk).items():
                answer = ask(backend, path)
                assert answer.status < 500, name
                assert "Deep Lantern" not in answer.text, name
            assert primary.sql(f"SELECT public FROM cpsnews_entry WHERE id = '{pk}'") == "f"
        finally:
            replica.sql("SELECT pg_wal_replay_resume()")


def test_while_the_primary_is_down_memory_serves_for_max_age(site, servers):
    """The last test: the primary is stopped and does not come back before the end."""
    primary, _replica = servers
    backend = machines.free_port()
    site.environment["DJANGO_SETTINGS_MODULE"] = "tests.settings_short"
    kept = [LIST, "/newsroom/feeds/news.rss", "/newsroom/embed/list/"]
    with site.workers(backend, count=1):
        before = [ask(backend, path).text for path in kept]
        primary.stop()
        assert [ask(backend, path).text for path in kept] == before
        assert ask(backend, "/newsroom/api/v1/changes/").status == 503
        until(lambda: ask(backend, LIST).status == 503, 20)
        for path in (*kept, "/news/", "/newsroom/"):
            answer = ask(backend, path)
            assert (answer.status, bool(answer.headers["Retry-After"])) == (503, True), path
        primary.start()
        for path in (*kept, "/news/"):
            until(lambda path=path: ask(backend, path).status == 200, 20)
