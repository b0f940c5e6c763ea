/*
 * ingest.h - from decoded packets to measurements on disk.
 *
 * A batch is one transaction: read many, decide each, write once, answer each. No packet is
 * answered before the transaction has committed.
 */
#ifndef SERVICE_INGEST_INGEST_H
#define SERVICE_INGEST_INGEST_H

#include "domain/gate.h"
#include "domain/measurement.h"
#include "service/core/call.h"

struct ingest; /* lives between batches: the coverage table, the journal's last id */

enum ingest_verdict {
    INGEST_PENDING,        /* not decided yet */
    INGEST_DONE,           /* its samples are stored, or refused for lack of a license */
    INGEST_UNKNOWN_SENSOR, /* no organization has this serial; answered as INGEST_DONE */
    INGEST_BAD_TOKEN,      /* the organization requires its token; answered as INGEST_DONE */
    INGEST_TRY_AGAIN,      /* nothing is stored: the store is not available */
    INGEST_VERDICT_COUNT
};

struct ingest_item {
    const struct delivery *delivery; /* the submitter's */
    bool is_heard;                   /* the sender receives the answer */
    enum ingest_verdict verdict;
    uint32_t saved, refused;    /* samples */
    utc_seconds transfer_start; /* the answer contains it: transfer_start.h; 0: it does not */
};

struct ingest *ingest_open(void);
void ingest_close(struct ingest *ingest); /* NULL is allowed */

/* Passes every delivery through the gate and appends the admitted samples to the journal, in one
 * transaction. After a failure each item is INGEST_PENDING.
 *   STATUS_OK      all is on disk and in call->journal_index; each item has its verdict
 *   STATUS_BUSY    nothing was stored; no item may be acknowledged
 *   others         as BUSY, but one of the items may be the cause */
enum status ingest_commit(struct ingest *ingest, struct call *call, struct ingest_item **items,
                          size_t count);

/* Counts refused measurements of a sensor at call->now. Inside a transaction. */
enum status ingest_count_refused(struct call *call, int64_t organization_id, int64_t sensor_id,
                                 enum gate_verdict verdict, int64_t count);

/* True if batches have left work to scheduled jobs since the last call: changed alerts, or
 * conflicts to count. */
bool ingest_take_work(struct ingest *ingest);

/* After a verb of this process: it may have added a sensor. */
void ingest_forget_unknown(struct ingest *ingest);

#endif
