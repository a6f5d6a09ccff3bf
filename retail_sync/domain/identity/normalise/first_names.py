"""First names in use, in folded Latin letters, that differ by one inner letter from another one; data alone."""

# Beside those of the table of nicknames. Two names of these are two people; one of them and none is a slip of the pen.
FIRST_NAMES = """
aarne aaron abdi abel ada adda adel adela adelia adelina adeline adem adham adil adina admir adriana adrien adrienn
adrienne aevar aevarr agata agatha agim agne agnes agnesa agneta agni agris agron agustin agustina ahmad ahmed aida
aidan aideen aileen aime aimee ainars aisha aivars akhil akif akram aksel alain alan alana alba alban albin albina
alda aldin aldis aleks aleksei aleksi alena alenka ales alexandr alexandria alexandrina alexia alfonso ali alice alida
alina aline alis alisa alisha alison alissa alix aliya alla allan allen allison alma almir alois alonso altin alva
alvar alvin alwin aly alyssa amal amalia amalie amalija amar amaro amaya amel amela amelia amelie amin amina amine
amir amira amit amjad amjed amparo amy ana anar anastasiya andela andra andree andreia andrej andreja andrejs andri
andrija andris andriy anes aneta anett anette angel angele angelica angelika angelina angelle anica anika anil anisa
anissa anita anja ankica ankit annalise annelie anneliese annelise annemie annett annette annick annina annita anny
antanas antoinette antonela antonella antonie antonija antonina antonino antonios antony antoon ants anwar apollonia
apolonia april arben arda ardian ardiana ariana arianna ariel arif arina aris arja arleen arlen arlene arman armel
armelle armin arna arnar arne arni arnis arno aron arsen arsim artis arto artur arturas arturs arvo asad asha asif
asim asko aslan asma asmir asta atanas atena athena athina audbjorg aude audrey augustin augustina aune aura aurelian
aurelien ausra austin ava avgust avgustin avni avram avril axel axelle aya aydan aydin ayhan ayla aylin aysel aysin
azad azra babita bajram baltasar balthasar baris barry bart bas basil basim bastien bayram beat beata bekim belinda
benedict benedikt bengt beniamin bent benthe berat berend berenice berit berndt bernice bernt berta bertha berthe
besim betina beverley bianca bianka bilal bilel biljana birger birgir birgitt birgitta birgitte birna birte birthe
bjorg bjorn blanca blanka blas blaz blerta boaz bogdan bohdan bonnie borge borje bozica brahim branislav branislava
branka breda brenda brent brett brian briana brianna brice brigida brigita brigitta brit brita britt britta bronislav
bronislava bruce bryan busra cacilia cacilie caitlin caitlyn caitriona caleb calvin camelia camila camilla carina
carine carla carlota carly carmen carmina carmine carola carole carolin carolyn carsten casandra casper catalin
catalina cathleen cathrin cathrine catrin catriona cecile cecilia cecilie cecilija celia celina celine cesar cezar
charis charlene charline charly cheryl christiana christiane christianne christie christin christy cillian ciro claes
claire clara clare clarissa claus clemence clemens clement clemente clive cody colette collette collin colm colum
connor conor conrad constantina constanze corey corina corine corinna corinne cornel cornelius cory cristiana crystal
ctibor curt cyrielle dafina dagny daham daina dalia damian damien damir damjan damon dana danica daniela daniella
daniil danijel danijela danila dany dareen daren darija darina darinka dario darius dariya darja darko darren darryl
daryl dawn dean debora dejan delia demir denis derick derrick desire desiree devi devin diego dijana dimka dina dinesh
dino diogo dion diya dmitriy dogg doina domenica domnica donika donna dora doreen doriana dorien dorina dorine doris
dorota dorotea dorothee dorte dorthe drita dusan dwayne eamon eamonn ecaterina edda eddy edgard edgardo edina edita
edmond edmund edna edvard edvin eeli eelis eerik eero eeva egbert eggert egil egor eileen eilis ekaterina elaine elcin
elda eldar eldon eleonore elfi eli elia eliana eliane elias elif elin elina eline elinor elio elis elisa elisabeta
elisaveta elisha eliska elizabeta elizaveta elke ellen elli ellinor ellis elly elma elman elmar elmer elmira elna eloi
eloisa eloise elona eloy els else elsy elton elva elvi elvia elvin elvira elvis elvy elza ema emanuel emanuela
emanuele emanuelle emiel emil emile emilie emilija emiliya emin emina emine emir emmanuele emmanuelle emmet emmett
endre enes eniko enis eoin erhard erica erich erick erika erin erina erna ervin erwin esma esra estefania estela
estella ester estera esther estrella eszter eugenia eugenie evald evan evangelia evangelina eve evelien evelin eveline
evelyn evelyne evgenia evgeniy evgeniya evie evita evy ewald ezio ezra fabian fabien fabienne fadil faith fanny farah
farida faris fatih fatima fatma felice felicie filipa filipe filippa finn floor flor floriana floriane florica florin
florina florinda florine floris franca francisca franck franjo franka franky frantiska franziska fredy frida frieda
fumio fumiyo gabrielle gael gaelle ganesh garry gary gaspar gebhard geert gemma georgia georgina germain german gerold
gerta gertraud gertraude gian gil gilda gina giorgia gisela gita giuliana gizela glen glenn goncalo gosta grethe grit
gudbjorg gul gulay gulnar gulnur gulsen gulten gulzar gunay gunnar gyongyi gyorgyi hailey haley halima halina hamad
hamed hamid hanako hanne hanny harald haresh haris harish haruka haruki haruko haruo haruto haruyo hava hayley hedda
hedvig hedwig hedy heidy helga helge helina hella helle helma helmer heloise henny henrieta henrietta henrique
heribert herman hermann hermina herminia hertha herwig hilal hilary hilda hillary hilma hiroki hiroko hiromi hiroshi
holly holm honore honoree hordur hulda hulya humberto iacob ian ichiro ida idris ieva ignazio igor ilana ileana iliana
ilias ilija iliya ilja ilka ilse ilya ilyas ilze imke immanuel imran ina inara inaya indira indra ines inesa ineta
inga ingar ingeborg ingeburg ingegard ingegerd ingela ingmar ingvar ioana ioanna iolanda irena irene iris irja irma
iryna isabela isabell isidor isidoro isidro ismael ismail isobel israel iuliana iva ivana ivanka ivar ivars iveta ivka
ivona ivonne ivor ivy iwona izabela izidor jaak jaana jacek jade jakov jamal jamil jamila jana janeta janette janina
janine janis jann jannis janus jaqueline jari jarl jarmila jarmo jarno jasmin jasmina jasmine jasminka jasna jason
jasper javier jay jayne jeanette jeanine jeanne jeannette jeannie jeannine jekaterina jelena jelle jemma jenifer jenna
jens jesper jesse jillian jirina jiro jitka joana joann joanne job jody joel joele joelle johan johana johanne
johnathan johny jolana jolanda jonas jonatan jonathon jonna joona joonas joost jordy jorg jorgen joris jorma jorn jos
josee josefa josette josip jost josue josy jovan jovana joy jozefa jozica juana juliana juliann julianna julien
julienne julieta julietta julija julijana julije juraj jurg jurgen jurij juris kaarina kadri kai kaitlyn kaj kaleb
kalina kamal kamil kamila kamilla kara karam karel karen kari karim karima karin karina karine karla karleen karlen
karlis karlo karmen karol karola karolin karolina karsten kasim kaspar kasper kassandra kata katarina katharine
katherina kathrin katia katica katri katrina katrine katy kavita kayla kazim kazuo kazuyo keiko keita kellie kelly
kelvin kemal kenji kent kenta kento kerim kerry kevin khaled khalid kiara kilian killian kimio kimiyo kira kiril
kirill kirk kirsten kirsti kirstin kirsty klara klaudia klemens klement konrad konstantina kornel kornelia kornelija
kornelius kristen kristi kristian kristiana kristiina kristijan kristin kristinn kristjan kristofer kristoffer kristy
krystal ksenija kumar kurt kyle kylie kyra laila laine lalita larissa lata latha laure laureen lauren laurence laurin
layla lazar lea leana leanne leela leena leif leila lejla leman leon leona leone leonel leoni leonie leonora leonore
leos lesley leticia letizia levi leyla lia liana libor lidia lidija lidiya liesbeth lieselotte ligita liisa lila lilia
lilian liliana lilija liliya lilja liljana lill lilla lilli lilly linda lindsay lindsey line linn lino lionel lisbeth
liselotte livia ljiljana ljubica ljubisa ljubov ljudmila loes lois lonnie lorena lorenza loris lorna louisa lovisa
luana lubica lucia lucien lucienne lucija lucila ludmilla ludvig luka luz lydia lynda lynn maarit maarten mabel madlen
mads mael maelle magne mahdi mahesh mahir mahmoud mahmud maia maik maiko maira maj maja majed majid makoto maks malene
malik malika malin malte manon mar mara marcel marcela marcella marcelle marcello marcelo marcia marcial marcin marcio
marcos mare mareike maren marga margaretha margarida margit margita margitta margo margot margret margrethe margrit
margus mariam marian mariana mariann marianna mariano marica maricela marieke mariela mariella marielle marietta
mariette marija marijan marijana marijke mariko marilena marin marina marine marinela marinette marinka marino mario
marion maris marissa marit marita maritta marius mariusz mariya mariyka marja marjan marjana marjo marko marleen
marlen marlena marlies marlis marlon marlyse maros mart marta marten martial martijn martina martine marton martti
martyn marusa marvin maryam marylene maryline maryse masaki masako masao masato masayo mason mateja mateus mathew
mathias mathijs mathilda mathis matias matija matilde mato mats matthieu mattias matus matyas maude maura maureen
maurine maximilien maxine may maya mayra medina meera megan meghan mehdi meike melina melinda melisa melita melitta
melvin merita mery micael micaela michela michell michiel michio michiyo mickael mihael mihaela mihail miika mikaela
miki mikiko mikkel miklos milada milana milda milena milka milla milos miloslav miloslava minako minna mir miran mirco
mirela mirella miriam mirja mirjam mirjana mirko mirna miroslava mirta misaki mischa mita mitra miyu miyuki mohit
moira moises mona monica morena morten moses muhammed mukesh muriel murielle mylene myra myriam nabil nabila nada
nadezda nadia nadiya nadja nail naim naoki naoko naomi naresh natacha natalija natalina nataliya natalja natalya natan
natasa natascha natasja nathanael naum nawar nazar nazim nazmi neha neil nella nelli nelya nenad nevena nevenka
nichola nichole nicklas niclas nicolai nicoleta nicoletta niels nieves nigar nigel niila niina nik nikhil nikolaj
nikolas nikoletta nilla nina ninel nisha nives noa noah noe noel noelle noor norah noreen norma nour oana odd oivind
olaf ole olena oliva olive olivia olivier omar omur orhan oriana orjan orla orlando orn oscar osten osvald othmar
otilia otmar ottilia ottmar otto ove owen oxana oyvind pall palle paola par paris pascal pascalle pascual pasko
patrizia paula paule paulina paulo pavla pavle pavlina pavol peeter perry petko petra petrana petras petre petrina
petro petros petrus petter petur pia pierce pol pooja poul prisca priska priya puja rachael rachele rachelle rachid
radim rafaela rafail rafal raffaela raffaella raffaelle rahel raina rajeev rajiv rakel rakesh ramadan raman ramazan
ramesh ramil ramin ramzi rana randy rania raoul raphael raphaelle rashad rashid rasim raul rauno rebeca rebeka rebekka
reem reidar reimar reina reinaldo remy remzi rene renee reuben reynaldo riina rika riko rim rima rinaldo rinko risa
ritva riya robby robyn rocco rocio roel rohan rohit rok rolande rolando rolf romain roman romana romina ronaldo ronan
ronja ronny rony roos rory rosalba rosalia rosaria rosel rosette rosina roska rosmarie ross rosy roxana roy roza
rozalia rozalija rozana rozen rozenn ruba ruben ruby rudy rune ryan ryohei ryoko ryota saad saara sabah sabina sabir
sachin saedis saevar sagar sahra said saleh salih salim salima salma salomon samara sameer samir samira samuele
samuelle samy sanja sanjay sanjeev sanjiv sarina sarita sarka sarlota satoko satomi satoshi saul sava savita
sebastiaan sebastien sedat selena selim selina selma semir senad serena sergiy seth sevda sevim seyda shahed shahid
shamir shamira shaun shawn sheela shelby shelley sheryl shila shingo shinji shinya shohei shota siegrid sif sigfrid
sigita silja silje silke silva silvester silvie silvija silvije simeon simion simon simone simonne sirje sita siya
slavica slavisa slavka snaedis sneha snezana snezhana snjezana sofija sofiya sol solomon sonia sonja sonny spela
spiridon stacey stacy stana stanka steen stefana stefania stefanija stein stela stella sten stepan stephan stephane
stina stjepan stojan sumit sunil sunita suresh susann susanna suzana suzanna svein sven svitlana swen swetlana sylke
sylvester sylvie sylwia taeko tahir takashi takeo takeshi takumi takuya tamar tamas tamilla tammy tanja tara taras
tarek tarik tarja tarmo tatjana tatsuo tatsuyo tauno tea tekla telma telman teodor teodora terese tereza terezia
terezija tetyana thalia thea thekla thelma theodora therese theresia thibault thibaut thor thorbjorn thordur thorsten
thorvaldur thorvardur tiina till timon todd todor tomaz tomoki tomoko tomomi tonny tonya toomas tor torbjorn torsten
toshiko toshio tove tracey tracy trina troy trudi tudor tulay tyra uldis ulf ulla ulle ulvi umar umberto uriel uros
urs ursa ursel urska urszula usha vadim vahid vala valdemar valdis valeria valerija valeriy valeriya valery valter
vanda vanesa vania vanja vasil vasyl vedat veera veli venera veniamin vera verena verner vesa vesna victoriano
victorino vida vidar viera vija vijay viktor viktorija viktoriya vilhelm vili vilma vinay vinita vinod violeta
violetta visar vit vita vitor vitoria vittoria vivien vivienne vladislav vlatko waldemar waleed walid walther warren
wayne werner wiktor wilfred wilfried wilma winfried wladimir xaver xavier yael yakov yalin yan yanina yann yannick
yaroslav yasar yasemin yashar yasin yasmin yasmina yasmine yassin yassine ylva yohei yoko yolanda yolande yoshiko
yoshio yosuke yrsa yuiko yuka yuki yukiko yukio yukiyo yuko yuliana yuliy yumi yumiko yunis yunus yuriy yury yvan yvon
yvonne zacarias zacharias zahid zahir zahra zamfir zamir zaneta zara zarina zarko zehra zita ziva zlatko zoe zofija
zora zorka
"""
# Names that sound alike, or nearly, and are two names all the same, often a man's and a woman's.
SOUND_ALIKE = """
maria marja marie marje mario marjo miika miikka julie julije silvie silvije robin robyn merja meria yuki yuuki yuko
yuuko
"""
