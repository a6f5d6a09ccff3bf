"""Countries the retailer sells in: how each writes its towns, streets and its own name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A town with one of its postal codes and the state or province it lies in (empty where addresses have none)."""

    city: str
    zip: str
    state_code: str = ""
    state_name: str = ""


@dataclass(frozen=True, slots=True)
class Country:
    """``spellings`` are the ways people write the country; the first is the English name.

    ``streets`` are formats with ``{n}`` for the house number. ``legal`` are legal forms that follow a firm's name.
    """

    code: str
    language: str
    spellings: tuple[str, ...]
    places: tuple[Place, ...]
    streets: tuple[str, ...]
    legal: tuple[str, ...]
    weight: int


def _places(text: str) -> tuple[Place, ...]:
    """Read ``city|zip|state code|state name`` lines."""
    return tuple(Place(*(part.strip() for part in line.split("|"))) for line in text.strip().splitlines())


COUNTRIES: tuple[Country, ...] = (
    Country(
        "IT", "it_IT", ("Italy", "Italia", "IT", "ITA", "italia"),
        _places("""Udine|33100|UD|Udine
            Milano|20121|MI|Milano
            Roma|00184|RM|Roma
            Torino|10121|TO|Torino
            Napoli|80133|NA|Napoli
            Forlì|47121|FC|Forlì-Cesena
            Bolzano/Bozen|39100|BZ|Bolzano
            L'Aquila|67100|AQ|L'Aquila"""),
        ("Via Roma, {n}", "Corso Garibaldi {n}/A", "Piazza San Marco, {n}", "Viale dell'Industria {n}"),
        ("S.r.l.", "S.p.A.", "S.n.c.", "SRL"), 20,
    ),
    Country(
        "DE", "de_DE", ("Germany", "Deutschland", "DE", "DEU", "BRD"),
        _places("""München|80331|BY|Bayern
            Köln|50667|NW|Nordrhein-Westfalen
            Leipzig|04109|SN|Sachsen
            Dresden|01067|SN|Sachsen
            Hamburg|20095|HH|Hamburg
            Düsseldorf|40213|NW|Nordrhein-Westfalen
            Görlitz|02826|SN|Sachsen
            Berlin|10115|BE|Berlin"""),
        ("Hauptstraße {n}", "Bahnhofstr. {n}", "Am Großen Garten {n}", "Königsallee {n}"),
        ("GmbH", "AG", "GmbH & Co. KG", "e.K."), 18,
    ),
    Country(
        "FR", "fr_FR", ("France", "FR", "FRA", "FRANCE", "République française"),
        _places("""Paris|75002||
            Lyon|69003||
            Marseille|13001||
            Bourg-en-Bresse|01000||
            Nîmes|30000||
            Orléans|45000||
            Saint-Étienne|42000||"""),
        ("{n} rue de la République", "{n} bis, avenue Victor-Hugo", "{n}, boulevard Saint-Michel", "ZI Nord, lot {n}"),
        ("SARL", "SAS", "SA", "EURL"), 14,
    ),
    Country(
        "ES", "es_ES", ("Spain", "España", "ES", "ESP", "Espana"),
        _places("""Madrid|28013|M|Madrid
            Barcelona|08002|B|Barcelona
            A Coruña|15003|C|A Coruña (La Coruña)
            Málaga|29015|MA|Málaga
            Valencia|46002|V|Valencia (València)
            Ávila|05001|AV|Ávila"""),
        ("Calle Mayor {n}", "C/ Alcalá, {n} 3º izq.", "Avda. de la Constitución {n}", "Passeig de Gràcia {n}"),
        ("S.L.", "S.A.", "SLU"), 10,
    ),
    Country(
        "NL", "nl_NL", ("Netherlands", "Nederland", "NL", "The Netherlands", "NLD"),
        _places("""Amsterdam|1012 LG||
            Rotterdam|3011 AD||
            's-Gravenhage|2511 CV||
            Utrecht|3511 LX||
            Groningen|9712 CP||"""),
        ("Kerkstraat {n}", "Dorpsstraat {n}-II", "Herengracht {n} hs", "Laan van Meerdervoort {n}"),
        ("B.V.", "N.V.", "VOF"), 8,
    ),
    Country(
        "GB", "en_GB", ("United Kingdom", "UK", "GB", "Great Britain", "GBR"),
        _places("""London|EC1A 1BB||
            Manchester|M1 1AE||
            Leeds|LS1 4AP||
            Bristol|BS1 5TR||
            Newcastle upon Tyne|NE1 4ST||
            Glasgow|G2 1DU||"""),
        ("{n} High Street", "Unit {n}, Victoria Mill", "Flat 2, {n} Station Road", "{n} King's Parade"),
        ("Ltd", "Limited", "PLC", "LLP"), 10,
    ),
    Country(
        "US", "en_US", ("United States", "USA", "US", "United States of America", "U.S.A."),
        _places("""Boston|02110|MA|Massachusetts
            Newark|07102|NJ|New Jersey
            San Francisco|94105|CA|California
            Wilmington|19801|DE|Delaware
            Austin|78701|TX|Texas
            Chicago|60601|IL|Illinois
            Burlington|05401|VT|Vermont
            Washington|20001|DC|District of Columbia"""),
        ("{n} Main Street", "{n} N. Elm St, Suite 200", "{n} Fifth Avenue", "P.O. Box {n}"),
        ("Inc.", "LLC", "Corp.", "Co."), 14,
    ),
    Country(
        "PL", "pl_PL", ("Poland", "Polska", "PL", "POL"),
        _places("""Warszawa|00-001||
            Kraków|30-001||
            Łódź|90-001||
            Gdańsk|80-001||
            Wrocław|50-001||"""),
        ("ul. Długa {n}", "al. Jerozolimskie {n}/12", "ul. Świętego Marcina {n}", "os. Złotej Jesieni {n}"),
        ("Sp. z o.o.", "S.A.", "sp.j."), 6,
    ),
    Country(
        "AT", "de_AT", ("Austria", "Österreich", "AT", "AUT"),
        _places("""Wien|1010||
            Graz|8010||
            Linz|4020||
            Sankt Pölten|3100||"""),
        ("Mariahilfer Straße {n}", "Ringstr. {n}/3/12", "Äußere Mühlgasse {n}"),
        ("GmbH", "OG", "e.U."), 4,
    ),
    Country(
        "BE", "nl_BE", ("Belgium", "België", "Belgique", "BE", "BEL"),
        _places("""Antwerpen|2000||
            Bruxelles|1000||
            Gent|9000||
            Liège|4000||"""),
        ("Grote Markt {n}", "Rue Neuve {n}", "Meir {n} bus 4"),
        ("BV", "NV", "SRL"), 4,
    ),
)  # fmt: skip

BY_CODE: dict[str, Country] = {country.code: country for country in COUNTRIES}

WRONG_COUNTRIES = ("Germoney", "XX", "n/a", "Yugoslavia", "-", "EMEA", "?")
WRONG_STATES = ("Bavarria", "n/a", "ZZ", "see street")
