/*
 * damage_log.h - logs rows of the store that cannot be read, each once since the start.
 *
 * A reader leaves such a row out and continues. Compaction moves it to the table `damaged`
 * (compaction.h). Safe from every thread.
 */
#ifndef SERVICE_MEASUREMENT_DAMAGE_LOG_H
#define SERVICE_MEASUREMENT_DAMAGE_LOG_H

#include <stdint.h>

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

struct damage_log;

struct damage_log *damage_log_open(void);
void damage_log_close(struct damage_log *log); /* NULL is allowed */

/* Logs store.damaged, unless this place was logged before. After DAMAGE_LOG_MOST places one more
 * line says that no others are logged. Without a log, as on the command line, it logs every
 * time. */
enum { DAMAGE_LOG_MOST = 1000 };
void damage_log_report(struct damage_log *log, const struct damage *damage);

#endif
