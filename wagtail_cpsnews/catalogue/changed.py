"""Tells those who keep copies of public answers that the catalogue changes."""

from __future__ import annotations

from django.dispatch import Signal

#: Sent inside the transaction that changes what readers can see, before it is committed. Arguments: ``alias``, the
#: database; ``number``, which the rows that the transaction wrote carry; ``everything``, whether more than these rows
#: has changed: terms, contacts, sites or languages. A receiver must not raise.
catalogue_changed = Signal()
