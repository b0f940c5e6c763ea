/*
 * cursor.h - an opaque text that marks where the next page of a list begins: the sort key of the
 * last row. It stays valid while rows come and go.
 *
 * Form: base64url of a version byte, the list's letter, a number (zigzag varint), and two texts,
 * each after its length.
 */
#ifndef SERVICE_CORE_CURSOR_H
#define SERVICE_CORE_CURSOR_H

#include "service/core/call.h"

/* The letter of each list and order: a cursor belongs to one of them. */
enum cursor_list {
    CURSOR_ALARM_RULES = 'r',
    CURSOR_ALERTS = 'g',
    CURSOR_AUDIT = 'd',
    CURSOR_CODES = 'c',
    CURSOR_DELIVERIES = 'w',
    CURSOR_DEVICES = 'v',
    CURSOR_KEYS = 'k',
    CURSOR_MANAGER_BY_END = 'e',
    CURSOR_MANAGER_BY_NAME = 'n',
    CURSOR_MANAGER_BY_SERIAL = 's',
    CURSOR_MANAGER_BY_START = 'a',
    CURSOR_MEASUREMENTS = 'm',
    CURSOR_MEMBERS = 'u',
    CURSOR_NOTICES = 'i',
    CURSOR_ORGANIZATIONS = 'o',
    CURSOR_SENSORS = 'l',
    CURSOR_WEBHOOKS = 'h',
};

struct cursor_place {
    int64_t number;
    const char *text; /* NULL is written as "" */
    const char *text_2;
};

enum { CURSOR_MOST_BYTES = 1024 };

/* NULL when the arena is full, with STATUS_TOO_LARGE in the fault. */
const char *cursor_write(struct call *call, enum cursor_list list,
                         const struct cursor_place *place);

/* With cursor NULL, *out stays as it was. Texts live in the arena. The place has the kinds and
 * limits of the list's sort keys, so that a crafted cursor reaches no statement.
 *   STATUS_MALFORMED  field "cursor": not written by cursor_write() for a row of this list */
enum status cursor_read(struct call *call, enum cursor_list list, const char *cursor,
                        struct cursor_place *out);

/* Cursors of lists that are ordered by a number, then by an id. With cursor NULL both stay as they
 * were. */
const char *cursor_write_id(struct call *call, enum cursor_list list, int64_t number, int64_t id);
enum status cursor_read_id(struct call *call, enum cursor_list list, const char *cursor,
                           int64_t *number, int64_t *id);

#endif
