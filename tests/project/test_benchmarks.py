"""The benchmark tells right answers from wrong ones.

And the command works.
"""

import itertools
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.newsroom import answers, chart, publish, report
from benchmarks.newsroom.servers import Response
from benchmarks.newsroom.stories import stories
from benchmarks.newsroom.truth import Question, Truth

ROOT = Path(__file__).resolve().parents[2]

SVG = "{http://www.w3.org/2000/svg}"


def test_the_truth_is_what_reading_every_story_gives():
    told = list(stories(300))
    truth = Truth(iter(told), 300)
    for crime_type, area, word in itertools.product((None, 0, 3), (None, 0, 5), (None, 2)):
        found = [
            story.number
            for story in reversed(told)
            if story.live
            and (crime_type is None or crime_type in story.crime_types)
            and (area is None or area == story.area)
            and (word is None or word in story.words)
        ]
        question = Question(crime_type=crime_type, area=area, word=word, page=2)
        answer = truth.answer(question)
        assert (answer.count, list(answer.numbers)) == (len(found), found[10:20]), question


class Liar:
    """A worker of the peers' project that has one story for whatever it is asked."""

    site, size = "peers", 300

    def get(self, path, headers=None):
        story = {"id": 1299, "title": "It was 299"}
        api = {"meta": {"total_count": 1}, "items": [story], "count": 1, "results": [story], "facets": {}}
        graph = {"data": {"storyCount": 1, "storyList": [story]}}
        return Response(200, {}, json.dumps(graph if "graphql" in path else api).encode())


def test_wrong_answers_are_noticed_of_each_peer():
    wrong = answers.check(Liar(), Truth(stories(300), 300), 10)
    assert {text.partition(",")[0] for text in wrong} == set(answers.PEERS)


def test_the_documentation_shows_results_that_are_kept():
    results = [json.loads(path.read_text()) for path in (ROOT / "benchmarks" / "results").glob("*.json")]
    page, drawing = publish.PAGE.read_text(encoding="utf-8"), publish.CHART.read_text(encoding="utf-8")
    assert any(report.text(result) in page and chart.chart(result) == drawing for result in results)


@pytest.mark.slow
@pytest.mark.once
def test_the_command_measures_everything(tmp_path):
    command = [sys.executable, "-m", "benchmarks.newsroom", "--stories", "200", "--passes", "1"]
    options = ["--seconds", "0", "--questions", "5", "--rounds", "1", "--results", tmp_path]
    subprocess.run([*command, *options], check=True, cwd=ROOT)
    (path,) = tmp_path.glob("*.json")
    result = json.loads(path.read_text())
    statuses = {row["case"]: row["status"] for row in result["cases"]}
    assert {case: status for case, status in statuses.items() if status != 200} == {"304 for two terms": 304}
    assert len(statuses) > 25
    assert {row["catalogue"] for row in result["publishing"]} == {True, False}
    drawing = ElementTree.fromstring(chart.chart(result))
    assert drawing.find(f"{SVG}title").text == "Processor time of a filtered list of 200 stories"
    assert "Wagtail API v2, with counts" in drawing.find(f"{SVG}desc").text
