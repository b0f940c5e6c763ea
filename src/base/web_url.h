/*
 * web_url.h - the address of something that is asked over HTTP: what of RFC 3986 a webhook may
 * be sent to.
 *
 * http or https, a host, perhaps a port, a path and a query. No user information (it would be
 * a secret in plain sight), no fragment, only ASCII.
 */
#ifndef BASE_WEB_URL_H
#define BASE_WEB_URL_H

#include "base/address.h"

enum { WEB_URL_MOST_BYTES = 2048, WEB_URL_HOST_SIZE = 256 };

struct web_url {
    bool secure;                  /* https */
    char host[WEB_URL_HOST_SIZE]; /* as written; of an IPv6 address without its brackets */
    unsigned port;                /* 80 or 443 where none is written */
    bool numeric;                 /* the host is an IP address: */
    struct address address;
};

enum web_url_flaw {
    WEB_URL_OK,
    WEB_URL_TOO_LONG,
    WEB_URL_SCHEME,
    WEB_URL_USER,
    WEB_URL_HOST,
    WEB_URL_PORT,
    WEB_URL_FRAGMENT,
    WEB_URL_SYMBOL, /* one that must be written as %XX */
    WEB_URL_FLAW_COUNT
};

/* *out is set only for WEB_URL_OK. */
enum web_url_flaw web_url_parse(struct web_url *out, const char *text, size_t length);

/* What is wrong, as a sentence without its full stop. */
const char *web_url_flaw_sentence(enum web_url_flaw flaw);

#endif
