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

/* Nothing reads it. */
static size_t
transfer_drop_answer(char *bytes, size_t size, size_t count, void *with)
{
    (void)bytes, (void)with;
    return size * count;
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
    transfer->admitted = true;
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
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, transfer_drop_answer);
    /* A name server that hangs delays neither the end of this transfer nor other transfers. */
    curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
    /* The system's folder of certificates stays in use beside this file. */
    if (ca_file && *ca_file)
        curl_easy_setopt(handle, CURLOPT_CAINFO, ca_file);
}
