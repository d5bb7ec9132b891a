"""How long the widget's script takes a browser: ``make benchmark-widget``.

Times four for a slower processor.

Nothing is asserted: times are this machine's, and on a busy one only the least of each row means something. What counts
is the ratio to the yardstick, a file that does nothing but define an empty element, measured in the same browser, in
turn. The row "at once" (``loading="eager"``) holds the browser's own work for a page's first ``fetch``, which makes up
about half of it; as long as the list is not near the visible part, the script does not ask.

Peers are the files in the folder that is named, ``peers/built`` by ``make benchmark-widget``: modules that define the element
``<TAG>`` as ``TAG.js``. Results of a run are in ``README.md``.
"""

import gzip
import json
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from tests.browser import FLAGS, executable  # noqa: E402
from tests.publisher import Publisher, Site, story  # noqa: E402

YARDSTICK = b'customElements.define("cps-news", class extends HTMLElement {})'
ROUNDS = 15
SLOWER = 4
EVENTS = ("v8.compileModule", "v8.evaluateModule")


def evaluation(browser, site, publisher, script, element):
    """Return milliseconds for compiling the script and running it.

    That makes the element that is on the page.
    """
    publisher.script = script
    site.pages["/"] = (
        f'<!doctype html><title>Host</title><script type="module" src="{publisher.mount}embed/v1.js"></script>{element}'
    )
    tab = browser.new_page()
    browser.start_tracing(page=tab, categories=["devtools.timeline", "v8", "disabled-by-default-v8.compile"])
    tab.goto(site.url)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    tab.close()
    spent = sum(event.get("tdur", event.get("dur", 0)) for event in events if event["name"] in EVENTS)
    return SLOWER * spent / 1000


def main():
    publisher, site = Publisher(), Site()
    publisher.stories = [story(number) for number in range(1, 11)]
    own = f'<cps-news src="{publisher.mount}" %s><a href="/list/">All</a></cps-news>'
    rows = {
        "yardstick": (YARDSTICK, own % ""),
        "cps-news": (publisher.script, own % ""),
        "cps-news at once": (publisher.script, own % 'loading="eager"'),
    }
    for folder in sys.argv[1:]:
        for path in sorted(Path(folder).glob("*.js")):
            element = f'<{path.stem} src="{publisher.mount}"></{path.stem}>'
            rows[path.stem] = path.read_bytes(), element
    times = {name: [] for name in rows}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        for _ in range(ROUNDS):
            for name, (script, element) in rows.items():
                times[name].append(evaluation(browser, site, publisher, script, element))
        browser.close()
    base = min(times["yardstick"]) or 0.1
    for name, values in times.items():
        script = rows[name][0]
        print(
            f"{name:20} least {min(values):6.1f} ms ({min(values) / base:5.1f} × the yardstick), "
            f"median {statistics.median(values):6.1f} ms, {len(gzip.compress(script, 9))} bytes compressed"
        )
    publisher.stop()
    site.stop()


if __name__ == "__main__":
    main()
