#include "main/backend.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "service/core/clock.h"
#include "service/core/store_secret.h"
#include "store/migrate.h"
#include "store/store.h"

enum { ANSWER_BYTES = 64 * 1024, STORE_NAME_SIZE = 160 };

enum status
backend_place(const struct settings *settings, struct store_place *out, struct fault *fault)
{
    out->store = options_store(settings);
    out->must_exist = false;
    return options_secret_file(settings, out->store, &out->secret_file, fault);
}

bool
backend_checks_clock(const struct settings *settings)
{
    return strcmp(settings_text(settings, OPTION_CLOCK_CHECK), "off") != 0;
}

static enum status
load_secret(struct store *store, const char *path, struct secret_key *out, struct fault *fault)
{
    struct arena arena;
    struct call call = call_of_system(&arena);

    call.db.store = store;
    arena_init(&arena, ANSWER_BYTES);
    enum status status = store_secret_load(&call, path, out);
    if (status)
        *fault = call.db.fault;
    arena_clear(&arena);
    return status;
}

enum status
backend_advise(const char *store, struct fault *fault)
{
    struct fault why = *fault;

    if (fault->status != STATUS_BUSY || !strncmp(store, "sqlite:", 7))
        return fault->status;
    return fail(fault, STATUS_BUSY, why.code, "store",
                "%s: see that its database runs and that --store names it", why.reason);
}

/* Writes where the store is, without the user and the password of its URL. */
static void
backend_write_place(char out[STORE_NAME_SIZE], const char *store)
{
    const char *slashes = strstr(store, "://"), *rest = slashes ? slashes + 3 : store;
    size_t host = slashes ? strcspn(rest, "/?") : 0;
    const char *user_end = memrchr(rest, '@', host);

    if (!strncmp(store, "sqlite:", 7))
        snprintf(out, STORE_NAME_SIZE, "%.150s", store + 7);
    else if (user_end)
        snprintf(out, STORE_NAME_SIZE, "postgresql://%.*s", (int)strcspn(user_end + 1, "?"),
                 user_end + 1);
    else
        snprintf(out, STORE_NAME_SIZE, "postgresql://%.*s", (int)strcspn(rest, "?"), rest);
}

static enum status
no_store(const char *url, struct fault *fault)
{
    char name[STORE_NAME_SIZE];

    backend_write_place(name, url);
    return fail(fault, STATUS_NOT_FOUND, "no_store", "",
                "there is no store at %s: start `tenure serve` once", name);
}

/* An update belongs to the start of a server: a command that runs beside a server of an older
 * version would take its store away from it. */
static enum status
backend_check_schema(struct store *store, const char *url, struct fault *fault)
{
    enum schema_state state;
    enum status status = schema_find(store, &state, fault);

    if (status)
        return status;
    if (state == SCHEMA_NONE)
        return no_store(url, fault);
    if (state == SCHEMA_OLDER)
        return fail(fault, STATUS_CONFLICT, "store_older", "",
                    "the store was made by an older version of this program: back it up, then "
                    "start `tenure serve` once, which updates it");
    return STATUS_OK;
}

/* The first start binds a store to its secret. */
static enum status
backend_check_secret(struct store *store, const struct store_place *place, struct fault *fault)
{
    struct arena arena;
    struct call call = call_of_system(&arena);
    bool found;

    call.db.store = store;
    arena_init(&arena, ANSWER_BYTES);
    enum status status = store_secret_check(&call, place->secret_file, &found);
    if (status)
        *fault = call.db.fault;
    arena_clear(&arena);
    return status || found ? status : no_store(place->store, fault);
}

/* Opens read-only, because opening to write would create a missing store. */
static enum status
find_store(const struct store_place *place, struct fault *fault)
{
    struct store_options options = { .url = place->store,
                                     .mode = STORE_READ_ONLY,
                                     .explain = true };
    struct store *store;
    enum status status = store_open(&store, &options, fault);

    if (status == STATUS_NOT_FOUND)
        return no_store(place->store, fault);
    if (!status)
        status = backend_check_schema(store, place->store, fault);
    if (!status)
        status = backend_check_secret(store, place, fault);
    store_close(store);
    return status;
}

/* Reports a bad secret file before a store is created for it. */
static enum status
check_secret_file(const char *path, struct fault *fault)
{
    struct secret_key key;
    enum status status = secret_key_read(&key, path, fault);

    explicit_bzero(&key, sizeof key);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status
backend_claim(const struct store_place *place, struct store_claim **out, struct fault *fault)
{
    enum status status = check_secret_file(place->secret_file, fault);

    *out = NULL;
    return status ? status : store_claim(out, place->store, fault);
}

enum status
backend_open(const struct store_place *place, struct store **store, struct secret_key *secret,
             struct fault *fault)
{
    struct store_options options = {
        .url = place->store,
        .mode = STORE_READ_WRITE,
        .explain = true,
    };
    enum status status = check_secret_file(place->secret_file, fault);

    *store = NULL;
    if (status)
        return status;
    status = place->must_exist ? find_store(place, fault) : STATUS_OK;
    if (!status)
        status = store_open(store, &options, fault);
    if (status)
        return backend_advise(place->store, fault);
    status = migrate(*store, utc_now(), fault);
    if (!status)
        status = load_secret(*store, place->secret_file, secret, fault);
    if (status) {
        store_close(*store);
        *store = NULL;
    }
    return status;
}

static enum status
backend_clock(const struct settings *settings, struct call *call)
{
    call->clock = call_new(call, sizeof *call->clock);
    if (!call->clock)
        return STATUS_TOO_LARGE;
    call->clock->checks = backend_checks_clock(settings);
    return STATUS_OK;
}

static enum status
open_call(struct cli *cli, struct call *call)
{
    struct secret_key *secret = arena_new(&cli->arena, sizeof *secret);
    struct store_place place;

    secret_start();
    *call = call_of_system(&cli->arena);
    call->secret = secret;
    enum status status = backend_place(&cli->settings, &place, &call->db.fault);
    if (!status)
        status = backend_clock(&cli->settings, call);
    place.must_exist = true;
    if (!status)
        status = backend_open(&place, &call->db.store, secret, &call->db.fault);
    call->now = utc_now(); /* opening may have taken long */
    return status;
}

static void
close_call(struct call *call)
{
    store_close(call->db.store);
    call->db.store = NULL;
}

const struct cli_backend backend = { .open = open_call, .close = close_call };
