/*
 * letter.h - writes the content of a mail once, as text and as HTML, so that all mails look alike
 * and read well on a phone.
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
    const char *text;    /* lines end with \n; at most LETTER_WIDTH characters, except links */
    const char *html;    /* a whole document, styles inline */
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

/* These escape what they write. The text wraps paragraphs. */
void letter_heading(struct letter_writer *writer, const char *text);
void letter_paragraph(struct letter_writer *writer, const char *format, ...) PRINTF_LIKE(2, 3);
/* Smaller and fainter. */
void letter_small(struct letter_writer *writer, const char *format, ...) PRINTF_LIKE(2, 3);
/* The main link; in the text the address stands alone on a line. */
void letter_button(struct letter_writer *writer, const char *label, const char *url);

/* A list that fits a phone: each item has a name and up to `count` lines. In the text an item is a
 * small paragraph. Skips lines that are NULL or "". */
void letter_list_open(struct letter_writer *writer);
void letter_item(struct letter_writer *writer, const char *name, const char *const *lines,
                 size_t count);
void letter_list_close(struct letter_writer *writer);

/* Gives the letter, in the arena.
 *   STATUS_TOO_LARGE */
enum status letter_close(struct letter_writer *writer, struct call *call, struct letter *out);

/* Quotes a name that others have chosen, for a mail to a person who does not know them: “Cold
 * Chain”. Cuts it after LETTER_QUOTE_MOST characters, and breaks text that a mail program would
 * show as a link. A name that hides something becomes “…”. */
enum { LETTER_QUOTE_MOST = 60, LETTER_QUOTE_SIZE = 5 * LETTER_QUOTE_MOST + 16 };
void letter_quote(char out[LETTER_QUOTE_SIZE], const char *name);

/* "" for 1, else "s". */
const char *letter_plural(int64_t count);

/* The address of a page of an organization: `page` "licenses", "notifications", ... */
enum { PAGE_URL_SIZE = 512 };
void letter_page_url(char out[PAGE_URL_SIZE], const struct call *call, int64_t organization_id,
                     const char *page);

#endif
