"""``AdminSpec``: how the admin lists a model.

``viewsets.py`` and ``modeladmin.py`` render it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.text import capfirst


@dataclass(frozen=True)
class AdminColumn:
    """A column, in the list and in exports.

    name: a field or attribute of the model.
    label: the column's heading; the field's own name by default.
    value: a function that gives what is shown and exported; left out, the attribute itself.
    sort: the database column to sort by; by default a field sorts by its own column and an attribute not at all.
    width: of the column in a page listing, as ``"12%"``.
    """

    name: str
    label: Any = ""
    value: Callable[[Any], Any] | None = None
    sort: str = ""
    width: str | None = None

    def get(self, instance: Any) -> Any:
        """Return the column's value for ``instance``.

        Text, a number, a date, or ``None``.
        """
        if self.value is not None:
            return self.value(instance)
        return getattr(instance, self.name, None)


@dataclass(frozen=True)
class AdminSpec:
    """One model in the newsroom's menu.

    columns: what the list shows; names of columns, or ``AdminColumn``.
    filters: plain models: fields with choices, booleans, foreign keys. Pages: names of ``filters.PAGE_FILTERS``.
    search: the fields in which every word of a search is looked for.
    export: the columns of CSV and XLSX, by name; empty for all.
    load: a function that is given the rows before they are shown, to load what columns need for all of them at once.
    """

    model: type[models.Model]
    label: Any
    icon: str
    columns: tuple[AdminColumn, ...]
    filters: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    export: tuple[str, ...] = ()
    ordering: tuple[str, ...] = ()
    per_page: int = 50
    load: Callable[[Sequence[Any]], None] | None = None

    @property
    def slug(self) -> str:
        """Return the model's name in addresses and URL names: ``"newsitempage"``."""
        return str(self.model._meta.model_name)

    @property
    def exported(self) -> tuple[AdminColumn, ...]:
        """The columns of an export, in their order."""
        by_name = {column.name: column for column in self.columns}
        return tuple(by_name[name] for name in self.export) if self.export else self.columns

    def loaded(self, rows: Any) -> list[Any]:
        """Return the rows as a list, with what the columns need."""
        found = list(rows)
        if self.load is not None:
            self.load(found)
        return found

    def label_of(self, column: AdminColumn) -> str:
        """Return a column's heading."""
        if column.label:
            return str(column.label)
        field: Any = self.model._meta.get_field(column.name)
        return str(capfirst(field.verbose_name))
