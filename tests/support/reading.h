/*
 * reading.h - one sensor whose messages are saved, compacted and read. One at a time in a process.
 */
#ifndef SUPPORT_READING_H
#define SUPPORT_READING_H

#include "service/measurement/journal.h"
#include "service/measurement/journal_index.h"
#include "service/measurement/readings.h"
#include "support/store_fixture.h"

#define READING_SERIAL "282C02424EED"

/* Adds the organization LEDGER_ORGANIZATION and the sensor, licensed for 100 days before and after
 * now, and an empty journal index. */
void reading_begin(struct fixture *fixture);
void reading_end(struct fixture *fixture);

/* As after a restart: all memory is gone. */
void reading_restart(struct fixture *fixture);

/* Every sample must be saved. */
void reading_deliver(struct fixture *fixture, const struct sample *samples, size_t count);

/* Compacts everything. */
void reading_compact(struct fixture *fixture);

/* Deletes the compacted messages from the journal. */
void reading_trim(struct fixture *fixture);

/* A query for all samples, `limit` to a page. */
struct readings_query reading_everything(int64_t limit);

/* All readings, page by page. Returns their number, at most `room`. */
size_t reading_all(struct fixture *fixture, struct readings_query query, struct reading *out,
                   size_t room);

#endif
