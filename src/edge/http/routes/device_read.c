#include "edge/http/routes/device_read.h"

#include <string.h>

#include "domain/claim.h"

enum device_column { DEVICE_SERIAL, DEVICE_CLAIM_CODE, DEVICE_ORGANIZATION, DEVICE_COLUMNS };

static const char *const device_columns[DEVICE_COLUMNS] = { "serial", "claim_code",
                                                            "organization_id" };

static const struct table_word device_words[] = {
    { "serialnumber", DEVICE_SERIAL },
    { "sn", DEVICE_SERIAL },
    { "seriennummer", DEVICE_SERIAL },
    { "deveui", DEVICE_SERIAL },
    { "mac", DEVICE_SERIAL },
    { "label", DEVICE_SERIAL },
    { "claimcode", DEVICE_CLAIM_CODE },
    { "claim", DEVICE_CLAIM_CODE },
    { "organizationid", DEVICE_ORGANIZATION },
    { "organization", DEVICE_ORGANIZATION },
};

static const struct table_form device_form = {
    .columns = device_columns,
    .column_count = DEVICE_COLUMNS,
    .words = device_words,
    .word_count = sizeof device_words / sizeof device_words[0],
    .wanted = "serial, claim_code and organization_id (only serial is required)",
    .is_first = claim_label_has_serial,
};

/* A label in the place of a serial has the claim code behind a colon. */
static enum status
device_read_fill(const struct table *table, struct arena *arena, struct device_row *row)
{
    const char *label = table_value(table, DEVICE_SERIAL);
    size_t length = label ? strlen(label) : 0, end = label ? claim_split(label, length) : 0;

    row->serial = label;
    row->claim_code = table_value(table, DEVICE_CLAIM_CODE);
    row->organization_id = table_value(table, DEVICE_ORGANIZATION);
    if (end == length)
        return STATUS_OK;
    row->serial = arena_text(arena, label, end);
    if (!row->claim_code)
        row->claim_code = label + end + 1;
    return row->serial ? STATUS_OK : STATUS_TOO_LARGE;
}

/* Adds the row that the table has read. */
static enum status
device_read_add(const struct table *table, struct device_rows *rows, size_t *room,
                struct arena *arena)
{
    struct device_row *items = arena_grow(arena, rows->items, sizeof *items, rows->count, room);

    if (!items)
        return STATUS_TOO_LARGE;
    rows->items = items;
    struct device_row *row = &items[rows->count++];
    if (table_overflows(table)) {
        row->code = "malformed";
        row->detail = "it has more fields than the first row";
    }
    return device_read_fill(table, arena, row);
}

enum status
device_read_csv(const struct table_source *source, struct device_rows *out, struct arena *arena,
                struct fault *fault)
{
    struct table table;
    size_t room = 0;
    bool more = true;

    *out = (struct device_rows){ 0 };
    enum status status = table_open(&table, &device_form, source, arena, fault);
    while (!status && more) {
        status = table_next(&table, &more, fault);
        if (status || !more)
            break;
        if (out->count == DEVICES_MOST_ROWS)
            return fail(fault, STATUS_TOO_LARGE, "", "", "there are more than %d rows",
                        DEVICES_MOST_ROWS);
        if (device_read_add(&table, out, &room, arena))
            return fail(fault, STATUS_TOO_LARGE, "", "", "the rows need too much memory");
    }
    return status;
}
