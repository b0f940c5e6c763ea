#include "edge/http/routes/import_words.h"

#include <string.h>

#include "base/text.h"
#include "base/unicode.h"
#include "domain/claim.h"

static const char *const columns[IMPORT_COLUMN_COUNT] = {
    [IMPORT_SERIAL] = "serial",
    [IMPORT_NAME] = "name",
    [IMPORT_KEY] = "key",
    [IMPORT_AUTO_RENEWAL] = "auto_renewal",
    [IMPORT_CLAIM_CODE] = "claim_code",
};

/* Better words first. */
static const struct table_word words[] = {
    /* English */
    { "serialnumber", IMPORT_SERIAL },
    { "serialno", IMPORT_SERIAL },
    { "serialnr", IMPORT_SERIAL },
    { "serialnum", IMPORT_SERIAL },
    { "sn", IMPORT_SERIAL },
    { "sensorserial", IMPORT_SERIAL },
    { "deviceserial", IMPORT_SERIAL },
    { "deviceserialnumber", IMPORT_SERIAL },
    { "deveui", IMPORT_SERIAL },
    { "deviceeui", IMPORT_SERIAL },
    { "eui", IMPORT_SERIAL },
    { "macaddress", IMPORT_SERIAL },
    { "mac", IMPORT_SERIAL },
    { "deviceid", IMPORT_SERIAL },
    { "sensorid", IMPORT_SERIAL },
    { "device", IMPORT_SERIAL },
    { "sensor", IMPORT_SERIAL },
    { "devicename", IMPORT_NAME },
    { "sensorname", IMPORT_NAME },
    { "label", IMPORT_NAME },
    { "title", IMPORT_NAME },
    { "description", IMPORT_NAME },
    { "location", IMPORT_NAME },
    { "activationcode", IMPORT_KEY },
    { "licensekey", IMPORT_KEY },
    { "licencekey", IMPORT_KEY },
    { "autorenewal", IMPORT_AUTO_RENEWAL },
    { "autorenew", IMPORT_AUTO_RENEWAL },
    { "automaticrenewal", IMPORT_AUTO_RENEWAL },
    { "claimcode", IMPORT_CLAIM_CODE },
    { "claim", IMPORT_CLAIM_CODE },
    /* German */
    { "seriennummer", IMPORT_SERIAL },
    { "seriennr", IMPORT_SERIAL },
    { "geratenummer", IMPORT_SERIAL },
    { "geraeteid", IMPORT_SERIAL },
    { "gerateid", IMPORT_SERIAL },
    { "gerat", IMPORT_SERIAL },
    { "geraet", IMPORT_SERIAL },
    { "bezeichnung", IMPORT_NAME },
    { "beschreibung", IMPORT_NAME },
    { "standort", IMPORT_NAME },
    { "aktivierungscode", IMPORT_KEY },
    { "lizenzschlussel", IMPORT_KEY },
    { "schlussel", IMPORT_KEY },
    { "automatischeverlangerung", IMPORT_AUTO_RENEWAL },
    { "verlangerung", IMPORT_AUTO_RENEWAL },
    /* French */
    { "numerodeserie", IMPORT_SERIAL }, /* Spanish, too */
    { "nodeserie", IMPORT_SERIAL },
    { "n\xC2\xB0"
      "deserie",
      IMPORT_SERIAL },
    { "numserie", IMPORT_SERIAL },
    { "appareil", IMPORT_SERIAL },
    { "capteur", IMPORT_SERIAL },
    { "nom", IMPORT_NAME },
    { "libelle", IMPORT_NAME },
    { "designation", IMPORT_NAME },
    { "etiquette", IMPORT_NAME },
    { "emplacement", IMPORT_NAME },
    { "codedactivation", IMPORT_KEY },
    { "cledelicence", IMPORT_KEY },
    { "cle", IMPORT_KEY },
    { "renouvellementautomatique", IMPORT_AUTO_RENEWAL },
    /* Polish */
    { "numerseryjny", IMPORT_SERIAL },
    { "nrseryjny", IMPORT_SERIAL },
    { "urzadzenie", IMPORT_SERIAL },
    { "czujnik", IMPORT_SERIAL },
    { "nazwa", IMPORT_NAME },
    { "etykieta", IMPORT_NAME },
    { "opis", IMPORT_NAME },
    { "kodaktywacyjny", IMPORT_KEY },
    { "klucz", IMPORT_KEY },
    { "automatyczneodnawianie", IMPORT_AUTO_RENEWAL },
    { "odnawianie", IMPORT_AUTO_RENEWAL },
    /* Italian, Spanish, Portuguese, Dutch, Swedish, Danish, Czech */
    { "numerodiserie", IMPORT_SERIAL },
    { "dispositivo", IMPORT_SERIAL },
    { "serienummer", IMPORT_SERIAL },
    { "vyrobnicislo", IMPORT_SERIAL },
    { "seriovecislo", IMPORT_SERIAL },
    { "nome", IMPORT_NAME },
    { "nombre", IMPORT_NAME },
    { "naam", IMPORT_NAME },
    { "namn", IMPORT_NAME },
    { "navn", IMPORT_NAME },
    { "nazev", IMPORT_NAME },
    /* the other columns of the lists that Tenure makes */
    { "state", TABLE_NO_COLUMN },
    { "activatedat", TABLE_NO_COLUMN },
    { "expiresat", TABLE_NO_COLUMN },
    { "lastday", TABLE_NO_COLUMN },
    { "daysleft", TABLE_NO_COLUMN },
    { "covereduntil", TABLE_NO_COLUMN },
    { "waiting", TABLE_NO_COLUMN },
    { "next", TABLE_NO_COLUMN },
    { "whathappens", TABLE_NO_COLUMN },
    { "refused", TABLE_NO_COLUMN },
};

const struct table_form import_form = {
    .columns = columns,
    .column_count = IMPORT_COLUMN_COUNT,
    .words = words,
    .word_count = sizeof words / sizeof words[0],
    .wanted = "serial, name, key, auto_renewal and claim_code (only serial is required)",
    .is_first = claim_label_has_serial,
};

/* Folded: Excel's TRUE and FALSE, then yes and no. */
static const char *const true_words[] = {
    "true",  "wahr",  "vrai",   "prawda", "vero",   "verdadero", "verdadeiro", "waar",
    "sant",  "sann",  "sand",   "tosi",   "igaz",   "pravda",    "adevarat",   "dogru",
    "toene", "tiesa", "istina", "истина", "істина", "αληθησ",    "yes",        "ja",
    "oui",   "tak",   "si",     "sim",    "ano",    "igen",      "kylla",      "da",
    "evet",  "taip",  "jah",    "да",     "так",    "ναι",       "1",          "on",
};
static const char *const false_words[] = {
    "false",    "falsch",  "faux",     "falsz",    "falso", "onwaar", "falskt", "usann",
    "falsk",    "epatosi", "hamis",    "nepravda", "fals",  "yanlis", "vaar",   "netiesa",
    "neistina", "ложь",    "хибність", "ψευδησ",   "no",    "nein",   "non",    "nie",
    "nao",      "nee",     "nej",      "nei",      "ne",    "nem",    "ei",     "nu",
    "hayir",    "нет",     "ні",       "οχι",      "0",     "off",
};

static bool
truth_is_in(const char *const *list, size_t count, const char *text)
{
    return text_find_word(list, count, text, strlen(text)) < count;
}

bool
import_read_truth(bool *out, const char *text)
{
    char folded[UNICODE_FOLDED_SIZE];

    unicode_fold(folded, text, strlen(text));
    *out = truth_is_in(true_words, sizeof true_words / sizeof true_words[0], folded);
    return *out || truth_is_in(false_words, sizeof false_words / sizeof false_words[0], folded);
}
