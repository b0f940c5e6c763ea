#include "service/outbox/outbox_content.h"

#include <string.h>

#include "base/buffer.h"
#include "base/compress.h"
#include "base/varint.h"

/* Format of a field: its length plus one, then its bytes; 0: absent. */
enum { CONTENT_FIELDS = 8 };

struct field {
    const void *bytes; /* NULL: absent */
    size_t size;
};

static struct field
text_field(const char *text)
{
    return (struct field){ text, text ? strlen(text) : 0 };
}

static void
content_put_field(struct buffer *out, struct field field)
{
    uint8_t length[VARINT_MOST_BYTES];

    buffer_append(out, length, varint_write(length, field.bytes ? field.size + 1 : 0));
    if (field.bytes)
        buffer_append(out, field.bytes, field.size);
}

static enum status
seal(struct call *call, const struct buffer *plain, const void **out, size_t *size)
{
    size_t room = compress_bound(plain->size);
    void *packed = call_new(call, room);
    uint8_t *sealed = call_new(call, room + SEAL_BYTES);

    if (!packed || !sealed)
        return STATUS_TOO_LARGE;
    size_t packed_size = compress_bytes(packed, room, plain->bytes, plain->size);
    secret_seal(sealed, packed, packed_size, call->secret);
    *out = sealed;
    *size = packed_size + SEAL_BYTES;
    return STATUS_OK;
}

enum status
outbox_content_seal(struct call *call, const struct outbox_content *content, const void **out,
                    size_t *size)
{
    const struct outbox_attachment *attachment = &content->attachment;
    const struct field fields[CONTENT_FIELDS] = {
        text_field(content->letter.subject),  text_field(content->letter.text),
        text_field(content->letter.html),     text_field(attachment->name),
        text_field(attachment->type),         { attachment->bytes, attachment->size },
        text_field(content->unsubscribe_url), text_field(content->body),
    };
    struct buffer plain;

    buffer_init(&plain, OUTBOX_CONTENT_MOST_BYTES);
    for (size_t i = 0; i < CONTENT_FIELDS; i++)
        content_put_field(&plain, fields[i]);
    enum status status = plain.overflow ? call_too_large(call) : seal(call, &plain, out, size);
    buffer_clear(&plain);
    return status;
}

/* Adds a NUL, so that a field can be used as a text. */
static bool
content_read_field(const uint8_t **at, const uint8_t *end, struct arena *arena, struct field *out)
{
    uint64_t length;

    *out = (struct field){ NULL, 0 };
    if (!varint_read(&length, at, end) || (length > 0 && length - 1 > (uint64_t)(end - *at)))
        return false;
    if (length == 0)
        return true;
    out->size = (size_t)length - 1;
    out->bytes = arena_text(arena, (const char *)*at, out->size);
    *at += out->size;
    return out->bytes != NULL;
}

static bool
content_read_fields(const uint8_t *at, const uint8_t *end, struct arena *arena,
                    struct field *fields)
{
    for (size_t i = 0; i < CONTENT_FIELDS; i++)
        if (!content_read_field(&at, end, arena, &fields[i]))
            return false;
    return at == end;
}

enum status
outbox_content_open(struct call *call, const void *sealed, size_t size, struct outbox_content *out)
{
    struct field fields[CONTENT_FIELDS];
    size_t packed_size = size > SEAL_BYTES ? size - SEAL_BYTES : 0, plain_size, written;
    void *packed = call_new(call, packed_size + 1);

    if (!packed)
        return STATUS_TOO_LARGE;
    if (packed_size == 0 || !secret_open(packed, sealed, size, call->secret)
        || !decompressed_size(&plain_size, packed, packed_size, OUTBOX_CONTENT_MOST_BYTES))
        return call_fail(call, STATUS_BROKEN, "", "",
                         "a message was sealed with another secret file");
    uint8_t *plain = call_new(call, plain_size + 1);
    if (!plain)
        return STATUS_TOO_LARGE;
    if (!decompress_bytes(plain, plain_size, &written, packed, packed_size)
        || !content_read_fields(plain, plain + written, call->db.arena, fields))
        return call_fail(call, STATUS_BROKEN, "", "", "a message of the outbox is damaged");
    *out = (struct outbox_content){
        .letter = { fields[0].bytes, fields[1].bytes, fields[2].bytes },
        .attachment = { fields[3].bytes, fields[4].bytes, fields[5].bytes, fields[5].size },
        .unsubscribe_url = fields[6].bytes,
        .body = fields[7].bytes,
    };
    return STATUS_OK;
}
