"""The page for IT departments: facts of this software, and an answer to a policy that is kept nowhere."""

import html
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from wagtail_cpsnews.embed import it_views
from wagtail_cpsnews.embed.script import VERSION, script_integrity

PAGE = "/newsroom/embed/it/"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def get(newsroom, client):
    def ask(lang=""):
        response = client.get(PAGE, {"lang": lang} if lang else {}, headers={"host": "localhost"})
        assert response.status_code == 200
        return html.unescape(response.content.decode())

    return ask


@pytest.fixture
def post(newsroom, client):
    def send(policy=None, **more):
        data = more if policy is None else {"policy": policy, **more}
        response = client.post(
            f"{PAGE}?lang=en", data=urlencode(data), content_type=FORM, headers={"host": "localhost"}
        )
        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"
        return html.unescape(response.content.decode())

    return send


def test_it_names_what_this_newsroom_has(get):
    page = get()
    for fact in (
        "http://localhost/newsroom/embed/v1.js",
        f"http://localhost/newsroom/embed/{VERSION}/widget.js",
        script_integrity(),
        "script-src http://localhost;",
        "frame-src http://localhost;",
        "every 5 minutes",
        "up to 15 minutes",
        "Some of our pages show a list of news from localhost.",
        "http://localhost/newsroom/embed/it/?lang=en",
    ):
        assert fact in page, fact


def test_its_times_are_those_of_the_element():
    source = (Path(it_views.__file__).parent / "js/control.js").read_text(encoding="utf-8")
    assert f'delay(host, "refresh", {it_views.REFRESH})' in source
    assert f'delay(host, "max-stale", {it_views.MAX_STALE})' in source


def test_it_speaks_the_language_of_its_address(get, client):
    welsh = get("cy")
    assert '<html lang="cy"' in welsh
    assert 'href="/newsroom/embed/it/?lang=en" lang="en" hreflang="en">English<' in welsh
    assert "/newsroom/embed/it/?lang=cy#policy" in welsh
    assert '<html lang="en"' in get("xx")
    negotiated = client.get(PAGE, headers={"host": "localhost", "accept-language": "cy"})
    assert '<html lang="en"' in negotiated.content.decode()


def test_settings_change_what_it_says(get, settings):
    assert "records which websites show which lists" in get()
    assert "Every site may show it." in get()
    more = {"USAGE_DAYS": 0, "FRAME_ANCESTORS": "https://council.example"}
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, **more}
    page = get()
    assert "records which websites" not in page
    assert "We record" not in page
    assert "These sites may show it: https://council.example" in page


def test_it_is_the_same_for_everybody(newsroom, client):
    response = client.get(PAGE, headers={"host": "localhost"})
    assert not response.cookies
    assert response["Cache-Control"] == "public, max-age=60"
    assert "unsafe" not in response["Content-Security-Policy"]


def test_a_policy_gets_its_sources(post):
    page = post("default-src 'self'; frame-src 'self'", pictures="yes")
    assert "Add this directive: <code>script-src 'self' http://localhost</code>" in page
    assert "Add this directive: <code>connect-src 'self' http://localhost</code>" in page
    assert "Add this directive: <code>img-src 'self' http://localhost</code>" in page
    assert "Add to frame-src: <code>http://localhost</code>" in page
    assert "img-src 'self'" not in post("default-src 'self'").partition('id="policy-answer"')[2]
    assert "Nothing to add" in post("default-src *")
    reports = post("Content-Security-Policy-Report-Only: default-src 'none'")
    assert "This policy only reports" in reports
    several = post("img-src 'self', script-src 'none', connect-src 'none'")
    assert re.findall(r"Policy \d", several) == ["Policy 2", "Policy 3"]


@pytest.mark.parametrize("policy", ["", "   ", "hello", "x" * 20_001, None])
def test_what_cannot_be_answered_is_said_beside_the_field(post, policy):
    page = post(policy)
    assert "<title>Error: " in page
    assert re.search(r'id="policy-error">[A-Z][^<]+\.</p>', page)
    assert 'aria-describedby="policy-hint policy-error" aria-invalid="true"' in page


def test_what_was_pasted_is_text(newsroom, client):
    for policy in (
        "</textarea><b>x</b>",
        "img-src *; <b>x</b>",
        "img-src 'none' <b>x</b>; default-src <b>y</b>",
    ):
        data = urlencode({"policy": policy, "pictures": "yes"})
        page = client.post(PAGE, data=data, content_type=FORM, headers={"host": "localhost"}).content.decode()
        assert "<b>" not in page
        assert "&lt;b&gt;x" in page


def test_other_forms_and_floods_are_answered(newsroom, client, settings):
    def send(data, content_type):
        return client.post(PAGE, data=data, content_type=content_type, headers={"host": "localhost"})

    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    many = "&".join(f"a{number}=1" for number in range(2000))
    for data, content_type in (
        (b"{}", "application/json"),
        (
            b'--x\r\nContent-Disposition: form-data; name="policy"; filename="a"\r\n\r\nx\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
        (b"policy=" + b"x" * 5000, FORM),
        (many[:900].encode(), FORM),
        (b"\xff\xfe=%ff%00&policy=%00%ff", FORM),
    ):
        response = send(data, content_type)
        assert response.status_code == 200, content_type
        assert b'id="policy-error"' in response.content
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = None
    assert send(many.encode(), FORM).status_code == 200
    assert client.put(PAGE, headers={"host": "localhost"}).status_code == 405


def test_the_builder_leads_to_it_and_has_the_form(newsroom, client):
    page = client.get(
        "/newsroom/embed/builder/", {"lang": "cy"}, headers={"host": "localhost"}
    ).content.decode()
    assert 'href="/newsroom/embed/it/?lang=cy"' in page
    assert 'action="/newsroom/embed/it/?lang=cy#policy"' in page
