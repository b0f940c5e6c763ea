#include "service/coverage/coverage_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
    CHUNK_RECORDS = 4096,
    FIRST_SLOTS = 1024, /* powers of two */
    UNKNOWN_SLOTS = 4096,
    FETCH_AHEAD = 16, /* slots fetched before the first is read */
};

/* Of a record's interval_count. */
#define AUTO_RENEWAL UINT16_C(0x8000)
#define COUNT_BITS   UINT16_C(0x7FFF)

/* 32 bits of seconds last until 2106: half the memory of the usual sensor. */
struct short_interval {
    uint32_t starts_at, expires_at;
};

/* Wide members are bytes, so that no padding stands between records. */
struct record {
    uint8_t serial[6];
    uint16_t interval_count; /* and AUTO_RENEWAL */
    uint32_t organization;   /* index; COVERED_ORGANIZATION_NONE for a dropped record */
    uint8_t sensor_id[sizeof(int64_t)];
    union {
        struct short_interval one;
        uint8_t many[sizeof(struct interval *)]; /* when interval_count > 1 */
    };
};
_Static_assert(sizeof(struct record) == 28, "a sensor takes 28 bytes");
_Static_assert(COVERAGE_MOST_INTERVALS <= COUNT_BITS, "the count leaves a bit free");

#define EMPTY_SLOT UINT32_MAX

struct unknown {
    uint64_t serial;
    utc_seconds until;
};

struct coverage_table {
    /* Open addressing, linear probing. A slot holds a record's number in its low bits and, in
     * those that numbers do not need, some of the serial's hash: a slot of another serial is
     * mostly passed by without a look at its record, which would be a miss of every cache. */
    uint32_t *slots;
    size_t slot_count;
    struct record **chunks;
    size_t chunk_count, record_count;

    struct covered_organizations organizations;
    uint64_t batch;
    size_t many_bytes; /* of the lists of sensors with more than one interval */
    struct unknown unknown[UNKNOWN_SLOTS];
};

static size_t
count_of(const struct record *record)
{
    return record->interval_count & COUNT_BITS;
}

static struct interval *
many_of(const struct record *record)
{
    struct interval *many;

    memcpy(&many, record->many, sizeof many);
    return many;
}

static size_t
many_bytes(size_t count)
{
    return count * sizeof(struct interval);
}

/* Spreads serials, which makers hand out in a row, over all slots. */
static uint64_t
spread(uint64_t number)
{
    number *= UINT64_C(0x9E3779B97F4A7C15);
    return number ^ number >> 29;
}

static struct record *
record_at(const struct coverage_table *table, uint32_t number)
{
    return &table->chunks[number / CHUNK_RECORDS][number % CHUNK_RECORDS];
}

static void
forget(struct coverage_table *table, struct record *record)
{
    if (count_of(record) > 1) {
        table->many_bytes -= many_bytes(count_of(record));
        free(many_of(record));
    }
    record->interval_count = 0;
    record->organization = COVERED_ORGANIZATION_NONE;
}

void
coverage_table_close(struct coverage_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->record_count; i++)
        forget(table, record_at(table, (uint32_t)i));
    for (size_t i = 0; i < table->chunk_count; i++)
        free(table->chunks[i]);
    free(table->chunks);
    covered_organizations_clear(&table->organizations);
    free(table->slots);
    free(table);
}

/* The bits of a slot that hold the record's number: those of an index of slots, of which at most
 * three in four are taken, so that no slot in use reads EMPTY_SLOT. */
static uint32_t
number_bits(const struct coverage_table *table)
{
    return (uint32_t)(table->slot_count - 1);
}

/* The bits that no number needs; other ones of the hash than those that choose the slot. */
static uint32_t
mark_of(const struct coverage_table *table, uint64_t hash)
{
    return (uint32_t)(hash >> 32) & ~number_bits(table);
}

/* From the slot `at` on the first one that is empty or has the mark. */
static size_t
next_marked(const struct coverage_table *table, size_t at, uint32_t mark)
{
    uint32_t bits = number_bits(table);

    at &= bits;
    while (table->slots[at] != EMPTY_SLOT && (table->slots[at] & ~bits) != mark)
        at = (at + 1) & bits;
    return at;
}

/* The slot of the serial, or the empty one where it would stand. */
static uint32_t *
coverage_table_slot_of(const struct coverage_table *table, struct serial serial)
{
    uint64_t hash = spread(serial_number(serial));
    uint32_t bits = number_bits(table), mark = mark_of(table, hash);
    size_t at = next_marked(table, hash, mark);

    while (table->slots[at] != EMPTY_SLOT
           && memcmp(record_at(table, table->slots[at] & bits)->serial, serial.bytes,
                     sizeof serial.bytes))
        at = next_marked(table, at + 1, mark);
    return &table->slots[at];
}

/* NULL: not in the table. */
static struct record *
known_record(const struct coverage_table *table, struct serial serial)
{
    uint32_t slot = *coverage_table_slot_of(table, serial);

    return slot == EMPTY_SLOT ? NULL : record_at(table, slot & number_bits(table));
}

static void
fill_slot(struct coverage_table *table, struct serial serial, uint32_t number)
{
    *coverage_table_slot_of(table, serial) = number | mark_of(table, spread(serial_number(serial)));
}

void
coverage_table_prefetch(const struct coverage_table *table, const struct serial *at, size_t count)
{
    uint32_t bits = number_bits(table);

    for (size_t i = 0; i < count + FETCH_AHEAD; i++) {
        if (i < count)
            __builtin_prefetch(&table->slots[spread(serial_number(at[i])) & bits]);
        if (i < FETCH_AHEAD)
            continue;
        uint64_t hash = spread(serial_number(at[i - FETCH_AHEAD]));
        uint32_t slot = table->slots[next_marked(table, hash, mark_of(table, hash))];
        if (slot == EMPTY_SLOT)
            continue;
        const struct record *record = record_at(table, slot & bits); /* nearly always its own */
        __builtin_prefetch(record->serial);
        __builtin_prefetch(record->many); /* may lie in the next line of the cache */
    }
}

bool
coverage_table_find(const struct coverage_table *table, struct serial serial,
                    struct covered_sensor *out)
{
    const struct record *record = known_record(table, serial);

    if (!record || record->organization == COVERED_ORGANIZATION_NONE)
        return false;
    out->organization = table->organizations.items[record->organization];
    memcpy(&out->sensor_id, record->sensor_id, sizeof out->sensor_id);
    out->auto_renewal = record->interval_count & AUTO_RENEWAL;
    out->interval_count = count_of(record);
    out->single = (struct interval){ 0 };
    if (out->interval_count == 1)
        out->single = (struct interval){ record->one.starts_at, record->one.expires_at };
    out->intervals = out->interval_count > 1 ? many_of(record) : &out->single;
    return true;
}

static void
coverage_table_grow_slots(struct coverage_table *table)
{
    free(table->slots);
    table->slot_count *= 2;
    table->slots = memory_must(malloc(table->slot_count * sizeof *table->slots));
    memset(table->slots, 0xFF, table->slot_count * sizeof *table->slots); /* EMPTY_SLOT */
    for (size_t i = 0; i < table->record_count; i++) {
        struct serial serial;
        memcpy(serial.bytes, record_at(table, (uint32_t)i)->serial, sizeof serial.bytes);
        fill_slot(table, serial, (uint32_t)i);
    }
}

struct coverage_table *
coverage_table_open(void)
{
    struct coverage_table *table = memory_new(1, sizeof *table);

    table->slot_count = FIRST_SLOTS / 2;
    coverage_table_grow_slots(table);
    covered_organizations_init(&table->organizations);
    return table;
}

static struct record *
new_record(struct coverage_table *table, struct serial serial)
{
    if ((table->record_count + 1) * 4 > table->slot_count * 3)
        coverage_table_grow_slots(table);
    if (table->record_count == table->chunk_count * CHUNK_RECORDS) {
        table->chunks =
            memory_must(realloc(table->chunks, (table->chunk_count + 1) * sizeof *table->chunks));
        table->chunks[table->chunk_count++] = memory_new(CHUNK_RECORDS, sizeof(struct record));
    }
    assert(table->record_count < EMPTY_SLOT);
    uint32_t number = (uint32_t)table->record_count++;
    struct record *record = record_at(table, number);
    memcpy(record->serial, serial.bytes, sizeof record->serial);
    record->organization = COVERED_ORGANIZATION_NONE;
    fill_slot(table, serial, number);
    return record;
}

static uint32_t
shorten(utc_seconds when)
{
    return when < 0 ? 0 : when > UINT32_MAX ? UINT32_MAX : (uint32_t)when;
}

void
coverage_table_put(struct coverage_table *table, struct serial serial,
                   const struct covered_sensor *sensor)
{
    const struct interval *intervals = sensor->intervals;
    size_t count = sensor->interval_count;
    struct record *record = known_record(table, serial);

    assert(count <= COVERAGE_MOST_INTERVALS);
    record = record ? record : new_record(table, serial);
    forget(table, record);
    record->organization =
        covered_organizations_index(&table->organizations, sensor->organization->id);
    memcpy(record->sensor_id, &sensor->sensor_id, sizeof sensor->sensor_id);
    if (count == 1) {
        record->one = (struct short_interval){ shorten(intervals[0].starts_at),
                                               shorten(intervals[0].expires_at) };
    } else if (count > 1) {
        struct interval *many = memory_must(malloc(many_bytes(count)));
        memcpy(many, intervals, count * sizeof *intervals);
        memcpy(record->many, &many, sizeof many);
        table->many_bytes += many_bytes(count);
    }
    record->interval_count = (uint16_t)(count | (sensor->auto_renewal ? AUTO_RENEWAL : 0));
}

void
coverage_table_drop(struct coverage_table *table, struct serial serial)
{
    struct record *record = known_record(table, serial);

    if (record)
        forget(table, record);
}

static void
forget_unsettled(struct coverage_table *table)
{
    for (size_t i = 0; i < table->record_count; i++) {
        struct record *record = record_at(table, (uint32_t)i);
        if (record->organization != COVERED_ORGANIZATION_NONE
            && table->organizations.items[record->organization]->unsettled)
            forget(table, record);
    }
}

void
coverage_table_settle(struct coverage_table *table, bool committed)
{
    if (!committed)
        forget_unsettled(table);
    for (size_t i = 0; i < table->organizations.count; i++) {
        struct covered_organization *organization = table->organizations.items[i];
        if (organization->unsettled && !committed)
            organization->version = COVERAGE_VERSION_UNREAD;
        organization->unsettled = false;
    }
}

struct covered_organization *
coverage_table_organization(const struct coverage_table *table, int64_t id)
{
    uint32_t index = covered_organizations_index(&table->organizations, id);

    return index == COVERED_ORGANIZATION_NONE ? NULL : table->organizations.items[index];
}

struct covered_organization *
coverage_table_add_organization(struct coverage_table *table, int64_t id)
{
    return covered_organizations_add(&table->organizations, id);
}

uint64_t
coverage_table_next_batch(struct coverage_table *table)
{
    return ++table->batch;
}

bool
coverage_table_is_unknown(const struct coverage_table *table, struct serial serial, utc_seconds now)
{
    uint64_t number = serial_number(serial);
    const struct unknown *unknown = &table->unknown[spread(number) % UNKNOWN_SLOTS];

    return unknown->serial == number && now < unknown->until;
}

void
coverage_table_set_unknown(struct coverage_table *table, struct serial serial, utc_seconds now)
{
    uint64_t number = serial_number(serial);

    table->unknown[spread(number) % UNKNOWN_SLOTS] =
        (struct unknown){ .serial = number, .until = now + 1 };
}

void
coverage_table_forget_unknown(struct coverage_table *table)
{
    memset(table->unknown, 0, sizeof table->unknown);
}

size_t
coverage_table_sensors(const struct coverage_table *table)
{
    return table->record_count;
}

size_t
coverage_table_bytes(const struct coverage_table *table)
{
    return table->slot_count * sizeof *table->slots
           + table->chunk_count * CHUNK_RECORDS * sizeof(struct record) + table->many_bytes;
}
