"""Parts of names and addresses for made-up records, by country; none of them is of the development set's making."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Locale:
    """``stems`` and ``endings`` make last names; ``streets`` are patterns of a name and a number; ``zip`` and ``phone``
    are patterns of digits ("#"). ``short``: first name -> a familiar form.
    """

    country: str
    given: tuple[str, ...]
    stems: tuple[str, ...]
    endings: tuple[str, ...]
    places: tuple[str, ...]
    town_endings: tuple[str, ...]
    streets: tuple[str, ...]
    zip: str
    landline: str
    mobile: str
    form: str
    spelt: str
    vat: str
    short: dict[str, str]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LOCALES = (
    Locale(
        "SE",
        _words("Astrid Björn Elsa Gunnar Ingrid Kerstin Lars Märta Nils Oskar Ragnhild Sven Torsten Ulla Viggo "
               "Åke Örjan "
               "Birgitta Gösta Hjalmar Linnea Sigrid Stellan Ebba Fredrik Magnus Ylva Tuva"),
        _words("Lind Berg Sand Ek Björk Ström Hag Ny Öst Väster Söder Gran Åker Alm Hed Sjö"),
        _words("ström qvist gren man dahl lund mark holm stedt vall fors"),
        _words("Kyrk Stor Skol Ring Ängs Park Älv Tegel Smedje Klock"), _words("torp by köping vik sund hamn"),
        ("{name}gatan {number}", "{name}vägen {number}"), "### ##", "+46 8 ### ## ##", "+46 70 ### ## ##",
        "AB", "Aktiebolag", "SE##########01", {"Fredrik": "Fred", "Birgitta": "Britta"},
    ),
    Locale(
        "PT",
        _words("Afonso Beatriz Catarina Duarte Filipa Gonçalo Inês João Leonor Mafalda Nuno Patrícia Raquel "
               "Simão Tiago "
               "Vasco Xavier Zulmira Baltasar Conceição Guilherme Lourenço Margarida Matilde Salvador Teodoro"),
        _words("Carva Olivei Perei Teixei Nogue Figuei Madu Barro Silvei Quintei Morei Tava Rebe"),
        _words("lho ra reira iro res lo ças tas das"),
        _words("Liberdade Carmo Esperança Alecrim Moinhos Trindade Fonte Amoreiras Castelo"),
        _words("-a-Velha -do-Mar -de-Cima -da-Serra eiros inha"),
        ("Rua da {name} {number}", "Avenida {name}, {number}"),
        "####-###", "+351 21 ### ####", "+351 91 ### ####", "Lda", "Limitada", "PT#########", {"João": "Joãozinho"},
    ),
    Locale(
        "GR",
        _words("Γιώργος Ελένη Δημήτρης Κατερίνα Νίκος Σοφία Παναγιώτης Βασιλική Θεόδωρος Ιωάννα Χρήστος Αθηνά Σπύρος "
               "Ευαγγελία Στέλιος Μαρία Κώστας Ειρήνη Αντώνης Φωτεινή"),
        _words("Παπαδ Γεωργ Δημητρ Νικολ Αναγνωστ Χατζ Οικονομ Βλαχ Καρα Λαμπρ Μιχαηλ Θεοδωρ"),
        _words("όπουλος ίδης άκης άτος έλης ίου"), _words("Ερμού Σόλωνος Αθηνάς Βενιζέλου Τσιμισκή Κολοκοτρώνη"),
        _words("ούπολη οχώρι όκαμπος ιάνα"), ("{name} {number}", "Οδός {name} {number}"), "### ##", "+30 21# ### ####",
        "+30 694 ### ####", "ΑΕ", "Ανώνυμη Εταιρεία", "EL#########", {},
    ),
    Locale(
        "UA",
        _words("Олена Андрій Тетяна Сергій Наталія Олександр Юлія Володимир Ірина Дмитро Оксана Микола Світлана Богдан "
               "Людмила Ярослав Галина Тарас Христина Петро"),
        _words("Шевч Ковал Бондар Мельнич Ткач Петр Крав Лис Олій Савч Гонч Мороз"), _words("енко чук ук івський ишин"),
        _words("Шевченка Франка Соборна Садова Лісова Миру Київська"), _words("град пілля ське івка"),
        ("вул. {name}, {number}", "просп. {name}, {number}"), "#####", "+380 44 ### ## ##", "+380 67 ### ## ##",
        "ТОВ", "ТОВ", "UA##########", {},
    ),
    Locale(
        "TR",
        _words("Ayşe Mehmet Zeynep Mustafa Elif Hüseyin Gülşen Çağla Ömer Şule İbrahim Derya Tuğçe Kemal Nazlı "
               "Özgür Ufuk "
               "Yasemin Ümit Feride"),
        _words("Yıl Kara Öz Ak Demir Şahin Çelik Aydın Koç Kılıç Güneş Taş"),
        _words("maz oğlu kaya türk er taş soy can"),
        _words("Atatürk Cumhuriyet İstiklal Gül Çınar Zafer Okul"), _words("köy şehir hisar pınar"),
        ("{name} Cad. No: {number}", "{name} Sokak {number}"), "#####", "+90 212 ### ## ##", "+90 532 ### ## ##",
        "A.Ş.", "Anonim Şirketi", "TR##########", {},
    ),
    Locale(
        "IE",
        _words("Aoife Cormac Deirdre Eamon Fionnuala Gearóid Margaret Kathleen Liam Máire Niall Orla Padraig Róisín "
               "Sinéad Theodore Una Brendan Ciara Dermot Elizabeth William Joseph Timothy Rebecca"),
        _words("O'Conn O'Dono McGuin Fitzpat Gallag Brenn Hennes McCarth O'Shaugh Kavan Mulli Dohert"),
        _words("or ghue ness rick her an sy agh gan van"), _words("Main Church Abbey Quay Castle Bridge Mill Patrick"),
        _words("bridge town dare kenny more"), ("{number} {name} Street", "{number} {name} Road"), "D## X###",
        "+353 1 ### ####", "+353 86 ### ####", "Ltd", "Limited", "IE#######WA",
        {"Margaret": "Peggy", "Kathleen": "Kathy", "Elizabeth": "Betty", "William": "Bill", "Timothy": "Tim"},
    ),
    Locale(
        "RO",
        _words("Andreea Bogdan Cristina Dragoș Elena Florin Gabriela Horia Ileana Ionuț Lavinia Mihai Nicoleta "
               "Octavian "
               "Raluca Ștefan Tudor Valeriu Vasile Zamfira"),
        _words("Pop Ion Dumitr Stan Georg Vasil Munt Drag Lup Câmp Brâncov Țep"), _words("escu eanu u oiu ache aru"),
        _words("Unirii Victoriei Libertății Mihai Florilor Morii Gării"), _words("ești eni oara ița"),
        ("Str. {name} nr. {number}", "Bd. {name} {number}"), "######", "+40 21 ### ####", "+40 72# ### ###",
        "SRL", "S.R.L.", "RO########", {"Gabriela": "Gabi"},
    ),
    Locale(
        "AU",
        _words("Bronwyn Callum Delilah Ewan Freya Gideon Harriet Imogen Jasper Keira Lachlan Matilda Nathaniel Ophelia "
               "Phoebe Quentin Rosalind Samuel Tabitha Victor Winifred Zachary Christopher Robert Patricia Deborah"),
        _words("Ash Black Cart Drum Ever Fair Green Hart Kirk Lock Mars Nor Pem Rad Stan Thorn Whit"),
        _words("wood ford well ton by field brook ley more den"),
        _words("Wattle Banksia Jarrah Coral Anzac Harbour King"),
        _words("bah dale haven ridge warra"), ("{number} {name} Crescent", "Unit 3, {number} {name} Parade"), "####",
        "+61 2 #### ####", "+61 412 ### ###", "Pty Ltd", "Proprietary Limited", "AU###########",
        {"Christopher": "Chris", "Robert": "Bob", "Samuel": "Sam", "Patricia": "Trish", "Deborah": "Debbie"},
    ),
)  # fmt: skip
TRADES = _words(
    "Optics Ceramics Logistics Bikes Garden Marine Coffee Paper Lighting Tools Fabrics Cycles Audio Outdoor"
)
PROVIDERS = ("gmail.com", "hotmail.com", "yahoo.com", "icloud.com", "proton.me")
RELAYS = ("marketplace.amazon.de", "members.ebay.co.uk", "privaterelay.appleid.com")
