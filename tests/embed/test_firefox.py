"""The widget in Firefox.

It works there as in Chromium, under the same strict policy.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.publisher import STRICT, story

ROOT = Path(__file__).resolve().parents[2]
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(not FIREFOX, reason="there is no Firefox: `make test-slow` installs Debian's"),
    pytest.mark.skipif(
        not shutil.which("node") or not (ROOT / "widget/node_modules/puppeteer-core").exists(),
        reason="the widget's tools are not installed: `make widget-tools`, which needs npm",
    ),
]


@pytest.fixture
def found(publisher, site, tmp_path):
    """A function that opens the page in Firefox and returns what it saw."""
    publisher.stories[0] = story(1, areas=[{"slug": "kent", "label": "Kent"}])
    site.policy = STRICT.format(p=publisher.url.rstrip("/"))
    site.pages["/"] = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Host</title>'
        f'<script type="module" async src="{publisher.mount}embed/v1.js"></script>'
        f'<cps-news src="{publisher.mount}" page-size="3" paging="more" filters="area"><a href="/list/">All the news</a></cps-news>'
    )

    def look():
        command = ["node", str(ROOT / "widget/firefox.mjs"), FIREFOX, site.url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return look


def test_a_reader_with_firefox(publisher, found):
    seen = found()
    # Firefox looks for the host's icon, which the host's own policy forbids.
    assert [message for message in seen["messages"] if "favicon.ico" not in message] == []
    assert seen["first"]["titles"] == ["Story 1", "Story 2", "Story 3"]
    assert seen["first"]["matches"] is True
    assert seen["first"]["height"] >= 44
    assert seen["first"]["link"] is False
    assert seen["more"]["focus"] == "Story 4"
    assert seen["more"]["status"] == "Stories added: 3"
    assert seen["filtered"]["titles"] == ["Story 1"]
    assert seen["refreshed"]["state"] == "ready"
    assert publisher.requests[-1][2]["If-None-Match"]
    assert {method for method, _, _ in publisher.requests} == {"GET"}  # no preflight


def test_the_link_in_firefox_when_the_publisher_is_down(publisher, found):
    publisher.status = 503
    seen = found()
    assert seen["first"]["state"] == "error"
    assert seen["first"]["link"] is True
