"""The builder: which list, which door, and lines that do what they say."""

import html
import re

import pytest
from django.contrib.auth.models import Group, Permission, User

from tests.engines import by_engine

BUILDER = "/newsroom/embed/builder/"


@pytest.fixture
def build(client):
    """Asks the builder and returns its HTML."""

    def get(status=200, **params):
        response = client.get(BUILDER, params, headers={"host": "localhost"})
        assert response.status_code == status
        return response.content.decode()

    return get


def lines(page, name):
    """The lines to copy, as a clipboard would have them."""
    found = re.search(rf'<code id="builder-lines-{name}">(.*?)</code>', page, re.S)
    assert found, f"no lines for {name}"
    return html.unescape(found[1])


def test_the_element_carries_every_choice(story, build):
    story(areas=["wessex"])
    page = build(
        area=["wessex", "south-east"],
        crime_type="hate-crime",
        page_size=3,
        heading='Say "hello" <b>',
        heading_level=3,
        summary="yes",
        images="yes",
        theme="dark",
        paging="more",
        filters="yes",
        search="yes",
        language="cy",
    )
    code = lines(page, "element")
    for wanted in (
        'area="wessex south-east"',
        'crime-type="hate-crime"',
        'page-size="3"',
        'heading="Say &quot;hello&quot; &lt;b&gt;"',
        'heading-level="3"',
        'summary="yes"',
        'images="yes"',
        'theme="dark"',
        'paging="more"',
        'filters="kind crime-type area topic"',
        'search="yes"',
        'language="cy"',
        'src="http://localhost/newsroom/"',
    ):
        assert wanted in code
    assert "<b>" not in code


def test_a_fixed_script_has_its_checksum_and_an_early_request(newsroom, build):
    from wagtail_cpsnews.embed.script import VERSION, script_integrity

    code = lines(build(pinned="yes", preload="yes"), "element")
    assert f'src="http://localhost/newsroom/embed/{VERSION}/widget.js"' in code
    assert script_integrity() in code
    assert '<link rel="preload" as="fetch" crossorigin=""' in code


def test_frame_link_and_addresses_lead_to_the_list(story, build, client):
    story("In Wessex", areas=["wessex"])
    story("In Wales", areas=["cymru-wales"])
    addresses = [
        re.search(r'src="(.*?)"', html.unescape(lines(build(door="iframe", area="wessex"), "iframe")))[1],
        re.search(r'href="(.*?)"', html.unescape(lines(build(door="link", area="wessex"), "link")))[1],
        lines(build(door="link", area="wessex"), "address"),
        lines(build(door="developer", area="wessex"), "fragment"),
        lines(build(door="developer", area="wessex"), "api"),
        lines(build(door="developer", area="wessex"), "oembed"),
        *lines(build(door="developer", area="wessex"), "feeds").split("\n"),
    ]
    for address in addresses:
        response = client.get(address.removeprefix("http://localhost"), headers={"host": "localhost"})
        assert response.status_code == 200, address
        if "oembed" not in address:
            body = response.content.decode()
            assert "In Wessex" in body, address
            assert "In Wales" not in body, address


def test_counts_beside_filters_are_those_of_the_list(story, build):
    story("One", areas=["wessex"])
    story("Two", areas=["wessex"], crime_types=["hate-crime"])
    page = build(crime_type="hate-crime")
    wessex = re.search(r'data-value="wessex".*?cpsnews-count">(\d+)<', page, re.S)
    assert wessex[1] == "1"
    assert "Showing 1 result for crime type &quot;Hate crime&quot;" in page


def shown(page):
    """The list as it is named above the code."""
    return html.unescape(re.search(r'class="cpsnews-shows">(.*?)</p>', page, re.S)[1])


def ticked(page):
    """The areas that are ticked in the list of areas."""
    return re.findall(r'name="area" value="([^"]+)" checked', page)


def found(page):
    return html.unescape(re.search(r'id="builder-found"[^>]*>(.*?)</div>', page, re.S)[1])


def test_the_area_that_is_found_is_selected_and_named_above_the_code(newsroom, build):
    page = build(find="Kent Police")
    assert "South East (Kent)" in found(page)
    assert ticked(page) == ["south-east"]
    assert 'area="south-east"' in lines(page, "element")
    assert shown(page) == 'This list shows: <strong>area "South East"</strong>'
    assert page.index("This list shows") < page.index("builder-lines-element")
    assert shown(build()) == "This list shows: <strong>all stories</strong>"
    assert "de-ddwyrain" in shown(build(find="Kent Police", lang="cy")).lower()


def test_a_force_with_two_areas_has_both(newsroom, build):
    page = build(find="Met Police")
    assert ticked(page) == ["london-north", "london-south"]
    assert 'area="london-north london-south"' in lines(page, "element")


def test_a_force_without_an_area_has_the_national_list(newsroom, build):
    assert 'area="cps"' in lines(build(find="British Transport Police"), "element")


def test_of_several_areas_one_is_chosen(newsroom, build):
    page = build(find="Newcastle")
    assert "Choose yours" in found(page)
    assert found(page).count('name="area"') == 2
    assert ticked(page) == []
    assert "all stories" in shown(page)


def test_what_was_found_is_selected_once(newsroom, build):
    """Somebody who takes the tick off, or searches again, gets what they chose."""
    assert ticked(build(find="Kent", found="Kent")) == []
    assert ticked(build(find="Kent", found="Kent", area="wessex")) == ["wessex"]
    assert ticked(build(find="Leeds", found="Kent", area=["south-east", "wessex"])) == [
        "wessex",
        "yorkshire-and-humberside",
    ]
    assert ticked(build(find="Newcastle", found="Kent", area="south-east")) == []
    assert ticked(build(found="Kent", area="south-east")) == ["south-east"]


def test_the_next_request_of_the_form_knows_what_was_acted_on(newsroom, build):
    assert '<input type="hidden" name="found" value="Kent &quot;Police&quot;">' in build(find='Kent "Police"')


def test_an_unknown_place_is_said(newsroom, build):
    assert "No area has a name like “Atlantis&quot;”." in build(find='Atlantis"')


@pytest.mark.parametrize(
    "params",
    [
        {"area": "atlantis"},
        {"door": "window"},
        {"theme": "pink"},
        {"page_size": "0"},
        {"pinned": "maybe"},
        {"nonsense": "1"},
        {"q": "\x00"},
        {"heading": "x" * 500},
        {"language": "../../etc"},
    ],
)
def test_what_cannot_be_understood_is_explained(newsroom, build, params):
    page = build(**params)
    assert "Part of this address has been ignored" in page
    assert f"<code>{next(iter(params))}=" in page


def test_trackers_are_dropped_quietly(newsroom, build):
    assert "has been ignored" not in build(utm_source="letter")


def test_nothing_that_is_not_public_is_counted_or_shown(story, newsroom, build):
    from tests.factories import draft_story

    story("Public one", areas=["wessex"])
    draft_story(parent=newsroom, title="A draft", areas=["wessex"])
    page = build(area="wessex")
    assert "Showing 1 result" in page
    assert "A draft" not in page


def test_it_is_the_same_for_everybody_and_runs_only_our_scripts(newsroom, client):
    response = client.get(BUILDER, headers={"host": "localhost"})
    assert not response.cookies
    assert response["Vary"] == "Accept-Encoding" if response.has_header("Vary") else True
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", response.content.decode())


def test_the_page_speaks_welsh(newsroom, build):
    page = build(lang="cy")
    assert '<html lang="cy"' in page
    assert '<input type="hidden" name="lang" value="cy">' in page
    assert 'language="' not in lines(page, "element")


def test_it_is_not_negotiated(newsroom, client):
    """One page for everybody, so for shared caches too."""
    plain = client.get(BUILDER, {"area": "wessex", "door": "x"}, headers={"host": "localhost"}).content
    welsh = {"host": "localhost", "accept-language": "cy"}
    assert client.get(BUILDER, {"area": "wessex", "door": "x"}, headers=welsh).content == plain


def test_a_list_in_welsh_is_chosen_on_an_english_page(newsroom, build):
    page = build(language="cy", language_only="1", door="iframe")
    assert '<html lang="en"' in page
    assert "language=cy&amp;language_only=1&amp;lang=cy" in lines(page, "iframe")
    code = lines(build(language="cy", language_only="1"), "element")
    assert 'language="cy" language-only="1"' in code


def test_an_element_has_the_colours_of_its_page_unless_told(newsroom, build):
    assert "theme" not in lines(build(), "element")
    assert 'theme="light"' in lines(build(theme="light"), "element")
    assert "theme=light" in lines(build(door="iframe"), "iframe")


def test_it_says_503_until_there_is_a_catalogue(newsroom, build, client):
    from wagtail_cpsnews.catalogue.models import State

    State.objects.update(built_at=None)
    response = client.get(BUILDER, headers={"host": "localhost"})
    assert response.status_code == 503
    assert response["Retry-After"]


def test_what_a_wagtail_site_copies_is_what_works_there(newsroom, build):
    from wagtail.embeds.finders.oembed import OEmbedFinder

    found = html.unescape(re.search(r"<code>(from wagtail_cpsnews.*?)</code>", build(), re.S)[1])
    said = {}
    exec(found, said)
    finder = OEmbedFinder(said["WAGTAILEMBEDS_FINDERS"][0]["providers"])
    assert finder.accept("http://localhost/news/?area=wessex")
    assert not finder.accept("http://localhostx/news/")


def test_what_is_kept_about_sites_is_said_while_it_is(newsroom, build, settings):
    assert "We keep which sites" in build()
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "USAGE_DAYS": 0}
    assert "We keep which sites" not in build()


def test_queries(story, client, django_assert_num_queries):
    story()
    client.get(BUILDER, headers={"host": "localhost"})
    # the look; counts and stories, where they are not in memory
    with django_assert_num_queries(by_engine(bitmaps=2, sql=4)):
        client.get(BUILDER, headers={"host": "localhost"})


def test_editors_have_it_in_the_admin(story, client):
    story(areas=["wessex"])
    user = User.objects.create_user("writer", password="writer")
    group = Group.objects.create(name="Writers")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.add(group)
    assert client.get("/admin/newsroom/builder/").status_code == 302
    client.force_login(user)
    page = client.get("/admin/newsroom/builder/", {"area": "wessex"}).content.decode()
    assert 'area="wessex"' in lines(page, "element")
    assert "/newsroom/embed/builder/?area=wessex" in page
