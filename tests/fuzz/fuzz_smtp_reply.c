/* fuzz_smtp_reply.c - no answer of a relay may crash smtp_reply.h; and an answer is final only
 * where its code says so. Each line of the input is a line of the relay; the first byte chooses the
 * step. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "edge/outgoing/smtp_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
    if (!truth)
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char reply[SMTP_REPLY_SIZE] = "";

    if (size < 1)
        return 0;
    enum smtp_step step = (enum smtp_step)(data[0] % (SMTP_CONTENT + 1));
    for (size_t at = 1, length; at < size; at += length) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        length = end ? (size_t)(end - data) + 1 - at : size - at;
        smtp_reply_add(reply, (const char *)data + at, length);
        must(memchr(reply, '\0', sizeof reply) != NULL);
    }
    int code = (int)strtol(reply, NULL, 10);
    enum transfer_end ends = smtp_reply_end(step, code, reply);
    must(ends != TRANSFER_REFUSED || (code >= 500 && code <= 599 && step >= SMTP_SENDER));
    must(ends != TRANSFER_DONE || code < 400);
    must(ends != TRANSFER_STOPPED && strlen(smtp_reply_advice(step, code, reply)) < 100);
    return 0;
}
