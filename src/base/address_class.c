#include "base/address_class.h"

#include <assert.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { IPV4_BYTES = 4, IPV6_BYTES = 16 };

struct range {
    uint8_t first[IPV6_BYTES];
    unsigned bits; /* of the prefix that all addresses of the range share */
    enum address_class kind;
};

static const struct range ipv4_ranges[] = {
    { { 0 }, 8, ADDRESS_UNSPECIFIED },         /* RFC 791 */
    { { 10 }, 8, ADDRESS_PRIVATE },            /* RFC 1918 */
    { { 100, 64 }, 10, ADDRESS_PRIVATE },      /* RFC 6598 */
    { { 127 }, 8, ADDRESS_LOOPBACK },          /* RFC 1122 */
    { { 169, 254 }, 16, ADDRESS_LINK_LOCAL },  /* RFC 3927 */
    { { 172, 16 }, 12, ADDRESS_PRIVATE },      /* RFC 1918 */
    { { 192, 0, 0 }, 24, ADDRESS_SPECIAL },    /* RFC 6890 */
    { { 192, 0, 2 }, 24, ADDRESS_SPECIAL },    /* RFC 5737 */
    { { 192, 88, 99 }, 24, ADDRESS_SPECIAL },  /* RFC 7526 */
    { { 192, 168 }, 16, ADDRESS_PRIVATE },     /* RFC 1918 */
    { { 198, 18 }, 15, ADDRESS_SPECIAL },      /* RFC 2544 */
    { { 198, 51, 100 }, 24, ADDRESS_SPECIAL }, /* RFC 5737 */
    { { 203, 0, 113 }, 24, ADDRESS_SPECIAL },  /* RFC 5737 */
    { { 224 }, 4, ADDRESS_MULTICAST },         /* RFC 5771 */
    { { 240 }, 4, ADDRESS_SPECIAL },           /* RFC 1112; 255.255.255.255 is the last of it */
};

/* In order of precedence; addresses outside all ranges are reserved. */
static const struct range ipv6_ranges[] = {
    { { 0x20, 0x01 }, 23, ADDRESS_SPECIAL },             /* RFC 2928; Teredo is in it */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32, ADDRESS_SPECIAL }, /* RFC 3849 */
    { { 0x20, 0x02 }, 16, ADDRESS_SPECIAL },    /* RFC 3056: a tunnel to any IPv4 address */
    { { 0x3f, 0xff }, 20, ADDRESS_SPECIAL },    /* RFC 9637 */
    { { 0x20 }, 3, ADDRESS_PUBLIC },            /* RFC 3587 */
    { { 0 }, 128, ADDRESS_UNSPECIFIED },        /* RFC 4291 */
    { { [15] = 1 }, 128, ADDRESS_LOOPBACK },    /* RFC 4291 */
    { { 0xfc }, 7, ADDRESS_PRIVATE },           /* RFC 4193 */
    { { 0xfe, 0xc0 }, 10, ADDRESS_PRIVATE },    /* RFC 3879: site-local */
    { { 0xfe, 0x80 }, 10, ADDRESS_LINK_LOCAL }, /* RFC 4291 */
    { { 0xff }, 8, ADDRESS_MULTICAST },         /* RFC 4291 */
};

/* An IPv4 address follows these prefixes. */
static const struct range ipv4_inside[] = {
    { { [10] = 0xff, [11] = 0xff }, 96, ADDRESS_PUBLIC }, /* RFC 4291: mapped */
    { { 0x00, 0x64, 0xff, 0x9b }, 96, ADDRESS_PUBLIC },   /* RFC 6052: NAT64 */
};

static bool
holds(const struct range *range, const uint8_t *address)
{
    unsigned whole = range->bits / 8, rest = range->bits % 8;

    return !memcmp(range->first, address, whole)
           && (rest == 0 || (uint8_t)(range->first[whole] ^ address[whole]) >> (8 - rest) == 0);
}

static const struct range *
address_class_find(const struct range *ranges, size_t count, const uint8_t *address)
{
    for (size_t i = 0; i < count; i++)
        if (holds(&ranges[i], address))
            return &ranges[i];
    return NULL;
}

static enum address_class
class_of_ipv4(const uint8_t address[IPV4_BYTES])
{
    const struct range *range =
        address_class_find(ipv4_ranges, sizeof ipv4_ranges / sizeof ipv4_ranges[0], address);

    return range ? range->kind : ADDRESS_PUBLIC;
}

static enum address_class
class_of_ipv6(const uint8_t address[IPV6_BYTES])
{
    if (address_class_find(ipv4_inside, sizeof ipv4_inside / sizeof ipv4_inside[0], address))
        return class_of_ipv4(address + IPV6_BYTES - IPV4_BYTES);
    const struct range *range =
        address_class_find(ipv6_ranges, sizeof ipv6_ranges / sizeof ipv6_ranges[0], address);
    return range ? range->kind : ADDRESS_SPECIAL;
}

enum address_class
address_class_of(const struct sockaddr *address)
{
    uint8_t bytes[IPV6_BYTES];

    if (address->sa_family == AF_INET) {
        memcpy(bytes, (const uint8_t *)address + offsetof(struct sockaddr_in, sin_addr),
               IPV4_BYTES);
        return class_of_ipv4(bytes);
    }
    if (address->sa_family == AF_INET6) {
        memcpy(bytes, (const uint8_t *)address + offsetof(struct sockaddr_in6, sin6_addr),
               IPV6_BYTES);
        return class_of_ipv6(bytes);
    }
    return ADDRESS_SPECIAL;
}

static const char *const class_words[] = {
    [ADDRESS_PUBLIC] = "a public address",
    [ADDRESS_UNSPECIFIED] = "an address of this machine",
    [ADDRESS_LOOPBACK] = "an address of this machine",
    [ADDRESS_PRIVATE] = "a private address",
    [ADDRESS_LINK_LOCAL] = "a link-local address",
    [ADDRESS_MULTICAST] = "a multicast address",
    [ADDRESS_SPECIAL] = "a reserved address",
};
_Static_assert(sizeof class_words / sizeof class_words[0] == ADDRESS_CLASS_COUNT,
               "a class has no words");

const char *
address_class_words(enum address_class kind)
{
    assert((unsigned)kind < ADDRESS_CLASS_COUNT);
    return class_words[kind];
}
