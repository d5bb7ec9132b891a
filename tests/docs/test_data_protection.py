"""The page on data protection misses no table, job or mail, and its code runs."""

import ast
import io
import json
import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model

from wagtail_cpsnews.catalogue.models import PublicationStop
from wagtail_cpsnews.conf import NewsroomSettings
from wagtail_cpsnews.desk.retention import PERIODS
from wagtail_cpsnews.desk.stopping import begin_stop

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "wagtail_cpsnews"
PAGE = (ROOT / "docs/data-protection.md").read_text(encoding="utf-8")
WITHOUT = PAGE.partition("## Tables without data about people")[2].partition("\n## ")[0]

MODELS = [
    model for label in ("cpsnews", "cpsnews_pages") for model in apps.get_app_config(label).get_models()
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_table_is_described(model):
    assert f"`{model._meta.label}`" in PAGE, "Describe this table in docs/data-protection.md."


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_table_that_names_accounts_or_addresses_is_about_people(model):
    people = [
        field.name
        for field in model._meta.concrete_fields
        if field.related_model is get_user_model() or re.search("e?mail|phone|recipient", field.name)
    ]
    assert not people or f"`{model._meta.label}`" not in WITHOUT


def _functions():
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield node


def test_every_job_is_described():
    jobs = [
        node.name
        for node in _functions()
        if any(getattr(getattr(one, "func", one), "id", "") == "task" for one in node.decorator_list)
    ]
    assert len(jobs) > 3
    assert [job for job in jobs if f"`{job}`" not in PAGE] == []


def test_every_setting_of_a_period_is_described():
    for period in PERIODS:
        assert f"`{period.setting}`" in PAGE
        default = getattr(NewsroomSettings, period.setting)
        assert f"{default:,} days" in PAGE


def test_the_code_for_a_copy_runs(newsroom, story):
    user = get_user_model().objects.create_user("jane", "jane@example.org", "secret")
    stop = begin_stop(PublicationStop.Kind.HOLD, story("A story"), user, note="Ring the court.")
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    out = io.StringIO()
    with redirect_stdout(out):
        exec(code, {})
    rows = json.loads(out.getvalue())
    assert stop.reference in str(rows)
    assert {row["model"] for row in rows} == {"cpsnews.publicationstop", "wagtailcore.pagelogentry"}
