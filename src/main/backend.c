#include "main/backend.h"

#include "base/secret.h"
#include "service/store_secret.h"
#include "store/migrate.h"
#include "store/store.h"

enum { ANSWER_BYTES = 64 * 1024 };

enum status
backend_place(const struct settings *settings, struct store_place *out, struct fault *fault)
{
    out->store = options_store(settings);
    return options_secret_file(settings, out->store, &out->secret_file, fault);
}

static enum status
load_secret(struct store *store, const char *path, struct secret_key *out, struct fault *fault)
{
    struct arena arena;
    struct call call = {
        .store = store, .arena = &arena, .actor = &actor_system, .now = utc_now(),
    };

    arena_init(&arena, ANSWER_BYTES);
    enum status status = store_secret_load(&call, path, out);
    if (status)
        *fault = call.fault;
    arena_clear(&arena);
    return status;
}

enum status
backend_open(const struct store_place *place, struct store **store, struct secret_key *secret,
             struct fault *fault)
{
    struct store_options options = { .url = place->store, .mode = STORE_READ_WRITE };
    enum status status = store_open(store, &options, fault);

    if (status)
        return status;
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
open_call(struct cli *cli, struct call *call)
{
    struct secret_key *secret = arena_new(&cli->arena, sizeof *secret);
    struct store_place place;
    enum status status;

    secret_start();
    *call = (struct call){
        .arena = &cli->arena, .actor = &actor_system, .secret = secret, .now = utc_now(),
    };
    status = backend_place(&cli->settings, &place, &call->fault);
    return status ? status : backend_open(&place, &call->store, secret, &call->fault);
}

static void
close_call(struct call *call)
{
    store_close(call->store);
    call->store = NULL;
}

const struct cli_backend backend = { .open = open_call, .close = close_call };
