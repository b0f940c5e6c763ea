#include "edge/outgoing/mime.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/secret.h"
#include "base/text.h"

enum {
    LINE_CHARACTERS = 76, /* RFC 2045, section 6.8 */
    LINE_BYTES = LINE_CHARACTERS / 4 * 3,
    WORD_BYTES = 42, /* of an encoded word of at most 75 characters: RFC 2047, section 2 */
    BOUNDARY_SIZE = 40,
};

/* At most LINE_BYTES. */
static void
put_base64(struct buffer *out, const void *bytes, size_t size)
{
    char text[BASE64_SIZE(LINE_BYTES)];

    base64_encode(text, bytes, size);
    buffer_text(out, text);
}

static void
put_encoded(struct buffer *out, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;

    for (size_t i = 0; i < size; i += LINE_BYTES) {
        put_base64(out, at + i, size - i < LINE_BYTES ? size - i : LINE_BYTES);
        buffer_text(out, "\r\n");
    }
}

/* A control character could start another header. */
static void
put_plain(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        char symbol = (unsigned char)*text < 0x20 || *text == 0x7f ? ' ' : *text;
        buffer_append(out, &symbol, 1);
    }
}

/* The bytes of `text` for one encoded word, which ends between two characters. */
static size_t
word_length(const char *text)
{
    size_t length = strlen(text);

    if (length <= WORD_BYTES)
        return length;
    length = WORD_BYTES;
    while (length > 1 && ((unsigned char)text[length] & 0xc0) == 0x80)
        length--;
    return length;
}

static void
put_words(struct buffer *out, const char *text)
{
    char clean[WORD_BYTES];

    for (size_t length; *text; text += length) {
        length = word_length(text);
        for (size_t i = 0; i < length; i++)
            clean[i] = (unsigned char)text[i] < 0x20 ? ' ' : text[i];
        buffer_text(out, "=?utf-8?B?");
        put_base64(out, clean, length);
        buffer_text(out, text[length] ? "?=\r\n " : "?=");
    }
}

/* Writes plain ASCII that fits in a line, else encoded words. A text that looks like an encoded
 * word is encoded too. */
static void
put_text_header(struct buffer *out, const char *name, const char *text)
{
    bool plain = strlen(name) + 2 + strlen(text) <= LINE_CHARACTERS && !strstr(text, "=?")
                 && text_is_ascii(text, strlen(text));

    buffer_printf(out, "%s: ", name);
    if (plain)
        put_plain(out, text);
    else
        put_words(out, text);
    buffer_text(out, "\r\n");
}

static void
put_header(struct buffer *out, const char *name, const char *before, const char *text,
           const char *behind)
{
    buffer_printf(out, "%s: %s", name, before);
    put_plain(out, text);
    buffer_printf(out, "%s\r\n", behind);
}

/* RFC 5322, section 3.3. */
static void
put_date(struct buffer *out, utc_seconds when)
{
    static const char *const days[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    day_number day = when / UTC_DAY;
    int second = (int)(when % UTC_DAY);
    struct civil_date date = civil_from_days(day);

    buffer_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[day % 7], date.day,
                  months[date.month - 1], date.year, second / 3600, second / 60 % 60, second % 60);
}

/* Makes the boundary between parts from the Message-ID, so that each try sends the same bytes. No
 * line of base64 begins with a hyphen. */
static void
make_boundary(char out[BOUNDARY_SIZE], const char *message_id, const char *level)
{
    uint8_t hash[HASH_BYTES];

    hash_bytes(hash, message_id, strlen(message_id), NULL);
    int used = snprintf(out, BOUNDARY_SIZE, "%s-", level);
    for (size_t i = 0; i < 12; i++)
        used += snprintf(out + used, BOUNDARY_SIZE - (size_t)used, "%02x", hash[i]);
}

/* Line breaks inside the encoded text are CRLF, too. */
static void
put_text_part(struct buffer *out, const char *boundary, const char *type, const char *text)
{
    struct buffer lines;

    buffer_init(&lines, out->limit);
    for (size_t length; *text; text += length) {
        length = strcspn(text, "\r\n");
        buffer_append(&lines, text, length);
        if (text[length]) {
            buffer_text(&lines, "\r\n");
            length += text[length] == '\r' && text[length + 1] == '\n' ? 2 : 1;
        }
    }
    buffer_printf(
        out, "--%s\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        boundary, type);
    put_encoded(out, lines.bytes, lines.size);
    out->overflow = out->overflow || lines.overflow;
    buffer_clear(&lines);
}

/* Replaces characters that are unusual in file names by "_". */
static void
put_name(struct buffer *out, const char *name)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._- ";

    for (; *name; name++) {
        char symbol = strchr(good, *name) ? *name : '_';
        buffer_append(out, &symbol, 1);
    }
}

static void
put_attachment(struct buffer *out, const char *boundary, const struct outbox_attachment *attachment)
{
    buffer_printf(out, "--%s\r\n", boundary);
    put_header(out, "Content-Type", "", attachment->type, "");
    buffer_text(
        out, "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"");
    put_name(out, attachment->name);
    buffer_text(out, "\"\r\n\r\n");
    put_encoded(out, attachment->bytes, attachment->size);
}

static void
put_headers(struct buffer *out, const struct mime_mail *mail)
{
    put_header(out, "From", "Tenure <", mail->from, ">");
    put_header(out, "To", "<", mail->to, ">");
    put_text_header(out, "Subject", mail->content->letter.subject);
    put_date(out, mail->date);
    put_header(out, "Message-ID", "", mail->message_id, "");
    buffer_text(out, "Auto-Submitted: auto-generated\r\n");
    if (mail->content->unsubscribe_url)
        put_header(out, "List-Unsubscribe", "<", mail->content->unsubscribe_url, ">");
    buffer_text(out, "MIME-Version: 1.0\r\n");
}

void
mime_write(struct buffer *out, const struct mime_mail *mail)
{
    const struct outbox_content *content = mail->content;
    char mixed[BOUNDARY_SIZE], either[BOUNDARY_SIZE];
    bool attached = content->attachment.name != NULL;

    make_boundary(mixed, mail->message_id, "mixed");
    make_boundary(either, mail->message_id, "either");
    put_headers(out, mail);
    if (attached)
        buffer_printf(out, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n", mixed,
                      mixed);
    buffer_printf(out, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n", either);
    put_text_part(out, either, "text/plain", content->letter.text);
    put_text_part(out, either, "text/html", content->letter.html);
    buffer_printf(out, "--%s--\r\n", either);
    if (attached) {
        put_attachment(out, mixed, &content->attachment);
        buffer_printf(out, "--%s--\r\n", mixed);
    }
}
