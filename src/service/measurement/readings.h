/* readings.h - lists a sensor's saved measurements, from blocks and uncompacted messages. */
#ifndef SERVICE_MEASUREMENT_READINGS_H
#define SERVICE_MEASUREMENT_READINGS_H

#include "domain/measurement.h"
#include "service/core/call.h"

struct readings_query {
    struct page_request page;
    int64_t channel;            /* 1 to 6; 0 for all */
    utc_seconds from;           /* inclusive; 0 for the beginning */
    utc_seconds to;             /* exclusive; UTC_NEVER for the end */
    int64_t resolution_seconds; /* 0: the samples themselves; else 60 to 31 days */
};

struct reading {
    struct sample sample; /* with a resolution: .at is the start of the bucket */
    bool has_total;
    int64_t total;         /* on a major: domain/channel.h */
    double min, mean, max; /* with a resolution only, as buckets.h: errors left out */
    int64_t count;         /* of samples; 0: a state holds that was sent before */
};

struct readings_page {
    struct reading *items; /* oldest first, then by channel */
    size_t count;
    const char *next;
};

/* STATUS_NOT_FOUND; STATUS_MALFORMED: the cursor. */
enum status readings_list(struct call *call, int64_t organization_id, const char *serial,
                          const struct readings_query *query, struct readings_page *out);

#endif
