"""How long the widget's script takes a browser, with its processor slowed four times: ``python benchmarks/widget.py``.

Nothing is asserted: times are this machine's. What counts is the ratio to the yardstick, a file that does nothing but
define an empty element, measured in the same browser, in turn. Peers' scripts can be measured beside it when they lie
in a folder: ``python benchmarks/widget.py FOLDER``; none ships, and none is fetched.
"""

import json
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from tests.browser import FLAGS, executable  # noqa: E402
from tests.publisher import Publisher, Site, story  # noqa: E402

YARDSTICK = b'customElements.define("cps-news", class extends HTMLElement {})'
ROUNDS = 15
EVENTS = ("v8.compileModule", "v8.evaluateModule")


def evaluation(browser, site, publisher, script):
    """Milliseconds for compiling the script and running it, which makes the element that is on the page."""
    publisher.script = script
    tab = browser.new_page()
    tab.context.new_cdp_session(tab).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    browser.start_tracing(page=tab, categories=["devtools.timeline", "v8", "disabled-by-default-v8.compile"])
    tab.goto(site.url)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    tab.close()
    return sum(event.get("dur", 0) for event in events if event["name"] in EVENTS) / 1000


def main():
    publisher, site = Publisher(), Site()
    publisher.stories = [story(number) for number in range(1, 11)]
    site.pages["/"] = (
        f'<!doctype html><title>Host</title><script type="module" src="{publisher.mount}embed/v1.js"></script>'
        f'<cps-news src="{publisher.mount}" loading="eager"><a href="/list/">All</a></cps-news>'
    )
    scripts = {"yardstick": YARDSTICK, "cps-news": publisher.script}
    for folder in sys.argv[1:]:
        scripts |= {path.name: path.read_bytes() for path in sorted(Path(folder).glob("*.js"))}
    times = {name: [] for name in scripts}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        for _ in range(ROUNDS):
            for name, script in scripts.items():
                times[name].append(evaluation(browser, site, publisher, script))
        browser.close()
    base = statistics.median(times["yardstick"]) or 0.1
    for name, values in times.items():
        middle = statistics.median(values)
        least, size = min(values), len(scripts[name])
        print(
            f"{name:20} {middle:6.1f} ms (least {least:.1f})  {middle / base:5.1f} × the yardstick  {size} bytes"
        )
    publisher.stop()
    site.stop()


if __name__ == "__main__":
    main()
