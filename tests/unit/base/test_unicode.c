#include "base/unicode.h"

#include <string.h>

#include "support/check.h"

enum { ROOM = 4096 };

TEST(unicode_folded_forms_look_past_case_accents_width_and_what_nobody_sees)
{
    static const struct {
        const char *text, *folded;
    } rows[] = {
        { "", "" },
        { "Sensor 7", "sensor 7" },
        { "Kühlraum", "kuhlraum" },
        { "KÜHLRAUM", "kuhlraum" },
        { "Ku\u0308hlraum", "kuhlraum" },
        { "Äpfel", "apfel" },
        { "Łódź", "lodz" },
        { "København", "kobenhavn" },
        { "Đakovo", "dakovo" },
        { "Straße", "strasse" },
        { "STRAẞE", "strasse" },
        { "Ærø", "aero" },
        { "Œuvre", "oeuvre" },
        { "Iğdır", "igdir" },
        { "İzmir", "izmir" },
        { "Þór", "thor" },
        { "Seyðisfjörður", "seydisfjordur" },
        { "Ħamrun", "hamrun" },
        { "Ŧ", "t" },
        { "Ελλάς", "ελλασ" },
        { "ΕΛΛΆΣ", "ελλασ" },
        { "ᾳ", "α" },
        { "Склад №7", "склад no7" },
        { "Холодильный", "холодильныи" },
        { "ｋｕｅｈｌ", "kuehl" },
        { "ﬁlter", "filter" },
        { "25 m²", "25 m2" },
        { "8\u00A0°C", "8 °c" },
        { "Kühl\u00ADraum", "kuhlraum" },
        { "می\u200Cخواهم", "میخواهم" },
        { "مَخْزَن", "مخزن" },
        { "ガ", "ガ" },
        { "カ", "カ" },
        { "सेंसर", "सेंसर" },
        { "ตู้เย็น", "ตู้เย็น" },
        { "冷蔵庫", "冷蔵庫" },
        { "한국", "한국" },
        { "❄\uFE0F", "❄" },
        { "\u0301", "" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char folded[UNICODE_FOLDED_SIZE];
        check_row(rows[i].text);
        unicode_fold(folded, rows[i].text, strlen(rows[i].text));
        check_text(folded, rows[i].folded);
    }
}

TEST(unicode_folded_forms_end_at_their_limit_with_a_whole_character)
{
    char text[ROOM], folded[UNICODE_FOLDED_SIZE];

    memset(text, 'A', ROOM);
    unicode_fold(folded, text, ROOM);
    check_int(strlen(folded), UNICODE_FOLDED_MOST_BYTES);
    check_int(folded[0], 'a');

    for (size_t i = 0; i < ROOM - 3; i += 3)
        memcpy(text + i, "冷", 3);
    text[0] = text[1] = text[2] = 'x';
    text[3] = 'x'; /* the end falls in the middle of a character */
    memmove(text + 4, text + 6, ROOM - 6);
    unicode_fold(folded, text, 900 + 1);
    check_int(strlen(folded), UNICODE_FOLDED_MOST_BYTES - 2);
}

TEST(unicode_normal_form_composes)
{
    static const struct {
        const char *text, *nfc, *lower;
    } rows[] = {
        { "", "", "" },
        { "Abc", "Abc", "abc" },
        { "Ku\u0308hl", "Kühl", "kühl" },
        { "KÜHL", "KÜHL", "kühl" },
        { "a\u0323\u0302", "ậ", "ậ" },
        { "a\u0302\u0323", "ậ", "ậ" },
        { "\u212Bngström", "Ångström", "ångström" },
        { "STRAẞE", "STRAẞE", "straße" },
        { "ΆΛΦΑΣ", "ΆΛΦΑΣ", "άλφας" },
        { "\U0001D160", "\U0001D158\U0001D165\U0001D16E", "\U0001D158\U0001D165\U0001D16E" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[ROOM];
        check_row(rows[i].text);
        check_int(unicode_nfc(out, rows[i].text, strlen(rows[i].text)), strlen(rows[i].nfc));
        check_text(out, rows[i].nfc);
        check_int(unicode_lower(out, rows[i].text, strlen(rows[i].text)), strlen(rows[i].lower));
        check_text(out, rows[i].lower);
    }
}

TEST(unicode_names_show_what_they_hold)
{
    static const struct {
        const char *text;
        enum unicode_flaw want;
    } rows[] = {
        { "Kühlraum", UNICODE_OK },
        { "7", UNICODE_OK },
        { "-", UNICODE_OK },
        { "Ku\u0308hlraum", UNICODE_OK },
        { "می\u200Cخواهم", UNICODE_OK },
        { "क्\u200Dष", UNICODE_OK },
        { "👩\u200D🔬", UNICODE_OK },
        { "👩🏽\u200D🔬", UNICODE_OK },
        { "👩\u200D⚕\uFE0F", UNICODE_OK },
        { "🏳\uFE0F\u200D🌈", UNICODE_OK },
        { "❄\uFE0F 3", UNICODE_OK },
        { "1\uFE0F\u20E3", UNICODE_OK },
        { "辻\U000E0100", UNICODE_OK },
        { "\U0001FAE9", UNICODE_OK }, /* younger than the library's tables */
        { "", UNICODE_BLANK },
        { " ", UNICODE_BLANK },
        { "\u00A0\u3000", UNICODE_BLANK },
        { "\u0301", UNICODE_BLANK },
        { "\u2800", UNICODE_BLANK },
        { "\uFFFF", UNICODE_BLANK },
        { "a\u202Eb", UNICODE_DIRECTION },
        { "a\u2066b\u2069", UNICODE_DIRECTION },
        { "\u200Ea", UNICODE_DIRECTION },
        { "a\u200Fb", UNICODE_DIRECTION },
        { "\u061Ca", UNICODE_DIRECTION },
        { "a\u200Bb", UNICODE_HIDDEN },
        { "\uFEFFa", UNICODE_HIDDEN },
        { "a\u2060b", UNICODE_HIDDEN },
        { "Kühl\u00ADraum", UNICODE_HIDDEN },
        { "\u3164", UNICODE_HIDDEN },
        { "a\u115Fb", UNICODE_HIDDEN },
        { "a\u034Fb", UNICODE_HIDDEN },
        { "a\u2028b", UNICODE_HIDDEN },
        { "a\u2029b", UNICODE_HIDDEN },
        { "a\uFFF9b", UNICODE_HIDDEN },
        { "a\U000E0041", UNICODE_HIDDEN },
        { "\u200Da", UNICODE_HIDDEN },
        { "a\u200D", UNICODE_HIDDEN },
        { "a \u200D b", UNICODE_HIDDEN },
        { "1\u200D2", UNICODE_HIDDEN },
        { "a\u200D\u200Db", UNICODE_HIDDEN },
        { "\uFE0Fa", UNICODE_HIDDEN },
        { "a \uFE0F", UNICODE_HIDDEN },
        { "a\uFE0F\uFE0F", UNICODE_HIDDEN },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].text);
        check_int(unicode_check(rows[i].text, strlen(rows[i].text)), rows[i].want);
    }
    for (int flaw = 0; flaw < UNICODE_FLAW_COUNT; flaw++)
        check(*unicode_flaw_sentence((enum unicode_flaw)flaw));
}

TEST(unicode_all_visible_admits_no_space_and_no_joiner)
{
    check(unicode_all_visible("zoe\u0308", strlen("zoe\u0308")));
    check(unicode_all_visible("", 0));
    check(!unicode_all_visible("a\u00A0b", strlen("a\u00A0b")));
    check(!unicode_all_visible("a\u200Db", strlen("a\u200Db")));
    check(!unicode_all_visible("a\uFE0Fb", strlen("a\uFE0Fb")));
}

TEST(unicode_fold_version_names_rules_and_library)
{
    char version[UNICODE_FOLD_VERSION_SIZE];

    unicode_fold_version(version);
    check(!strncmp(version, "1.", 2) && strlen(version) > 2);
}

TEST(unicode_fold_age_compares_rules_and_then_libraries_as_numbers)
{
    char version[UNICODE_FOLD_VERSION_SIZE];

    unicode_fold_version(version);
    check_int(unicode_fold_age(version), UNICODE_FOLD_SAME);
    check_int(unicode_fold_age(""), UNICODE_FOLD_OLD_RULES);
    check_int(unicode_fold_age("0.fffffff"), UNICODE_FOLD_OLD_RULES);
    check_int(unicode_fold_age("1"), UNICODE_FOLD_OLD_LIBRARY);
    check_int(unicode_fold_age("1.9"), UNICODE_FOLD_OLD_LIBRARY); /* a text of "1.9" is greater */
    check_int(unicode_fold_age("1.fffffff"), UNICODE_FOLD_NEWER);
    check_int(unicode_fold_age("10.9"), UNICODE_FOLD_NEWER);
}
