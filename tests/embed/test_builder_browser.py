"""The builder in a browser.

What it shows follows each choice, and the code works on somebody else's page.
"""

import html

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group, Permission, User
from playwright.sync_api import expect

from tests.browser import listen, wait_for_frames, wait_until
from tests.factories import publish_story
from tests.publisher import STRICT, texts

pytestmark = pytest.mark.browser


@pytest.fixture
def newsroom_url(served_newsroom):
    index = served_newsroom.index
    publish_story(parent=index, title="Harbour fraud", areas=["wessex"], crime_types=["hate-crime"])
    publish_story(parent=index, title="Assault in Kent", areas=["south-east"], summary="In one sentence.")
    publish_story(parent=index, title="Theft in Bristol", areas=["south-west"])
    return served_newsroom.url


@pytest.fixture
def builder(newsroom_url, tab):
    """The builder in a tab that writes down everything its console says."""
    tab.said = []
    listen(tab, tab.said)
    tab.goto(f"{newsroom_url}/newsroom/embed/builder/")
    return tab


def lines(tab, name="element"):
    return tab.locator(f"#builder-lines-{name}").text_content()


def choose(tab, do):
    """Does something in the form and waits for the answer to it."""
    before = tab.url
    do()
    tab.wait_for_function("before => location.href !== before", arg=before)


def test_counts_lines_and_preview_follow_each_choice(builder):
    builder.locator("cps-news:state(ready)").wait_for()
    builder.locator("#builder-group-crime_type").click()
    choose(builder, lambda: builder.get_by_label("Hate crime 1").check())
    assert builder.evaluate("document.activeElement.value") == "hate-crime"
    assert 'crime-type="hate-crime"' in lines(builder)
    assert "Showing 1 result" in builder.locator("#builder-said").text_content()
    assert builder.locator('[data-value="south-east"] .cpsnews-count').text_content() == "0"
    builder.locator("cps-news:state(ready)").wait_for()
    assert texts(builder) == ["Harbour fraud"]
    choose(builder, lambda: builder.get_by_label("Hate crime 1").uncheck())
    # The area of somebody who knows their county.
    choose(builder, lambda: builder.get_by_label("Find your area").fill("bris"))
    assert "South West (" in builder.locator("#builder-found").text_content()
    assert builder.get_by_label("South West 1").is_checked()
    assert 'area="south-west"' in lines(builder)
    assert "South West" in builder.locator(".cpsnews-shows").text_content()
    # MethodSnippets.
    choose(builder, lambda: builder.get_by_label("Only a frame").check())
    frame = builder.frame_locator(".cpsnews-preview iframe")
    expect(frame.locator("li > a")).to_have_text(["Theft in Bristol"])
    choose(builder, lambda: builder.get_by_label("Only a link").check())
    assert lines(builder, "address").endswith("/news/?area=south-west")
    choose(builder, lambda: builder.get_by_label("I have a developer").check())
    assert "format=fragment" in lines(builder, "fragment")
    # The address is that of the choices, and going back to it brings them again.
    builder.reload()
    assert builder.get_by_label("I have a developer").is_checked()
    assert builder.get_by_label("South West 1").is_checked()
    assert builder.said == []


def test_the_area_is_selected_while_somebody_types_its_name(builder):
    field = builder.get_by_label("Find your area")
    shows = builder.locator(".cpsnews-shows")
    for typed, area in (
        ("Kent Police", "South East"),
        ("Bristol City Council", "South West"),
        ("Heddlu Gogledd Cymru", "Cymru-Wales"),
        ("Avon & Somerset", "South West"),  # no area twice in a row: each name is waited for by its area
    ):
        field.fill(typed)
        builder.locator(".cpsnews-shows", has_text=area).wait_for()
        assert shows.text_content().strip() == f'This list shows: area "{area}"'
        assert builder.locator('[data-group="area"] input:checked').count() == 1, typed
        assert field.evaluate("field => field === document.activeElement"), typed
    # Two areas: none is selected until one is chosen, by its button.
    field.fill("Newcastle")
    builder.locator(".cpsnews-shows", has_text="all stories").wait_for()
    # Once it is chosen it is words, and the keyboard goes on at its checkbox.
    found = builder.locator("#builder-found")
    choose(builder, lambda: found.get_by_role("button", name="North East").click())
    assert shows.text_content().strip() == 'This list shows: area "North East"'
    assert builder.evaluate("document.activeElement.value") == "north-east"
    # The tick can be taken off, and comes back only with another name.
    choose(builder, lambda: builder.locator('[data-group="area"] [value=north-east]').uncheck())
    assert "all stories" in shows.text_content()
    field.fill("Atlantis")
    builder.get_by_text("No area has a name like “Atlantis”").wait_for()
    assert builder.said == []


def test_copying_with_and_without_permission(builder, newsroom_url):
    builder.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=newsroom_url)
    # The preview, once it is drawn, gives the code its heights.
    builder.locator("cps-news:state(ready)").wait_for()
    wait_for_frames(builder)
    copy = builder.get_by_role("button", name="Copy")
    copy.focus()
    builder.keyboard.press("Enter")
    builder.get_by_text("Copied.").wait_for()
    assert builder.evaluate("navigator.clipboard.readText()") == lines(builder)
    builder.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException('No')) }")
    builder.evaluate("() => { document.execCommand = () => false }")
    copy.click()
    builder.get_by_text("Selected: now copy them").wait_for()
    assert builder.evaluate("getSelection().toString()").strip() == lines(builder).strip()
    assert builder.said == []
    # What cannot be asked for now leaves the choices.
    builder.route("**/embed/builder/?*", lambda route: route.abort())
    builder.get_by_label("Only a link").check()
    builder.get_by_role("button", name="Show code").wait_for()
    assert builder.get_by_label("Only a link").is_checked()


def test_by_keyboard_alone(builder):
    builder.get_by_label("I can paste a script").focus()
    choose(builder, lambda: builder.keyboard.press("ArrowDown"))
    assert "<iframe" in lines(builder, "iframe")
    builder.keyboard.press("Tab")
    choose(builder, lambda: builder.keyboard.type("Our news"))
    builder.wait_for_function("() => location.search.includes('heading=Our+news')")
    assert "heading=Our+news" in lines(builder, "iframe")
    reached = []
    for _ in range(40):
        builder.keyboard.press("Tab")
        reached.append(builder.evaluate("document.activeElement.className || document.activeElement.tagName"))
        if "cpsnews-copy" in reached:
            break
    assert "PRE" in reached
    assert "cpsnews-copy" in reached


def test_without_scripts(chromium, newsroom_url):
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{newsroom_url}/newsroom/embed/builder/?lang=cy")
    tab.locator("[name=find]").fill("kent")
    with tab.expect_navigation():
        tab.locator(".cpsnews-search button").click()
    assert tab.locator('[data-group="area"] [value=south-east]').is_checked()
    tab.locator("[name=door][value=iframe]").check()
    with tab.expect_navigation():
        tab.locator(".cpsnews-actions button").click()
    assert tab.locator("html").get_attribute("lang") == "cy"
    assert "area=south-east" in lines(tab, "iframe")
    assert not tab.locator(".cpsnews-copy").first.is_visible()
    frame = tab.frame_locator(".cpsnews-preview iframe")
    expect(frame.locator("li > a")).to_have_text(["Assault in Kent"])
    context.close()


def test_axe_and_narrow_screens(builder, newsroom_url):
    queries = ("", "?door=iframe&area=wessex&lang=cy", "?door=developer&theme=pink")
    for width, query in ((1280, ""), *((320, query) for query in queries)):
        builder.set_viewport_size({"width": width, "height": 800})
        builder.goto(f"{newsroom_url}/newsroom/embed/builder/{query}")
        builder.wait_for_load_state("networkidle")
        builder.locator(".cpsnews-recipes summary").first.click()
        assert builder.evaluate("document.documentElement.scrollWidth <= innerWidth"), query
        found = Axe().run(builder).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], query
    assert builder.said == []


def test_the_lines_work_on_a_strict_page(builder, newsroom_url, site):
    """To the letter: one request for the list, no message."""
    asked = []
    builder.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    for extra in ("", "&preload=yes&filters=yes&search=yes&paging=more", "&pinned=yes"):
        builder.goto(f"{newsroom_url}/newsroom/embed/builder/?area=wessex&summary=yes&page_size=3{extra}")
        builder.locator("cps-news:state(ready)").wait_for()  # the preview asks too
        wait_for_frames(builder)
        site.policy = STRICT.format(p=newsroom_url)
        site.pages["/"] = f'<!doctype html><html lang="cy"><title>Council</title>{lines(builder)}'
        asked.clear()
        builder.goto(site.url)
        builder.locator("cps-news:state(ready)").wait_for()
        assert texts(builder) == ["Harbour fraud"], extra
        wait_until(builder, lambda: asked)
        assert len(asked) == 1, extra
    assert builder.said == []


def test_an_editor_with_few_rights_uses_it_in_the_admin(builder, newsroom_url):
    group = Group.objects.create(name="Writers")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    User.objects.create_user("writer", password="writer").groups.add(group)
    builder.goto(f"{newsroom_url}/admin/login/?next=/admin/newsroom/builder/")
    builder.fill("[name=username]", "writer")
    builder.fill("[name=password]", "writer")
    builder.click("button[type=submit]")
    builder.wait_for_url(f"{newsroom_url}/admin/newsroom/builder/")
    expect(builder.get_by_role("heading", level=1)).to_have_text("Embed a list on another site")
    choose(
        builder,
        lambda: (
            builder.get_by_label("Find your area").fill("") or builder.locator("[name=page_size]").fill("2")
        ),
    )
    assert 'page-size="2"' in html.unescape(lines(builder))
    builder.locator("cps-news:state(ready)").wait_for()
    assert len(texts(builder)) == 2
    assert builder.problems == [each for each in builder.problems if "ERR_NAME_NOT_RESOLVED" in each]
