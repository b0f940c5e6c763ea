/*
 * letter.h - a mail's words, written once and given as text and as HTML, so that all mails
 * look alike and read well on a phone.
 *
 *     struct letter_writer writer;
 *     letter_open(&writer, "3 sensors stop on 24 Nov 2026");
 *     letter_paragraph(&writer, "%s in %s", ...);
 *     status = letter_close(&writer, call, &letter);
 *
 * Each open is followed by one close, which frees what the writer holds.
 */
#ifndef SERVICE_OUTBOX_LETTER_H
#define SERVICE_OUTBOX_LETTER_H

#include "base/buffer.h"
#include "service/core/call.h"

struct letter {
    const char *subject; /* one line */
    const char *text; /* lines end with \n and have at most LETTER_WIDTH characters, links aside */
    const char *html; /* a whole document, styles inline */
};

enum {
    LETTER_WIDTH = 76,
    LETTER_MOST_BYTES = 4 * 1024 * 1024, /* of each part */
};

struct letter_writer {
    const char *subject;
    struct buffer text, html;
};

/* `subject` lives until the close. */
void letter_open(struct letter_writer *writer, const char *subject);

/* What is written is escaped. A paragraph is wrapped in the text. */
void letter_heading(struct letter_writer *writer, const char *text);
void letter_paragraph(struct letter_writer *writer, const char *format, ...) PRINTF_LIKE(2, 3);
/* Less important: smaller, and fainter. */
void letter_small(struct letter_writer *writer, const char *format, ...) PRINTF_LIKE(2, 3);
/* The one thing to press; in the text the address on a line of its own. */
void letter_button(struct letter_writer *writer, const char *label, const char *url);

/* A list of things, one below the other, as wide as a phone is: of each its name, and what is
 * said of it, a line each. In the text each is a small paragraph, and NULL or "" says nothing. */
void letter_list_open(struct letter_writer *writer);
void letter_item(struct letter_writer *writer, const char *name, const char *const *lines,
                 size_t count);
void letter_list_close(struct letter_writer *writer);

/* Gives the letter, in the arena.
 *   STATUS_TOO_LARGE */
enum status letter_close(struct letter_writer *writer, struct call *call, struct letter *out);

#endif
