/* carried.h - what a transfer is to libcurl. For edge/outgoing/transfer*.c only. */
#ifndef EDGE_OUTGOING_CURL_TRANSFER_H
#define EDGE_OUTGOING_CURL_TRANSFER_H

#include <curl/curl.h>

#include "edge/outgoing/transfer.h"

enum { LINE_SIZE = 256 };

/* How far a mail has come: what a failure means depends on it. */
enum step { STEP_GREETING, STEP_SENDER, STEP_RECIPIENT, STEP_CONTENT };

/* One transfer on its way. */
struct carried {
    const struct buffer *out; /* what is sent */
    size_t sent;
    struct transfer_stop stop;
    bool (*admits)(const struct address *address);
    bool not_admitted;
    struct buffer *answer;
    enum step step;
    char line[LINE_SIZE]; /* the relay's last refusal */
};

/* What every transfer has in common. The handle is a new one, or one that was used before. */
void carried_prepare(CURL *handle, struct carried *carried, const char *ca_file);

/* One line of printable ASCII, cut where it is too long. */
void carried_say(struct transfer_result *out, const char *text);

#endif
