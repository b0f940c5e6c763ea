/*
 * evaluator.h - evaluates alarm rules while measurements are saved, in the same transaction.
 *
 * Samples that come in their order, as nearly all do, are taken from memory: nothing is read, and
 * nothing is written unless an alert begins, changes or ends. Those that come late are taken by
 * alarm_replay.h. So the alerts on values are a function of the set of saved samples.
 *
 * A battery is as the newest message says: one whose newest sample is not newer than all before
 * says nothing. A connection is back with the first message that is saved.
 */
#ifndef SERVICE_ALARM_EVALUATOR_H
#define SERVICE_ALARM_EVALUATOR_H

#include "service/core/call.h"
#include "service/coverage/coverage_table.h"

struct evaluator;

struct evaluator *evaluator_open(void);
void evaluator_close(struct evaluator *watch); /* NULL is allowed */

/* Inside the transaction: makes ready for messages of these serials, as the table knows them. */
enum status evaluator_begin(struct evaluator *watch, struct call *call,
                            const struct coverage_table *table, const struct serial *serials,
                            size_t count);

/* One message that is saved, with the samples that were admitted; they live until the write. */
enum status evaluator_take(struct evaluator *watch, struct call *call, int64_t sensor_id,
                           const struct delivery *delivery, const struct sample *samples,
                           size_t count);

/* Writes what came of them; the last in the transaction. */
enum status evaluator_write(struct evaluator *watch, struct call *call);

/* After the transaction, and before it is tried again. */
void evaluator_settle(struct evaluator *watch, bool committed);

/* Have alerts begun, changed or ended since this was asked last? */
bool evaluator_take_news(struct evaluator *watch);

#endif
