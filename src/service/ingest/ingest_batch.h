/* ingest_batch.h - a batch while its messages are decided; only for the files of ingest.h. */
#ifndef SERVICE_INGEST_INGEST_BATCH_H
#define SERVICE_INGEST_INGEST_BATCH_H

#include "service/alarm/evaluator.h"
#include "service/coverage/coverage_table.h"
#include "service/ingest/conflict_watch.h"
#include "service/ingest/ingest.h"
#include "service/ingest/ingest_isolation.h"
#include "service/ingest/refusal_counts.h"
#include "service/ingest/refusal_watch.h"
#include "service/ingest/sensors_ahead.h"
#include "service/measurement/journal_writer.h"
#include "statements.h"

struct ingest {
    struct coverage_table *table;
    struct evaluator *evaluator;
    struct refusal_watch refusal_watch;
    struct conflict_watch conflict_watch;
    struct sensors_ahead sensors_ahead;
    struct journal_writer *journal;
    struct ingest_isolation isolation;
    unsigned losses; /* of the store, when the rest was last read anew */
};

/* One batch and the rows that it writes. The arrays have room for every item. */
struct ingest_batch {
    struct ingest *ingest;
    struct ingest_item **items;
    size_t count;
    struct serial *serials;
    utc_seconds newest_end;            /* of the coverages that had ended by now */
    struct covered_organization **due; /* with renewals that are due */
    bool renewed;                      /* the table has renewals that are not committed */
    struct refusal_counts refusals;
    struct sensor_report_put_in *reports;
    size_t report_count;
};

/* Decides about one item: fills its verdict, and adds the rows that it writes to the batch. Inside
 * the transaction of the batch, after the coverage was refreshed. */
enum status ingest_decide(struct ingest_batch *batch, struct call *call, struct ingest_item *item);

#endif
