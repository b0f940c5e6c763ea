/*
 * ingest.h - from decoded packets to measurements on disk.
 *
 * Read many, decide each, write once, answer each: a batch is one transaction,
 * and no packet of it is answered before that transaction has committed.
 */
#ifndef SERVICE_INGEST_INGEST_H
#define SERVICE_INGEST_INGEST_H

#include "domain/measurement.h"
#include "service/core/call.h"

struct ingest; /* what stays between batches: the coverage table, the journal's last id */

enum ingest_verdict {
    INGEST_PENDING,        /* not decided yet */
    INGEST_DONE,           /* all of it is stored, or was refused for lack of a license */
    INGEST_UNKNOWN_SENSOR, /* nobody has added this serial; answered as INGEST_DONE */
    INGEST_BAD_TOKEN,      /* the organization wants its token; answered as INGEST_DONE */
    INGEST_TRY_AGAIN,      /* nothing of it was stored: the store is not available */
    INGEST_VERDICT_COUNT
};

struct ingest_item {
    const struct delivery *delivery; /* owned by who submits, until answered */
    bool is_heard;                   /* whoever sent it hears the answer */
    enum ingest_verdict verdict;
    uint32_t saved, refused;    /* samples */
    utc_seconds transfer_start; /* after a gap: from when on its data counts; 0: nothing to say */
    bool transfer_start_is_new; /* the answer says it, once */
};

struct ingest *ingest_open(void);
void ingest_close(struct ingest *ingest); /* NULL is allowed */

/* Puts every delivery through the gate and appends the admitted samples to the
 * journal, in one transaction. On failure each item is INGEST_PENDING.
 *   STATUS_OK      all is on disk, call->journal_index knows it; each item has its verdict
 *   STATUS_BUSY    nothing was stored; nothing of it may be acknowledged
 *   others         as BUSY, but one of the items may be the cause */
enum status ingest_commit(struct ingest *ingest, struct call *call, struct ingest_item **items,
                          size_t count);

/* Have batches begun, changed or ended alerts since this was asked last? */
bool ingest_take_news(struct ingest *ingest);

/* After a verb of this process, which may have added a sensor. */
void ingest_forget_unknown(struct ingest *ingest);

#endif
