#include "support/reading.h"

#include <stdlib.h>
#include <string.h>

#include "service/ingest/ingest.h"
#include "service/measurement/compaction.h"
#include "support/check.h"
#include "support/ledger_rows.h"

static struct ingest *ingest;
static struct journal_trim to_trim; /* and not deleted from the journal yet */

void
reading_begin(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    fixture->call.journal_index = journal_index_open();
    ingest = ingest_open();
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, READING_SERIAL);
    ledger_add_license(fixture, LEDGER_ORGANIZATION, READING_SERIAL, now - 100 * UTC_DAY,
                       now + 100 * UTC_DAY);
}

void
reading_end(struct fixture *fixture)
{
    ingest_close(ingest);
    journal_index_close(fixture->call.journal_index);
    journal_trim_clear(&to_trim);
}

void
reading_restart(struct fixture *fixture)
{
    journal_index_close(fixture->call.journal_index);
    journal_trim_clear(&to_trim);
    fixture->call.journal_index = journal_index_open();
    check_int(journal_index_rebuild(&fixture->call), STATUS_OK);
}

void
reading_deliver(struct fixture *fixture, const struct sample *samples, size_t count)
{
    struct delivery delivery = {
        .samples = samples, .sample_count = count, .battery_ok = true, .signal = 31
    };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    check(serial_parse(&delivery.serial, READING_SERIAL, strlen(READING_SERIAL)));
    check_int(ingest_commit(ingest, &fixture->call, items, 1), STATUS_OK);
    check_int(item.saved, count);
    arena_clear(fixture->call.db.arena);
}

void
reading_compact(struct fixture *fixture)
{
    struct journal_index_sensor *sensors;
    size_t count = journal_index_sensors(fixture->call.journal_index, &sensors);
    struct compaction_queue queue = { sensors, count, 0, false };

    while (queue.done < count) {
        struct compaction *compaction;
        check_int(compaction_prepare(&fixture->call, &queue, &compaction), STATUS_OK);
        check_int(compaction_write(&fixture->call, compaction), STATUS_OK);
        compaction_forget(compaction, fixture->call.journal_index, &to_trim);
        arena_clear(fixture->call.db.arena);
    }
    free(sensors);
    check_int(journal_index_totals(fixture->call.journal_index).rows, 0);
}

void
reading_trim(struct fixture *fixture)
{
    size_t swept = 0;

    journal_trim_sort(&to_trim);
    while (swept < to_trim.count && !check_failures()) {
        size_t rows = journal_trim_step_rows(&to_trim, swept);
        check_int(journal_trim_step(&fixture->call, &to_trim, swept), STATUS_OK);
        swept += rows;
        arena_clear(fixture->call.db.arena);
    }
    journal_trim_remove(&to_trim, swept);
    check_int(to_trim.count, 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"),
              journal_index_totals(fixture->call.journal_index).rows);
}

size_t
reading_all(struct fixture *fixture, struct readings_query query, struct reading *out, size_t room)
{
    size_t count = 0;

    do {
        struct readings_page page = { 0 };
        check_int(readings_list(&fixture->call, LEDGER_ORGANIZATION, READING_SERIAL, &query, &page),
                  STATUS_OK);
        for (size_t i = 0; i < page.count && count < room; i++)
            out[count++] = page.items[i];
        query.page.cursor = page.next;
    } while (query.page.cursor && !check_failures());
    return count;
}

struct readings_query
reading_everything(int64_t limit)
{
    return (struct readings_query){ .page = { .limit = limit }, .to = UTC_NEVER };
}
