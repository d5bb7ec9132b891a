"""Names every table of the package; each is defined in the room that it belongs to."""

from .catalogue.models import Entry, EntryTerm, EntryUse, Mark, State
from .contacts.models import PressContact
from .importers.models import ImportedStory
from .taxonomy.models import Area, CrimeType, FormerSlug, Kind, Topic

__all__ = [
    "Area",
    "CrimeType",
    "Entry",
    "EntryTerm",
    "EntryUse",
    "FormerSlug",
    "ImportedStory",
    "Kind",
    "Mark",
    "PressContact",
    "State",
    "Topic",
]
