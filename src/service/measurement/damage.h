/*
 * damage.h - rows of the store that cannot be read. A reader leaves such a row out, logs it once
 * since the start, and continues. Compaction moves it to the table `damaged` (compaction.h).
 */
#ifndef SERVICE_MEASUREMENT_DAMAGE_H
#define SERVICE_MEASUREMENT_DAMAGE_H

#include "service/core/call.h"

enum damage_kind {
    DAMAGE_MESSAGE, /* its place: the id in the journal */
    DAMAGE_BLOCK,   /* its place: the day */
    DAMAGE_STATUS,  /* its place: 0 */
    DAMAGE_KIND_COUNT
};
/* As in damaged.kind. */
extern const char *const damage_kind_words[DAMAGE_KIND_COUNT];

struct damage {
    enum damage_kind kind;
    int64_t organization_id, sensor_id;
    int64_t place;
};

/* The damage that is logged already. Safe from every thread; belongs to the journal index. */
struct damage_log;

struct damage_log *damage_log_open(void);
void damage_log_close(struct damage_log *log); /* NULL is allowed */

/* Logs store.damaged, unless the log has the place. After DAMAGE_LOG_MOST places one more line says
 * that no others are logged. Without a log, as on the command line, it logs every time. */
enum { DAMAGE_LOG_MOST = 1000 };
void damage_log_report(struct damage_log *log, const struct damage *damage);

struct damage_summary {
    int64_t count;
    /* Of the row that was found first; in the arena. */
    const char *kind;   /* "message", "block", "status" */
    const char *serial; /* "" when its sensor is removed */
    int64_t organization_id, sensor_id;
    day_number day; /* block: of its samples; message: of its arrival; status: when it was found */
};

/* Counts the rows that were set aside. Reads only. */
enum status damage_summary(struct call *call, struct damage_summary *out);

#endif
