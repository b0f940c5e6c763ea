#include "base/domain_name.h"

#include <string.h>

#include "support/check.h"

TEST(domain_names_have_one_form_on_the_wire_and_one_for_people)
{
    static const struct {
        const char *text, *ascii, *shown;
    } rows[] = {
        { "example.com", "example.com", NULL },
        { "EXAMPLE.Com", "example.com", NULL },
        { "localhost", "localhost", NULL },
        { "192.0.2.1", "192.0.2.1", NULL },
        { "bücher.example", "xn--bcher-kva.example", "bücher.example" },
        { "BÜCHER.example", "xn--bcher-kva.example", "bücher.example" },
        { "bu\u0308cher.example", "xn--bcher-kva.example", "bücher.example" },
        { "xn--bcher-kva.example", "xn--bcher-kva.example", "bücher.example" },
        { "XN--BCHER-KVA.example", "xn--bcher-kva.example", "bücher.example" },
        { "faß.de", "xn--fa-hia.de", "faß.de" },
        { "fass.de", "fass.de", NULL },
        { "ｅｘａｍｐｌｅ。com", "example.com", NULL },
        { "例え.テスト", "xn--r8jz45g.xn--zckzah", "例え.テスト" },
        { "βόλος.com", "xn--nxasmm1c.com", "βόλος.com" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char ascii[DOMAIN_NAME_SIZE] = "", shown[DOMAIN_NAME_SHOWN_SIZE];
        check_row(rows[i].text);
        check(domain_name_to_ascii(ascii, rows[i].text, strlen(rows[i].text)));
        check_text(ascii, rows[i].ascii);
        domain_name_to_shown(shown, ascii);
        check_text(shown, rows[i].shown ? rows[i].shown : rows[i].ascii);
    }
}

TEST(domain_names_are_letters_digits_and_hyphens)
{
    static const char *const rows[] = {
        "",
        ".",
        "a..b",
        ".a",
        "a.",
        "a/b",
        "a b",
        "a_b",
        "-a",
        "a-",
        "a.-b",
        "ü_b.de",
        "a\u200Bb.de/",
        "℀.de",
        "a\u202Eb.de",
        "xn--a.de",
        "xn--.de",
        "xn--bcher-kva-.de",
        "a@b",
        "a:80",
        "[::1]",
        "\u0301a.de",
        "ü..de",
        "a,b",
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char ascii[DOMAIN_NAME_SIZE];
        check_row(rows[i]);
        check(!domain_name_to_ascii(ascii, rows[i], strlen(rows[i])));
    }
}

TEST(domain_names_have_labels_of_63_bytes_and_253_in_all)
{
    char name[1200], ascii[DOMAIN_NAME_SIZE];

    memset(name, 'a', sizeof name);
    check(domain_name_to_ascii(ascii, name, 63));
    check(!domain_name_to_ascii(ascii, name, 64));
    for (size_t i = 63; i < sizeof name; i += 64)
        name[i] = '.';
    check(domain_name_to_ascii(ascii, name, 253));
    check(!domain_name_to_ascii(ascii, name, 254));
    check(!domain_name_to_ascii(ascii, name, sizeof name));
    check(!domain_name_to_ascii(ascii, "a\0b", 3));
}
