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
                        .from = "tenure@example.com",
                        .to = "ada@example.com",
                        .message_id = "<1@example.com>",
                        .date = NOON,
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
    check(has(&mail, "From: Tenure <tenure@example.com>\r\nTo: <ada@example.com>\r\nSubject: 3 "
                     "sensors stop\r\n"));
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

    content.attachment =
        (struct outbox_attachment){ "a\"b\r\n.csv", "text/csv; charset=utf-8", "a\0b", 3 };
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

TEST(no_text_makes_a_header_or_an_end_of_its_own)
{
    const struct outbox_content content = {
        .letter = { "s\r\nX-Evil: 1\n\nbody", "t\r\n.\r\nX-Evil: 1", "h\r\n.\r\nX-Evil: 1" },
        .attachment = { "n\"\r\nX-Evil: 1", "text/csv\r\nX-Evil: 1", "\r\n.\r\n", 5 },
        .unsubscribe_url = "https://example.com/\r\nX-Evil: 1",
    };
    struct buffer mail;

    buffer_init(&mail, 1024 * 1024);
    mime_write(&mail, &(struct mime_mail){ "a@b\nX-Evil: 1", "a@b\r\nX-Evil: 1", "<1>\rX-Evil: 1",
                                           NOON, &content });
    check_lines(&mail);
    check(!has(&mail, "\nX-Evil") && !has(&mail, "\rX-Evil") && !has(&mail, "\r\n.\r\n"));
    buffer_clear(&mail);
}

TEST(subject_that_looks_like_an_encoded_word_is_not_taken_for_one)
{
    const struct outbox_content content = content_of("=?utf-8?Q?x?=");
    struct buffer mail;

    write(&mail, &content);
    check(has(&mail, "\r\nSubject: =?utf-8?B?PT91dGYtOD9RP3g/PQ==?=\r\n"));
    buffer_clear(&mail);
}

TEST(subjects_of_every_length_are_words_of_whole_characters)
{
    char subject[2 * 200 + 1] = "";
    const struct outbox_content content = content_of(subject);

    for (size_t length = 1; length <= 200; length++) {
        struct buffer mail;

        memcpy(subject + 2 * length - 2, "ü", 3);
        write(&mail, &content);
        const char *at = strstr(mail.bytes, "Subject: ") + 9;
        for (size_t left = length, here; left > 0; left -= here) {
            here = left < 21 ? left : 21; /* 42 bytes a word */
            size_t end = 10 + (2 * here + 2) / 3 * 4;
            check(!strncmp(at, "=?utf-8?B?", 10) && !strncmp(at + end, "?=\r\n", 4));
            at += end + 4 + (left > here);
        }
        buffer_clear(&mail);
    }
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
