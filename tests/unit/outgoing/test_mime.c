#include "edge/outgoing/mime.h"

#include <string.h>

#include "support/check.h"

/* 2026-11-24T12:00:00Z, a Tuesday. */
#define NOON INT64_C(1795521600)

static struct outbox_content
content_of(const char *subject)
{
    return (struct outbox_content){
        .letter = { .subject = subject, .text = "one\ntwo\n", .html = "<p>one</p>\n" },
    };
}

static void
write(struct buffer *out, const struct outbox_content *content)
{
    buffer_init(out, 1024 * 1024);
    mime_write(out, &(struct mime_mail){
        .from = "tenure@example.com", .to = "ada@example.com", .message_id = "<1@example.com>", .date = NOON,
        .content = content,
    });
    check(!out->overflow);
}

/* Each line ends with CRLF, and has at most 998 bytes: RFC 5322, section 2.1.1. */
static void
check_lines(const struct buffer *mail)
{
    size_t length = 0;

    for (size_t i = 0; i < mail->size; i++) {
        if (mail->bytes[i] == '\n')
            check(i > 0 && mail->bytes[i - 1] == '\r');
        if (mail->bytes[i] == '\r')
            check(i + 1 < mail->size && mail->bytes[i + 1] == '\n');
        length = mail->bytes[i] == '\n' ? 0 : length + 1;
        check(length <= 998);
    }
    check(mail->size > 2 && !memcmp(mail->bytes + mail->size - 2, "\r\n", 2));
}

static bool
has(const struct buffer *mail, const char *text)
{
    return strstr(mail->bytes, text) != NULL;
}

TEST(mail_has_its_headers_and_both_parts)
{
    struct outbox_content content = content_of("3 sensors stop");
    struct buffer mail;

    content.unsubscribe_url = "https://tenure.example.com/o/1/notifications";
    write(&mail, &content);
    check_lines(&mail);
    check(has(&mail, "From: Tenure <tenure@example.com>\r\nTo: <ada@example.com>\r\nSubject: 3 sensors stop\r\n"));
    check(has(&mail, "\r\nDate: Tue, 24 Nov 2026 12:00:00 +0000\r\n"));
    check(has(&mail, "\r\nMessage-ID: <1@example.com>\r\n"));
    check(has(&mail, "\r\nAuto-Submitted: auto-generated\r\n"));
    check(has(&mail, "\r\nList-Unsubscribe: <https://tenure.example.com/o/1/notifications>\r\n"));
    check(has(&mail, "b25lDQp0d28NCg==")); /* "one\r\ntwo\r\n" */
    check(!has(&mail, "multipart/mixed"));
    buffer_clear(&mail);
}

TEST(attachment_stands_behind_the_letter)
{
    struct outbox_content content = content_of("x");
    struct buffer mail;

    content.attachment = (struct outbox_attachment){ "a\"b\r\n.csv", "text/csv; charset=utf-8", "a\0b", 3 };
    write(&mail, &content);
    check_lines(&mail);
    check(has(&mail, "multipart/mixed"));
    check(has(&mail, "filename=\"a_b__.csv\"\r\n\r\nYQBi\r\n"));
    buffer_clear(&mail);
}

TEST(subjects_beyond_ascii_are_encoded_words_that_cut_no_character)
{
    struct outbox_content content = content_of(
        "Kühlkette Łódź: 3 Sensoren enden am 24. November 2026, und das ist länger als eine Zeile");
    struct buffer mail;

    write(&mail, &content);
    check_lines(&mail);
    check(has(&mail, "Subject: =?utf-8?B?S8O8aGxrZXR0ZSDFgcOzZMW6"));
    for (const char *at = strstr(mail.bytes, "=?utf-8?B?"); at; at = strstr(at + 1, "=?utf-8?B?"))
        check(strcspn(at, "\r") <= 75); /* RFC 2047, section 2 */
    buffer_clear(&mail);
}

TEST(what_looks_like_a_header_in_a_subject_begins_none)
{
    struct outbox_content content = content_of("a\r\nBcc: eve@example.com\r\n\r\nbody");
    struct buffer mail;

    write(&mail, &content);
    check_lines(&mail);
    check(!has(&mail, "\nBcc:"));
    buffer_clear(&mail);
}

TEST(the_same_mail_has_the_same_bytes)
{
    struct outbox_content content = content_of("x");
    struct buffer first, second;

    content.attachment = (struct outbox_attachment){ "a.csv", "text/csv", "a", 1 };
    write(&first, &content);
    write(&second, &content);
    check(first.size == second.size && !memcmp(first.bytes, second.bytes, first.size));
    buffer_clear(&first);
    buffer_clear(&second);
}

TEST(mail_that_is_too_large_overflows)
{
    struct outbox_content content = content_of("x");
    struct buffer mail;

    buffer_init(&mail, 100);
    mime_write(&mail, &(struct mime_mail){ "a@b.c", "a@b.c", "<1@b.c>", NOON, &content });
    check(mail.overflow);
    buffer_clear(&mail);
}
