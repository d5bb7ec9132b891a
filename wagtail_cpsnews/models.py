"""Names every table of the package.

Each is defined in the package that it belongs to.
"""

from .catalogue.former_uses import FormerUse
from .catalogue.models import (
    Checkpoint,
    Departure,
    Entry,
    EntryTerm,
    EntryUse,
    Invalidation,
    PublicationStop,
    Retry,
    SequenceToken,
    State,
    StoppedPage,
    StoredIndex,
    Visibility,
)
from .catalogue.text.documents import SearchDocument
from .contacts.models import PressContact
from .desk.models import AdvanceCopy, AdvanceCopyView
from .desk.proof.models import OutsideStep, Proof, ProofAnswer
from .desk.sealed_texts import Erasure, SealedText
from .importers.models import ImportedStory
from .taxonomy.models import Area, CrimeType, FormerSlug, Kind, Topic
from .taxonomy.outcomes import OutcomeLabel
from .usage.models import EmbedSite, EmbedUse

__all__ = [
    "AdvanceCopy",
    "AdvanceCopyView",
    "Area",
    "Checkpoint",
    "CrimeType",
    "Departure",
    "EmbedSite",
    "EmbedUse",
    "Entry",
    "EntryTerm",
    "EntryUse",
    "Erasure",
    "FormerSlug",
    "FormerUse",
    "ImportedStory",
    "Invalidation",
    "Kind",
    "OutcomeLabel",
    "OutsideStep",
    "PressContact",
    "Proof",
    "ProofAnswer",
    "PublicationStop",
    "Retry",
    "SealedText",
    "SearchDocument",
    "SequenceToken",
    "State",
    "StoppedPage",
    "StoredIndex",
    "Topic",
    "Visibility",
]
