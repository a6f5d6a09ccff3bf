"""More short and familiar forms of first names, by region, and abbreviations that clerks write; data alone."""

# The same form as in the table of nicknames; a name may be in both.
MORE_NICKNAMES = """
abdul: abd
abhishek: abhi
abraham: bram abe
aditya: adi
aikaterini: katerina
alberto: tito beto
aleksandar: aca sasa sasha
aleksey: alyosha lyosha lesha
alessandra: ale
alexandru: alex sandu
alexey: alyosha lyosha lesha
amanda: mandy
anastasia: nastya stasya
anatoly: tolya
anders: ante
andras: bandi
angela: angie geli angi
anna: ania anka
antonia: toni
antonin: tonda
antonio: tonho
antonius: ton toon
aparecida: cida
arkadiusz: arek
athanasios: thanasis thanos
attila: ati
august: gus gustl
barbara: barbel
barbora: bara
bartlomiej: bartek
bartosz: bartek
beate: bea
beatrice: bea trixie bice
beatriz: bia bea
beverly: bev
birgit: biggi gitte
bo: bosse
boris: borya
brigitte: gitti gitta biggi
cassandra: cassie
catharina: toos trijntje rina
cezary: czarek
charles: chas
christina: kicki
christos: chris
concepcion: concha conchi
constance: connie
constantin: costel costi
consuelo: chelo
cornelia: conny connie nelly corrie
cornelis: kees cor
daria: dasha
dariusz: darek
darya: dasha
diederik: dirk
dieter: didi
dietmar: didi
dimitar: mitko
dimitrios: dimitris mitsos
dolores: lola loli
domenico: mimmo
dominic: dom nick
dominik: dom domi
dragan: gaga
eberhard: hardy eber
edeltraud: traudl edel
eduardo: edu duda dudu
edward: edw
elena: lena lenuta alyona
eleni: lena
elisabeth: bettan lis
elisabetta: betta
elzbieta: ela
emmanuel: manu
encarnacion: encarna
enrique: quique kike
erzsebet: erzsi bozsi
evangelos: vangelis
federica: fede
federico: fede
ferenc: feri
fernando: nando fer
fiona: fi
florian: flo
francesco: ciccio
francisco: fco xisco fran
frantisek: franta
frederic: fred
frederik: frits
frits: fritz
gabor: gabi
galina: galya
geertruida: truus
geoffrey: geoff jeff
george: geo
georgi: gosho zhoro
georgios: giorgos yorgos
gerhard: gerd gert hardy
gertrud: traudl trude gerti
gheorghe: gigi ghita
gillian: jill gill
giuseppe: pino geppi
goran: goca
grigory: grisha
grzegorz: grzesiek
guenther: gunni
guillermo: guille
gunther: gunni
gustaf: gurra
gustav: gus gustl
gwendolyn: gwen
gyorgy: gyuri
hana: hanka
hans joachim: hajo
hans jurgen: hajue
heikki: heka
helene: leni
hendrik: henk rik
henryk: heniek
huseyin: huso
ibrahim: ibo ibro
ignacio: nacho
ilona: ili ilus
imre: imi
inmaculada: inma
ioan: ionel ionut
ioannis: giannis yannis
ion: ionel
istvan: pista pisti
ivan: vanyo
jacob: jaap koos
jacobus: jaap koos
jakub: kuba
james: jas
jan: janne honza janek
janice: jan
janos: jani jancsi
jaroslav: jarda jarek
jaroslaw: jarek
jean: jeannot
jean claude: jc
jean paul: jp
jean pierre: jp jipe
jeremy: jez
jerzy: jurek
joakim: jocke
joanna: asia
joao: joca
joaquim: quim
johanna: hanneke hanna jo
johannes: jussi jukka joop
jolanta: jola
jose: ze zeca
jose luis: joselu
jose maria: chema josema
jozef: jozo
jozsef: jozsi
juan carlos: juanca
juan jose: juanjo
juan manuel: juanma
juhani: jussi juha
katalin: kati
katariina: kati kaisa
katarzyna: kaska
katerina: katka
kerstin: kersti
konstantinos: kostas ntinos dinos
krishnamurthy: kittu
krisztina: kriszti
krystyna: krysia
krzysztof: krzysiek krzys
ksenia: ksyusha
kseniya: ksyusha
ladislav: lada laco
lakshmi: lakshmy
lars: lasse
laszlo: laci
leonid: lenya
lorenzo: renzo
lothar: lolo
luiz: lula
lyubov: lyuba
lyudmila: lyuda lyusya
maciej: maciek
magdalena: magda leni lena lenka
manfred: manni fred
manuel: manel neco
margareta: maggan greta
maria: ma riet mieke ria masha
maria carmen: mamen
maria fernanda: mafe
maria isabel: maribel
maria luisa: marisa
maria teresa: maite
marinus: rinus
marlene: leni
mathilde: tilda tilli
matilda: tilly tilda
matti: masa
mehmet: memo
melanie: mel melli
melissa: mel lissa
michaela: michi micha
michail: michalis mihalis
mieczyslaw: mietek
mihai: misu
mihaly: misi
mikael: micke mika
miroslav: mirek mira
miroslaw: mirek
mohammed: mohd muhd md moh mohamad mhd
mykola: kolya
nadezhda: nadya
nicholas: nic
nicolaas: klaas
nicolae: nicu
nikola: kole
nikolaos: nikos
nils: nisse
norbert: bert nobby
oksana: ksana
oleksandr: sashko sasha oles
olof: olle
oskar: ossi
oswald: ossi
pal: pali
panagiotis: panos takis
pavel: pasha
per: pelle
petar: pesho
peter: peti
pieter: piet
piotr: piotrek
przemyslaw: przemek
radoslaw: radek
raffaele: lello
rajendra: raj
rajesh: raj
reginald: reg reggie
robert: robt
rodrigo: rodri
roger: rog
rosa: rosi rosita
rosalind: roz ros
rosario: rosi
rosemarie: rosi romy
roswitha: rosi
ryszard: rysiek
sabine: bine
sabrina: bine
sandor: sanyi
santiago: santi
sebastian: sebas
siddharth: sid
sidney: sid
sigrid: siggi
slawomir: slawek
slobodan: boban
sofia: sonya
sofya: sonya
spyridon: spyros
stanislaw: staszek
stefan: steff fane
stewart: stu
stoyan: stoycho
stuart: stu
subramanian: subbu mani
svetlana: sveta lana
tamara: toma
tatiana: tanya tania
tatyana: tanya
theodoor: theo
thomas: thos
tibor: tibi
ulrike: uli ulli
vaclav: vasek
valentina: valya
vasileios: vasilis
venkata: venkat
venkatesh: venkat venky
virginia: ginny ginger
vivian: viv
volodymyr: vova volodya
wesley: wes
wilhelmina: mien willie mina
willem: wim
william: wm
winifred: winnie freda
zbigniew: zbyszek
zofia: zosia
zoltan: zoli
zoran: zoki
zsuzsanna: zsuzsi zsuzsa
"""
