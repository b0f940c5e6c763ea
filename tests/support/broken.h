/* broken.h - two sensors with measurements, and what breaks their rows: for the tests of damage. */
#ifndef SUPPORT_BROKEN_H
#define SUPPORT_BROKEN_H

#include "service/measurement/compaction.h"
#include "support/ledger_rows.h"

#define BROKEN_SERIAL "282C02424EED"
#define BROKEN_OTHER  "282C02424EEE"

/* Scripts that make rows unreadable; a WHERE may follow the last two. */
#define BREAK_FIRST_MESSAGE                                                                        \
    "UPDATE journal SET message = substr(message, 1, length(message) - 1)"                         \
    " WHERE id = (SELECT min(id) FROM journal)"
#define BREAK_BLOCKS   "UPDATE block SET samples = substr(samples, 2)"
#define BREAK_STATUSES "UPDATE sensor_status SET latest = substr(latest, 2)"

/* Index, ingest, the organization of ledger_rows.h with both sensors, licensed for 20 days around
 * now. */
void broken_begin(struct fixture *fixture);
/* The same where the organization and the first sensor are there. */
void broken_begin_with(struct fixture *fixture);
void broken_end(void);
/* The program starts anew. */
void broken_start_anew(struct fixture *fixture);

/* A message with one sample. */
void broken_deliver(struct fixture *fixture, const char *serial, utc_seconds at, int64_t raw);
/* Of both sensors, a sample a day of the last three, raw 1 to 3. */
void broken_deliver_days(struct fixture *fixture);

struct compaction *broken_prepare(struct fixture *fixture);
/* Compacts and deletes all there is. */
void broken_seal(struct fixture *fixture);

/* The last digits of the raw numbers that are read, oldest first. */
void check_readings(struct fixture *fixture, const char *serial, const char *want);
/* The newest value of channel 1, 0 for none; when the sensor was heard, 0 for never. */
void check_status(struct fixture *fixture, const char *serial, int64_t raw,
                  utc_seconds last_seen_at);
/* Rows of the table `damaged` by kind. */
void check_damaged(struct fixture *fixture, int64_t messages, int64_t blocks, int64_t statuses);

#endif
