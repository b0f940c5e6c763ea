/*
 * journal_writer.h - gives the rows of the journal their ids, and tells the index in memory which
 * of them were committed.
 */
#ifndef SERVICE_MEASUREMENT_JOURNAL_WRITER_H
#define SERVICE_MEASUREMENT_JOURNAL_WRITER_H

#include "service/core/call.h"
#include "statements.h"

struct journal_writer;

struct journal_writer *journal_writer_open(void);
void journal_writer_close(struct journal_writer *writer); /* NULL is allowed */

/* In each transaction that appends, before the first id. */
enum status journal_writer_begin(struct journal_writer *writer, struct call *call);

/* Ids ascend, even if the clock was set back: journal.h. */
int64_t journal_writer_next_id(struct journal_writer *writer, utc_seconds now);

/* After a conflict: another process may have drawn the same ids. The next ones differ. */
void journal_writer_draw(struct journal_writer *writer);

/* After the transaction. Committed rows go to call->journal_index. Where the commit is in doubt,
 * the next transaction looks which of them are there. */
void journal_writer_end(struct journal_writer *writer, struct call *call,
                        const struct journal_append_in *rows, size_t count, enum status status);

#endif
