/*
 * head_layout.h - does a parsed head hold every byte of the received one?
 *
 * The HTTP library parses a head in place: its texts lie where they were received. It drops what it
 * does not understand: the rest of a line behind a NUL, a line that begins with a space (which it
 * adds to the name of the header before), a line end without CR. A proxy can read such bytes in
 * another way. So the parsed texts must follow each other without a gap. This compares places and
 * reads no byte.
 */
#ifndef EDGE_HTTP_HEAD_LAYOUT_H
#define EDGE_HTTP_HEAD_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct head_text {
    const char *at;
    size_t size;
};

struct head_layout {
    uintptr_t begin, next; /* where the following text has to begin */
    bool broken;
};

/* The request line: one space between its texts, CRLF behind them. */
void head_layout_begin(struct head_layout *layout, struct head_text method, struct head_text target,
                       struct head_text version);
/* One header, in the order in which they were received. The value has the spaces behind it. */
void head_layout_add(struct head_layout *layout, struct head_text name, struct head_text value);
/* The head with its empty line has `size` bytes. False: bytes were dropped. */
bool head_layout_end(const struct head_layout *layout, size_t size);

#endif
