/* commit_split.h - commits a batch of messages so that one bad message does not fail the others. */
#ifndef SERVICE_INGEST_COMMIT_SPLIT_H
#define SERVICE_INGEST_COMMIT_SPLIT_H

#include "service/ingest/ingest.h"

/* Commits the items as ingest_commit() does. A batch that fails with anything but STATUS_BUSY is
 * split into halves, and each half again, until the failing items stand alone: one bad item in n
 * costs about 2 * log2(n) transactions. An item that fails alone is logged (ingest.failed) and
 * stays INGEST_PENDING, as its sensor's next ones do for a while (ingest_isolation.h). Keeps the
 * order in which a sensor's items are saved. Clears call->db.arena after each transaction.
 *   STATUS_OK    some items are stored, or there are none
 *   STATUS_BUSY  the store is not available: from some place on every item is INGEST_PENDING
 *   others       no item is stored; this is the last item's failure */
enum status commit_split(struct ingest *ingest, struct call *call, struct ingest_item **items,
                         size_t count);

#endif
