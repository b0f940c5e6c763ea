#include "service/outbox/letter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "base/unicode.h"

enum { SENTENCE_MOST_BYTES = 4096 };

#define BODY_STYLE                                                                                 \
    "margin:0;padding:24px 16px;font:16px/24px Inter,-apple-system,'Segoe UI',Roboto,Arial,"       \
    "sans-serif;overflow-wrap:anywhere"
#define CARD_STYLE "max-width:640px;margin:0 auto"
#define HEAD_STYLE "font-size:20px;line-height:28px;margin:0 0 16px;font-weight:600"
#define PART_STYLE "font-size:16px;line-height:24px;margin:24px 0 8px;font-weight:600"
/* Opacity, because no gray reads well on both white and black. */
#define SMALL_STYLE "margin:0 0 12px;font-size:13px;line-height:20px;opacity:0.75"
#define BUTTON_STYLE                                                                               \
    "display:inline-block;padding:10px 20px;border-radius:6px;background:#0b5d66;color:#ffffff;"   \
    "font-weight:600;text-decoration:none"
#define ITEM_STYLE "margin:0;padding:8px 0;border-top:1px solid #9ca3af"

static void
letter_put_escaped(struct buffer *html, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            buffer_text(html, "&amp;");
            break;
        case '<':
            buffer_text(html, "&lt;");
            break;
        case '>':
            buffer_text(html, "&gt;");
            break;
        case '"':
            buffer_text(html, "&quot;");
            break;
        default:
            buffer_append(html, text, 1);
        }
    }
}

/* Characters, not bytes. */
static size_t
width_of(const char *text, size_t length)
{
    size_t width = 0;

    for (size_t i = 0; i < length; i++)
        width += ((unsigned char)text[i] & 0xC0) != 0x80;
    return width;
}

/* A word that is longer than a line stays whole, since it is a link. */
static void
put_wrapped(struct buffer *out, const char *text, const char *indent)
{
    size_t used = 0;

    while (*text) {
        size_t length = strcspn(text, " "), width = width_of(text, length);
        if (used > 0 && used + 1 + width > LETTER_WIDTH) {
            buffer_text(out, "\n");
            buffer_text(out, indent);
            used = strlen(indent);
        } else if (used > 0) {
            buffer_text(out, " ");
            used++;
        }
        buffer_append(out, text, length);
        used += width;
        text += length;
        text += strspn(text, " ");
    }
    buffer_text(out, "\n");
}

void
letter_open(struct letter_writer *writer, const char *subject)
{
    *writer = (struct letter_writer){ .subject = subject };
    buffer_init(&writer->text, LETTER_MOST_BYTES);
    buffer_init(&writer->html, LETTER_MOST_BYTES);
    buffer_text(&writer->html, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
                               "<meta name=\"viewport\" content=\"width=device-width\">"
                               "<meta name=\"color-scheme\" content=\"light dark\"><title>");
    letter_put_escaped(&writer->html, subject);
    buffer_text(&writer->html, "</title></head><body style=\"" BODY_STYLE
                               "\"><div style=\"" CARD_STYLE "\"><h1 style=\"" HEAD_STYLE "\">");
    letter_put_escaped(&writer->html, subject);
    buffer_text(&writer->html, "</h1>");
    put_wrapped(&writer->text, subject, "");
}

/* Writes an HTML element, and the same as a paragraph of the text. */
static void
put_block(struct letter_writer *writer, const char *tag, const char *style, const char *text)
{
    buffer_text(&writer->text, "\n");
    put_wrapped(&writer->text, text, "");
    buffer_printf(&writer->html, "<%s style=\"%s\">", tag, style);
    letter_put_escaped(&writer->html, text);
    buffer_printf(&writer->html, "</%s>", tag);
}

void
letter_heading(struct letter_writer *writer, const char *text)
{
    put_block(writer, "h2", PART_STYLE, text);
}

static void PRINTF_LIKE(3, 0) put_formatted(struct letter_writer *writer, const char *style,
                                            const char *format, va_list arguments)
{
    char text[SENTENCE_MOST_BYTES];

    vsnprintf(text, sizeof text, format, arguments);
    put_block(writer, "p", style, text);
}

void
letter_paragraph(struct letter_writer *writer, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    put_formatted(writer, "margin:0 0 12px", format, arguments);
    va_end(arguments);
}

void
letter_small(struct letter_writer *writer, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    put_formatted(writer, SMALL_STYLE, format, arguments);
    va_end(arguments);
}

void
letter_button(struct letter_writer *writer, const char *label, const char *url)
{
    buffer_printf(&writer->text, "\n%s:\n%s\n", label, url);
    buffer_text(&writer->html, "<p style=\"margin:24px 0\"><a style=\"" BUTTON_STYLE "\" href=\"");
    letter_put_escaped(&writer->html, url);
    buffer_text(&writer->html, "\">");
    letter_put_escaped(&writer->html, label);
    buffer_text(&writer->html, "</a></p>");
}

void
letter_list_open(struct letter_writer *writer)
{
    buffer_text(&writer->text, "\n");
    buffer_text(&writer->html, "<div style=\"margin:0 0 16px\">");
}

void
letter_item(struct letter_writer *writer, const char *name, const char *const *lines, size_t count)
{
    struct buffer text;
    const char *before = ": ";

    buffer_init(&text, SENTENCE_MOST_BYTES);
    buffer_printf(&text, "- %s", name);
    buffer_text(&writer->html, "<p style=\"" ITEM_STYLE "\"><strong>");
    letter_put_escaped(&writer->html, name);
    buffer_text(&writer->html, "</strong>");
    for (size_t i = 0; i < count; i++) {
        if (!lines[i] || !*lines[i])
            continue;
        buffer_printf(&text, "%s%s", before, lines[i]);
        before = ", ";
        buffer_text(&writer->html, "<br>");
        letter_put_escaped(&writer->html, lines[i]);
    }
    buffer_text(&writer->html, "</p>");
    put_wrapped(&writer->text, text.bytes, "  ");
    buffer_clear(&text);
}

void
letter_list_close(struct letter_writer *writer)
{
    buffer_text(&writer->html, "</div>");
}

enum status
letter_close(struct letter_writer *writer, struct call *call, struct letter *out)
{
    buffer_text(&writer->html, "</div></body></html>\n");
    bool whole = !writer->text.overflow && !writer->html.overflow;
    if (whole)
        *out = (struct letter){
            .subject = call_text(call, writer->subject),
            .text = arena_text(call->db.arena, writer->text.bytes, writer->text.size),
            .html = arena_text(call->db.arena, writer->html.bytes, writer->html.size),
        };
    buffer_clear(&writer->text);
    buffer_clear(&writer->html);
    if (!whole || !out->subject || !out->text || !out->html)
        return call_fail(call, STATUS_TOO_LARGE, "", "", "the mail is too large");
    return STATUS_OK;
}

/* Of a word in any script. */
static bool
is_letter_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte & 0x80);
}

/* Would a mail program take the text around this byte for an address? "shop.example",
 * "https://shop", but not "z o.o.". */
static bool
makes_link(const char *at)
{
    if (*at == ':')
        return at[1] == '/';
    return (*at == '.' || *at == '@') && is_letter_byte(at[1]) && is_letter_byte(at[2]);
}

void
letter_quote(char out[LETTER_QUOTE_SIZE], const char *name)
{
    size_t size = 0, count = 0;

    if (text_has_control(name, strlen(name)) || unicode_check(name, strlen(name)))
        name = "…";
    size += (size_t)snprintf(out, LETTER_QUOTE_SIZE, "“");
    for (const char *at = name; *at; at++) {
        count += ((unsigned char)*at & 0xC0) != 0x80;
        if (count > LETTER_QUOTE_MOST)
            break;
        out[size++] = *at == '"' ? '\'' : *at;
        if (makes_link(at))
            out[size++] = ' ';
    }
    snprintf(out + size, LETTER_QUOTE_SIZE - size, "%s”", count > LETTER_QUOTE_MOST ? "…" : "");
}

const char *
letter_plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

void
letter_page_url(char out[PAGE_URL_SIZE], const struct call *call, int64_t organization_id,
                const char *page)
{
    char id[ID_TEXT_SIZE];

    id_format(id, organization_id);
    snprintf(out, PAGE_URL_SIZE, "%s/o/%s/%s", call->public_url, id, page);
}
