/* fuzz_retry_after.c - no Retry-After may crash retry_after_read(), and none lies in the past. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "edge/outgoing/retry_after.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const utc_seconds now = INT64_C(1792846800);
    char text[RETRY_AFTER_SIZE];

    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    utc_seconds at = retry_after_read(text, now);
    if (at != 0 && at < now)
        abort();
    return 0;
}
