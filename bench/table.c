/*
 * table.c - what a sensor costs in the coverage table.
 *
 *   bench_table SENSORS
 *
 * Fills the table, in organizations of a thousand, and looks sensors up in a random order, in
 * batches as messages come in.
 * Prints JSON.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "domain/serial.h"
#include "service/coverage/coverage_table.h"

#define FIRST_SERIAL UINT64_C(0x282C02000000) /* as in load.c */

enum { ORGANIZATION_SENSORS = 1000, LOOKUPS = 4000000, BATCH = 250 };

static double
cpu_seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
fill(struct coverage_table *table, uint64_t sensors)
{
    const struct interval license = { 1700000000, 1800000000 };

    for (uint64_t i = 0; i < sensors; i++) {
        struct covered_organization *organization =
            coverage_table_add_organization(table, (int64_t)(i / ORGANIZATION_SENSORS) + 1);
        coverage_table_put(table, serial_from_number(FIRST_SERIAL + i),
                           &(struct covered_sensor){
                               .organization = organization,
                               .sensor_id = (int64_t)i + 1,
                               .auto_renewal = true,
                               .intervals = &license,
                               .interval_count = 1,
                           });
    }
}

/* How many were found. */
static size_t
look_up(const struct coverage_table *table, uint64_t sensors)
{
    uint64_t random = 1;
    size_t found = 0;

    for (int i = 0; i < LOOKUPS; i += BATCH) {
        struct serial serials[BATCH];
        struct covered_sensor sensor;
        for (int k = 0; k < BATCH; k++) {
            random = random * UINT64_C(6364136223846793005)
                     + 1442695040888963407; /* Knuth's MMIX */
            serials[k] = serial_from_number(FIRST_SERIAL + (random >> 33) % sensors);
        }
        coverage_table_prefetch(table, serials, BATCH);
        for (int k = 0; k < BATCH; k++)
            found += coverage_table_find(table, serials[k], &sensor);
    }
    return found;
}

int
main(int argc, char **argv)
{
    uint64_t sensors = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;

    if (sensors == 0) {
        fprintf(stderr, "usage: bench_table SENSORS\n");
        return 2;
    }
    struct coverage_table *table = coverage_table_open();
    double begun = cpu_seconds_now();
    fill(table, sensors);
    double filled = cpu_seconds_now();
    size_t found = look_up(table, sensors);
    double looked = cpu_seconds_now();
    printf("{\"bytes\":%.2f,\"seconds\":%.3f,\"lookup_ns\":%.1f}\n",
           (double)coverage_table_bytes(table) / (double)sensors, filled - begun,
           (looked - filled) * 1e9 / LOOKUPS);
    coverage_table_close(table);
    return found != LOOKUPS;
}
