/*
 * journal_writer.h - appends the messages of a batch to the journal, and adds the committed ones to
 * the index in memory.
 */
#ifndef SERVICE_MEASUREMENT_JOURNAL_WRITER_H
#define SERVICE_MEASUREMENT_JOURNAL_WRITER_H

#include "service/core/call.h"
#include "statements.h"

struct journal_writer;

struct journal_writer *journal_writer_open(void);
void journal_writer_close(struct journal_writer *writer); /* NULL is allowed */

/* At the start of each transaction, for at most `most` messages. */
enum status journal_writer_begin(struct journal_writer *writer, struct call *call, size_t most);

/* Adds a message, and gives it an id: ids ascend even if the clock was set back (journal.h).
 * `message` lives until journal_writer_write(). */
void journal_writer_add(struct journal_writer *writer, const struct call *call,
                        int64_t organization_id, int64_t sensor_id, struct bytes message);

enum status journal_writer_write(struct journal_writer *writer, struct call *call);

/* After a conflict: another process may have drawn the same ids. The next ones differ. */
void journal_writer_draw(struct journal_writer *writer);

/* After the transaction. Committed messages go to call->journal_index. If the commit is in doubt,
 * the next transaction finds out which of them are there. */
void journal_writer_end(struct journal_writer *writer, struct call *call, enum status status);

#endif
