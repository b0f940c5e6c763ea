/*
 * address_class.h - tells public IP addresses from those that a stranger must not make this program
 * reach.
 *
 * Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890). Unassigned addresses
 * are special.
 */
#ifndef BASE_ADDRESS_CLASS_H
#define BASE_ADDRESS_CLASS_H

#include "base/address.h"

enum address_class {
    ADDRESS_PUBLIC,
    ADDRESS_UNSPECIFIED, /* 0.0.0.0/8, :: : this machine */
    ADDRESS_LOOPBACK,
    ADDRESS_PRIVATE, /* also shared address space, and site-local */
    ADDRESS_LINK_LOCAL,
    ADDRESS_MULTICAST,
    ADDRESS_SPECIAL, /* for documents, tests, tunnels, or reserved */
    ADDRESS_CLASS_COUNT
};

/* An IPv4 address inside an IPv6 one (mapped, NAT64) has the class of the IPv4 address. Other
 * families are special. */
enum address_class address_class_of(const struct sockaddr *address);

/* "a private address", for a sentence. */
const char *address_class_words(enum address_class kind);

#endif
