#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/email.h"
#include "base/memory.h"
#include "edge/outgoing/curl_transfer.h"

enum { MOST_HANDLES = 4 };

struct relay {
    struct relay_options options; /* texts are copies */
    pthread_mutex_t lock;
    CURL *idle[MOST_HANDLES];
    size_t idle_count;
};

static size_t
mail_transfer_read(char *room, size_t size, size_t count, void *with)
{
    struct curl_transfer *transfer = with;
    size_t left = transfer->out->size - transfer->sent,
           taken = size * count < left ? size * count : left;

    memcpy(room, transfer->out->bytes + transfer->sent, taken);
    transfer->sent += taken;
    return taken;
}

static size_t
mail_transfer_take_line(char *bytes, size_t size, size_t count, void *with)
{
    struct curl_transfer *transfer = with;
    size_t length = size * count < LINE_SIZE - 1 ? size * count : LINE_SIZE - 1;

    if (length == 0 || (*bytes != '4' && *bytes != '5')) /* skips the answer to QUIT */
        return size * count;
    memcpy(transfer->line, bytes, length);
    transfer->line[length] = '\0';
    return size * count;
}

/* Sees the commands that are sent. It keeps none of their text: some are secret. */
static int
watch_step(CURL *handle, curl_infotype type, char *bytes, size_t size, void *with)
{
    struct curl_transfer *transfer = with;

    (void)handle;
    if (type != CURLINFO_HEADER_OUT)
        return 0;
    if (size >= 5 && !strncmp(bytes, "MAIL ", 5))
        transfer->step = STEP_SENDER;
    else if (size >= 5 && !strncmp(bytes, "RCPT ", 5))
        transfer->step = STEP_RECIPIENT;
    else if (size >= 4 && !strncmp(bytes, "DATA", 4))
        transfer->step = STEP_CONTENT;
    return 0;
}

/* Shuts the socket down, so that a hanging relay does not delay the QUIT of the library. */
static void
mail_transfer_close(CURL *handle)
{
    curl_socket_t open = CURL_SOCKET_BAD;

    if (!curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &open) && open != CURL_SOCKET_BAD)
        shutdown(open, SHUT_RDWR);
    curl_easy_cleanup(handle);
}

static CURL *
relay_borrow(struct relay *relay)
{
    CURL *handle = NULL;

    pthread_mutex_lock(&relay->lock);
    if (relay->idle_count > 0)
        handle = relay->idle[--relay->idle_count];
    pthread_mutex_unlock(&relay->lock);
    return handle ? handle : memory_must(curl_easy_init());
}

static void
relay_give_back(struct relay *relay, CURL *handle)
{
    pthread_mutex_lock(&relay->lock);
    bool kept = relay->idle_count < MOST_HANDLES;
    if (kept)
        relay->idle[relay->idle_count++] = handle;
    pthread_mutex_unlock(&relay->lock);
    if (!kept)
        mail_transfer_close(handle);
}

struct relay *
relay_open(const struct relay_options *options)
{
    struct relay *relay = memory_new(1, sizeof *relay);
    relay->options = (struct relay_options){
        .url = memory_must(strdup(options->url)),
        .user = memory_must(strdup(options->user)),
        .password = memory_must(strdup(options->password)),
        .from = memory_must(strdup(options->from)),
        .ca_file = memory_must(strdup(options->ca_file)),
        .plain = options->plain,
    };
    pthread_mutex_init(&relay->lock, NULL);
    return relay;
}

void
relay_close(struct relay *relay)
{
    if (!relay)
        return;
    for (size_t i = 0; i < relay->idle_count; i++)
        mail_transfer_close(relay->idle[i]);
    pthread_mutex_destroy(&relay->lock);
    explicit_bzero((char *)relay->options.password, strlen(relay->options.password));
    const char *const texts[] = { relay->options.url, relay->options.user, relay->options.password,
                                  relay->options.from, relay->options.ca_file };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free((char *)texts[i]);
    free(relay);
}

static void
prepare_relay(CURL *handle, struct curl_transfer *transfer, const struct relay_options *options)
{
    long security = options->plain   ? CURLUSESSL_NONE
                    : *options->user ? CURLUSESSL_ALL
                                     : CURLUSESSL_TRY;

    transfer_prepare(handle, transfer, options->ca_file);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle, CURLOPT_URL, options->url);
    curl_easy_setopt(handle, CURLOPT_USE_SSL, security);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, (long)TRANSFER_MOST_SECONDS);
    curl_easy_setopt(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)TRANSFER_MOST_SECONDS / 2);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, mail_transfer_take_line);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L); /* calls watch_step() */
    curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, watch_step);
    curl_easy_setopt(handle, CURLOPT_DEBUGDATA, transfer);
    if (*options->user) {
        curl_easy_setopt(handle, CURLOPT_USERNAME, options->user);
        curl_easy_setopt(handle, CURLOPT_PASSWORD, options->password);
    }
}

/* The code and the last step decide the end. */
static enum transfer_end
mail_end(CURLcode code, long said, enum step step)
{
    if (code == CURLE_OK)
        return TRANSFER_DONE;
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return TRANSFER_STOPPED;
    if (said == 421 || step == STEP_GREETING)
        return TRANSFER_UNREACHED;
    if (step == STEP_SENDER) /* 552: the message is too large; other codes refuse the sender */
        return said == 552 ? TRANSFER_REFUSED : TRANSFER_UNREACHED;
    return said >= 500 && said <= 599 && code != CURLE_OPERATION_TIMEDOUT ? TRANSFER_REFUSED
                                                                          : TRANSFER_LATER;
}

static void
mail_transfer_result(struct transfer_result *out, CURL *handle, CURLcode code,
                     const struct curl_transfer *transfer)
{
    long said = 0;

    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &said);
    *out = (struct transfer_result){ .code = (int)said };
    if (code == CURLE_OK)
        return;
    /* Prefer the relay's line to the library's words, except its answer to a sign-in. A refusal in
     * the greeting comes before any step of ours. */
    if (said >= 400 && *transfer->line
        && (transfer->step > STEP_GREETING || code == CURLE_WEIRD_SERVER_REPLY))
        transfer_set_words(out, transfer->line);
    else if (said >= 400 && code == CURLE_LOGIN_DENIED)
        snprintf(out->words, sizeof out->words, "the relay does not accept the sign-in (%ld)",
                 said);
    else
        transfer_set_words(out, curl_easy_strerror(code));
}

static void
send_once(CURL *handle, struct curl_transfer *transfer, struct transfer_result *out)
{
    CURLcode code = curl_easy_perform(handle);

    mail_transfer_result(out, handle, code, transfer);
    out->end = mail_end(code, out->code, transfer->step);
}

void
transfer_mail(struct relay *relay, const char *recipient, const struct buffer *message,
              struct transfer_stop stop, struct transfer_result *out)
{
    struct curl_transfer transfer = { .out = message, .stop = stop };
    char from[EMAIL_MOST_BYTES + 3], to[EMAIL_MOST_BYTES + 3];
    CURL *handle = relay_borrow(relay);
    long made = 1;

    snprintf(from, sizeof from, "<%.*s>", EMAIL_MOST_BYTES, relay->options.from);
    snprintf(to, sizeof to, "<%.*s>", EMAIL_MOST_BYTES, recipient);
    struct curl_slist *recipients = curl_slist_append(NULL, to);
    prepare_relay(handle, &transfer, &relay->options);
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message->size);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, mail_transfer_read);
    curl_easy_setopt(handle, CURLOPT_READDATA, &transfer);
    send_once(handle, &transfer, out);
    curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &made);
    if (out->end == TRANSFER_UNREACHED
        && made == 0) { /* the relay had closed the idle connection */
        transfer.sent = 0;
        transfer.step = STEP_GREETING;
        curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
        send_once(handle, &transfer, out);
    }
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, (struct curl_slist *)NULL);
    curl_slist_free_all(recipients);
    relay_give_back(relay, handle);
}

void
transfer_mail_check(struct relay *relay, struct transfer_result *out)
{
    struct curl_transfer transfer = { .out = NULL };
    CURL *handle = relay_borrow(relay);

    prepare_relay(handle, &transfer, &relay->options);
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, "NOOP");
    send_once(handle, &transfer, out);
    mail_transfer_close(handle);
}
