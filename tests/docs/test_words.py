"""Words that the package does not use.

The documentation, docstrings and visible texts are in plain English.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "wagtail_cpsnews"

#: A pattern, and what to write instead. The only list of them; add to it what reviewers keep correcting.
AVOID = {
    r"\bof ours\b": "of the package, our …",
    r"\banew\b": "again",
    r"\bbears?\b": "tolerate, have, show",
    r"\b(?:is|are) said of\b": "is known about",
    r"\bwhoever\b": "the reader, the editor, anybody who",
    r"\b(?:stands?|stood)\b(?! in\b| for\b|-ins?\b)": "appears, is",
    r"\b(?:goes|go|going|went) out\b": "is published",
    r"\b(?:comes?|came|coming) down\b": "is withdrawn, is unpublished",
    r"\b(?:paste|copy|show|put|add|makes?|write)s? (?:the|these|its|their|a few) lines\b": "the code",
    r"\bthe (?:few )?lines (?:for|go|below|that (?:other )?sites)\b": "the code",
    r"\bdoors?\b(?!:)": "embed method, interface",
    r"\bturns? to\b": "contact",
    r"\bput(?:s|ting)? right\b": "correct",
    r"\bby (?:itself|themselves)\b": "automatically",
    r"(?<!there )\b(?:is|are) none\b": "is not a …",
    r"\bno moment\b": "never",
    r"(?<!at the )(?<!for a )\bmoments?\b(?!:)": "date and time, time",
    r"\bways? on\b": "link",
}
PATTERN = re.compile("|".join(AVOID), re.IGNORECASE)

GETTEXT = {
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}

#: What a reader does not see: Markdown's and reStructuredText's code, and tags with their attributes.
CODE = re.compile(r"^ *```.*?^ *```|``[^`]+``|`[^`\n]+`", re.DOTALL | re.MULTILINE)
COMMENT = re.compile(
    r"{%\s*comment.*?endcomment\s*%}|{#.*?#}|<script.*?</script>|<style.*?</style>", re.DOTALL
)
TEXT_IN_TAG = re.compile(
    r"{%\s*(?:translate|trans)\s+(?:\"([^\"]*)\"|'([^']*)')|\b(?:alt|title|aria-label)=\"([^\"{]*)\""
)
TAG = re.compile(r"<[^>]*>|{%.*?%}|{{.*?}}", re.DOTALL)


def read_documentation():
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "CHANGELOG.md",
        *ROOT.glob("docs/**/*.md"),
    ):
        yield path, CODE.sub("", path.read_text(encoding="utf-8"))


def _docstrings():
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, ast.get_docstring(node) or ""


def read_docstrings():
    for path, text in _docstrings():
        yield path, CODE.sub("", text)


def read_messages():
    """Yield the texts that Python code hands to gettext."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", getattr(node.func, "attr", "")) in GETTEXT
            ):
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield path, argument.value


def read_templates():
    """Yield the texts of templates.

    What is between tags, and what tags and attributes show.
    """
    for path in (PACKAGE / "templates").rglob("*.*"):
        source = COMMENT.sub("", path.read_text(encoding="utf-8"))
        yield path, TAG.sub(" ", source)
        for found in TEXT_IN_TAG.finditer(source):
            yield path, "".join(filter(None, found.groups()))


def test_docstrings_begin_with_a_short_line():
    """Ruff (D205) sees to the blank line after it."""
    too_long = [
        f"{path.relative_to(ROOT)}: {line}"
        for path, text in _docstrings()
        if len(line := text.partition("\n")[0]) >= 80
    ]
    assert not too_long, "\n".join(too_long)


SOURCES = [read_documentation, read_docstrings, read_messages, read_templates]


@pytest.mark.parametrize("read", SOURCES, ids=lambda read: read.__name__)
def test_no_text_uses_a_word_to_avoid(read):
    texts = list(read())
    assert len(texts) > 20
    found = [
        f"{path.relative_to(ROOT)}: “{match.group()}” in “{' '.join(line.split())[:140]}”"
        for path, text in texts
        for line in re.split(r"\n\s*\n", text)
        for match in PATTERN.finditer(line)
    ]
    assert not found, "\n".join(sorted(set(found)))


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("A story that comes down is gone.", True),
        ("Paste these lines into a page.", True),
        ("Whoever asks is told.", True),
        ("An address that is none is left out.", True),
        ("Write a moment with its offset.", True),
        ("One JSON object a line; empty lines are skipped. If there is none, nothing happens.", False),
        ("The news can’t be loaded at the moment. A colleague stands in on these days.", False),
    ],
)
def test_patterns_tell_dialect_from_plain_english(text, is_found):
    assert bool(PATTERN.search(text)) == is_found
