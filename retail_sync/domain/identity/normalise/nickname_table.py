"""Short and familiar forms of first names, by full name; data alone."""

# One full name a line, then its forms in any language. A form may stand for several names.
NICKNAMES = """
alexander: alex al sandy xander lex sasha sascha aleksander alec sander alessandro alejandro alexandre aleksandr
alexandra: alex sandra sasha sascha lexi alexa sandy alessandra alejandra aleksandra ola
alessandro: ale sandro
alejandro: ale jandro
albert: al bert bertie alberto
alfred: alf alfie fred freddie fredi
abigail: abby gail abbie
adam: ad adas
agnieszka: aga
adrian: ade adriano
andrew: andy drew andre andreas andrzej andrei andrey ondrej andres anders
andrea: andy andi
andreas: andi andre
anthony: tony ant antonio antoine anton antoni
antonio: toni tonio nino tonino toño
anna: ann anne annie anya ania anka hanna annika anouk nan
ann: annie nan
elisabeth: liz lizzie beth betty eliza lisa lise elsa lili liesl sissi bettina elise elizabeth isabel elzbieta
elizabeth: liz lizzie lizzy beth betty betsy bess eliza libby lisa liza elsie
arthur: art artie arturo
barbara: barb barbie babs basia
benjamin: ben benny benji benny
bernard: bernie bernhard bernd bernardo
bridget: bridie biddy
caroline: caro carrie carol lina carolina karoline
catherine: cathy kate katie kathy cat kitty cate cath katherine kathryn catarina caterina kathleen
katherine: kate katie kathy kat kay kit kitty katya katharina kathryn catherine
kathleen: kathy kath katie kat
kathryn: kathy kate katie kath
katharina: kathi katja kathe katrin
katarzyna: kasia
charles: charlie chuck chas chaz carl karl carlos carlo
charlotte: lottie charlie lotte lotta
carlos: carlitos
christian: chris chrissy christiaan cristian krystian
christine: chris chrissie tina christina kristine
christina: chris tina chrissie kristina cristina
christopher: chris kit topher kris christoph christophe cristobal krzysztof christoffer
claudia: claudi
cynthia: cindy
daniel: dan danny dani daniele
danielle: dani
david: dave davy davey dawid davide
deborah: deb debbie debby debra
debra: deb debbie
dennis: denny den
diana: di
dmitry: dima mitya dmitri dimitri
dorothy: dot dottie dolly dorothea
donald: don donnie
douglas: doug
edward: ed eddie ted teddy ned eduard eduardo edoardo edouard
edwin: ed eddie
eleanor: ellie nell nora ella leonor eleonora
emily: em emmy emilia
emma: em
eric: erik eryk
ernest: ernie ernst ernesto
eugene: gene
evgeny: zhenya
eva: evi ewa ewka
florence: flo
frances: fran franny frankie francesca
francis: frank fran frankie franz francesco francisco francois franciszek
francisco: paco pancho kiko curro fran chico
francesco: franco checco cecco
franklin: frank
frederick: fred freddie freddy friedrich frederic federico fryderyk
fredrik: fred fredde
frederik: fred freddy
friedrich: fritz fred fiete
gabriel: gabe gabi
gabriele: gabi gaby
gabriela: gabi gaby gabs
gabriella: gabi gaby gabs
georg: schorsch
george: georgie jorge giorgio georg georges jerzy
gerald: gerry jerry
gerard: gerry
gertrude: gertie trudy
giovanni: gianni vanni nino
giuseppe: beppe peppe pino peppino
gregory: greg gregor grzegorz
gonzalo: gonza
guadalupe: lupe
guglielmo: memo
harold: harry hal
hans: hansi
harriet: hattie
heinrich: heinz henrik
helen: nell nellie helena elena helene lena
henry: harry hank hal henri enrique enrico heinrich hendrik henryk
herbert: bert herb
hubert: bert hub
ignacio: nacho
irina: ira
isaac: ike
isabella: bella izzy isa isabelle isabel
isabel: isa belle isabella
ivan: vanya
jacob: jake jakob jacopo jakub
jacqueline: jackie jacky
james: jim jimmy jamie jem jaime
jan: janek jasiu
jane: janie jenny
janet: jan
jean: jeannot
jeffrey: jeff
jennifer: jen jenny jenni
jeremy: jerry
jessica: jess jessie
jesus: chus chucho
jiri: jirka
joachim: jochen achim
joan: joanie
joanna: jo asia
joao: joaozinho
johannes: hannes hans johann jo
john: jack johnny jon jock johnnie juan jean johann giovanni ivan joao sean jan
jonathan: jon jonny johnny nathan
jose: pepe josep chepe
josef: sepp pepi jupp pepa
joseph: joe joey jose josef giuseppe jozef yusuf youssef yosef jusuf
josephine: jo josie
joshua: josh
juan: juanito
judith: judy jude
julia: jule juli julie giulia
julian: jules juli
justin: jus
karl: kalle carl
kenneth: ken kenny
kimberly: kim kimberley
konstantin: kostya kosta
kristina: kris tina krissy
larisa: lara
lawrence: larry laurie lorenzo laurent
laura: laurie lauri
leonard: leo len lenny leonardo leonhard
leonardo: leo nardo
lillian: lily lil
louis: lou louie luis luigi ludwig
louise: lou lulu luisa luise
lucas: luke luca lukas luc
ludmila: lyuda mila
luigi: gigi gino
ludwig: lutz
madeleine: maddie
madeline: maddie
malgorzata: gosia
manuel: manu manolo manny
manuela: manu ela
marcus: marc mark marco markus marek
margaret: maggie meg peggy marge margie greta rita daisy meggie marguerite margarita margherita margarete malgorzata
margarethe: grete gretel gretchen
maria: mia mary mariechen marie mari marika masha marysia mitzi
maria jose: marijose
martin: marty martino
martha: marti
mary: molly polly mamie maria marie
mateo: teo
matthew: matt matty mat matthias mateusz matteo mathieu
matthias: matze hias
maurice: moe mo maurizio mauricio
maximilian: max
maxime: max
mercedes: merche
michael: mike mick mickey mikey michi micha miguel michel michele michal mikhail
mikhail: misha
michelle: shelly chelle
miguel: migue
mildred: millie
mitchell: mitch
mohammed: mo mohammad muhammad mohamed mehmet
monika: moni
natalie: nat nathalie natalia
natalia: natasha nata talia
nathaniel: nate nat nathan
nathan: nate nat
nicholas: nick nicky nico nicolas nikolaus klaus niklas nicola mikolaj colin nikolai mykola nikolay
nikolay: kolya
nikolaus: klaus niko nick
nicole: nicky nikki nic
olga: olya
oliver: ollie olli
pamela: pam
patricia: pat patty tricia trish patti pati
patrick: pat paddy patricio patrik
paul: pablo paolo pavel pawel pauli
peter: pete pedro pierre pietro piotr petr piet petya
philip: phil pip philipp felipe philippe filippo filip
phillip: phil
pilar: pili
prudence: pru
rachel: rae rach
rafael: rafa raf
ralph: ralf
raymond: ray raimund ramon
rebecca: becky becca bex
reinhard: reiner
ricardo: ricky rico
richard: rick rich dick richie ricky ricardo riccardo ryszard
robert: rob bob bobby robbie bert roberto robin
roberto: berto
roland: rollo
ronald: ron ronnie
rosario: charo
rosemary: rose rosie
rudolf: rudi
russell: russ
ruth: ruthie
salvatore: toto salvo turi
samantha: sam sammy
samuel: sam sammy
sandra: sandy
sarah: sally sadie sara
sebastian: seb basti bastian
sergey: seryozha sergei serge
siegfried: siggi
sofia: sophie sophia sofi
sophia: sophie
stephanie: steph stefanie stef steffi
steven: steve stevie stephen
stephen: steve stevie stefan etienne esteban stefano steffen
stanislaw: staszek stan
stanislav: stan standa slava
stanley: stan
susan: sue susie suzy suzanne susanne susana
susanne: susi sanne
sylvia: silvia syl
teresa: tess terry tessa tere theresa
terence: terry
theodore: ted teddy theo
theodor: theo
theresa: tess terry tessa resi
thomas: tom tommy thom tomas tommaso tomasz
timothy: tim timmy
tobias: tobi toby
tomasz: tomek
ulrich: uli ulli
ursula: uschi
valentina: vale tina
vanessa: nessa
veronica: ronnie vero veronika
victor: vic vik vittorio
victoria: vicky vicki tori vic
vincent: vince vinnie vinny vincenzo vicente
vladimir: vova volodya vlad volodymyr
vincenzo: enzo
viktoria: vicky viki
walter: walt wally
wilhelm: willi willy helmut wim
willem: wim pim
william: will bill billy willie liam wil guillermo guillaume wilhelm
wojciech: wojtek
wolfgang: wolf wolfi
yekaterina: katya
yuri: yura
zachary: zach zack zak
zuzana: zuzka
"""

# Forms in the table above that parents also give as full names: a brother and a sister may have both.
NAMES_OF_THEIR_OWN = """
adriano alberto alejandra alejandro aleksander aleksandr alessandra alessandro alexa alexandre alexandra anders andre
andrea andreas andrei andres andrey andrzej ann anna anne annie annika anouk antoine anton antoni antonio arturo beth
bella bernardo bernd bernhard bettina carl carlo carlos carol carolina catarina caterina christiaan christina
christine christoffer christoph christophe colin cristian cristobal daisy daniele davide dawid dorothea eduard eduardo
edoardo edouard elena eleonora elisabeth elise eliza elizabeth ella elsa elsie elzbieta emilia emma enrico enrique
enzo erik ernst ernesto eryk esteban etienne eva evi ewa federico felipe filip filippo francesca francesco francisco
franciszek franco francois frank franz frederic friedrich fryderyk gabriele georg georges giorgio giovanni giulia
giuseppe
greta gregor grzegorz guillaume guillermo hanna hannes hans heinrich heinz helena helene hendrik henri henrik henryk
isabel isabella isabelle ivan jack jacopo jaime jakob jakub jan jean jerzy joan johann jorge josef josep jose jozef
juan jules julie juli karl karlos karoline katharina katherine kathleen kathryn katja katrin katya klaus kristina
kristine krystian krzysztof lara laurent lena leo leonardo leonhard leonor liam lily lina lisa lise lorenzo lotte luc
luca lucas ludwig luigi luis luisa luise lukas luke marc marco marek margarete margarita margherita marguerite mari
maria marie marika mark markus mary mateusz mathieu matteo matthias mauricio maurizio max mia michal michel michele
miguel mikhail mikolaj mila molly natalia nathalie natasha nell nico nicola nicolas niklas nikolaus nina nora ola
ondrej pablo paolo patricio patrik pavel pawel pedro petr philipp philippe pierre piet pietro piotr polly raimund
ramon riccardo ricardo rita roberto robin rose ryszard sally sandra sandro sara serge sofia sophia sophie stefan
stefanie stefano steffen stephen susana susanne suzanne theresa tina tomas tomasz tommaso veronika vicente viktoria
vincenzo vittorio wilhelm xander joao sean yusuf
youssef yosef jusuf lauri georgie kay vanya petya zhenya lasse kees klaas
jaap henk dirk bram frits ton jussi juha jukka mika kuba asia magda leni mandy jill angie tilda renzo marisa maribel
maite lola connie nelly romy rosita dasha tanya lana katerina mina mieke rina hanneke ria bea ela mira hanka sonya
nadya trixie tito ante lenka gerd gert gitte gitta rik ionut janne jani kersti masa tania freda winnie jozo valya dick
mehmet nikolai mykola nikolay volodymyr malgorzata
"""
