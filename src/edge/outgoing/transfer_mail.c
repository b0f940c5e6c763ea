#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/email.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utc.h"
#include "edge/outgoing/curl_transfer.h"
#include "edge/outgoing/relay_url.h"
#include "edge/outgoing/smtp_hello.h"

enum { MOST_HANDLES = 4, SERVES_SECONDS = 300 };

struct relay {
    struct relay_options options; /* texts are copies */
    atomic_bool offers_utf8;
    atomic_llong took_mail_at; /* monotonic nanoseconds; 0: never */
    pthread_mutex_t lock;
    char url[RELAY_URL_SIZE + SMTP_HELLO_SIZE]; /* with the EHLO name; "": not made yet */
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

/* Another transfer may be in the middle of its EHLO. */
static bool
mail_transfer_offers_utf8(const struct curl_transfer *transfer)
{
    return transfer->said_hello ? transfer->hello_offers_utf8 : atomic_load(transfer->offers_utf8);
}

/* Returns 0, which ends the transfer, if RFC 6531 forbids the next command. */
static size_t
mail_transfer_take_line(char *bytes, size_t size, size_t count, void *with)
{
    struct curl_transfer *transfer = with;
    size_t length = size * count;

    if (length == 0)
        return 0;
    if (transfer->step == SMTP_HELLO && length >= 12 && *bytes == '2'
        && text_equal_nocase(bytes + 4, 8, "SMTPUTF8"))
        transfer->hello_offers_utf8 = true;
    if (transfer->step == SMTP_SENDER && *bytes == '2' && transfer->needs_utf8
        && !mail_transfer_offers_utf8(transfer)) {
        transfer->lacks_utf8 = true;
        return 0;
    }
    if (*bytes == '4' || *bytes == '5') /* skips the answer to QUIT */
        smtp_reply_add(transfer->line, bytes, length);
    return length;
}

static bool
is_command(const char *bytes, size_t size, const char *command)
{
    return size >= strlen(command) && !strncmp(bytes, command, strlen(command));
}

/* Sees the commands that are sent. It keeps none of their text: some are secret. */
static int
watch_step(CURL *handle, curl_infotype type, char *bytes, size_t size, void *with)
{
    struct curl_transfer *transfer = with;

    (void)handle;
    if (type != CURLINFO_HEADER_OUT)
        return 0;
    if (is_command(bytes, size, "EHLO ")) {
        transfer->step = SMTP_HELLO;
        transfer->said_hello = true;
        transfer->hello_offers_utf8 = false;
    } else if (is_command(bytes, size, "HELO ") || is_command(bytes, size, "STARTTLS\r\n")) {
        transfer->step = SMTP_HELLO;
    } else if (is_command(bytes, size, "AUTH ")) {
        transfer->step = SMTP_SIGN_IN;
    } else if (is_command(bytes, size, "MAIL ")) {
        transfer->step = SMTP_SENDER;
        atomic_store(transfer->offers_utf8, mail_transfer_offers_utf8(transfer));
    } else if (is_command(bytes, size, "RCPT ")) {
        transfer->step = SMTP_RECIPIENT;
    } else if (is_command(bytes, size, "DATA\r\n")) {
        transfer->step = SMTP_CONTENT;
    }
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
        .hello = memory_must(strdup(options->hello)),
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
    const char *const texts[] = { relay->options.url,      relay->options.user,
                                  relay->options.password, relay->options.from,
                                  relay->options.ca_file,  relay->options.hello };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free((char *)texts[i]);
    free(relay);
}

/* libcurl takes the EHLO name from the path of the URL. An address literal is found again for each
 * mail, because the address may change. */
static void
relay_make_url(struct relay *relay, char out[sizeof relay->url])
{
    char hello[SMTP_HELLO_SIZE];

    pthread_mutex_lock(&relay->lock);
    snprintf(out, sizeof relay->url, "%s", relay->url);
    pthread_mutex_unlock(&relay->lock);
    if (*out)
        return;
    bool is_name = *relay->options.hello != '\0';
    if (is_name)
        snprintf(hello, sizeof hello, "%s", relay->options.hello);
    else
        is_name = smtp_hello_find(hello, relay->options.url);
    snprintf(out, sizeof relay->url, "%s/%s", relay->options.url, hello);
    if (!is_name)
        return;
    pthread_mutex_lock(&relay->lock);
    snprintf(relay->url, sizeof relay->url, "%s", out);
    pthread_mutex_unlock(&relay->lock);
}

static void
prepare_relay(CURL *handle, struct curl_transfer *transfer, struct relay *relay)
{
    const struct relay_options *options = &relay->options;
    char url[sizeof relay->url];
    long security = options->plain   ? CURLUSESSL_NONE
                    : *options->user ? CURLUSESSL_ALL
                                     : CURLUSESSL_TRY;

    relay_make_url(relay, url);
    transfer->offers_utf8 = &relay->offers_utf8;
    transfer_prepare(handle, transfer, options->ca_file);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle, CURLOPT_URL, url);
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

/* If there is no refusal, the step decides: before RCPT the relay is away for every mail. */
static enum transfer_end
mail_end(CURLcode code, long said, const struct curl_transfer *transfer)
{
    if (code == CURLE_OK)
        return TRANSFER_DONE;
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return TRANSFER_STOPPED;
    if (said >= 400 && code != CURLE_OPERATION_TIMEDOUT)
        return smtp_reply_end(transfer->step, (int)said, transfer->line);
    return transfer->step < SMTP_RECIPIENT ? TRANSFER_UNREACHED : TRANSFER_LATER;
}

/* Prefers the relay's line to the library's words, except its answer to a sign-in. */
static void
mail_transfer_words(struct transfer_result *out, CURLcode code,
                    const struct curl_transfer *transfer)
{
    const char *advice = smtp_reply_advice(transfer->step, out->code, transfer->line);

    if (out->code < 400 || !*transfer->line)
        transfer_set_words(out, curl_easy_strerror(code));
    else if (transfer->step == SMTP_SIGN_IN)
        snprintf(out->words, sizeof out->words, "the relay does not accept the sign-in (%d)",
                 out->code);
    else
        transfer_set_words(out, transfer->line);
    if (out->code >= 400 && *advice) {
        size_t size = strlen(out->words), most = sizeof out->words - strlen(advice) - 4;
        size = size < most ? size : most;
        snprintf(out->words + size, sizeof out->words - size, " (%s)", advice);
    }
}

static void
mail_transfer_result(struct transfer_result *out, CURL *handle, CURLcode code,
                     const struct curl_transfer *transfer)
{
    long said = 0;

    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &said);
    *out = (struct transfer_result){ .code = (int)said };
    if (code == CURLE_OK && said >= 400)
        code = CURLE_WEIRD_SERVER_REPLY;
    if (code == CURLE_OK)
        return;
    mail_transfer_words(out, code, transfer);
    out->end = mail_end(code, said, transfer);
}

/* The recipient cannot change by waiting; mail-from is a setting. */
static void
mail_lacks_utf8(struct transfer_result *out, const char *recipient)
{
    bool of_recipient = !text_is_ascii(recipient, strlen(recipient));

    *out = (struct transfer_result){ .end = of_recipient ? TRANSFER_REFUSED : TRANSFER_UNREACHED };
    snprintf(out->words, sizeof out->words,
             "the relay takes only ASCII before the @ (it does not offer SMTPUTF8): %s",
             of_recipient ? "this address needs another relay" : "change mail-from");
}

/* A relay that took a mail a moment ago serves us, so it refuses only this one. 421 concerns all
 * mails. */
static void
relay_note_end(struct relay *relay, const struct curl_transfer *transfer,
               struct transfer_result *out)
{
    long long now = monotonic_nanoseconds(), took = atomic_load(&relay->took_mail_at);

    if (out->end == TRANSFER_DONE)
        atomic_store(&relay->took_mail_at, now);
    else if (out->end == TRANSFER_UNREACHED && transfer->step >= SMTP_RECIPIENT && out->code != 421
             && took != 0 && now - took < SERVES_SECONDS * 1000000000LL)
        out->end = TRANSFER_LATER;
}

static void
send_once(CURL *handle, struct curl_transfer *transfer, struct transfer_result *out)
{
    CURLcode code = curl_easy_perform(handle);

    mail_transfer_result(out, handle, code, transfer);
}

void
transfer_mail(struct relay *relay, const char *recipient, const struct buffer *message,
              struct transfer_stop stop, struct transfer_result *out)
{
    struct curl_transfer transfer = { .out = message, .stop = stop };
    const char *sender = relay->options.from;
    char from[EMAIL_MOST_BYTES + 3], to[EMAIL_MOST_BYTES + 3];
    CURL *handle = relay_borrow(relay);
    long made = 1;

    transfer.needs_utf8 = !text_is_ascii(recipient, strlen(recipient))
                          || !text_is_ascii(sender, strlen(sender));
    snprintf(from, sizeof from, "<%.*s>", EMAIL_MOST_BYTES, sender);
    snprintf(to, sizeof to, "<%.*s>", EMAIL_MOST_BYTES, recipient);
    struct curl_slist *recipients = curl_slist_append(NULL, to);
    prepare_relay(handle, &transfer, relay);
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message->size);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, mail_transfer_read);
    curl_easy_setopt(handle, CURLOPT_READDATA, &transfer);
    send_once(handle, &transfer, out);
    curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &made);
    if (out->end == TRANSFER_UNREACHED && made == 0 && !transfer.lacks_utf8
        && (out->code < 400 || out->code == 421)) { /* the relay closed the idle connection */
        transfer.sent = 0;
        transfer.line[0] = '\0';
        transfer.step = SMTP_GREETING;
        curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
        send_once(handle, &transfer, out);
    }
    if (transfer.lacks_utf8)
        mail_lacks_utf8(out, recipient);
    relay_note_end(relay, &transfer, out);
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, (struct curl_slist *)NULL);
    curl_slist_free_all(recipients);
    relay_give_back(relay, handle);
}

/* Sends one command of a check. libcurl takes 553 for an answer to VRFY, so this function checks
 * the code itself. */
static bool
check_command(CURL *handle, struct curl_transfer *transfer, const char *command,
              struct transfer_result *out)
{
    transfer->line[0] = '\0';
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, command);
    send_once(handle, transfer, out);
    return out->end == TRANSFER_DONE;
}

enum smtp_step
transfer_mail_check(struct relay *relay, struct transfer_result *out)
{
    struct curl_transfer transfer = { .out = NULL };
    const char *sender = relay->options.from;
    char from[EMAIL_MOST_BYTES + 32], to[EMAIL_MOST_BYTES + 32];
    CURL *handle = relay_borrow(relay);

    transfer.needs_utf8 = !text_is_ascii(sender, strlen(sender));
    prepare_relay(handle, &transfer, relay);
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    if (check_command(handle, &transfer, "NOOP", out)) {
        snprintf(from, sizeof from, "MAIL FROM:<%.*s>%s", EMAIL_MOST_BYTES, sender,
                 transfer.needs_utf8 && mail_transfer_offers_utf8(&transfer) ? " SMTPUTF8" : "");
        snprintf(to, sizeof to, "RCPT TO:<%.*s>", EMAIL_MOST_BYTES, sender);
        if (check_command(handle, &transfer, from, out)
            && check_command(handle, &transfer, to, out))
            check_command(handle, &transfer, "RSET", out);
    }
    if (transfer.lacks_utf8)
        mail_lacks_utf8(out, "");
    mail_transfer_close(handle);
    return transfer.step;
}
