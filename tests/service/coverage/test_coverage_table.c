#include "service/coverage/coverage_table.h"

#include <string.h>

#include "service/measurement/journal_index.h"
#include "support/check.h"
#include "support/random.h"

enum { SENSORS = 20000, MOST_INTERVALS = 3 };

struct known {
    bool there;
    bool auto_renewal;
    size_t count;
    struct interval intervals[MOST_INTERVALS];
};

static struct known model[SENSORS];

static void
check_same(struct coverage_table *table, size_t number)
{
    struct covered_sensor sensor;
    const struct known *known = &model[number];
    bool found = coverage_table_find(table, serial_from_number(0x282C02000000 + number), &sensor);

    check_int(found, known->there);
    if (!found || !known->there)
        return;
    check_int(sensor.sensor_id, 1000 + number);
    check_int(sensor.organization->id, 1 + number % 700);
    check_int(sensor.auto_renewal, known->auto_renewal);
    check_int(sensor.interval_count, known->count);
    check(!memcmp(sensor.intervals, known->intervals, known->count * sizeof *known->intervals));
}

/* After any order of puts, replacements and drops, the table holds the last value. */
TEST(coverage_table_returns_the_last_value_put)
{
    struct random random = random_seeded();
    struct coverage_table *table = coverage_table_open();

    memset(model, 0, sizeof model);
    for (int step = 0; step < 100000 && !check_failures(); step++) {
        size_t number = random_below(&random, SENSORS);
        struct known *known = &model[number];
        struct serial serial = serial_from_number(0x282C02000000 + number);

        if (random_below(&random, 10) == 0) {
            coverage_table_drop(table, serial);
            known->there = false;
        } else {
            known->there = true;
            known->auto_renewal = random_below(&random, 2);
            known->count = random_below(&random, MOST_INTERVALS + 1);
            for (size_t i = 0; i < known->count; i++) {
                known->intervals[i].starts_at = (int64_t)random_below(&random, 1u << 30);
                known->intervals[i].expires_at = known->intervals[i].starts_at + 1;
            }
            coverage_table_put(table, serial,
                               &(struct covered_sensor){
                                   .organization = coverage_table_add_organization(
                                       table, 1 + (int64_t)number % 700),
                                   .sensor_id = 1000 + (int64_t)number,
                                   .auto_renewal = known->auto_renewal,
                                   .intervals = known->intervals,
                                   .interval_count = known->count,
                               });
        }
        check_same(table, random_below(&random, SENSORS));
    }
    for (size_t i = 0; i < SENSORS; i++)
        check_same(table, i);
    coverage_table_close(table);
}

/* Among so many sensors, several have the same bits of the hash. */
static void
check_each(const struct coverage_table *table, uint64_t count, uint64_t factor)
{
    enum { AT_ONCE = 100 };
    struct serial serials[AT_ONCE];
    struct covered_sensor sensor;
    uint64_t wrong = 0, strangers = 0;

    for (uint64_t i = 0; i < count; i += AT_ONCE) {
        for (uint64_t k = 0; k < AT_ONCE; k++)
            serials[k] = serial_from_number((i + k) * factor);
        coverage_table_prefetch(table, serials, AT_ONCE);
        for (uint64_t k = 0; k < AT_ONCE; k++) {
            wrong += !coverage_table_find(table, serials[k], &sensor)
                     || sensor.sensor_id != (int64_t)(i + k) + 1;
            strangers +=
                coverage_table_find(table, serial_from_number((i + k) * factor + 1), &sensor);
        }
    }
    check_int(wrong, 0);
    check_int(strangers, 0);
}

TEST(coverage_table_holds_a_million_sensors_in_40_bytes_each)
{
    struct coverage_table *table = coverage_table_open();
    struct covered_organization *organization = coverage_table_add_organization(table, 1);
    const struct interval license = { 1700000000, 1800000000 };

    for (uint64_t i = 0; i < 1000000; i++)
        coverage_table_put(table, serial_from_number(i * 7),
                           &(struct covered_sensor){ .organization = organization,
                                                     .sensor_id = (int64_t)i + 1,
                                                     .intervals = &license,
                                                     .interval_count = 1 });
    check_int(coverage_table_sensors(table), 1000000);
    check(coverage_table_bytes(table) <= 40 * coverage_table_sensors(table));
    check_each(table, 1000000, 7);
    coverage_table_prefetch(table, NULL, 0);
    coverage_table_close(table);
}

TEST(coverage_table_remembers_an_unknown_serial_for_a_second)
{
    struct coverage_table *table = coverage_table_open();
    struct serial serial = serial_from_number(42);

    check(!coverage_table_is_unknown(table, serial, 100));
    coverage_table_set_unknown(table, serial, 100);
    check(coverage_table_is_unknown(table, serial, 100));
    check(!coverage_table_is_unknown(table, serial, 101));
    coverage_table_set_unknown(table, serial, 100);
    coverage_table_forget_unknown(table);
    check(!coverage_table_is_unknown(table, serial, 100));
    coverage_table_close(table);
}

enum { JOURNAL_INDEX_PLACES = 3000, JOURNAL_INDEX_ROWS = 20 };

/* The expected rows of a sensor. */
struct known_rows {
    int64_t ids[JOURNAL_INDEX_ROWS];
    size_t count;
    int64_t newest;
};

/* Each row has the same chance; some ids do not exist. */
static size_t
remove_some(struct random *random, struct journal_index *journal_index, int64_t sensor_id,
            struct known_rows *known)
{
    int64_t removed[2 * JOURNAL_INDEX_ROWS];
    size_t removed_count = 0, kept = 0, before = known->count;

    for (size_t i = 0; i < before; i++) {
        if (random_below(random, 4) == 0)
            removed[removed_count++] = known->ids[i] - 1;
        if (random_below(random, 2))
            removed[removed_count++] = known->ids[i];
        else
            known->ids[kept++] = known->ids[i];
    }
    known->count = kept;
    journal_index_remove(journal_index, sensor_id, removed, removed_count);
    return before - kept;
}

/* Rows come and go; a sensor's rows are those added and not removed, oldest first. */
TEST(journal_index_keeps_the_rows_of_each_sensor_in_order)
{
    static struct known_rows rows[JOURNAL_INDEX_PLACES];
    struct random random = random_seeded();
    struct journal_index *journal_index = journal_index_open();
    struct arena arena;
    struct call call = { .db.arena = &arena, .journal_index = journal_index };
    size_t total = 0;

    arena_init(&arena, 1024 * 1024);
    for (int step = 0; step < 60000 && !check_failures(); step++) {
        size_t place = random_below(&random, JOURNAL_INDEX_PLACES);
        int64_t sensor_id = 5000 + (int64_t)place * 1024; /* all of them collide */
        struct known_rows *known = &rows[place];
        int64_t *ids;
        size_t count;

        if (known->count < JOURNAL_INDEX_ROWS && random_below(&random, 4)) {
            known->newest += 2;
            known->ids[known->count++] = known->newest;
            journal_index_add(journal_index, 1, sensor_id, known->newest, 1000);
            total++;
        } else {
            total -= remove_some(&random, journal_index, sensor_id, known);
        }
        check_int(journal_index_rows(&call, sensor_id, 1000, &ids, &count), STATUS_OK);
        check_int(count, known->count);
        for (size_t i = 0; i < count && i < known->count; i++)
            check_int(ids[i], known->ids[i]);
        check_int(journal_index_totals(journal_index).rows, total);
        arena_clear(&arena);
    }
    journal_index_close(journal_index);
}
