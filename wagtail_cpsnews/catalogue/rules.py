"""Rules: reasons not to show a story, such as a hold or an embargo.

They come on top of what its page's columns say.

Rules are asked of stories alone, pages with an adapter. What they decide is stored (``decisions``): lists and links
read that, and only who serves a page or projects one asks the rules themselves.
"""

from __future__ import annotations

import datetime
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, models
from django.utils import timezone

from ..compat import AbstractPage
from .adapters import adapter_for
from .invalidation import invalidate_pages

logger = logging.getLogger("wagtail_cpsnews")

_CODE = re.compile(r"[a-z][a-z0-9_]{0,19}")


@dataclass(frozen=True)
class Decision:
    """What a rule says of a page.

    code: why it is not public, by default the rule's; a lower-case name of at most 20 characters, which also names the
    template of the page that answers instead, ``wagtail_cpsnews/gone/<code>.html``. until: when to ask again, aware.
    """

    public: bool
    code: str = ""
    until: datetime.datetime | None = None


PUBLIC = Decision(True)


@dataclass(frozen=True)
class Rule:
    """A reason not to show a story.

    check: takes the specific page, public or not, and returns a ``Decision``. watches: for each model whose rows the
    check reads, by class or "app.Model", a function from such a row to the keys of the pages that it is about.
    """

    code: str
    check: Callable[[Any], Decision]
    watches: Mapping[type[models.Model] | str, Callable[[Any], Iterable[Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_code(self.code)


_rules: dict[str, Rule] = {}


def register_rule(rule: Rule) -> Rule:
    """Register a rule.

    Call this in ``AppConfig.ready()``, and run ``rebuild_catalogue`` when the rules have changed.

    Raises:
        ImproperlyConfigured: the code is no name, or another rule has it.
    """
    if _rules.setdefault(rule.code, rule) != rule:
        raise ImproperlyConfigured(
            f"Two rules have the code {rule.code!r}: give each rule of the site a code of its own."
        )
    return rule


def has_rules() -> bool:
    """Return whether more than a page's columns decides."""
    return bool(_rules)


def rule_codes() -> list[str]:
    """Return the codes of the rules that are registered, in alphabetical order."""
    return sorted(_rules)


def is_ruled(page: Any) -> bool:
    """Return whether rules are asked of ``page``."""
    return has_rules() and adapter_for(page.specific_class) is not None


def decide(page: Any) -> Decision:
    """Return what the rules say about ``page``, of any class.

    The first that objects, and the earliest time to ask again.

    An alias is decided as its source is.

    Raises:
        django.db.Error: a rule could not read what it needs.
    """
    if not is_ruled(page):
        return PUBLIC
    while page.alias_of_id is not None:
        page = page.alias_of
    page = page.specific
    decisions = [_ask(rule, page) for rule in _rules.values()]
    now = timezone.now()
    times = [one.until for one in decisions if one.until is not None and one.until > now]
    found = next((one for one in decisions if not one.public), PUBLIC)
    return replace(found, until=min(times, default=None))


def _ask(rule: Rule, page: Any) -> Decision:
    """Return what one rule says.

    One that fails, or gives an answer that can't be read, hides the page.
    """
    try:
        decision = rule.check(page)
        if decision.until is not None and timezone.is_naive(decision.until):
            raise ValueError(f"{decision.until} has no time zone: “until” takes an aware time.")
        if decision.public:
            return decision
        return replace(decision, code=_check_code(decision.code or rule.code))
    except Error:
        raise
    except Exception:
        logger.exception("The rule %s failed for page %s; it is not shown.", rule.code, page.pk)
        return Decision(False, rule.code)


def _check_code(code: str) -> str:
    if not _CODE.fullmatch(code):
        raise ImproperlyConfigured(
            f"{code!r} is no code of a rule: use lower-case letters, digits and underscores, at most 20."
        )
    return code


# -- what rules watch -------------------------------------------------------------------------------------------------


def invalidate_watching(sender: type, instance: Any, before: Any = None) -> None:
    """Invalidate the pages that rules take ``instance`` to be about.

    Or the row that it was ``before``.
    """
    pks: set[Any] = set()
    for model, pages_for in _watched():
        for row in (instance, before):
            if row is None:
                continue
            if issubclass(sender, model):
                pks |= set(pages_for(row))
            elif (
                issubclass(sender, AbstractPage)
                and row.pk
                and issubclass(row.specific_class or sender, model)
            ):
                pks |= set(pages_for(row.specific))  # a page can be saved as its base class
    invalidate_pages(pks - {None})


def is_watched(sender: type) -> bool:
    """Return whether a rule reads rows of this class."""
    return any(issubclass(sender, model) for model, _pages_for in _watched())


def _watched() -> Iterable[tuple[type, Callable[[Any], Iterable[Any]]]]:
    for rule in _rules.values():
        for model, pages_for in rule.watches.items():
            yield (apps.get_model(model) if isinstance(model, str) else model), pages_for
