#include "base/zone_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* RFC 9636, section 3: a header of 44 bytes and a block with times of 4 bytes. Since version 2
 * follow another header, a block with times of 8 bytes, and the footer. */
enum {
    HEADER_BYTES = 44,
    VERSION_AT = 4,
    COUNTS_AT = 20,
    TYPE_BYTES = 6,
    MOST_TYPES = 256,            /* an index is one byte */
    MOST_OFFSET = 7 * 24 * 3600, /* the largest of the footer's text; zones have less */
};

struct block {
    size_t time_size; /* 4 or 8 */
    uint32_t is_ut_count, is_standard_count, leap_count, time_count, type_count, name_bytes;
    const uint8_t *times;
    const uint8_t *indices;
    const uint8_t *types;
    const uint8_t *end;
};

static uint64_t
read_big_endian(const uint8_t *bytes, size_t size)
{
    uint64_t number = 0;

    for (size_t i = 0; i < size; i++)
        number = number << 8 | bytes[i];
    return number;
}

static int64_t
zone_file_read_time(const uint8_t *bytes, size_t size)
{
    uint64_t number = read_big_endian(bytes, size);

    return size == 4 ? (int64_t)(int32_t)(uint32_t)number : (int64_t)number;
}

/* Finds the parts of the block at `at`. */
static bool
find_block(struct block *out, const uint8_t *at, const uint8_t *end, size_t time_size)
{
    uint32_t counts[6];

    if (end - at < HEADER_BYTES || memcmp(at, "TZif", 4) != 0)
        return false;
    for (size_t i = 0; i < 6; i++)
        counts[i] = (uint32_t)read_big_endian(at + COUNTS_AT + 4 * i, 4);
    *out = (struct block){ time_size, counts[0], counts[1], counts[2], counts[3], counts[4],
                           counts[5], NULL,      NULL,      NULL,      NULL };

    uint64_t times = (uint64_t)out->time_count * time_size;
    uint64_t types = (uint64_t)out->type_count * TYPE_BYTES;
    uint64_t rest = (uint64_t)out->name_bytes + out->leap_count * (uint64_t)(time_size + 4)
                    + out->is_standard_count + out->is_ut_count;
    uint64_t whole = HEADER_BYTES + times + out->time_count + types + rest;

    if (whole > (uint64_t)(end - at))
        return false;
    out->times = at + HEADER_BYTES;
    out->indices = out->times + times;
    out->types = out->indices + out->time_count;
    out->end = at + whole;
    return true;
}

static bool
read_offsets(int32_t *offsets, const struct block *block)
{
    for (uint32_t i = 0; i < block->type_count; i++) {
        int64_t offset = zone_file_read_time(block->types + (size_t)i * TYPE_BYTES, 4);
        if (offset < -MOST_OFFSET || offset > MOST_OFFSET)
            return false;
        offsets[i] = (int32_t)offset;
    }
    return true;
}

static bool
read_transitions(struct zone *zone, const struct block *block, const int32_t *offsets)
{
    for (size_t i = 0; i < block->time_count; i++) {
        struct zone_transition *transition = &zone->transitions[i];
        uint8_t type = block->indices[i];

        if (type >= block->type_count)
            return false;
        transition->at = zone_file_read_time(block->times + i * block->time_size, block->time_size);
        transition->offset = offsets[type];
        if (i > 0 && transition->at <= transition[-1].at)
            return false;
    }
    zone->count = block->time_count;
    return true;
}

/* Reads "\n<rule>\n". An empty rule is no rule. */
static bool
read_footer(struct zone *zone, const uint8_t *at, const uint8_t *end)
{
    if (at == end || *at != '\n')
        return false;
    const uint8_t *text = at + 1;
    const uint8_t *close = memchr(text, '\n', (size_t)(end - text));
    if (!close)
        return false;
    zone->has_rule = close > text;
    return !zone->has_rule
           || zone_rule_parse(&zone->rule, (const char *)text, (size_t)(close - text));
}

static void
widen(struct zone *zone, int32_t offset)
{
    if (offset < zone->lowest_offset)
        zone->lowest_offset = offset;
    if (offset > zone->highest_offset)
        zone->highest_offset = offset;
}

static void
find_extremes(struct zone *zone)
{
    zone->lowest_offset = zone->first_offset;
    zone->highest_offset = zone->first_offset;
    for (size_t i = 0; i < zone->count; i++)
        widen(zone, zone->transitions[i].offset);
    if (zone->has_rule) {
        widen(zone, zone->rule.standard_offset);
        widen(zone, zone->rule.summer_offset);
    }
}

/* Finds the last block. False for files with leap seconds, too. */
static bool
find_last_block(struct block *out, const uint8_t *bytes, size_t size)
{
    if (size > ZONE_FILE_MOST_BYTES || !find_block(out, bytes, bytes + size, 4))
        return false;
    if (bytes[VERSION_AT] != 0
        && (bytes[VERSION_AT] < '2' || !find_block(out, out->end, bytes + size, 8)))
        return false;
    return out->type_count > 0 && out->type_count <= MOST_TYPES
           && out->time_count <= ZONE_MOST_TRANSITIONS && out->leap_count == 0;
}

static bool
read_zone(struct zone *zone, const struct block *block, const uint8_t *end)
{
    int32_t offsets[MOST_TYPES];

    if (!read_offsets(offsets, block) || !read_transitions(zone, block, offsets))
        return false;
    if (block->time_size == 8 && !read_footer(zone, block->end, end))
        return false;
    zone->first_offset = offsets[0];
    find_extremes(zone);
    return true;
}

enum status
zone_parse(struct zone **out, const void *bytes, size_t size, struct fault *fault)
{
    struct block block;

    if (!find_last_block(&block, bytes, size))
        return fail(fault, STATUS_INVALID, "time_zone_unknown", "time_zone",
                    "this time zone file cannot be read");

    struct zone *zone =
        memory_new(1, sizeof *zone + block.time_count * sizeof zone->transitions[0]);
    if (!read_zone(zone, &block, (const uint8_t *)bytes + size)) {
        zone_close(zone);
        return fail(fault, STATUS_INVALID, "time_zone_unknown", "time_zone",
                    "the time zone file is damaged");
    }
    *out = zone;
    return STATUS_OK;
}

void
zone_close(struct zone *zone)
{
    free(zone);
}
