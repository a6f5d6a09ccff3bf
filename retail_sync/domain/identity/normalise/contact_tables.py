"""E-mail addresses of functions, free-mail providers, relays: who may stand behind an address."""

# Mailboxes of a function, in the languages of a shop that sells abroad.
ROLE_LOCALS = frozenset(
    "info infos information sales admin administrator administration office contact contacts contactus support help "
    "helpdesk service services customerservice customercare care hello hi hey mail email post team shop store webshop "
    "order orders billing invoice invoices accounting accounts accountspayable ap ar finance hr jobs careers marketing "
    "press media pr reception frontdesk desk webmaster hostmaster purchasing procurement buying export import "
    "logistics "
    "warehouse shipping dispatch returns enquiries enquiry inquiries inquiry reservations booking bookings events "
    "management manager owner director ceo general main company newsletter noreply kontakt buero buro zentrale empfang "
    "verwaltung vertrieb verkauf rechnung rechnungen buchhaltung einkauf bestellung bestellungen kundenservice "
    "sekretariat geschaeftsfuehrung amministrazione vendite ordini contabilita acquisti segreteria commerciale ufficio "
    "negozio ventas administracion pedidos facturas facturacion comercial compras tienda contacto oficina recepcion "
    "atencionalcliente compta comptabilite commande commandes accueil contactez secretariat direction boutique achats "
    "ventes facturation verkoop boekhouding administratie bestelling bestellingen klantenservice inkoop receptie "
    "biuro sklep sprzedaz faktury zamowienia ksiegowosc sekretariat obchod obchodni objednavky fakturace ucetni "
    "podatelna vendas atendimento contato faturamento financeiro comercial loja escritorio salg kundeservice faktura "
    "myynti asiakaspalvelu toimisto laskutus forsaljning ekonomi kundtjanst iroda ertekesites praxis kanzlei filiale "
    "branch kasse lager werkstatt rezeption rezepcja hallo anfrage anfragen web it edv gf cfo geschaeftsleitung "
    "rechnungswesen eingangsrechnung eingangsrechnungen marktleitung schule pfarramt gemeinde verein vorstand "
    "kassenwart kundendienst kunden servicecenter sucursal succursale agence agenzia filial "
    "dealer partner partners group".split()
)
# Of these, the ones that people also put beside their own name ("mail.karl@", "post-brandt@").
PRIVATE_LOCALS = frozenset("mail email post hello hi hey me main general owner partner web it ar ap pr hr gf".split())
FAMILY_WORDS = ("family", "familie", "famille", "familia", "famiglia", "rodzina", "rodina", "perhe", "familjen")
# Words in front of a household's name ("fam-albers@"), and between two first names ("karl.und.karin@").
FAMILY_STARTS = frozenset("fam haushalt household home haus casa maison die the".split())
FAMILY_LINKS = frozenset("und and et og och en".split())
# Behind the name of a place a function's mailbox as well, and no last name: "hamburg-info@".
ENDING_LOCALS = frozenset(
    "info infos office kontakt contact contacto buero zentrale vertrieb verkauf service support team shop einkauf "
    "buchhaltung rechnung rechnungen sekretariat empfang filiale kasse orders invoices accounting".split()
)
PLACEHOLDER_LOCALS = frozenset(
    "test tester testing noreply no-reply no_reply donotreply do-not-reply none na n.a n/a null unknown nobody noemail "
    "no-email no.email nomail no-mail dummy example sample xxx xx x asdf postmaster mailer-daemon abuse devnull "
    "undisclosed notprovided not-provided nicht-vorhanden keine keinemail sinemail sincorreo sansmail "
    "invalid fake a abc unbekannt inconnu desconocido sconosciuto onbekend kein ohne nicht keineangabe keineemail "
    "nicht.angegeben notgiven customer kunde cliente client guest gast anonymous anonym".split()
)
PLACEHOLDER_DOMAINS = ("test.com", "test.test", "noemail.com", "nomail.com", "none.com", "no.com", "email.invalid")
# A marketplace makes a new address for each order or buyer: neither agreement nor disagreement.
RELAY_DOMAINS = (
    *("marketplace.amazon.com", "marketplace.amazon.de", "marketplace.amazon.fr", "marketplace.amazon.it"),
    *("marketplace.amazon.es", "marketplace.amazon.co.uk", "marketplace.amazon.nl", "marketplace.amazon.pl"),
    *("marketplace.amazon.com.br", "marketplace.amazon.com.mx", "marketplace.amazon.ca", "marketplace.amazon.co.jp"),
    *("members.ebay.com", "members.ebay.de", "members.ebay.co.uk", "relay.cdiscount.com", "privaterelay.appleid.com"),
    *("marketplace.walmart.com", "relay.walmart.com", "reply.etsy.com", "mail.bol.com", "verkopen.bol.com"),
    *("allegromail.pl", "user.allegro.pl", "mktp.ricardo.ch", "mail.mercadolibre.com", "mirakl.net"),
    *("marketplace.otto.de", "kaufland-marktplatz.de", "relay.firefox.com", "mozmail.com", "anonaddy.me", "duck.com"),
    *("guest.booking.com", "guest.airbnb.com", "zalando-partner.com", "messages.shopify.com"),
)
# A label of a domain that says the same where the operator is not in the list.
RELAY_LABELS = frozenset(("marketplace", "relay", "privaterelay", "mailrelay", "anonymized", "masked"))
FREE_DOMAINS = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com rocketmail.com aol.com "
    "icloud.com me.com mac.com proton.me protonmail.com pm.me gmx.com gmx.net gmx.de gmx.at gmx.ch web.de t-online.de "
    "freenet.de arcor.de mail.com mail.ru yandex.ru yandex.com bk.ru list.ru inbox.ru rambler.ru ukr.net i.ua "
    "zoho.com fastmail.com hushmail.com tutanota.com tuta.io orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr "
    "bbox.fr libero.it virgilio.it alice.it tin.it tiscali.it hotmail.it hotmail.fr hotmail.es hotmail.de "
    "hotmail.co.uk "
    "outlook.fr outlook.es outlook.it outlook.de outlook.com.br live.fr live.it live.nl live.co.uk live.de yahoo.fr "
    "yahoo.de yahoo.it yahoo.es yahoo.co.uk yahoo.com.br yahoo.co.jp yahoo.ca yahoo.in ziggo.nl kpnmail.nl planet.nl "
    "xs4all.nl hetnet.nl home.nl telenet.be skynet.be proximus.be bluewin.ch sunrise.ch hispeed.ch aon.at chello.at "
    "wp.pl o2.pl onet.pl interia.pl op.pl gazeta.pl poczta.onet.pl seznam.cz centrum.cz email.cz post.cz azet.sk "
    "freemail.hu citromail.hu abv.bg sapo.pt uol.com.br bol.com.br terra.com.br ig.com.br telefonica.net terra.es "
    "btinternet.com sky.com talktalk.net virginmedia.com ntlworld.com blueyonder.co.uk comcast.net verizon.net att.net "
    "sbcglobal.net bellsouth.net cox.net charter.net earthlink.net rogers.com shaw.ca sympatico.ca telus.net "
    "bigpond.com bigpond.net.au optusnet.com.au iinet.net.au xtra.co.nz telia.com online.no hotmail.se live.se "
    "live.dk live.no luukku.com suomi24.fi walla.co.il qq.com 163.com 126.com sina.com naver.com hanmail.net daum.net "
    "docomo.ne.jp ezweb.ne.jp softbank.ne.jp rediffmail.com".split()
)
# Reserved for documentation (RFC 2606): these identify no company.
RESERVED_DOMAINS = ("example", "test", "invalid", "localhost", "example.com", "example.net", "example.org")
# Providers that ignore dots in the local part.
DOTLESS_DOMAINS = frozenset(("gmail.com", "googlemail.com"))
SAME_DOMAINS = {
    "googlemail.com": "gmail.com",
    "pm.me": "proton.me",
    "protonmail.com": "proton.me",
    "me.com": "icloud.com",
}
# Second-level labels under which companies register: the domain is one label longer.
SECOND_LEVEL = frozenset("co com org net ac gov edu or ne go gob nom".split())
