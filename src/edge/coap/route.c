#include "edge/coap/route.h"

#include <string.h>

static const struct route routes[] = {
    /*      get    delivers                       */
    { 'm', false, true, DELIVERY_MEASUREMENTS },
    { 'i', false, true, DELIVERY_DEVICE_INFO },
    { 'c', false, true, DELIVERY_CONFIG },
    { 't', true, false, DELIVERY_KIND_COUNT },
};

_Static_assert(sizeof routes / sizeof routes[0] == DELIVERY_KIND_COUNT + 1,
               "every kind of delivery has a path, and so has the time");

/* RFC 3986, section 3.3, without escapes: a device can be configured with these. */
static bool
segment_is_plain(const uint8_t *bytes, size_t size)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-._~";

    for (size_t i = 0; i < size; i++) {
        if (!bytes[i] || !strchr(allowed, bytes[i]))
            return false;
    }
    return size > 0;
}

enum status
route_prefix_set(struct route_prefix *out, const char *text, struct fault *fault)
{
    const char *at = text ? text : "";

    *out = (struct route_prefix){ .size = 0 };
    at += *at == '/';
    size_t length = strlen(at);
    if (length && at[length - 1] == '/')
        length--;
    if (length > ROUTE_MOST_PREFIX_BYTES)
        return fail(fault, STATUS_INVALID, "", "coap_prefix",
                    "the prefix is longer than %d characters", ROUTE_MOST_PREFIX_BYTES);
    memcpy(out->text, at, length);

    for (const char *segment = out->text; length && segment <= out->text + length;) {
        size_t size = strcspn(segment, "/");
        const uint8_t *bytes = (const uint8_t *)segment;

        if (out->size == ROUTE_MOST_PREFIX_SEGMENTS || !segment_is_plain(bytes, size))
            return fail(
                fault, STATUS_INVALID, "", "coap_prefix",
                "the prefix has at most %d words of letters, digits and -._~, separated by /",
                ROUTE_MOST_PREFIX_SEGMENTS);
        out->segments[out->size++] = (struct packet_segment){ bytes, size };
        segment += size + 1;
    }
    return STATUS_OK;
}

const struct route *
route_find(const struct route_prefix *prefix, const struct packet *packet)
{
    if (packet->path_size != prefix->size + 1)
        return NULL;
    for (size_t i = 0; i < prefix->size; i++) {
        const struct packet_segment *want = &prefix->segments[i], *got = &packet->path[i];
        if (got->size != want->size || memcmp(got->bytes, want->bytes, want->size))
            return NULL;
    }

    const struct packet_segment *last = &packet->path[prefix->size];
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if (last->size == 1 && last->bytes[0] == (uint8_t)routes[i].name)
            return &routes[i];
    }
    return NULL;
}

bool
route_allows(const struct route *route, packet_code method)
{
    return method == PACKET_POST || (method == PACKET_GET && route->allows_get);
}
