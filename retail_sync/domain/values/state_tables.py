"""Other codes and names of states than those that Odoo stores.

Each entry is Odoo's code, then what other systems call the state: the codes on the lists of platforms, those of ISO
3166-2 where Odoo has others, former codes, and names in English.
"""

OTHER_NAMES: dict[str, str] = {
    "MX": "AGU AG|BCN BC|BCS BS|CAM CM|CHP CS|CHH CH|COA CO|COL CL|CMX DF,CDMX,Distrito Federal,Federal District"
    ",Mexico City|DUR DG|GUA GT|GRO GR|HID HG|JAL JA"
    "|MEX ME,EDOMEX,Mexico State,Estado de Mexico,Edo de Mexico,State of Mexico|MIC MI|MOR MO"
    "|NAY NA|NLE NL|OAX OA|PUE PB|QUE QE|ROO QR|SLP SL|SIN SI|SON SO|TAB TB|TAM TM|TLA TL|VER VE|YUC YU|ZAC ZA",
    "CN": "京 11,BJ,Beijing,Peking|津 12,TJ,Tianjin|冀 13,HE,Hebei|晋 14,SX,Shanxi"
    "|蒙 15,NM,Inner Mongolia,Nei Mongol,Neimenggu|辽 21,LN,Liaoning|吉 22,JL,Jilin|黑 23,HL,Heilongjiang"
    "|沪 31,SH,Shanghai|苏 32,JS,Jiangsu|浙 33,ZJ,Zhejiang|皖 34,AH,Anhui|闽 35,FJ,Fujian|赣 36,JX,Jiangxi"
    "|鲁 37,SD,Shandong|豫 41,HA,Henan|鄂 42,HB,Hubei|湘 43,HN,Hunan|粤 44,GD,Guangdong,Canton|桂 45,GX,Guangxi"
    "|琼 46,HI,Hainan|渝 50,CQ,Chongqing|蜀 51,SC,Sichuan,川|黔 52,GZ,Guizhou,贵|滇 53,YN,Yunnan,云"
    "|藏 54,XZ,Tibet,Xizang|陕 61,SN,Shaanxi|甘 62,GS,Gansu|青 63,QH,Qinghai|宁 64,NX,Ningxia|新 65,XJ,Xinjiang"
    "|台 71,TW,Taiwan|港 91,HK,Hong Kong|澳 92,MO,Macao,Macau",
    "IN": "OD OR,Orissa|CG CT,Chhattisgarh|UK UT,Uttaranchal|TS TG|AN Andaman and Nicobar Islands|DL New Delhi"
    "|PY Pondicherry|JK Jammu & Kashmir|DD Daman & Diu|DN Dadra & Nagar Haveli",
    "IE": "C CO|TR TA,T|D DUB|G GAL|LY DERRY,Derry|LS LA,Laoighis|OY OF",
    "JP": "JP-01 Hokkaido|JP-02 Aomori|JP-03 Iwate|JP-04 Miyagi|JP-05 Akita|JP-06 Yamagata|JP-07 Fukushima"
    "|JP-08 Ibaraki|JP-09 Tochigi|JP-10 Gunma|JP-11 Saitama|JP-12 Chiba|JP-13 Tokyo,TKY|JP-14 Kanagawa|JP-15 Niigata"
    "|JP-16 Toyama|JP-17 Ishikawa|JP-18 Fukui|JP-19 Yamanashi|JP-20 Nagano|JP-21 Gifu|JP-22 Shizuoka|JP-23 Aichi"
    "|JP-24 Mie|JP-25 Shiga|JP-26 Kyoto|JP-27 Osaka|JP-28 Hyogo|JP-29 Nara|JP-30 Wakayama|JP-31 Tottori|JP-32 Shimane"
    "|JP-33 Okayama|JP-34 Hiroshima|JP-35 Yamaguchi|JP-36 Tokushima|JP-37 Kagawa|JP-38 Ehime|JP-39 Kochi"
    "|JP-40 Fukuoka|JP-41 Saga|JP-42 Nagasaki|JP-43 Kumamoto|JP-44 Oita|JP-45 Miyazaki|JP-46 Kagoshima|JP-47 Okinawa",
    "US": "AL Ala|AK Alas|AZ Ariz|AR Ark|CA Calif,Cal|CO Colo|CT Conn|DE Del|FL Fla|GA Geo|IL Ill|IN Ind|KS Kan,Kans"
    "|KY Ken|LA Louis|MA Mass|MI Mich|MN Minn|MS Miss|MT Mont|NE Neb,Nebr|NV Nev|NM N Mex|ND N Dak|OK Okla|OR Ore,Oreg"
    "|PA Penn,Penna|SD S Dak|TN Tenn|TX Tex|VT Verm|VA Virg|WA Wash,Washington State|WV W Va|WI Wis,Wisc|WY Wyo"
    "|DC Washington DC,Washington D C",
    "CA": "AB Alta|BC Brit Col|MB Man|NB N Bruns|NL NF,Newfoundland,Labrador|NT NWT|ON Ont|PE PEI,P E I|QC PQ,Que"
    "|SK Sask|YT YK,Yukon Territory,Yukon Territories",
    "AU": "NSW N S W|VIC Vict|QLD Queensl|TAS Tasm|WA W Aust|SA S Aust",
    "DE": "DE-BY Bavaria|DE-HE Hesse|DE-NI NDS,Lower Saxony|DE-NW NRW,North Rhine Westphalia"
    "|DE-RP Rhineland Palatinate,RLP|DE-SN Saxony|DE-ST Saxony Anhalt,LSA|DE-TH Thuringia|DE-MV Mecklenburg"
    "|DE-BW BaWue,Baden Wuerttemberg|DE-TH Thueringen",
    "IT": "MI Milan|RM Rome|TO Turin|NA Naples|FI Florence|VE Venice|GE Genoa|MN Mantua|PD Padua|SR Syracuse"
    "|FC FO|PU PS,Pesaro and Urbino|MS Massa and Carrara|BZ Bozen,Suedtirol|AO Aosta Valley,Valle d Aosta"
    "|MB Monza Brianza,Monza and Brianza",
    "ES": "C Coruna,A Coruna,La Coruna|V Valencia|SE Seville|BI Biscay,Bizkaia,Vizcaya|SS Gipuzkoa,Guipuzcoa"
    "|VI Alava,Araba|PM Balearic Islands,Illes Balears,Islas Baleares|GI Girona,Gerona|L Lleida,Lerida"
    "|OR Ourense,Orense",
    "BE": "VAN Antwerpen,Anvers|VBR Vlaams-Brabant,Brabant flamand|VOV Oost-Vlaanderen,Flandre orientale"
    "|VWV West-Vlaanderen,Flandre occidentale|WBR Brabant wallon,Waals-Brabant|WHT Henegouwen|WLG Luik|WLX Luxemburg"
    "|WNA Namen|VLI Limbourg",
    "NL": "FR Fryslan,FRL|LI LB,Limburg|NB North Brabant|NH North Holland|ZH South Holland",
    "CH": "SG Sankt Gallen,Saint-Gall|BE Berne|GE Geneva,Genf|LU Lucerne|ZH Zurich|BL Baselland|GR Grisons",
    "TW": "TPC TPE,Taipei,Taipei City|NTPC NWT,New Taipei,New Taipei City|TYC TAO,Taoyuan|TCC TXG,Taichung"
    "|TNH TNN,Tainan|KHC KHH,Kaohsiung|KLC KEE,Keelung|HCT HSZ,Hsinchu City|HCH HSQ|CIC CYI,Chiayi City"
    "|CIH CYQ|MLH MIA,Miaoli|CHH CHA,Changhua|NTC NAN,Nantou|YLH YUN,Yunlin|PTH PIF,Pingtung|ILH ILA,Yilan"
    "|HLH HUA,Hualien|TTH TTT,Taitung|PHC PEN,Penghu|KMC KIN,Kinmen|LCC LIE,Lienchiang,Matsu",
    "AT": "1 B,Burgenland|2 K,Carinthia,Kaernten|3 N,Lower Austria,Niederoesterreich|4 O,Upper Austria,Oberoesterreich"
    "|5 S,Salzburg|6 ST,Styria|7 T,Tyrol|8 V,Vorarlberg|9 W,Vienna",
}


def other_names(country: str) -> list[tuple[str, list[str]]]:
    """Return [(Odoo's code, other codes and names)] of a country's states."""
    found = []
    for entry in filter(None, OTHER_NAMES.get(country, "").split("|")):
        code, _blank, others = entry.partition(" ")
        found.append((code, [other.strip() for other in others.split(",")]))
    return found
