"""A bounded sample in which every group has a fair share.

No group that floods it can crowd out the others.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Hashable

#: Site, embed method, and what was shown: a list or a story.
Use = tuple[str, str, str]

#: The first and the last hour in which a use was seen.
Hours = tuple[datetime.datetime, datetime.datetime]


class FairSample:
    """Uses in groups. When it is full, a random use of the largest group gives way.

    Max-min fairness: a group that has no more than its share of the room loses nothing, however many uses the others
    bring. Inside a group chance decides, not who came first.
    """

    def __init__(self, size: int, share: int) -> None:
        """Make an empty sample.

        Args:
            size: How many uses it holds.
            share: How many of them one group can have, even while there is room.
        """
        self.size = size
        self.share = share
        self.left_out = 0
        self._hours: dict[Use, Hours] = {}
        self._group_of: dict[Use, Hashable] = {}
        self._groups: dict[Hashable, list[Use]] = {}
        self._by_size: dict[int, set[Hashable]] = {}
        #: The last other group that brought a use.
        self._also: dict[Use, Hashable] = {}

    def __len__(self) -> int:
        return len(self._hours)

    def add(self, use: Use, group: Hashable, hours: Hours) -> None:
        """Add a use, or note that it was seen again."""
        known = self._hours.get(use)
        if known is not None:
            self._hours[use] = min(known[0], hours[0]), max(known[1], hours[1])
            if group != self._group_of[use]:
                self._also[use] = group
            return
        self._hours[use] = hours
        self._join(use, group)
        if len(self._groups[group]) > self.share:
            self._thin(group)
        while len(self._hours) > self.size:
            self._thin(self._largest())

    def shrink(self, size: int) -> None:
        """Leave ``size`` uses, with the same fairness.

        One of each group in turn, by chance.
        """
        if len(self._hours) <= size:
            return
        queues = [random.sample(uses, len(uses)) for uses in self._groups.values()]
        random.shuffle(queues)
        kept: set[Use] = set()
        while len(kept) < size:
            kept.update(queue.pop() for queue in queues[: size - len(kept)])
            queues = [queue for queue in queues if queue]
        self.left_out += len(self._hours) - len(kept)
        self.remove({use: hours for use, hours in self._hours.items() if use not in kept})

    def uses(self, hosts: frozenset[str] | None = None) -> dict[Use, Hours]:
        """Return a copy of the uses, or of those of some sites."""
        return {use: hours for use, hours in self._hours.items() if hosts is None or use[0] in hosts}

    def remove(self, written: dict[Use, Hours]) -> None:
        """Take uses out, but for those that were seen in another hour meanwhile."""
        groups: dict[Hashable, list[Use]] = {}
        for use, group in list(self._group_of.items()):
            if written.get(use) == self._hours[use]:
                del self._hours[use], self._group_of[use]
                self._also.pop(use, None)
            else:
                groups.setdefault(group, []).append(use)
        self._groups, self._by_size = groups, {}
        for group, uses in groups.items():
            self._resize(group, 0, len(uses))

    def _join(self, use: Use, group: Hashable) -> None:
        self._group_of[use] = group
        uses = self._groups.setdefault(group, [])
        uses.append(use)
        self._resize(group, len(uses) - 1, len(uses))

    def _leave(self, use: Use) -> None:
        group = self._group_of.pop(use)
        uses = self._groups[group]
        uses.remove(use)
        self._resize(group, len(uses) + 1, len(uses))
        if not uses:
            del self._groups[group]

    def _resize(self, group: Hashable, before: int, after: int) -> None:
        if before:
            self._by_size[before].discard(group)
            if not self._by_size[before]:
                del self._by_size[before]
        if after:
            self._by_size.setdefault(after, set()).add(group)

    def _largest(self) -> Hashable:
        """Return a group of the largest; which one is a matter of hashes."""
        return next(iter(self._by_size[max(self._by_size)]))

    def _thin(self, group: Hashable) -> None:
        """Remove a random use from a group.

        It stays in a smaller one that brought it too.
        """
        use = random.choice(self._groups[group])  # noqa: S311
        self._leave(use)
        other = self._also.pop(use, None)
        if other is not None and len(self._groups.get(other, ())) < len(self._groups.get(group, ())):
            self._join(use, other)
        else:
            del self._hours[use]
            self.left_out += 1
