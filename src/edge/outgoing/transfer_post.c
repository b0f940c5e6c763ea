#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/utc.h"
#include "edge/outgoing/curl_transfer.h"
#include "edge/outgoing/retry_after.h"

enum {
    ANSWER_SECONDS = 2, /* for the rest of an answer, after its status */
    ANSWER_MOST_BYTES = 64 * 1024,
    FIRST_FINAL_STATUS = 200, /* RFC 9110, section 15.2: those below announce another one */
};

struct post {
    struct loop_transfer on_loop; /* the first member */
    struct curl_transfer transfer;
    const struct transfer_post *order;
    struct curl_slist *headers;
    int code; /* the status of the answer; 0: none came */
    size_t body_size;
    char retry_after[RETRY_AFTER_SIZE];
};

/* The status decides. The rest of the answer is read only for its headers, and to make the
 * connection usable again. */
static void
post_take_status(struct post *post)
{
    long code = 0;

    curl_easy_getinfo(post->on_loop.handle, CURLINFO_RESPONSE_CODE, &code);
    if (code < FIRST_FINAL_STATUS || post->code)
        return;
    post->code = (int)code;
    post->on_loop.end_at = monotonic_nanoseconds() + ANSWER_SECONDS * INT64_C(1000000000);
}

static void
post_take_retry_after(struct post *post, const char *value, size_t size)
{
    while (size > 0 && (*value == ' ' || *value == '\t'))
        value++, size--;
    while (size > 0 && strchr(" \t\r\n", value[size - 1]))
        size--;
    if (size < sizeof post->retry_after)
        snprintf(post->retry_after, sizeof post->retry_after, "%.*s", (int)size, value);
}

static size_t
post_take_header(char *bytes, size_t size, size_t count, void *with)
{
    static const char status[] = "HTTP/", retry_after[] = "Retry-After:";
    struct post *post = with;
    size_t length = size * count, name = sizeof retry_after - 1;

    if (length > sizeof status && !strncmp(bytes, status, sizeof status - 1))
        post_take_status(post);
    else if (post->code && length > name && !strncasecmp(bytes, retry_after, name))
        post_take_retry_after(post, bytes + name, length - name);
    return length;
}

/* A body that is too long ends the transfer. */
static size_t
post_take_body(char *bytes, size_t size, size_t count, void *with)
{
    struct post *post = with;

    (void)bytes;
    post->body_size += size * count;
    return post->body_size <= ANSWER_MOST_BYTES ? size * count : 0;
}

static enum transfer_end
post_meaning(int code)
{
    return code / 100 == 2 ? TRANSFER_DONE : code == 410 ? TRANSFER_REFUSED : TRANSFER_LATER;
}

static struct transfer_result
post_result(const struct post *post, CURLcode code)
{
    struct transfer_result out = { .code = post->code };

    if (post->code) {
        out.end = post_meaning(post->code);
        if (out.end != TRANSFER_DONE)
            snprintf(out.words, sizeof out.words, "it answered %d", post->code);
        if (out.end == TRANSFER_LATER && *post->retry_after)
            out.retry_at = retry_after_read(post->retry_after, utc_now());
    } else if (code == CURLE_ABORTED_BY_CALLBACK) {
        out.end = TRANSFER_STOPPED;
    } else if (post->transfer.not_admitted && !post->transfer.admitted) {
        out.end = TRANSFER_REFUSED;
        transfer_set_words(&out, "its address is not allowed");
    } else {
        out.end = TRANSFER_UNREACHED;
        transfer_set_words(&out, code ? curl_easy_strerror(code) : "it gave no answer of HTTP");
    }
    return out;
}

static void
post_ended(struct loop_transfer *on_loop, CURLcode code)
{
    struct post *post = (struct post *)on_loop;
    struct transfer_result result = post_result(post, code);
    const struct transfer_post *order = post->order;

    curl_easy_cleanup(post->on_loop.handle);
    curl_slist_free_all(post->headers);
    free(post);
    order->done(order->with, &result);
}

static struct curl_slist *
headers_of(const struct transfer_post *order)
{
    struct curl_slist *list = memory_must(curl_slist_append(NULL, "Expect:"));

    for (const char *const *header = order->headers; header && *header; header++)
        list = memory_must(curl_slist_append(list, *header));
    return list;
}

void
transfer_post(struct transfer_loop *loop, const struct transfer_post *order)
{
    struct post *post = memory_new(1, sizeof *post);
    CURL *handle = memory_must(curl_easy_init());

    post->on_loop = (struct loop_transfer){ .handle = handle, .ended = post_ended };
    post->order = order;
    post->transfer.admits = order->admits;
    post->headers = headers_of(order);
    transfer_prepare(handle, &post->transfer, order->ca_file);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_URL, order->url);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, (long)order->most_seconds);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, post->headers);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, post_take_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, post);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, post_take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, post);
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, order->body);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)order->body_size);
    transfer_loop_add(loop, &post->on_loop);
}
