#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "edge/outgoing/curl_transfer.h"

enum {
    CONNECT_SECONDS = 20,
    IDLE_SECONDS = 5, /* of an open connection, until the next mail */
};

void
transfer_start(void)
{
    if (curl_global_init(CURL_GLOBAL_ALL)) {
        fputs("libcurl does not start\n", stderr);
        abort();
    }
}

static size_t
transfer_take_answer(char *bytes, size_t size, size_t count, void *with)
{
    struct curl_transfer *transfer = with;

    if (transfer->answer && transfer->answer->size < TRANSFER_ANSWER_MOST_BYTES) {
        size_t left = TRANSFER_ANSWER_MOST_BYTES - transfer->answer->size;
        buffer_append(transfer->answer, bytes, size * count < left ? size * count : left);
    }
    return size * count; /* drops the rest */
}

static int
watch_stop(void *with, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up)
{
    const struct curl_transfer *transfer = with;

    (void)down_all, (void)down, (void)up_all, (void)up;
    return transfer->stop.asked && transfer->stop.asked(transfer->stop.with);
}

/* Checks the address that it connects to, so that a second lookup of the name cannot differ. */
static curl_socket_t
open_socket(void *with, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct curl_transfer *transfer = with;
    struct address address = { .size = to->addrlen };

    (void)purpose;
    if (to->addrlen > sizeof address.storage)
        return CURL_SOCKET_BAD;
    memcpy(&address.storage, &to->addr, to->addrlen);
    if (transfer->admits && !transfer->admits(&address)) {
        transfer->not_admitted = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

void
transfer_set_words(struct transfer_result *out, const char *text)
{
    size_t size = 0;

    for (; *text && size + 1 < sizeof out->words; text++)
        if (*text >= 0x20 && *text < 0x7f)
            out->words[size++] = *text;
    out->words[size] = '\0';
}

void
transfer_prepare(CURL *handle, struct curl_transfer *transfer, const char *ca_file)
{
    curl_easy_reset(handle); /* open connections stay */
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(handle, CURLOPT_MAXAGE_CONN, (long)IDLE_SECONDS);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, watch_stop);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, transfer);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, transfer);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, transfer_take_answer);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, transfer);
    /* The system's folder of certificates stays in use beside this file. */
    if (ca_file && *ca_file)
        curl_easy_setopt(handle, CURLOPT_CAINFO, ca_file);
}

static struct curl_slist *
headers_of(const struct transfer_post *post)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");

    for (const char *const *header = post->headers; header && *header; header++)
        list = curl_slist_append(list, *header);
    return list;
}

static void
post_end(struct transfer_result *out, CURLcode code, const struct curl_transfer *transfer)
{
    if (code == CURLE_ABORTED_BY_CALLBACK) {
        out->end = TRANSFER_STOPPED;
    } else if (transfer->not_admitted && out->code == 0) {
        out->end = TRANSFER_REFUSED;
        transfer_set_words(out, "its address is not allowed");
    } else if (code) {
        out->end = out->code ? TRANSFER_LATER : TRANSFER_UNREACHED;
        transfer_set_words(out, curl_easy_strerror(code));
    } else {
        out->end = out->code / 100 == 2 ? TRANSFER_DONE
                   : out->code == 410   ? TRANSFER_REFUSED
                                        : TRANSFER_LATER;
        if (out->end != TRANSFER_DONE)
            snprintf(out->words, sizeof out->words, "it answered %d", out->code);
    }
}

void
transfer_post(const struct transfer_post *post, struct buffer *answer, struct transfer_result *out)
{
    struct curl_transfer transfer = { .answer = answer,
                                      .stop = post->stop,
                                      .admits = post->admits };
    struct curl_slist *headers = headers_of(post);
    CURL *handle = curl_easy_init();
    long said = 0;

    if (!handle || !headers)
        abort(); /* out of memory */
    transfer_prepare(handle, &transfer, post->ca_file);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_URL, post->url);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, (long)post->most_seconds);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, post->body);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->body_size);
    CURLcode code = curl_easy_perform(handle);
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &said);
    *out = (struct transfer_result){ .code = (int)said };
    post_end(out, code, &transfer);
    curl_easy_cleanup(handle);
    curl_slist_free_all(headers);
}
