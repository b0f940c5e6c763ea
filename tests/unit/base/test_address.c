#include "base/address.h"

#include <string.h>

#include "support/check.h"

TEST(an_address_reads_back_as_it_was_written)
{
    static const char *const rows[] = {
        "127.0.0.1:8080", "0.0.0.0:0", "255.255.255.255:65535",
        "[::]:5683",      "[::1]:1",   "[2001:db8::7]:65535",
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct address address;
        char text[ADDRESS_TEXT_SIZE] = "";
        check_row(rows[i]);
        check(address_parse(&address, rows[i]));
        address_format(text, &address);
        check_text(text, rows[i]);
    }
}

TEST(what_is_no_address_changes_nothing)
{
    static const char *const rows[] = {
        "",
        ":",
        ":80",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "127.0.0.1: 80",
        "127.0.0.1:8o",
        "127.0.0.1:000080",
        "127.0.0:80",
        "256.0.0.1:80",
        "localhost:80",
        "::1:80",
        "[::1]",
        "[::1]:",
        "[]:80",
        "[127.0.0.1]:80",
        "[::1:80",
        "::1]:80",
        "[1:2:3:4:5:6:7:8:9]:1",
        " 127.0.0.1:80",
        "127.0.0.1:80 ",
        "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:1",
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct address address, before;
        check_row(rows[i]);
        memset(&before, 7, sizeof before);
        address = before;
        check(!address_parse(&address, rows[i]));
        check(!memcmp(&address, &before, sizeof before));
    }
}

TEST(a_port_can_be_changed)
{
    struct address address;
    char text[ADDRESS_TEXT_SIZE];

    check(address_parse(&address, "[::1]:0"));
    address_set_port(&address, 5683);
    check_int(address_port(&address), 5683);
    address_format(text, &address);
    check_text(text, "[::1]:5683");
}

TEST(a_host_has_no_port)
{
    static const char *const good[] = { "127.0.0.1", "::1", "[::1]", "2001:db8::7",
                                        "::ffff:1.2.3.4" };
    static const char *const bad[] = {
        "",         "localhost",   "127.0.0.1:80",
        "[::1]:80", "::1]",        "[::1",
        "[[::1]]",  "[127.0.0.1]", "127.0.0",
        " ::1",     "10.0.0.0/8",  "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]",
    };
    struct address address;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        check_row(good[i]);
        check(address_parse_host(&address, good[i]));
        check_int(address_port(&address), 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        check_row(bad[i]);
        check(!address_parse_host(&address, bad[i]));
    }
}
