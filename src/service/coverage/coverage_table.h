/*
 * coverage_table.h - maps a serial to its sensor and license intervals, in memory. The writer's
 * thread owns it.
 *
 * A sensor is read from the store when its first message comes, and stays. Every
 * change of an organization's ledger raises the organization's version and
 * stamps the changed sensors. A transaction reads the versions and then the
 * sensors stamped since (coverage_refresh.h). So a verdict is that of the
 * transaction, on one node or on many.
 *
 * A sensor with one license takes 28 bytes and 5 to 11 more for its place in the
 * index.
 */
#ifndef SERVICE_COVERAGE_COVERAGE_TABLE_H
#define SERVICE_COVERAGE_COVERAGE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/coverage.h"
#include "domain/measurement.h"
#include "service/coverage/covered_organizations.h"

struct coverage_table;

/* Of one sensor: licenses that follow each other without a gap are one. */
enum { COVERAGE_MOST_INTERVALS = 4096 };

/* One sensor. The intervals live until the table changes. */
struct covered_sensor {
    struct covered_organization *organization;
    int64_t sensor_id;
    bool auto_renewal;
    const struct interval *intervals; /* sorted by starts_at */
    size_t interval_count;
    struct interval single; /* what `intervals` points at when there is one */
};

struct coverage_table *coverage_table_open(void);
void coverage_table_close(struct coverage_table *table); /* NULL is allowed */

/* Prefetches the memory that a search for these serials reads: among a million sensors each search
 * otherwise waits for memory several times. Changes nothing. */
void coverage_table_prefetch(const struct coverage_table *table, const struct serial *at,
                             size_t count);

/* False when the serial is not in the table; then *out is unset. `out->intervals`
 * may point into *out: do not copy it. */
bool coverage_table_find(const struct coverage_table *table, struct serial serial,
                         struct covered_sensor *out);

/* Adds or replaces a sensor; copies the intervals, at most
 * COVERAGE_MOST_INTERVALS. They are kept in whole seconds since 1970 in 32 bits: an end
 * after 2106-02-07 counts as that day. */
void coverage_table_put(struct coverage_table *table, struct serial serial,
                        const struct covered_sensor *sensor);

/* Removes a sensor: its serial is read again when it comes next. */
void coverage_table_drop(struct coverage_table *table, struct serial serial);

/* Call it after a transaction that changed organizations marked `unsettled`. Without a commit it
 * removes their sensors: the state that was read never came to be. */
void coverage_table_settle(struct coverage_table *table, bool committed);

/* NULL when the table does not know the organization. Lives as long as the table. */
struct covered_organization *coverage_table_organization(const struct coverage_table *table,
                                                         int64_t id);
struct covered_organization *coverage_table_add_organization(struct coverage_table *table,
                                                             int64_t id);

/* A new number for a step of coverage_refresh(). */
uint64_t coverage_table_next_batch(struct coverage_table *table);

/* The table keeps a serial that the store does not know for at most a second, so
 * that a flood of messages costs one query for each serial. */
bool coverage_table_is_unknown(const struct coverage_table *table, struct serial serial,
                               utc_seconds now);
void coverage_table_set_unknown(struct coverage_table *table, struct serial serial,
                                utc_seconds now);
/* Call it after a verb of this process, which may have added a sensor. */
void coverage_table_forget_unknown(struct coverage_table *table);

/* For the benchmark and tests. */
size_t coverage_table_sensors(const struct coverage_table *table);
size_t coverage_table_bytes(const struct coverage_table *table);

#endif
