/* covered_organizations.h - the organizations that the coverage table knows, by id. */
#ifndef SERVICE_COVERAGE_COVERED_ORGANIZATIONS_H
#define SERVICE_COVERAGE_COVERED_ORGANIZATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/horizon.h"

#define COVERAGE_VERSION_UNREAD (-1)

struct covered_organization {
    int64_t id;
    int64_t version; /* its sensors in the table are as of this version or later;
                        COVERAGE_VERSION_UNREAD */
    bool device_token_required;
    bool has_alarms; /* it has, or had, alarm rules: evaluator.h */
    char device_token[64];
    /* A webhook subscribes to the first refusal (service/ingest/refusal_watch.h), and to conflicts
     * (service/ingest/conflict_watch.h). */
    bool reports_refusals, reports_conflicts;
    utc_seconds due_at;            /* when the pool may have to renew a sensor; UTC_NEVER */
    bool unsettled;                /* changed by the transaction that reads it */
    struct pool_horizon lookahead; /* renewal_lookahead.h */
    uint64_t batch;                /* the last step that touched it: coverage_refresh.c's */
};

struct covered_organizations {
    struct covered_organization **items; /* an index stays the same; the item stays where it is */
    size_t count;
    uint32_t *slots; /* indexes, by id: open addressing */
    size_t slot_count;
};

#define COVERED_ORGANIZATION_NONE UINT32_MAX

void covered_organizations_init(struct covered_organizations *all);
void covered_organizations_clear(struct covered_organizations *all);
/* COVERED_ORGANIZATION_NONE: unknown. */
uint32_t covered_organizations_index(const struct covered_organizations *all, int64_t id);
/* Returns the organization, or adds it with an unread version. */
struct covered_organization *covered_organizations_add(struct covered_organizations *all,
                                                       int64_t id);

#endif
