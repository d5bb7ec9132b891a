"""Every police force and principal council of England and Wales.

With the area that prosecutes its cases.

By police force, from the forces' own areas (Police Act 1996, Schedule 1) and the councils as of April 2025.
"""

from collections.abc import Iterator

AREAS_OF_FORCES = {
    "cymru-wales": ["Dyfed-Powys Police", "Gwent Police", "North Wales Police", "South Wales Police"],
    "east-midlands": [
        "Derbyshire Constabulary",
        "Leicestershire Police",
        "Lincolnshire Police",
        "Northamptonshire Police",
        "Nottinghamshire Police",
    ],
    "east-of-england": [
        "Cambridgeshire Constabulary",
        "Essex Police",
        "Norfolk Constabulary",
        "Suffolk Constabulary",
    ],
    "london-north": ["City of London Police"],
    "london-north london-south": ["Metropolitan Police Service"],
    "mersey-cheshire": ["Cheshire Constabulary", "Merseyside Police"],
    "north-east": ["Cleveland Police", "Durham Constabulary", "Northumbria Police"],
    "north-west": ["Cumbria Constabulary", "Greater Manchester Police", "Lancashire Constabulary"],
    "south-east": ["Kent Police", "Surrey Police", "Sussex Police"],
    "south-west": ["Avon and Somerset Police", "Devon and Cornwall Police", "Gloucestershire Constabulary"],
    "thames-and-chiltern": ["Bedfordshire Police", "Hertfordshire Constabulary", "Thames Valley Police"],
    "wessex": ["Dorset Police", "Hampshire and Isle of Wight Constabulary", "Wiltshire Police"],
    "west-midlands": [
        "Staffordshire Police",
        "Warwickshire Police",
        "West Mercia Police",
        "West Midlands Police",
    ],
    "yorkshire-and-humberside": [
        "Humberside Police",
        "North Yorkshire Police",
        "South Yorkshire Police",
        "West Yorkshire Police",
    ],
}

#: Force, what each council is called ("{}" is the place), and the places.
COUNCILS = [
    ("Dyfed-Powys Police", "{} County Council", "Carmarthenshire, Ceredigion, Pembrokeshire, Powys"),
    ("Dyfed-Powys Police", "Cyngor {}", "Sir Gaerfyrddin, Sir Gâr, Ceredigion, Sir Benfro, Sir Powys"),
    ("Gwent Police", "{} County Borough Council", "Blaenau Gwent, Caerphilly, Torfaen"),
    ("Gwent Police", "{} Council", "Monmouthshire County, Newport City"),
    (
        "Gwent Police",
        "Cyngor {}",
        "Sir Fynwy, Dinas Casnewydd, Bwrdeistref Sirol Caerffili, Blaenau Gwent, Torfaen",
    ),
    (
        "North Wales Police",
        "{} Council",
        "Isle of Anglesey County, Gwynedd, Conwy County Borough, Denbighshire County",
    ),
    ("North Wales Police", "{} Council", "Flintshire County, Wrexham County Borough"),
    (
        "North Wales Police",
        "Cyngor {}",
        "Sir Ynys Môn, Gwynedd, Bwrdeistref Sirol Conwy, Sir Ddinbych, Sir y Fflint",
    ),
    ("North Wales Police", "Cyngor {}", "Sir Fflint, Bwrdeistref Sirol Wrecsam"),
    (
        "South Wales Police",
        "{} Council",
        "Cardiff, City of Cardiff, Swansea, Neath Port Talbot, Vale of Glamorgan",
    ),
    ("South Wales Police", "{} County Borough Council", "Bridgend, Merthyr Tydfil, Rhondda Cynon Taf"),
    ("South Wales Police", "Cyngor {}", "Caerdydd, Abertawe, Castell-nedd Port Talbot, Bro Morgannwg"),
    (
        "South Wales Police",
        "Cyngor Bwrdeistref Sirol {}",
        "Pen-y-bont ar Ogwr, Merthyr Tudful, Rhondda Cynon Taf",
    ),
    ("Derbyshire Constabulary", "{} County Council", "Derbyshire"),
    ("Derbyshire Constabulary", "{} Council", "Derby City, Amber Valley Borough, Bolsover District"),
    ("Derbyshire Constabulary", "{} Borough Council", "Chesterfield, Erewash, High Peak"),
    (
        "Derbyshire Constabulary",
        "{} District Council",
        "Derbyshire Dales, North East Derbyshire, South Derbyshire",
    ),
    ("Leicestershire Police", "{} Council", "Leicestershire County, Leicester City, Rutland County"),
    ("Leicestershire Police", "{} District Council", "Blaby, Harborough, North West Leicestershire"),
    (
        "Leicestershire Police",
        "{} Borough Council",
        "Charnwood, Hinckley & Bosworth, Melton, Oadby and Wigston",
    ),
    ("Lincolnshire Police", "{} Council", "Lincolnshire County, City of Lincoln, Boston Borough"),
    ("Lincolnshire Police", "{} District Council", "East Lindsey, North Kesteven, South Holland"),
    ("Lincolnshire Police", "{} District Council", "South Kesteven, West Lindsey"),
    ("Northamptonshire Police", "{} Council", "North Northamptonshire, West Northamptonshire"),
    ("Nottinghamshire Police", "{} Council", "Nottinghamshire County, Nottingham City"),
    ("Nottinghamshire Police", "{} District Council", "Ashfield, Bassetlaw, Mansfield, Newark and Sherwood"),
    ("Nottinghamshire Police", "{} Borough Council", "Broxtowe, Gedling, Rushcliffe"),
    ("Cambridgeshire Constabulary", "{} Council", "Cambridgeshire County, Peterborough City, Cambridge City"),
    ("Cambridgeshire Constabulary", "{} District Council", "East Cambridgeshire, Fenland, Huntingdonshire"),
    ("Cambridgeshire Constabulary", "{} District Council", "South Cambridgeshire"),
    (
        "Essex Police",
        "{} Council",
        "Essex County, Southend-on-Sea City, Thurrock, Chelmsford City, Colchester City",
    ),
    ("Essex Police", "{} Borough Council", "Basildon, Brentwood, Castle Point"),
    (
        "Essex Police",
        "{} District Council",
        "Braintree, Epping Forest, Harlow, Maldon, Rochford, Tendring, Uttlesford",
    ),
    ("Norfolk Constabulary", "{} Council", "Norfolk County, Norwich City, Breckland, Broadland District"),
    ("Norfolk Constabulary", "{} Council", "Great Yarmouth Borough, Borough of King’s Lynn & West Norfolk"),
    ("Norfolk Constabulary", "{} District Council", "North Norfolk, South Norfolk"),
    ("Suffolk Constabulary", "{} Council", "Suffolk County, Ipswich Borough, Babergh District, East Suffolk"),
    ("Suffolk Constabulary", "{} Council", "Mid Suffolk District, West Suffolk"),
    ("Cheshire Constabulary", "{} Council", "Cheshire East, Cheshire West and Chester, Halton Borough"),
    ("Cheshire Constabulary", "{} Borough Council", "Warrington"),
    (
        "Merseyside Police",
        "{} Council",
        "Liverpool City, Knowsley Metropolitan Borough, St. Helens, Sefton, Wirral",
    ),
    ("Cleveland Police", "{} Council", "Hartlepool Borough, Middlesbrough, Redcar & Cleveland Borough"),
    ("Cleveland Police", "{} Borough Council", "Stockton-on-Tees"),
    ("Durham Constabulary", "{} Council", "Durham County, County Durham, Darlington Borough"),
    ("Northumbria Police", "{} Council", "Northumberland County, Gateshead, North Tyneside, South Tyneside"),
    ("Northumbria Police", "{} City Council", "Newcastle upon Tyne, Sunderland"),
    (
        "Cumbria Constabulary",
        "{} Council",
        "Cumberland, Westmorland and Furness, Cumbria County, Carlisle City",
    ),
    ("Greater Manchester Police", "{} City Council", "Manchester, Salford"),
    (
        "Greater Manchester Police",
        "{} Metropolitan Borough Council",
        "Bolton, Bury, Oldham, Rochdale, Stockport",
    ),
    ("Greater Manchester Police", "{} MBC", "Tameside, Trafford, Wigan"),
    ("Lancashire Constabulary", "{} Council", "Lancashire County, Blackburn with Darwen Borough, Blackpool"),
    (
        "Lancashire Constabulary",
        "{} Borough Council",
        "Burnley, Chorley, Fylde, Hyndburn, Pendle, Rossendale",
    ),
    ("Lancashire Constabulary", "{} Borough Council", "Ribble Valley, South Ribble, West Lancashire, Wyre"),
    ("Lancashire Constabulary", "{} City Council", "Lancaster, Preston"),
    ("Kent Police", "{} Council", "Kent County, Medway, Canterbury City, Dover District"),
    (
        "Kent Police",
        "{} Borough Council",
        "Ashford, Dartford, Gravesham, Maidstone, Swale, Tonbridge & Malling",
    ),
    ("Kent Police", "{} Borough Council", "Tunbridge Wells"),
    ("Kent Police", "{} District Council", "Folkestone & Hythe, Sevenoaks, Thanet, Shepway"),
    ("Surrey Police", "{} Council", "Surrey County, Mole Valley District, Tandridge District"),
    ("Surrey Police", "{} Borough Council", "Elmbridge, Epsom and Ewell, Guildford, Reigate and Banstead"),
    ("Surrey Police", "{} Borough Council", "Runnymede, Spelthorne, Surrey Heath, Waverley, Woking"),
    ("Sussex Police", "{} Council", "Brighton & Hove City, East Sussex County, West Sussex County"),
    ("Sussex Police", "{} Borough Council", "Eastbourne, Hastings, Crawley, Worthing"),
    (
        "Sussex Police",
        "{} District Council",
        "Lewes, Rother, Wealden, Adur, Arun, Chichester, Horsham, Mid Sussex",
    ),
    ("Avon and Somerset Police", "{} Council", "Bristol City, Bath & North East Somerset, North Somerset"),
    ("Avon and Somerset Police", "{} Council", "Somerset, South Gloucestershire, Mendip District"),
    (
        "Devon and Cornwall Police",
        "{} Council",
        "Devon County, Plymouth City, Torbay, Cornwall, Isles of Scilly",
    ),
    ("Devon and Cornwall Police", "{} District Council", "East Devon, Mid Devon, North Devon, South Hams"),
    ("Devon and Cornwall Police", "{} Council", "Exeter City, Teignbridge District, Torridge District"),
    ("Devon and Cornwall Police", "{} Borough Council", "West Devon"),
    (
        "Gloucestershire Constabulary",
        "{} Council",
        "Gloucestershire County, Gloucester City, Cotswold District",
    ),
    ("Gloucestershire Constabulary", "{} Borough Council", "Cheltenham, Tewkesbury"),
    ("Gloucestershire Constabulary", "{} District Council", "Forest of Dean, Stroud"),
    ("Bedfordshire Police", "{} Council", "Bedford Borough, Central Bedfordshire, Luton"),
    ("Hertfordshire Constabulary", "{} Council", "Hertfordshire County, Broxbourne Borough, Dacorum Borough"),
    (
        "Hertfordshire Constabulary",
        "{} Council",
        "East Hertfordshire District, Hertsmere Borough, North Herts",
    ),
    (
        "Hertfordshire Constabulary",
        "{} Council",
        "St Albans City and District, Stevenage Borough, Three Rivers District",
    ),
    ("Hertfordshire Constabulary", "{} Borough Council", "Watford, Welwyn Hatfield"),
    (
        "Thames Valley Police",
        "{} Council",
        "Buckinghamshire, Milton Keynes City, Oxfordshire County, Oxford City",
    ),
    (
        "Thames Valley Police",
        "{} Council",
        "Bracknell Forest, Reading Borough, Slough Borough, West Berkshire",
    ),
    ("Thames Valley Police", "{} Council", "Royal Borough of Windsor and Maidenhead, Wokingham Borough"),
    ("Thames Valley Police", "{} District Council", "Cherwell, South Oxfordshire, Vale of White Horse"),
    ("Thames Valley Police", "{} District Council", "West Oxfordshire"),
    ("Dorset Police", "{} Council", "Dorset; Bournemouth, Christchurch and Poole; BCP"),
    (
        "Hampshire and Isle of Wight Constabulary",
        "{} Council",
        "Hampshire County, Isle of Wight, Portsmouth City",
    ),
    (
        "Hampshire and Isle of Wight Constabulary",
        "{} Council",
        "Southampton City, Winchester City, New Forest District",
    ),
    (
        "Hampshire and Isle of Wight Constabulary",
        "{} Borough Council",
        "Basingstoke and Deane, Eastleigh, Fareham",
    ),
    (
        "Hampshire and Isle of Wight Constabulary",
        "{} Borough Council",
        "Gosport, Havant, Rushmoor, Test Valley",
    ),
    ("Hampshire and Isle of Wight Constabulary", "{} District Council", "East Hampshire, Hart"),
    ("Wiltshire Police", "{} Council", "Wiltshire, Swindon Borough"),
    (
        "Staffordshire Police",
        "{} Council",
        "Staffordshire County, Stoke-on-Trent City, Cannock Chase District",
    ),
    (
        "Staffordshire Police",
        "{} Borough Council",
        "East Staffordshire, Newcastle-under-Lyme, Stafford, Tamworth",
    ),
    (
        "Staffordshire Police",
        "{} District Council",
        "Lichfield, South Staffordshire, Staffordshire Moorlands",
    ),
    ("Warwickshire Police", "{} Council", "Warwickshire County, Rugby Borough, Warwick District"),
    ("Warwickshire Police", "{} Borough Council", "North Warwickshire, Nuneaton and Bedworth"),
    ("Warwickshire Police", "{} District Council", "Stratford-on-Avon"),
    (
        "West Mercia Police",
        "{} Council",
        "Herefordshire, Shropshire, Telford & Wrekin, Worcestershire County",
    ),
    ("West Mercia Police", "{} District Council", "Bromsgrove, Malvern Hills, Wychavon, Wyre Forest"),
    ("West Mercia Police", "{} Council", "Redditch Borough, Worcester City"),
    ("West Midlands Police", "{} City Council", "Birmingham, Coventry, Wolverhampton"),
    ("West Midlands Police", "{} Metropolitan Borough Council", "Dudley, Sandwell, Solihull, Walsall"),
    ("Humberside Police", "{} Council", "Hull City, Kingston upon Hull City, East Riding of Yorkshire"),
    ("Humberside Police", "{} Council", "North Lincolnshire, North East Lincolnshire"),
    (
        "North Yorkshire Police",
        "{} Council",
        "North Yorkshire, City of York, Harrogate Borough, Richmondshire District",
    ),
    ("South Yorkshire Police", "{} Council", "Barnsley, City of Doncaster, Rotherham Metropolitan Borough"),
    ("South Yorkshire Police", "{} City Council", "Sheffield"),
    ("West Yorkshire Police", "{} Council", "City of Bradford Metropolitan District, Calderdale, Kirklees"),
    ("West Yorkshire Police", "{} City Council", "Leeds, Wakefield"),
]

#: London's boroughs share one force and have two areas.
BOROUGHS = {
    "london-north": (
        "Barking and Dagenham, Barnet, Brent, Camden, Ealing, Enfield, Hackney, Haringey, Harrow, Havering, "
        "Hillingdon, Hounslow, Islington, Newham, Redbridge, Tower Hamlets, Waltham Forest"
    ),
    "london-south": (
        "Bexley, Bromley, Croydon, Greenwich, Hammersmith and Fulham, Kensington and Chelsea, "
        "Kingston upon Thames, Lambeth, Lewisham, Merton, Richmond upon Thames, Southwark, Sutton, Wandsworth, "
        "Westminster"
    ),
}

#: What people type besides official names.
AS_TYPED = [
    ("british transport police", "cps"),
    ("BTP", "cps"),
    ("Heddlu Trafnidiaeth Prydain", "cps"),
    ("City of London Corporation", "london-north"),
    ("City of London", "london-north"),
    ("the Met", "london-north london-south"),
    ("Met Police", "london-north london-south"),
    ("Metropolitan Police", "london-north london-south"),
    ("Heddlu’r Metropolitan", "london-north london-south"),
    ("Llundain", "london-north london-south"),
    ("Greater London Authority", "london-north london-south"),
    ("Royal Borough of Greenwich", "london-south"),
    ("Royal Borough of Kensington & Chelsea", "london-south"),
    ("Royal Borough of Kingston upon Thames", "london-south"),
    ("Westminster City Council", "london-south"),
    ("City of Westminster", "london-south"),
    ("LB Hackney", "london-north"),
    ("Hackney London Borough Council", "london-north"),
    ("Heddlu Gogledd Cymru", "cymru-wales"),
    ("Heddlu De Cymru", "cymru-wales"),
    ("Heddlu Gwent", "cymru-wales"),
    ("heddlu dyfed powys", "cymru-wales"),
    ("Cymru", "cymru-wales"),
    ("Gogledd Llundain", "london-north"),
    ("De Llundain", "london-south"),
    ("Glannau Mersi", "mersey-cheshire"),
    ("Manceinion", "north-west"),
    ("Bryste", "south-west"),
    ("Avon & Somerset", "south-west"),
    ("Devon & Cornwall Police", "south-west"),
    ("Hampshire Constabulary", "wessex"),
    ("Hampshire & Isle of Wight", "wessex"),
    ("DORSET POLICE", "wessex"),
    ("  kent  county   council ", "south-east"),
    ("Bristol, City of", "south-west"),
    ("Herefordshire, County of", "west-midlands"),
    ("Kings Lynn and West Norfolk", "east-of-england"),
    ("Northamptonshire County Council", "east-midlands"),
    ("Allerdale Borough Council", "north-west"),
    ("Barrow-in-Furness", "north-west"),
    ("Scarborough Borough Council", "yorkshire-and-humberside"),
    ("Taunton Deane", "south-west"),
    ("Aylesbury Vale District Council", "thames-and-chiltern"),
    ("Poole", "wessex"),
    ("Tyne & Wear", "north-east"),
    ("Greater Manchester Combined Authority", "north-west"),
    ("Kent Police press office", "south-east"),
]


def names() -> Iterator[tuple[str, str]]:
    """Yield each name with the slugs of its areas."""
    area_of = {force: areas for areas, forces in AREAS_OF_FORCES.items() for force in forces}
    for force, areas in area_of.items():
        yield force, areas
        yield force.split(" Police")[0].split(" Constabulary")[0], areas
    for force, form, places in COUNCILS:
        for place in places.split(";" if ";" in places else ","):
            yield form.format(place.strip()), area_of[force]
    for area, places in BOROUGHS.items():
        for place in places.split(", "):
            yield place, area
            yield f"London Borough of {place}", area
            yield f"{place} Council", area
    yield from AS_TYPED
