#include "main/node.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/descriptors.h"
#include "base/log.h"
#include "base/memory.h"
#include "edge/coap/route.h"
#include "edge/coap/server.h"
#include "edge/http/server.h"
#include "main/signals.h"
#include "service/audit/audit_seal.h"
#include "service/core/clock.h"
#include "service/core/ledger_cache.h"
#include "service/measurement/journal_index.h"
#include "service/threads/compactor.h"
#include "service/threads/ticker.h"
#include "service/threads/writer.h"
#include "store/store.h"
#include "store/text_forms.h"

enum {
    START_MEMORY_BYTES = 64 * 1024 * 1024,
    MOST_WAITING_JOBS = 1024,
    STOP_MS = 2500, /* half of the 5 s within which we promise to end */
    KEPT_MEMORY_BYTES = 64 * 1024 * 1024,
    /* Descriptors that HTTP connections never take: */
    DESCRIPTORS_OF_STORE = 3, /* the file, its log, the shared memory; one connection */
    MORE_STORES = 12,         /* besides those of the HTTP readers */
    DESCRIPTORS_OF_SENDING = 256,
    DESCRIPTORS_OF_REST = 64, /* the log, sockets that listen, zone files, pages */
    MOST_CONNECTIONS = 4096,
};

_Static_assert((int)COAP_PREFIX_MOST_BYTES == (int)ROUTE_MOST_PREFIX_BYTES
                   && (int)COAP_PREFIX_MOST_WORDS == (int)ROUTE_MOST_PREFIX_SEGMENTS,
               "the settings and the paths allow the same prefixes");

struct node {
    const struct node_options *options;
    struct deadline deadline; /* of the members below */
    struct store_claim *claim;
    struct store_options store;
    struct store_fence fence;
    struct secret_key secret;
    struct journal_index *journal_index;
    struct ledger_cache *ledger_cache;
    struct writer *writer;
    struct compactor *compactor;
    struct ticker *ticker;
    struct outgoing *outgoing;
    struct coap_server *coap;
    struct http_server *http;
    char set_up_token[TOKEN_TEXT_SIZE];
    char public_url[SETTING_VALUE_MOST_BYTES]; /* of calls: service/core/call.h */
    struct clock_memory clock;
};

static enum sign_up
sign_up_of(const char *word)
{
    return !strcmp(word, "open")     ? SIGN_UP_OPEN
           : !strcmp(word, "closed") ? SIGN_UP_CLOSED
                                     : SIGN_UP_WITH_CODE;
}

enum status
node_options_read(const struct settings *settings, struct node_options *out, struct fault *fault)
{
    *out = (struct node_options){
        .http = settings_text(settings, OPTION_HTTP),
        .coap = settings_text(settings, OPTION_COAP),
        .coap_prefix = settings_text(settings, OPTION_COAP_PREFIX),
        .trusted_proxy = settings_text(settings, OPTION_TRUSTED_PROXY),
        .sign_up = sign_up_of(settings_text(settings, OPTION_SIGN_UP)),
        .claim = claim_policy_parse(settings_text(settings, OPTION_CLAIM)),
        .clock_check = backend_checks_clock(settings),
        .http_threads = (size_t)settings_int64(settings, OPTION_HTTP_THREADS),
        .outgoing = outgoing_options_read(settings),
    };
    if (!web_origin_read(out->public_url, settings_text(settings, OPTION_PUBLIC_URL)))
        out->public_url[0] = '\0'; /* none is set: a bad one was refused before */
    return backend_place(settings, &out->place, fault);
}

/* Migrates the store, and reads everything that serving needs. */
static enum status
node_read(struct node *node, struct call *call)
{
    int64_t users;
    enum status status = text_forms_update(call->db.store, &call->db.fault);

    if (!status)
        status = journal_index_rebuild(call);
    if (status)
        return status;
    status = people_count(call, &users);
    if (status)
        return status;
    if (users == 0)
        random_token(node->set_up_token);
    struct clock_stored stored;
    status = audit_seal_begin(call);
    if (!status)
        status = clock_read_stored(call, &stored);
    if (!status)
        clock_learn(&node->clock, &stored, call->now);
    return status;
}

static enum status
node_prepare(struct node *node, const struct node_options *options, struct fault *fault)
{
    struct arena arena;
    struct call call = call_of_system(&arena);
    enum status status = backend_open(&options->place, &call.db.store, &node->secret, fault);

    if (status)
        return status;
    call.secret = &node->secret;
    call.journal_index = node->journal_index;
    call.public_url = node->public_url;
    arena_init(&arena, START_MEMORY_BYTES);
    status = node_read(node, &call);
    if (status)
        *fault = call.db.fault;
    arena_clear(&arena);
    store_close(call.db.store);
    return status;
}

static enum status
start_writing(struct node *node, const struct node_options *options, struct fault *fault)
{
    const struct writer_options writer = {
        .store = &node->store,
        .secret = &node->secret,
        .journal_index = node->journal_index,
        .ledger_cache = node->ledger_cache,
        .clock = &node->clock,
        .public_url = node->public_url,
        .mail_is_set = *options->outgoing.smtp,
        .claim = options->claim,
        .most_jobs = MOST_WAITING_JOBS,
    };
    enum status status = writer_start(&node->writer, &writer, fault);

    if (status)
        return status;
    /* The ticker applies what fell due during downtime before the first request is served. */
    const struct ticker_options ticker = {
        .store = &node->store,
        .writer = node->writer,
        .schedule = schedule,
    };
    status = ticker_start(&node->ticker, &ticker, fault);
    if (status)
        return status;
    const struct compactor_options compactor = {
        .store = &node->store,
        .writer = node->writer,
        .journal_index = node->journal_index,
    };
    status = compactor_start(&node->compactor, &compactor, fault);
    const struct sender_options sender = {
        .store = &node->store,
        .writer = node->writer,
        .secret = &node->secret,
        .public_url = node->public_url,
    };
    return status ? status : outgoing_start(node->outgoing, &sender, fault);
}

/* Links use the address of the pages if --public-url is not set; a wildcard address becomes
 * localhost. */
static void
set_public_url(struct node *node, const struct node_options *options)
{
    char address[ADDRESS_TEXT_SIZE];

    http_server_address(node->http, address);
    bool is_any = !strncmp(address, "0.0.0.0:", 8) || !strncmp(address, "[::]:", 5);
    if (*options->public_url)
        snprintf(node->public_url, sizeof node->public_url, "%s", options->public_url);
    else
        snprintf(node->public_url, sizeof node->public_url, "http://%s%s",
                 is_any ? "localhost" : "", is_any ? strrchr(address, ':') : address);
}

static enum status
take_ports(struct node *node, const struct node_options *options, struct fault *fault)
{
    enum status status = outgoing_open(&node->outgoing, &options->outgoing, fault);

    if (status)
        return status;
    status = http_server_listen(&node->http, options->http, fault);
    if (status)
        return status;
    status = coap_server_listen(&node->coap, options->coap, fault);
    return status ? status : backend_claim(&options->place, &node->claim, fault);
}

enum status
node_listen(struct node **out, const struct node_options *options, struct fault *fault)
{
    struct node *node = memory_new(1, sizeof *node);

    *out = NULL;
    node->options = options;
    node->clock.checks = options->clock_check;
    node->store = (struct store_options){
        .url = options->place.store,
        .deadline = &node->deadline,
        .fence = &node->fence,
    };
    enum status status = take_ports(node, options, fault);
    if (status) {
        node_stop(node);
        return status;
    }
    node->store.claim = node->claim;
    set_public_url(node, options);
    *out = node;
    return STATUS_OK;
}

/* The connections that the limit of open files allows. The store, the log and outgoing messages
 * keep what they need. */
static size_t
most_connections(const struct node_options *options)
{
    size_t limit = descriptors_raise(), stores = options->http_threads + MORE_STORES;
    size_t kept = stores * DESCRIPTORS_OF_STORE + DESCRIPTORS_OF_SENDING + DESCRIPTORS_OF_REST;
    size_t left = limit > kept ? limit - kept : 0;

    left = left > limit / 4 ? left : limit / 4;
    left = left < MOST_CONNECTIONS ? left : MOST_CONNECTIONS;
    log_line(LOG_INFO, "http.connections", "most=%zu open_files=%zu", left, limit);
    return left;
}

static enum status
serve_ports(struct node *node, const struct node_options *options, struct fault *fault)
{
    const struct coap_server_options coap = {
        .prefix = options->coap_prefix,
        .writer = node->writer,
        .now = utc_now,
        .clock = &node->clock,
    };
    const struct http_server_options http = {
        .threads = options->http_threads,
        .most_connections = most_connections(options),
        .store = &node->store,
        .secret = &node->secret,
        .journal_index = node->journal_index,
        .ledger_cache = node->ledger_cache,
        .writer = node->writer,
        .sign_up = options->sign_up,
        .claim = options->claim,
        .webhook_private = options->outgoing.webhook_private,
        .public_url = options->public_url,
        .trusted_proxy = options->trusted_proxy,
        .link_url = node->public_url,
        .mail_is_set = *options->outgoing.smtp,
        .set_up_token = node->set_up_token,
        .clock = &node->clock,
    };
    enum status status = coap_server_start(node->coap, &coap, fault);

    return status ? status : http_server_start(node->http, &http, fault);
}

enum status
node_start(struct node *node, struct fault *fault)
{
    const struct node_options *options = node->options;

    /* Keep the memory of a batch: the next batch needs it again. */
    mallopt(M_TRIM_THRESHOLD, KEPT_MEMORY_BYTES);
    mallopt(M_MMAP_THRESHOLD, KEPT_MEMORY_BYTES / 2);
    secret_start();
    node->journal_index = journal_index_open();
    node->ledger_cache = ledger_cache_open();
    enum status status = node_prepare(node, options, fault);
    signals_block();
    if (status)
        return status;
    status = start_writing(node, options, fault);
    return status ? status : serve_ports(node, options, fault);
}

void
node_stop(struct node *node)
{
    if (!node)
        return;
    deadline_set(&node->deadline, STOP_MS);
    /* Everything that submits stops before the writer, which answers all submitted work. */
    http_server_close(node->http);
    coap_server_stop(node->coap);
    ticker_stop(node->ticker);
    outgoing_stop(node->outgoing);
    compactor_stop(node->compactor);
    writer_stop(node->writer);
    http_server_stop(node->http); /* it sends the writer's answers */
    journal_index_close(node->journal_index);
    ledger_cache_close(node->ledger_cache);
    store_release(node->claim); /* last, when every store is closed */
    free(node);
}

void
node_http_address(const struct node *node, char out[ADDRESS_TEXT_SIZE])
{
    http_server_address(node->http, out);
}

void
node_coap_address(const struct node *node, char out[ADDRESS_TEXT_SIZE])
{
    address_format(out, coap_server_address(node->coap));
}

const char *
node_public_url(const struct node *node)
{
    return node->public_url;
}

const char *
node_set_up_token(const struct node *node)
{
    return node->set_up_token;
}
