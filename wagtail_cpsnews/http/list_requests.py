"""From a request to a list, by the rule for readers: explain, never break.

Pages, feeds, embeds, the builder and lists inside stories read parameters here. What can't be understood is left out
and explained, and parameters that campaigns add are dropped. The API has the other rule: there a problem is an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from ..catalogue.exceptions import CursorGone, NoSuchPage, NotBuilt
from ..catalogue.parameters import NAMES, TRACKERS, Problem, parse, shorten
from ..catalogue.query import Query
from ..catalogue.results import Results, search
from ..catalogue.snapshots import Snapshot
from ..conf import get_settings

#: The list parameters that readers' addresses take. The others are for programs; here they are explained as unknown.
READERS_NAMES = tuple(name for name in NAMES if name not in ("fields", "facets", "cursor"))

#: The longest address to redirect to or to resolve.
MAX_URL = 2000


@dataclass(frozen=True)
class ListAnswer:
    """What a list request finds.

    status: 200, 404 (no such page), 410 (the cursor is from before) or 503 (the catalogue is not built yet).
    results: ``None`` with every status but 200. last_page: with 404, the number of the last page.
    """

    status: int
    results: Results | None
    problems: list[Problem]
    last_page: int | None = None


@dataclass(frozen=True)
class ListRequest:
    """A query, and the parts of the request that could not be understood.

    They were left out of the query.
    """

    query: Query
    snapshot: Snapshot
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def read(
        cls,
        params: Any,
        snapshot: Snapshot,
        *,
        default: Query,
        accept: Iterable[str] = READERS_NAMES,
        also: Iterable[str] = (),
        locked: frozenset[str] = frozenset(),
    ) -> ListRequest:
        """Return what the parameters of an address ask for.

        Args:
            params: A ``QueryDict``, or anything with ``lists()`` and ``getlist()``.
            default: What the plain address lists.
            accept: The list parameters that this output takes.
            also: Names that the output reads itself, and those that belong to the host project.
            locked: Taxonomies that the list is fixed to; a filter on one is explained.
        """
        parsed = parse(
            without_trackers(params, locked),
            snapshot.reference,
            default=default,
            accept=set(accept) - locked,
            also={*also, *locked},
        )
        problems = [*_locked_problems(params, default, locked, snapshot), *parsed.problems]
        return cls(parsed.query, snapshot, problems)

    def find(self) -> ListAnswer:
        """Find the list's stories.

        A page that does not exist becomes a problem, in the active language.
        """
        try:
            return ListAnswer(200, search(self.query, self.snapshot), self.problems)
        except NoSuchPage as error:
            page = self.query.page
            message = _("There is no page %(page)d. The last page is %(last)d.")
            problem = Problem("page", str(page), message % {"page": page, "last": error.last})
            return ListAnswer(404, None, [*self.problems, problem], error.last)
        except NotBuilt:
            return ListAnswer(503, None, self.problems)
        except CursorGone:
            return ListAnswer(410, None, self.problems)


def read_params(request: HttpRequest) -> tuple[Any, list[Problem]]:
    """Return a request's parameters.

    Where there are too many: none, and a problem in the active language.
    """
    try:
        return request.GET, []
    except TooManyFieldsSent:
        message = _("The address has too many parameters. It was read as if it had none.")
        return QueryDict(), [Problem("", "", message)]


def without_trackers(params: Any, locked: Iterable[str] = ()) -> QueryDict:
    """Return parameters without those of campaigns and of the list itself.

    The list is fixed to the latter.
    """
    kept = QueryDict(mutable=True)
    for name, values in params.lists():
        if not TRACKERS.match(name) and name not in locked:
            kept.setlist(name, values)
    return kept


def _locked_problems(
    params: Any, default: Query, locked: frozenset[str], snapshot: Snapshot
) -> list[Problem]:
    """Return problems with filters on what the list is fixed to.

    A filter that asks for just that is no problem.
    """
    problems = []
    for name in sorted(locked):
        given = [value for value in params.getlist(name) if value.strip()]
        found = [snapshot.reference.taxonomies[name].find(value) for value in given]
        if any(term is None or term.slug not in default.selected(name) for term in found):
            message = _("This list is always for one %(label)s, so the filter has been ignored.")
            problems.append(
                Problem(name, shorten(", ".join(given)), message % {"label": get_settings().label(name)})
            )
    return problems
