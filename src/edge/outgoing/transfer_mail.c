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
give_bytes(char *room, size_t size, size_t count, void *with)
{
    struct carried *carried = with;
    size_t left = carried->out->size - carried->sent,
           taken = size * count < left ? size * count : left;

    memcpy(room, carried->out->bytes + carried->sent, taken);
    carried->sent += taken;
    return taken;
}

static size_t
mail_transfer_take_line(char *bytes, size_t size, size_t count, void *with)
{
    struct carried *carried = with;
    size_t length = size * count < LINE_SIZE - 1 ? size * count : LINE_SIZE - 1;

    if (length == 0 || (*bytes != '4' && *bytes != '5')) /* the answer to our QUIT comes last */
        return size * count;
    memcpy(carried->line, bytes, length);
    carried->line[length] = '\0';
    return size * count;
}

/* Our own commands go by here; their words are not kept, for some are secrets. */
static int
watch_step(CURL *handle, curl_infotype type, char *bytes, size_t size, void *with)
{
    struct carried *carried = with;

    (void)handle;
    if (type != CURLINFO_HEADER_OUT)
        return 0;
    if (size >= 5 && !strncmp(bytes, "MAIL ", 5))
        carried->step = STEP_SENDER;
    else if (size >= 5 && !strncmp(bytes, "RCPT ", 5))
        carried->step = STEP_RECIPIENT;
    else if (size >= 4 && !strncmp(bytes, "DATA", 4))
        carried->step = STEP_CONTENT;
    return 0;
}

/* A relay that hangs would hold up the QUIT that the library says. */
static void
let_go(CURL *handle)
{
    curl_socket_t open = CURL_SOCKET_BAD;

    if (!curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &open) && open != CURL_SOCKET_BAD)
        shutdown(open, SHUT_RDWR);
    curl_easy_cleanup(handle);
}

static CURL *
take_handle(struct relay *relay)
{
    CURL *handle = NULL;

    pthread_mutex_lock(&relay->lock);
    if (relay->idle_count > 0)
        handle = relay->idle[--relay->idle_count];
    pthread_mutex_unlock(&relay->lock);
    return handle ? handle : memory_must(curl_easy_init());
}

static void
put_back(struct relay *relay, CURL *handle)
{
    pthread_mutex_lock(&relay->lock);
    bool kept = relay->idle_count < MOST_HANDLES;
    if (kept)
        relay->idle[relay->idle_count++] = handle;
    pthread_mutex_unlock(&relay->lock);
    if (!kept)
        let_go(handle);
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
        let_go(relay->idle[i]);
    pthread_mutex_destroy(&relay->lock);
    explicit_bzero((char *)relay->options.password, strlen(relay->options.password));
    const char *const texts[] = { relay->options.url, relay->options.user, relay->options.password,
                                  relay->options.from, relay->options.ca_file };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free((char *)texts[i]);
    free(relay);
}

static void
prepare_relay(CURL *handle, struct carried *carried, const struct relay_options *options)
{
    long security = options->plain   ? CURLUSESSL_NONE
                    : *options->user ? CURLUSESSL_ALL
                                     : CURLUSESSL_TRY;

    carried_prepare(handle, carried, options->ca_file);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle, CURLOPT_URL, options->url);
    curl_easy_setopt(handle, CURLOPT_USE_SSL, security);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, (long)TRANSFER_MOST_SECONDS);
    curl_easy_setopt(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)TRANSFER_MOST_SECONDS / 2);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, mail_transfer_take_line);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, carried);
    curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L); /* to watch_step() alone */
    curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, watch_step);
    curl_easy_setopt(handle, CURLOPT_DEBUGDATA, carried);
    if (*options->user) {
        curl_easy_setopt(handle, CURLOPT_USERNAME, options->user);
        curl_easy_setopt(handle, CURLOPT_PASSWORD, options->password);
    }
}

/* What the relay said decides, as far as the mail had come. */
static enum transfer_end
mail_end(CURLcode code, long said, enum step step)
{
    if (code == CURLE_OK)
        return TRANSFER_DONE;
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return TRANSFER_STOPPED;
    if (said == 421 || step == STEP_GREETING)
        return TRANSFER_UNREACHED;
    if (step == STEP_SENDER) /* 552: this message is too large; anything else is about us */
        return said == 552 ? TRANSFER_REFUSED : TRANSFER_UNREACHED;
    return said >= 500 && said <= 599 && code != CURLE_OPERATION_TIMEDOUT ? TRANSFER_REFUSED
                                                                          : TRANSFER_LATER;
}

static void
mail_transfer_tell(struct transfer_result *out, CURL *handle, CURLcode code,
                   const struct carried *carried)
{
    long said = 0;

    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &said);
    *out = (struct transfer_result){ .code = (int)said };
    if (code == CURLE_OK)
        return;
    /* A line of refusal says more than the library; what it answered to a sign-in stays here. The
     * library's word for a greeting that is a refusal comes before any of ours. */
    if (said >= 400 && *carried->line
        && (carried->step > STEP_GREETING || code == CURLE_WEIRD_SERVER_REPLY))
        carried_say(out, carried->line);
    else if (said >= 400 && code == CURLE_LOGIN_DENIED)
        snprintf(out->words, sizeof out->words, "the relay does not accept the sign-in (%ld)",
                 said);
    else
        carried_say(out, curl_easy_strerror(code));
}

static void
send_once(CURL *handle, struct carried *carried, struct transfer_result *out)
{
    CURLcode code = curl_easy_perform(handle);

    mail_transfer_tell(out, handle, code, carried);
    out->end = mail_end(code, out->code, carried->step);
}

void
transfer_mail(struct relay *relay, const char *recipient, const struct buffer *message,
              struct transfer_stop stop, struct transfer_result *out)
{
    struct carried carried = { .out = message, .stop = stop };
    char from[EMAIL_MOST_BYTES + 3], to[EMAIL_MOST_BYTES + 3];
    CURL *handle = take_handle(relay);
    long made = 1;

    snprintf(from, sizeof from, "<%.*s>", EMAIL_MOST_BYTES, relay->options.from);
    snprintf(to, sizeof to, "<%.*s>", EMAIL_MOST_BYTES, recipient);
    struct curl_slist *recipients = curl_slist_append(NULL, to);
    prepare_relay(handle, &carried, &relay->options);
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message->size);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, give_bytes);
    curl_easy_setopt(handle, CURLOPT_READDATA, &carried);
    send_once(handle, &carried, out);
    curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &made);
    if (out->end == TRANSFER_UNREACHED && made == 0) { /* the connection had grown too old */
        carried.sent = 0;
        carried.step = STEP_GREETING;
        curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
        send_once(handle, &carried, out);
    }
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, (struct curl_slist *)NULL);
    curl_slist_free_all(recipients);
    put_back(relay, handle);
}

void
transfer_mail_check(struct relay *relay, struct transfer_result *out)
{
    struct carried carried = { .out = NULL };
    CURL *handle = take_handle(relay);

    prepare_relay(handle, &carried, &relay->options);
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, "NOOP");
    send_once(handle, &carried, out);
    let_go(handle);
}
