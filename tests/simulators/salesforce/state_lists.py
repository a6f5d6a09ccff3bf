"""States of 20 countries, as orgs with picklists have them: ``code name; ...``.

Salesforce's own codes where it ships a list (China, India, Ireland, Italy, Mexico and others), those of ISO 3166-2
elsewhere, as administrators enter them.
"""

LISTS = {
    "AT": """
1 Burgenland; 2 Kärnten; 3 Niederösterreich; 4 Oberösterreich; 5 Salzburg; 6 Steiermark; 7 Tirol; 8 Vorarlberg; 9 Wien
    """,
    "AU": """
ACT Australian Capital Territory; NSW New South Wales; NT Northern Territory; QLD Queensland; SA South Australia; TAS
Tasmania; VIC Victoria; WA Western Australia
    """,
    "BR": """
AC Acre; AL Alagoas; AM Amazonas; AP Amapá; BA Bahia; CE Ceará; DF Distrito Federal; ES Espírito Santo; GO Goiás; MA
Maranhão; MG Minas Gerais; MS Mato Grosso do Sul; MT Mato Grosso; PA Pará; PB Paraíba; PE Pernambuco; PI Piauí; PR
Paraná; RJ Rio de Janeiro; RN Rio Grande do Norte; RO Rondônia; RR Roraima; RS Rio Grande do Sul; SC Santa Catarina;
SE Sergipe; SP São Paulo; TO Tocantins
    """,
    "CA": """
AB Alberta; BC British Columbia; MB Manitoba; NB New Brunswick; NL Newfoundland and Labrador; NS Nova Scotia; NT
Northwest Territories; NU Nunavut; ON Ontario; PE Prince Edward Island; QC Quebec; SK Saskatchewan; YT Yukon
    """,
    "CH": """
AG Aargau; AI Appenzell Innerrhoden; AR Appenzell Ausserrhoden; BE Berne; BL Basel-Landschaft; BS Basel-Stadt; FR
Fribourg; GE Genève; GL Glarus; GR Graubünden; JU Jura; LU Luzern; NE Neuchâtel; NW Nidwalden; OW Obwalden; SG Sankt
Gallen; SH Schaffhausen; SO Solothurn; SZ Schwyz; TG Thurgau; TI Ticino; UR Uri; VD Vaud; VS Valais; ZG Zug; ZH Zürich
    """,
    "CN": """
11 Beijing; 12 Tianjin; 13 Hebei; 14 Shanxi; 15 Nei Mongol; 21 Liaoning; 22 Jilin; 23 Heilongjiang; 31 Shanghai; 32
Jiangsu; 33 Zhejiang; 34 Anhui; 35 Fujian; 36 Jiangxi; 37 Shandong; 41 Henan; 42 Hubei; 43 Hunan; 44 Guangdong; 45
Guangxi; 46 Hainan; 50 Chongqing; 51 Sichuan; 52 Guizhou; 53 Yunnan; 54 Xizang; 61 Shaanxi; 62 Gansu; 63 Qinghai; 64
Ningxia; 65 Xinjiang; 71 Chinese Taipei; 91 Hong Kong; 92 Macao
    """,
    "DE": """
BB Brandenburg; BE Berlin; BW Baden-Württemberg; BY Bayern; HB Bremen; HE Hessen; HH Hamburg; MV
Mecklenburg-Vorpommern; NI Niedersachsen; NW Nordrhein-Westfalen; RP Rheinland-Pfalz; SH Schleswig-Holstein; SL
Saarland; SN Sachsen; ST Sachsen-Anhalt; TH Thüringen
    """,
    "ES": """
A Alicante; AB Albacete; AL Almería; AV Ávila; B Barcelona [Barcelona]; BA Badajoz; BI Bizkaia; BU Burgos; C A Coruña
[La Coruña]; CA Cádiz; CC Cáceres; CO Córdoba; CR Ciudad Real; CS Castellón; CU Cuenca; GC Las Palmas; GI Girona
[Gerona]; GR Granada; GU Guadalajara; H Huelva; HU Huesca; J Jaén; L Lleida [Lérida]; LE León; LO La Rioja; LU Lugo
[Lugo]; M Madrid; MA Málaga; MU Murcia; NA Navarra; O Asturias; OR Ourense [Orense]; P Palencia; PM Illes Balears
[Islas Baleares]; PO Pontevedra [Pontevedra]; S Cantabria; SA Salamanca; SE Sevilla; SG Segovia; SO Soria; SS
Gipuzkoa; T Tarragona [Tarragona]; TE Teruel; TF Santa Cruz de Tenerife; TO Toledo; V Valencia; VA Valladolid; VI
Álava; Z Zaragoza; ZA Zamora
    """,
    "FR": """
ARA Auvergne-Rhône-Alpes; BFC Bourgogne-Franche-Comté; BRE Bretagne; CVL Centre-Val de Loire; GES Grand-Est; HDF
Hauts-de-France; IDF Île-de-France; NAQ Nouvelle-Aquitaine; NOR Normandie; OCC Occitanie; PAC
Provence-Alpes-Côte-d’Azur; PDL Pays-de-la-Loire; 20R Corse
    """,
    "GB": """
ENG England; NIR Northern Ireland; SCT Scotland; WLS Wales
    """,
    "IE": """
CE Clare; CN Cavan; CO Cork; CW Carlow; D Dublin; DL Donegal; G Galway; KE Kildare; KK Kilkenny; KY Kerry; LD
Longford; LH Louth; LK Limerick; LM Leitrim; LS Laois; MH Meath; MN Monaghan; MO Mayo; OY Offaly; RN Roscommon; SO
Sligo; TA Tipperary; WD Waterford; WH Westmeath; WW Wicklow; WX Wexford
    """,
    "IN": """
AN Andaman and Nicobar Islands; AP Andhra Pradesh; AR Arunāchal Pradesh; AS Assam; BR Bihār; CH Chandīgarh; CT
Chhattisgarh; DH Dādra and Nagar Haveli and Damān and Diu; DL Delhi; GA Goa; GJ Gujarāt; HP Himāchal Pradesh; HR
Haryāna; JH Jhārkhand; JK Jammu and Kashmīr; KA Karnātaka; KL Kerala; LA Ladākh; LD Lakshadweep; MH Mahārāshtra; ML
Meghālaya; MN Manipur; MP Madhya Pradesh; MZ Mizoram; NL Nāgāland; OR Odisha; PB Punjab; PY Puducherry; RJ Rājasthān;
SK Sikkim; TG Telangana; TN Tamil Nādu; TR Tripura; UP Uttar Pradesh; UT Uttarakhand; WB West Bengal
    """,
    "IT": """
AG Agrigento; AL Alessandria; AN Ancona; AO Aosta; AP Ascoli Piceno; AQ L'Aquila; AR Arezzo; AT Asti; AV Avellino; BA
Bari; BG Bergamo; BI Biella; BL Belluno; BN Benevento; BO Bologna; BR Brindisi; BS Brescia; BT Barletta-Andria-Trani;
BZ Bolzano; CA Cagliari; CB Campobasso; CE Caserta; CH Chieti; CL Caltanissetta; CN Cuneo; CO Como; CR Cremona; CS
Cosenza; CT Catania; CZ Catanzaro; EN Enna; FC Forlì-Cesena; FE Ferrara; FG Foggia; FI Firenze; FM Fermo; FR
Frosinone; GE Genova; GO Gorizia; GR Grosseto; IM Imperia; IS Isernia; KR Crotone; LC Lecco; LE Lecce; LI Livorno; LO
Lodi; LT Latina; LU Lucca; MB Monza e Brianza; MC Macerata; ME Messina; MI Milano; MN Mantova; MO Modena; MS
Massa-Carrara; MT Matera; NA Napoli; NO Novara; NU Nuoro; OR Oristano; PA Palermo; PC Piacenza; PD Padova; PE Pescara;
PG Perugia; PI Pisa; PN Pordenone; PO Prato; PR Parma; PT Pistoia; PU Pesaro e Urbino; PV Pavia; PZ Potenza; RA
Ravenna; RC Reggio Calabria; RE Reggio Emilia; RG Ragusa; RI Rieti; RM Roma; RN Rimini; RO Rovigo; SA Salerno; SI
Siena; SO Sondrio; SP La Spezia; SR Siracusa; SS Sassari; SU Sud Sardegna; SV Savona; TA Taranto; TE Teramo; TN
Trento; TO Torino; TP Trapani; TR Terni; TS Trieste; TV Treviso; UD Udine; VA Varese; VB Verbano-Cusio-Ossola; VC
Vercelli; VE Venezia; VI Vicenza; VR Verona; VT Viterbo; VV Vibo Valentia
    """,
    "JP": """
01 Hokkaido; 02 Aomori; 03 Iwate; 04 Miyagi; 05 Akita; 06 Yamagata; 07 Fukushima; 08 Ibaraki; 09 Tochigi; 10 Gunma; 11
Saitama; 12 Chiba; 13 Tokyo; 14 Kanagawa; 15 Niigata; 16 Toyama; 17 Ishikawa; 18 Fukui; 19 Yamanashi; 20 Nagano; 21
Gifu; 22 Shizuoka; 23 Aichi; 24 Mie; 25 Shiga; 26 Kyoto; 27 Osaka; 28 Hyogo; 29 Nara; 30 Wakayama; 31 Tottori; 32
Shimane; 33 Okayama; 34 Hiroshima; 35 Yamaguchi; 36 Tokushima; 37 Kagawa; 38 Ehime; 39 Kochi; 40 Fukuoka; 41 Saga; 42
Nagasaki; 43 Kumamoto; 44 Oita; 45 Miyazaki; 46 Kagoshima; 47 Okinawa
    """,
    "MX": """
AG Aguascalientes; BC Baja California; BS Baja California Sur; CM Campeche; CS Chiapas; CH Chihuahua; CO Coahuila; CL
Colima; DF Federal District; DG Durango; GT Guanajuato; GR Guerrero; HG Hidalgo; JA Jalisco; ME Mexico State; MI
Michoacán; MO Morelos; NA Nayarit; NL Nuevo León; OA Oaxaca; PB Puebla; QE Querétaro; QR Quintana Roo; SI Sinaloa; SL
San Luis Potosí; SO Sonora; TB Tabasco; TL Tlaxcala; TM Tamaulipas; VE Veracruz; YU Yucatán; ZA Zacatecas
    """,
    "NL": """
DR Drenthe; FL Flevoland; FR Fryslân; GE Gelderland; GR Groningen; LI Limburg; NB Noord-Brabant; NH Noord-Holland; OV
Overijssel; UT Utrecht; ZE Zeeland; ZH Zuid-Holland
    """,
    "PL": """
02 Dolnośląskie; 04 Kujawsko-Pomorskie; 06 Lubelskie; 08 Lubuskie; 10 Łódzkie; 12 Małopolskie; 14 Mazowieckie; 16
Opolskie; 18 Podkarpackie; 20 Podlaskie; 22 Pomorskie; 24 Śląskie; 26 Świętokrzyskie; 28 Warmińsko-Mazurskie; 30
Wielkopolskie; 32 Zachodniopomorskie
    """,
    "PT": """
01 Aveiro; 02 Beja; 03 Braga; 04 Bragança; 05 Castelo Branco; 06 Coimbra; 07 Évora; 08 Faro; 09 Guarda; 10 Leiria; 11
Lisboa; 12 Portalegre; 13 Porto; 14 Santarém; 15 Setúbal; 16 Viana do Castelo; 17 Vila Real; 18 Viseu; 20 Região
Autónoma dos Açores; 30 Região Autónoma da Madeira
    """,
    "SE": """
AB Stockholms län; AC Västerbottens län; BD Norrbottens län; C Uppsala län; D Södermanlands län; E Östergötlands län;
F Jönköpings län; G Kronobergs län; H Kalmar län; I Gotlands län; K Blekinge län; M Skåne län; N Hallands län; O
Västra Götalands län; S Värmlands län; T Örebro län; U Västmanlands län; W Dalarnas län; X Gävleborgs län; Y
Västernorrlands län; Z Jämtlands län
    """,
    "US": """
AK Alaska; AL Alabama; AR Arkansas; AZ Arizona; CA California; CO Colorado; CT Connecticut; DC District of Columbia;
DE Delaware; FL Florida; GA Georgia; HI Hawaii; IA Iowa; ID Idaho; IL Illinois; IN Indiana; KS Kansas; KY Kentucky; LA
Louisiana; MA Massachusetts; MD Maryland; ME Maine; MI Michigan; MN Minnesota; MO Missouri; MS Mississippi; MT
Montana; NC North Carolina; ND North Dakota; NE Nebraska; NH New Hampshire; NJ New Jersey; NM New Mexico; NV Nevada;
NY New York; OH Ohio; OK Oklahoma; OR Oregon; PA Pennsylvania; RI Rhode Island; SC South Carolina; SD South Dakota; TN
Tennessee; TX Texas; UT Utah; VA Virginia; VT Vermont; WA Washington; WI Wisconsin; WV West Virginia; WY Wyoming
    """,
}
