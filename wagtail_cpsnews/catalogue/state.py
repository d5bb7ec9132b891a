"""The state row: made where there is none, and locked as the first thing of every projection."""

from __future__ import annotations

import contextlib
import uuid

from django.db import connections, transaction
from django.db.models import F, Max, Q
from django.db.utils import IntegrityError
from django.utils import timezone

from ..compat import get_page_model
from . import reference as reference_module
from .adapters import story_models
from .models import Entry, SequenceToken, State


def lock_state(alias: str) -> State:
    """The state row, locked until the transaction ends: always the first thing a projection does."""
    states = State.objects.using(alias)
    if connections[alias].features.has_select_for_update:
        state = states.select_for_update().filter(pk=1).first()
    else:  # SQLite: a write takes the database's one lock, reading first could fail to upgrade
        states.filter(pk=1).update(sequence=F("sequence"))
        state = states.filter(pk=1).first()
    if state is None:
        begin(alias)
        state = states.get(pk=1)
    return state


def begin(alias: str) -> None:
    """Makes the state row where there is none. Two who try at once end with one row."""
    with contextlib.suppress(IntegrityError), transaction.atomic(using=alias):
        new_state(alias)


def save_sequence(state: State, sequence: int, alias: str) -> None:
    """Save the state row at ``sequence``, with a random token for that number."""
    state.sequence = sequence
    state.save(using=alias)
    SequenceToken.objects.using(alias).bulk_create(
        [SequenceToken(number=sequence)],
        update_conflicts=True,
        unique_fields=["number"],
        update_fields=["token"],
    )


def has_passed(number: int, token: uuid.UUID, alias: str) -> bool:
    """Return whether the catalogue’s history holds ``number`` with this ``token``."""
    return SequenceToken.objects.using(alias).filter(number=number, token=token).exists()


def new_state(alias: str) -> State:
    """Starts the catalogue: empty and not built, or built where there are no stories to build it from."""
    empty = not get_page_model()._default_manager.using(alias).filter(is_story()).exists()
    # Where only the state was lost, numbers go on from the highest that an entry has.
    highest = Entry.objects.using(alias).aggregate(highest=Max("number"))["highest"]
    return State.objects.using(alias).create(
        pk=1,
        sequence=highest or 0,
        built_at=timezone.now() if empty else None,
        reference=reference_module.read(),
    )


def is_story() -> Q:
    """The condition on base pages that they are of a type with an adapter."""
    labels = [(model._meta.app_label, model._meta.model_name) for model in story_models()]
    condition = Q(pk__in=[])
    for app_label, model_name in labels:
        condition |= Q(content_type__app_label=app_label, content_type__model=model_name)
    return condition
