"""Names: people, firms and the odd scripts they come in."""

from __future__ import annotations

FIRST_NAMES: dict[str, tuple[str, ...]] = {
    "IT": ("Giulia", "Marco", "Chiara", "Luca", "Francesca", "Niccolò", "Sofia", "Matteo", "Élena", "Andrea"),
    "DE": ("Jürgen", "Anke", "Matthias", "Käthe", "Björn", "Sabine", "Uwe", "Hans-Peter", "Ina", "Jörg"),
    "FR": ("Amélie", "Jean-Luc", "Hélène", "François", "Chloé", "Étienne", "Noémie", "Gaël", "Manon", "Loïc"),
    "ES": ("Íñigo", "María José", "Begoña", "Álvaro", "Lucía", "Jesús", "Montserrat", "Raúl", "Sofía", "Iker"),
    "NL": ("Sanne", "Daan", "Femke", "Joost", "Anouk", "Bram", "Marijke", "Sjoerd", "Lotte", "Teun"),
    "GB": ("Alice", "Nigel", "Siân", "Callum", "Poppy", "Rhys", "Niamh", "Graham", "Imogen", "Alfie"),
    "US": ("Emily", "Tyler", "Ashley", "José", "Madison", "DeShawn", "Brittany", "Chad", "Mary Ann", "Kyle"),
    "PL": ("Małgorzata", "Paweł", "Agnieszka", "Łukasz", "Zofia", "Wojciech", "Grażyna", "Michał", "Ewa", "Jan"),
    "AT": ("Liesl", "Alois", "Resi", "Xaver", "Gertrud", "Ferdinand", "Vroni", "Sepp"),
    "BE": ("Lieve", "Joris", "Maxime", "Els", "Benoît", "Griet", "Wout", "Aurélie"),
}

LAST_NAMES: dict[str, tuple[str, ...]] = {
    "IT": ("Rossi", "Bianchi", "D'Angelo", "De Luca", "Esposito", "Ferrari", "Colombo", "Ricci", "Lo Presti", "Conti",
           "Niccolini", "Marchetti", "Barbieri", "Galli", "Sant'Agata", "Fontana"),
    "DE": ("Müller", "Schäfer", "Weiß", "von der Heide", "Schröder", "Köhler", "Böhm", "Groß", "Krüger", "Jäger",
           "Meyer-Lüders", "Vogel", "Zöllner", "Fuchs", "Hübner", "Brandt"),
    "FR": ("Lefèvre", "Dupont", "L'Hôpital", "de La Tour", "Moreau", "Bérard", "Gauthier", "Rousseau", "Chevalier",
           "Lemoine", "Garçon", "Fabre", "Noël", "Perrin"),
    "ES": ("García", "Muñoz", "Fernández López", "de la Peña", "Ibáñez", "Núñez", "Ortega", "Castaño", "Vázquez",
           "Giménez", "Peñalver", "Soler", "Roldán", "Ruiz"),
    "NL": ("de Vries", "van den Berg", "Jansen", "'t Hart", "Bakker", "Visser", "van Dijk", "Mulder", "de Groot",
           "Kuipers", "Hoekstra", "Vos"),
    "GB": ("Smith", "O'Connor", "Jones", "Fitz-Gerald", "MacLeod", "Taylor", "Brown", "Davies", "Patel", "Hughes",
           "Ashworth", "Okafor"),
    "US": ("Johnson", "Nguyen", "O'Brien", "Garcia", "Miller", "Lee", "Washington", "Kowalski", "McDonald", "Cohen",
           "Rodriguez", "Baker"),
    "PL": ("Kowalski", "Wiśniewska", "Wójcik", "Zieliński", "Szymański", "Dąbrowska", "Kozłowski", "Żak", "Świątek",
           "Nowak-Jeziorańska"),
    "AT": ("Gruber", "Pichler", "Hölzl", "Steiner", "Moser", "Wögerbauer", "Egger", "Brunnhölzl"),
    "BE": ("Peeters", "Dubois", "Maes", "Van den Bossche", "Claes", "Lambert", "De Smedt", "Wouters"),
}  # fmt: skip

TRADES: dict[str, tuple[str, ...]] = {
    "IT": ("Biciclette", "Abbigliamento", "Calzature", "Casalinghi", "Ferramenta", "Sport"),
    "DE": ("Fahrradhandel", "Modehaus", "Schuhe", "Haushaltswaren", "Baumarkt", "Sporthaus"),
    "FR": ("Cycles", "Prêt-à-porter", "Chaussures", "Maison", "Quincaillerie", "Sports"),
    "ES": ("Bicicletas", "Moda", "Calzados", "Hogar", "Ferretería", "Deportes"),
    "NL": ("Fietsen", "Mode", "Schoenen", "Wonen", "IJzerwaren", "Sport"),
    "GB": ("Cycles", "Clothing", "Footwear", "Homeware", "Hardware", "Outdoor"),
    "US": ("Bikes", "Apparel", "Shoes", "Home Goods", "Hardware", "Sporting Goods"),
    "PL": ("Rowery", "Odzież", "Obuwie", "Dom i Ogród", "Narzędzia", "Sport"),
    "AT": ("Radsport", "Trachten", "Schuhhaus", "Haushalt", "Eisenwaren", "Alpinsport"),
    "BE": ("Cycles", "Mode", "Chaussures", "Interieur", "Outillage", "Sport"),
}

TITLES = ("Buyer", "Head of Purchasing", "Store Manager", "CFO", "Buchhaltung", "Responsabile acquisti", "Directeur")
DEPARTMENTS = ("Purchasing", "Finance", "Logistics", "Marketing", "Store 12")
SALUTATIONS = ("Mr.", "Ms.", "Mrs.", "Dr.", "Prof.")
INDUSTRIES = ("Retail", "Apparel", "Food & Beverage", "Manufacturing", "Other")
TYPES = ("Customer - Direct", "Customer - Channel", "Prospect", "Channel Partner / Reseller")

# Names whose script or length trips naive code; each is a firm as well as it can be.
ODD_FIRMS = (
    "ООО «Велосипед»", "Ποδήλατα Παπαδόπουλος Α.Ε.", "دراجات القاهرة ش.م.م", "אופניים בע״מ", "自転車の店 株式会社",
    "🚲 Happy Wheels 🚲", "Łódź & Söhne – “Größe” Ææ Øø", "A\u0301ccented Combining Ltd",
    'Bob "The Bike" O\'Neil; Drop & Sons', "Smith, Jones, and Daughters", "100% Café <Bold> Inc.", "=SUM(A1) Trading",
    "NULL", "x", "O'", "Zero\u200bWidth GmbH",
)  # fmt: skip
ODD_PEOPLE = (
    ("Анна", "Каренина"), ("محمد", "الأحمد"), ("יעל", "כהן"), ("太郎", "山田"), ("Σοφία", "Παπαδοπούλου"),
    ("🌸 Lily", "Flower 🌸"), ("Bjørn-Åge", "Ærøskøbing"), ("Jose\u0301", "Nun\u0303ez"), ("Null", "Null"),
    ("Mary-Jane \"MJ\"", "Watson, Jr."), ("O", "Y"), ("Test", "Person"), (None, "Madonna"),
)  # fmt: skip
NOTES = (
    'Said: "call me, maybe"; wants 10% off,\nthen 20%.\r\nThird line\twith a tab.',
    "<b>VIP</b> & friends <script>alert('no')</script>",
    "=HYPERLINK(\"http://example.com\";\"click\")",
    "Line one\n\n\nLine five after blanks",
    "Semi;colon, comma, 'single' and \"double\" quotes \\ backslash",
    "Ünïcödé 👍 — “smart quotes” … nbsp\u00a0here",
    "   leading and trailing blanks   ",
    "#N/A",
)  # fmt: skip
UNPARSABLE_PHONES = ("call reception", "12", "n/a", "see website", "ask for Maria", "---", "0", "tbd 2024")
