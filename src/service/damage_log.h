/*
 * damage_log.h - tells the log what in the store cannot be read: each place once since the start.
 *
 * A reader leaves out what it cannot read, and goes on. Compaction moves it to the table `damaged`
 * (sealing.h). Safe from every thread.
 */
#ifndef SERVICE_DAMAGE_LOG_H
#define SERVICE_DAMAGE_LOG_H

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
 * line says that others are not told. NULL, as on the command line: every time. */
enum { DAMAGE_LOG_MOST = 1000 };
void damage_log_tell(struct damage_log *log, const struct damage *damage);

#endif
