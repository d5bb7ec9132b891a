"""Terms to start with. Staff edit, rename, retire and translate them; loading them again overwrites nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .authorities import place_names


@dataclass(frozen=True)
class Seed:
    """One term: slug, English and Welsh name, and what it is also found as."""

    slug: str
    name: str
    welsh: str
    legacy_number: int | None = None
    aliases: tuple[str, ...] = ()


def _kinds() -> tuple[Seed, ...]:
    return (
        Seed("press-release", "Press release", "Datganiad i’r wasg"),
        Seed("news", "News", "Newyddion"),
        Seed("statement", "Statement", "Datganiad"),
        Seed("speech", "Speech", "Araith"),
        Seed("article", "Article", "Erthygl"),
        Seed("letter", "Letter", "Llythyr"),
        Seed("blog", "Blog", "Blog"),
        Seed("says", "Says", "Yn dweud"),
        Seed("statistics", "Statistics", "Ystadegau"),
    )


def _crime_types() -> tuple[Seed, ...]:
    return (
        Seed("cyber-online-crime", "Cyber / online crime", "Troseddau seiber / ar-lein"),
        Seed("domestic-abuse", "Domestic abuse", "Cam-drin domestig"),
        Seed("driving-offences", "Driving offences", "Troseddau gyrru", 23),
        Seed("drug-offences", "Drug offences", "Troseddau cyffuriau"),
        Seed("fraud-and-economic-crime", "Fraud and economic crime", "Twyll a throseddau economaidd", 20),
        Seed("hate-crime", "Hate crime", "Troseddau casineb", 21),
        Seed(
            "international-and-organised-crime",
            "International and organised crime",
            "Troseddau rhyngwladol a chyfundrefnol",
            24,
        ),
        Seed("proceeds-of-crime", "Proceeds of crime", "Enillion troseddau"),
        Seed("sexual-offences", "Sexual offences", "Troseddau rhywiol", 26),
        Seed("terrorism", "Terrorism", "Terfysgaeth"),
        Seed("violent-crime", "Violent crime", "Troseddau treisgar", 28),
        Seed("youth-crime", "Youth crime", "Troseddau ieuenctid"),
    )


def _areas() -> tuple[Seed, ...]:
    seeds = (
        Seed("cps", "CPS", "CPS", 122),
        Seed("cymru-wales", "Cymru-Wales", "Cymru"),
        Seed("east-midlands", "East Midlands", "Dwyrain Canolbarth Lloegr"),
        Seed("east-of-england", "East of England", "Dwyrain Lloegr"),
        Seed("london-north", "London North", "Gogledd Llundain"),
        Seed("london-south", "London South", "De Llundain", 123),
        Seed("mersey-cheshire", "Mersey-Cheshire", "Glannau Mersi a Swydd Gaer", 5),
        Seed("north-east", "North East", "Gogledd-ddwyrain Lloegr"),
        Seed("north-west", "North West", "Gogledd-orllewin Lloegr"),
        Seed("south-east", "South East", "De-ddwyrain Lloegr"),
        Seed("south-west", "South West", "De-orllewin Lloegr"),
        Seed("thames-and-chiltern", "Thames and Chiltern", "Tafwys a Chiltern"),
        Seed("wessex", "Wessex", "Wessex", 11),
        Seed("west-midlands", "West Midlands", "Gorllewin Canolbarth Lloegr"),
        Seed("yorkshire-and-humberside", "Yorkshire and Humberside", "Swydd Efrog a Glannau Humber"),
        Seed("cps-direct", "CPS Direct", "CPS Direct"),
        Seed(
            "special-crime-and-counter-terrorism-division",
            "Special Crime and Counter Terrorism Division",
            "Yr Is-adran Troseddau Arbennig a Gwrthderfysgaeth",
        ),
        Seed(
            "serious-economic-organised-crime-and-international-directorate",
            "Serious Economic, Organised Crime and International Directorate",
            "Y Gyfarwyddiaeth Troseddau Economaidd Difrifol, Troseddau Cyfundrefnol a Rhyngwladol",
        ),
        Seed("proceeds-of-crime", "Proceeds of Crime", "Enillion Troseddau"),
    )
    places = place_names()
    return tuple(replace(seed, aliases=places.get(seed.slug, ())) for seed in seeds)


def _topics() -> tuple[Seed, ...]:
    return (
        Seed(
            "violence-against-women-and-girls",
            "Violence against women and girls",
            "Trais yn erbyn menywod a merched",
        ),
        Seed(
            "support-for-victims-and-witnesses",
            "Support for victims and witnesses",
            "Cefnogaeth i ddioddefwyr a thystion",
        ),
        Seed("statistics", "Statistics", "Ystadegau"),
        Seed("high-profile-cases", "High-profile cases", "Achosion amlwg"),
    )


#: Labels of outcomes; kept in a table of their own, since no list is filtered by them.
OUTCOMES = (
    Seed("not-guilty", "Not guilty", "Dieuog"),
    Seed("discontinued", "Discontinued", "Wedi’i derfynu"),
    Seed("no-evidence-offered", "No evidence offered", "Dim tystiolaeth wedi’i chynnig"),
    Seed("no-case-to-answer", "No case to answer", "Dim achos i’w ateb"),
    Seed("stayed", "Proceedings stayed", "Achos wedi’i atal"),
    Seed("conviction-quashed", "Conviction quashed", "Euogfarn wedi’i diddymu"),
    Seed("acquitted-on-appeal", "Acquitted on appeal", "Rhyddfarn ar apêl"),
    Seed("acquitted-at-retrial", "Acquitted at retrial", "Rhyddfarn mewn ail dreial"),
    Seed("sentence-changed-on-appeal", "Sentence changed on appeal", "Dedfryd wedi’i newid ar apêl"),
)

#: By the name given to ``load_newsroom_terms``.
SETS: dict[str, dict[str, tuple[Seed, ...]]] = {
    "cps": {
        "kind": _kinds(),
        "crime_type": _crime_types(),
        "area": _areas(),
        "topic": _topics(),
        "outcome": OUTCOMES,
    },
}
