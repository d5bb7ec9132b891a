"""The widget as a reader has it.

What it shows, in which language, and how it is filtered, searched and paged.
"""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.publisher import focused, story, texts, until, update

pytestmark = pytest.mark.browser


def asked(publisher):
    """The parameters of the last request, without the fields."""
    return [pair for pair in parse_qsl(urlsplit(publisher.asked[-1]).query) if pair[0] != "fields"]


def test_every_parameter_is_an_attribute(publisher, show):
    show(
        'q=" two words " kind="news speech" crime-type="fraud" area="wessex kent" topic="t" published-after="2020-01-01" '
        'published-before="2026-12-31" language="cy" language-only="1" lang="cy" order="published" page="1" page-size="3"',
        state="empty",
    )
    assert asked(publisher) == [
        ("q", "two words"),
        ("kind", "news"),
        ("kind", "speech"),
        ("crime_type", "fraud"),
        ("area", "wessex"),
        ("area", "kent"),
        ("topic", "t"),
        ("published_after", "2020-01-01"),
        ("published_before", "2026-12-31"),
        ("language", "cy"),
        ("language_only", "1"),
        ("lang", "cy"),
        ("order", "published"),
        ("page", "1"),
        ("page_size", "3"),
        ("facets", "none"),
    ]


def test_what_a_reader_gets(publisher, show):
    publisher.stories = [
        story(1, title="Cafwyd yn euog", language="cy"),
        story(2, title="مرحبا.", language="ar", language_display="Arabic"),
        story(3, title="<b>&", url="javascript:alert(1)"),
    ]
    tab = show('heading="Latest" heading-level="3" summary="yes"')
    assert texts(tab) == ["Cafwyd yn euog", "مرحبا.", "<b>&"]
    assert texts(tab, "[part=meta]")[0] == "14 March 2026 · Welsh · News · Fraud · Wessex"
    assert " · Arabic · " in texts(tab, "[part=meta]")[1]
    assert texts(tab, "[part=summary]")[0] == "What happened in case 1."
    found = tab.eval_on_selector(
        "cps-news",
        """e => { const $ = s => e.shadowRoot.querySelector(s); return {
          level: $('[part=heading]').ariaLevel, role: $('[part=heading]').role, label: $('ol').ariaLabel,
          langs: [...e.shadowRoot.querySelectorAll('li')].map(n => n.lang), meta: $('[part=meta]').lang,
          rtl: getComputedStyle(e.shadowRoot.querySelectorAll('li')[1].querySelector('a')).direction,
          bad: e.shadowRoot.querySelectorAll('li a')[2].hasAttribute('href'), time: $('time').dateTime,
          more: $('[part=more]').href, states: e.matches(':state(ready)') } }""",
    )
    assert found == {
        "level": "3",
        "role": "heading",
        "label": "Latest",
        "langs": ["cy", "ar", "en"],
        "meta": "en",
        "rtl": "rtl",
        "bad": False,
        "time": "2026-03-14T10:00:00+00:00",
        "more": tab.url + "list/",
        "states": True,
    }
    assert tab.problems == []


def test_outcomes_and_updates(publisher, show):
    """Label, day and words as text; outcomes have a bar that forced colours keep."""
    outcome = update("outcome", "Un o dri: dieuog", "<img src=x onerror=alert(1)> Yes.", language="cy")
    publisher.stories = [story(1, latest_updates=[outcome, update()]), story(2)]
    tab = show('summary="yes"')
    assert "latest_updates" in publisher.asked[0]
    assert texts(tab, "[part~=update]") == [
        "Un o dri: dieuog · 16 March 2026 <img src=x onerror=alert(1)> Yes.",
        "Correction · 16 March 2026 The number is four.",
    ]
    assert texts(tab, "[part~=outcome]") == texts(tab, "[part~=update]")[:1]
    assert tab.problems == []
    seen = tab.eval_on_selector(
        "cps-news",
        """e => {
        const $ = selector => e.shadowRoot.querySelector(selector), item = $('li');
        const style = getComputedStyle($('[part~=outcome] b'));
        return {parts: [...item.children].map(n => n.part.value), lang: $('[part~=outcome] span').lang,
          time: $('[part~=outcome] time').dateTime, bar: getComputedStyle($('[part~=outcome]')).borderInlineStartWidth,
          colours: [style.color, style.backgroundColor], images: e.shadowRoot.querySelectorAll('img').length};
      }""",
    )
    assert seen == {
        "parts": ["link", "meta", "update outcome", "update", "summary"],
        "lang": "cy",
        "time": "2026-03-16T10:00:00+00:00",
        "bar": "4px",
        "colours": ["rgb(255, 255, 255)", "rgb(27, 83, 119)"],
        "images": 0,
    }
    tab.emulate_media(forced_colors="active")
    bar = "getComputedStyle(e.shadowRoot.querySelector('[part~=outcome]')).borderInlineStartStyle"
    assert tab.eval_on_selector("cps-news", f"e => {bar}") == "solid"
    # An update that is taken away leaves; the link keeps its element.
    publisher.stories[0].pop("latest_updates")
    tab.eval_on_selector("cps-news", "e => e.refresh()")
    assert texts(tab, "[part~=update]") == []


def test_welsh_page_other_language_and_templates(publisher, show):
    tab = show('paging="more" page-size="2" search filters="area crime-type crown-court"', lang="cy")
    assert ("lang", "cy") in asked(publisher)
    assert texts(tab, "button") == ["Chwilio", "Dangos rhagor o straeon"]
    assert texts(tab, "summary") == ["ardal", "canolfan Llys y Goron"]
    assert tab.evaluate("document.querySelector('cps-news').shadowRoot.querySelector('summary').lang") == "cy"
    assert " · Saesneg · " in texts(tab, "[part=meta]")[0]
    publisher.stories = []
    inner = '<p><a href="/">Tout</a></p><template data-msg="search">Chercher</template><template data-msg="area">Région</template>'
    tab = show('search filters="area"', lang="fr", inner=inner, state="empty")
    assert "lang" not in dict(asked(publisher))
    assert texts(tab, "button") == ["Chercher"]
    assert texts(tab, "summary") == ["Région"]
    assert texts(tab, "[part=status]") == ["No results"]
    shadow = "document.querySelector('cps-news').shadowRoot."
    assert tab.evaluate(f"{shadow}lastChild.lang") == "fr"
    assert tab.evaluate(f"{shadow}querySelector('[part=status]').lang") == "en"


def test_load_more_says_how_many_came_and_goes_to_the_first(publisher, show):
    tab = show('paging="more" page-size="5"', after="<p>The end</p>")
    assert texts(tab, "[part=status]") == [""]
    button = tab.get_by_role("button", name="Show more stories")
    button.focus()
    place = tab.evaluate("scrollY")
    button.press("Enter")
    until(tab, "querySelectorAll('li').length == 10")
    assert focused(tab) == "Story 6"
    assert texts(tab, "[part=status]") == ["Stories added: 5"]
    assert tab.evaluate("scrollY") == place
    tab.get_by_role("button", name="Show more stories").click()
    until(tab, "querySelectorAll('li').length == 12")
    assert focused(tab) == "Story 11"
    assert texts(tab, "button") == []
    # One request keeps the whole of it fresh.
    publisher.stories = publisher.stories[:3] + publisher.stories[4:]
    tab.eval_on_selector("cps-news", "e => e.refresh()")
    assert len(texts(tab)) == 11
    assert focused(tab) == "Story 11"


def test_pages(publisher, show):
    tab = show('paging="pages" page-size="5"')
    assert texts(tab, "button") == ["Next page"]
    tab.get_by_role("button", name="Next page").click()
    until(tab, "activeElement?.textContent == 'Story 6'")
    assert texts(tab, "button") == ["Previous page", "Next page"]
    assert texts(tab, "[part=status]") == ["Showing 5 of 12"]
    tab.get_by_role("button", name="Next page").click()
    until(tab, "activeElement?.textContent == 'Story 11'")
    tab.get_by_role("button", name="Previous page").click()
    until(tab, "activeElement?.textContent == 'Story 6'")
    publisher.status = 500
    tab.get_by_role("button", name="Next page").click()
    until(tab, "querySelector('[part=status]').textContent.includes('could')")
    assert texts(tab)[0] == "Story 6"  # what is there stays
    publisher.status = 200
    tab.get_by_role("button", name="Next page").click()
    until(tab, "activeElement?.textContent == 'Story 11'")


def test_a_last_page_that_went_away(publisher, show):
    tab = show('paging="pages" page-size="5"')
    for title in ("Story 6", "Story 11"):
        tab.get_by_role("button", name="Next page").click()
        until(tab, f"activeElement?.textContent == '{title}'")
    del publisher.stories[8:]
    tab.eval_on_selector("cps-news", "e => e.refresh()")
    until(tab, "querySelector('li a')?.textContent == 'Story 1'")
    assert tab.eval_on_selector("cps-news", "e => e.state") == "ready"


def test_a_reader_filters_and_searches_with_the_keyboard(publisher, show):
    publisher.stories[0] = story(1, areas=[{"slug": "kent", "label": "Kent"}])
    tab = show('filters="area" search page-size="20"')
    assert ("facets", "all") in asked(publisher)
    tab.locator("cps-news summary").press("Enter")
    assert texts(tab, "label") == ["Wessex (11)", "Kent (1)"]
    box = tab.get_by_label("Kent (1)")
    box.press("Space")
    until(tab, "querySelectorAll('li').length == 1")
    assert ("area", "kent") in asked(publisher)
    assert texts(tab, "[part=status]") == ["Showing 1 of 1"]
    assert tab.evaluate("document.querySelector('cps-news').shadowRoot.activeElement.value") == "kent"
    box.press("Space")
    until(tab, "querySelectorAll('li').length == 12")
    tab.get_by_label("Search").first.fill("Story 12")
    tab.keyboard.press("Enter")
    until(tab, "querySelectorAll('li').length == 1")
    assert ("q", "Story 12") in asked(publisher)
    publisher.status = 400
    tab.get_by_label("Search").first.fill("???")
    tab.keyboard.press("Enter")
    until(tab, "querySelector('[part=status]').textContent == 'Fault 400'")
    assert texts(tab) == ["Story 12"]


def test_an_attribute_that_changes_asks_once(publisher, show):
    tab = show('page-size="2"')
    before = len(publisher.asked)
    tab.eval_on_selector(
        "cps-news",
        "e => { e.setAttribute('page-size', '3'); e.setAttribute('area', 'wessex'); e.setAttribute('filters', 'area') }",
    )
    until(tab, "querySelectorAll('label').length == 2")
    assert len(publisher.asked) == before + 1
    assert len(texts(tab)) == 3
    assert tab.evaluate(
        "document.querySelector('cps-news').shadowRoot.querySelector('[value=wessex]').checked"
    )
    tab.eval_on_selector("cps-news", "e => e.setAttribute('area', 'wessex')")
    assert len(publisher.asked) == before + 1


def test_events(publisher, show, tab):
    tab.add_init_script(
        """window.seen = [];
        for (const name of ['data', 'render', 'error']) addEventListener('cps-news:' + name, event => {
          seen.push([name, event.bubbles, event.composed, event.cancelable, Object.keys(event.detail).join()]);
          if (name == 'data') event.detail.data.results.pop();
          if (window.refuse) event.preventDefault();
        })"""
    )
    show('page-size="3"')
    assert texts(tab) == ["Story 1", "Story 2"]
    publisher.status = 404
    assert tab.eval_on_selector("cps-news", "e => e.refresh()") == "error"
    assert tab.evaluate("seen") == [
        ["data", True, True, True, "url,data"],
        ["render", True, True, True, "url,data"],
        ["error", True, True, True, "url,status,errors,error"],
    ]
    publisher.status = 200
    tab.evaluate("window.refuse = true")
    assert tab.eval_on_selector("cps-news", "e => e.refresh()") == "ready"
    assert texts(tab) == []
    assert tab.locator("cps-news > p").is_visible()
