#include "base/address_class.h"

#include <stdio.h>

#include "support/check.h"

/* The first and the last address of each range, and their neighbours outside. */
static const struct {
    const char *host;
    enum address_class want;
} rows[] = {
    { "0.0.0.0", ADDRESS_UNSPECIFIED },
    { "0.255.255.255", ADDRESS_UNSPECIFIED },
    { "1.0.0.0", ADDRESS_PUBLIC },
    { "9.255.255.255", ADDRESS_PUBLIC },
    { "10.0.0.0", ADDRESS_PRIVATE },
    { "10.255.255.255", ADDRESS_PRIVATE },
    { "11.0.0.0", ADDRESS_PUBLIC },
    { "100.63.255.255", ADDRESS_PUBLIC },
    { "100.64.0.0", ADDRESS_PRIVATE },
    { "100.127.255.255", ADDRESS_PRIVATE },
    { "100.128.0.0", ADDRESS_PUBLIC },
    { "126.255.255.255", ADDRESS_PUBLIC },
    { "127.0.0.0", ADDRESS_LOOPBACK },
    { "127.255.255.255", ADDRESS_LOOPBACK },
    { "128.0.0.0", ADDRESS_PUBLIC },
    { "169.253.255.255", ADDRESS_PUBLIC },
    { "169.254.0.0", ADDRESS_LINK_LOCAL },
    { "169.254.169.254", ADDRESS_LINK_LOCAL }, /* where clouds tell a machine its secrets */
    { "169.254.255.255", ADDRESS_LINK_LOCAL },
    { "169.255.0.0", ADDRESS_PUBLIC },
    { "172.15.255.255", ADDRESS_PUBLIC },
    { "172.16.0.0", ADDRESS_PRIVATE },
    { "172.31.255.255", ADDRESS_PRIVATE },
    { "172.32.0.0", ADDRESS_PUBLIC },
    { "191.255.255.255", ADDRESS_PUBLIC },
    { "192.0.0.0", ADDRESS_SPECIAL },
    { "192.0.0.255", ADDRESS_SPECIAL },
    { "192.0.1.0", ADDRESS_PUBLIC },
    { "192.0.2.0", ADDRESS_SPECIAL },
    { "192.0.2.255", ADDRESS_SPECIAL },
    { "192.0.3.0", ADDRESS_PUBLIC },
    { "192.88.98.255", ADDRESS_PUBLIC },
    { "192.88.99.0", ADDRESS_SPECIAL },
    { "192.88.99.255", ADDRESS_SPECIAL },
    { "192.88.100.0", ADDRESS_PUBLIC },
    { "192.167.255.255", ADDRESS_PUBLIC },
    { "192.168.0.0", ADDRESS_PRIVATE },
    { "192.168.255.255", ADDRESS_PRIVATE },
    { "192.169.0.0", ADDRESS_PUBLIC },
    { "198.17.255.255", ADDRESS_PUBLIC },
    { "198.18.0.0", ADDRESS_SPECIAL },
    { "198.19.255.255", ADDRESS_SPECIAL },
    { "198.20.0.0", ADDRESS_PUBLIC },
    { "198.51.99.255", ADDRESS_PUBLIC },
    { "198.51.100.0", ADDRESS_SPECIAL },
    { "198.51.100.255", ADDRESS_SPECIAL },
    { "198.51.101.0", ADDRESS_PUBLIC },
    { "203.0.112.255", ADDRESS_PUBLIC },
    { "203.0.113.0", ADDRESS_SPECIAL },
    { "203.0.113.255", ADDRESS_SPECIAL },
    { "203.0.114.0", ADDRESS_PUBLIC },
    { "223.255.255.255", ADDRESS_PUBLIC },
    { "224.0.0.0", ADDRESS_MULTICAST },
    { "239.255.255.255", ADDRESS_MULTICAST },
    { "240.0.0.0", ADDRESS_SPECIAL },
    { "255.255.255.255", ADDRESS_SPECIAL },
    { "8.8.8.8", ADDRESS_PUBLIC },

    { "[::]", ADDRESS_UNSPECIFIED },
    { "[::1]", ADDRESS_LOOPBACK },
    { "[::2]", ADDRESS_SPECIAL },
    { "[::127.0.0.1]", ADDRESS_SPECIAL }, /* IPv4-compatible, given up */
    { "[::8.8.8.8]", ADDRESS_SPECIAL },
    { "[::ffff:127.0.0.1]", ADDRESS_LOOPBACK },
    { "[::ffff:10.1.2.3]", ADDRESS_PRIVATE },
    { "[::ffff:169.254.169.254]", ADDRESS_LINK_LOCAL },
    { "[::ffff:0.0.0.0]", ADDRESS_UNSPECIFIED },
    { "[::ffff:8.8.8.8]", ADDRESS_PUBLIC },
    { "[::fffe:8.8.8.8]", ADDRESS_SPECIAL },
    { "[64:ff9b::127.0.0.1]", ADDRESS_LOOPBACK },
    { "[64:ff9b::192.168.0.1]", ADDRESS_PRIVATE },
    { "[64:ff9b::8.8.8.8]", ADDRESS_PUBLIC },
    { "[64:ff9b:1::8.8.8.8]", ADDRESS_SPECIAL },
    { "[100::]", ADDRESS_SPECIAL },
    { "[1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]", ADDRESS_SPECIAL },
    { "[2000::]", ADDRESS_PUBLIC },
    { "[2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff]", ADDRESS_PUBLIC },
    { "[2001::]", ADDRESS_SPECIAL },
    { "[2001:0:7f00:1::]", ADDRESS_SPECIAL }, /* Teredo */
    { "[2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff]", ADDRESS_SPECIAL },
    { "[2001:200::]", ADDRESS_PUBLIC },
    { "[2001:db7:ffff:ffff:ffff:ffff:ffff:ffff]", ADDRESS_PUBLIC },
    { "[2001:db8::]", ADDRESS_SPECIAL },
    { "[2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]", ADDRESS_SPECIAL },
    { "[2001:db9::]", ADDRESS_PUBLIC },
    { "[2002::]", ADDRESS_SPECIAL },
    { "[2002:7f00:1::]", ADDRESS_SPECIAL }, /* a tunnel to 127.0.0.1 */
    { "[2003::]", ADDRESS_PUBLIC },
    { "[2606:4700:4700::1111]", ADDRESS_PUBLIC },
    { "[3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff]", ADDRESS_PUBLIC },
    { "[3fff::]", ADDRESS_SPECIAL },
    { "[3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff]", ADDRESS_SPECIAL },
    { "[3fff:1000::]", ADDRESS_PUBLIC },
    { "[3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]", ADDRESS_PUBLIC },
    { "[4000::]", ADDRESS_SPECIAL },
    { "[5f00::1]", ADDRESS_SPECIAL },
    { "[fbff::1]", ADDRESS_SPECIAL },
    { "[fc00::]", ADDRESS_PRIVATE },
    { "[fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]", ADDRESS_PRIVATE },
    { "[fe00::1]", ADDRESS_SPECIAL },
    { "[fe7f::1]", ADDRESS_SPECIAL },
    { "[fe80::]", ADDRESS_LINK_LOCAL },
    { "[febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff]", ADDRESS_LINK_LOCAL },
    { "[fec0::]", ADDRESS_PRIVATE },
    { "[feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]", ADDRESS_PRIVATE },
    { "[ff00::]", ADDRESS_MULTICAST },
    { "[ff02::1]", ADDRESS_MULTICAST },
};

TEST(an_address_is_of_the_class_that_the_registries_say)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct address address = { 0 };
        char text[ADDRESS_TEXT_SIZE];
        check_row(rows[i].host);
        snprintf(text, sizeof text, "%s:443", rows[i].host);
        check(address_parse(&address, text));
        check_int(address_class_of((const struct sockaddr *)&address.storage), rows[i].want);
    }
}

TEST(what_is_no_ip_address_is_special)
{
    struct sockaddr local = { .sa_family = AF_UNIX };

    check_int(address_class_of(&local), ADDRESS_SPECIAL);
    for (int kind = 0; kind < ADDRESS_CLASS_COUNT; kind++)
        check(*address_class_words((enum address_class)kind));
}
