#include "main/commands.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "domain/code.h"
#include "edge/cli/answer.h"
#include "main/demo_data.h"
#include "main/node.h"
#include "main/port.h"
#include "main/signals.h"
#include "main/stop_guard.h"
#include "main/temp_dir.h"
#include "store/store.h"

#define ANY_PORT "127.0.0.1:0"

enum { PASSWORD_GROUPS = 4, GROUP_SYMBOLS = 4, PERIOD_SECONDS = 30 };

struct demonstration {
    struct temp_dir temp_dir; /* unused with --store */
    struct node_options options;
    struct demo demo;
    char password[PASSWORD_GROUPS * (GROUP_SYMBOLS + 1)];
    struct node *node;
    char http[ADDRESS_TEXT_SIZE], coap[ADDRESS_TEXT_SIZE];
    struct simulator *simulator;
};

/* 80 random bits in symbols that are hard to confuse. */
static void
make_password(char *out)
{
    uint8_t symbols[PASSWORD_GROUPS * GROUP_SYMBOLS];

    random_bytes(symbols, sizeof symbols);
    for (size_t i = 0; i < sizeof symbols; i++) {
        if (i && i % GROUP_SYMBOLS == 0)
            *out++ = '-';
        *out++ = code_alphabet[symbols[i] % 32];
    }
    *out = '\0';
}

/* The given address, else the usual port, else a free one. */
static const char *
choose_port(const struct settings *settings, size_t row, const char *usual, int type)
{
    if (settings_given(settings, row))
        return settings_text(settings, row);
    return port_is_free(usual, type) ? usual : ANY_PORT;
}

static enum status
choose_places(struct cli *cli, struct demonstration *demonstration, struct fault *fault)
{
    const struct settings *settings = &cli->settings;
    struct node_options *options = &demonstration->options;
    struct temp_dir *temp_dir = &demonstration->temp_dir;
    enum status status = node_options_read(settings, options, fault);

    if (status)
        return status;
    options->http = choose_port(settings, OPTION_HTTP, options->http, SOCK_STREAM);
    options->coap = choose_port(settings, OPTION_COAP, DEMO_COAP, SOCK_DGRAM);
    if (settings_given(settings, OPTION_STORE))
        return STATUS_OK;
    status = temp_dir_open(temp_dir, fault);
    options->place.store = temp_dir->store;
    if (!settings_given(settings, OPTION_SECRET_FILE))
        options->place.secret_file = temp_dir->secret;
    return status;
}

static enum status
fill(struct cli *cli, struct demonstration *demonstration, struct fault *fault)
{
    struct secret_key secret;
    char hash[PASSWORD_HASH_SIZE];
    struct call call = call_of_system(&cli->arena);
    enum status status =
        backend_open(&demonstration->options.place, &call.db.store, &secret, fault);

    if (status)
        return status;
    call.secret = &secret;
    make_password(demonstration->password);
    password_hash(hash, demonstration->password);
    status = demo_fill(&call, hash, &demonstration->demo);
    if (status)
        *fault = call.db.fault;
    store_close(call.db.store);
    return status;
}

static enum status
simulate(struct demonstration *demonstration, struct fault *fault)
{
    struct simulated_sensor sensors[DEMO_SENSORS];
    struct simulator_options options = {
        .prefix = demonstration->options.coap_prefix,
        .sensors = sensors,
        .sensor_count = DEMO_SENSORS,
        .period_seconds = PERIOD_SECONDS,
        .now = utc_now,
    };

    node_http_address(demonstration->node, demonstration->http);
    node_coap_address(demonstration->node, demonstration->coap);
    if (!address_parse(&options.server, demonstration->coap))
        return fail(fault, STATUS_BROKEN, "", "", "%s is not an address", demonstration->coap);
    for (size_t i = 0; i < DEMO_SENSORS; i++) {
        const struct demo_sensor *sensor = &demonstration->demo.sensors[i];
        sensors[i].kind = sensor->kind;
        if (!serial_parse(&sensors[i].serial, sensor->serial, strlen(sensor->serial)))
            return fail(fault, STATUS_BROKEN, "", "", "%s is not a serial", sensor->serial);
    }
    return simulator_start(&demonstration->simulator, &options, fault);
}

static void
write_demo(struct json_writer *json, const void *what)
{
    const struct demonstration *demonstration = what;

    json_put_text(json, "http", demonstration->http);
    json_put_text(json, "coap", demonstration->coap);
    json_put_text(json, "email", demonstration->demo.email);
    json_put_text(json, "analyst_email", demonstration->demo.analyst_email);
    json_put_text(json, "password", demonstration->password);
    json_put_text(json, "activation_code", demonstration->demo.spare_code);
}

static enum exit_code
print_demo(const struct cli *cli, const struct demonstration *demonstration)
{
    const struct demo *demo = &demonstration->demo;

    if (cli->json)
        return cli_answer(cli, write_demo, demonstration);
    printf("\n  %s: %d sensors that post to coap://%s every %d seconds\n\n"
           "  Open      http://%s\n"
           "  Sign in   %s\n"
           "  Password  %s\n"
           "  Try       adding the activation code %s\n"
           "  Look      as an analyst, who can change nothing: %s, same password\n"
           "  Stop      Ctrl-C%s\n\n",
           demo->organization_name, DEMO_SENSORS, demonstration->coap, PERIOD_SECONDS,
           demonstration->http, demo->email, demonstration->password, demo->spare_code,
           demo->analyst_email, *demonstration->temp_dir.folder ? "; this deletes everything" : "");
    return cli_done(cli);
}

static enum status
demo_start(struct cli *cli, struct demonstration *demonstration, struct fault *fault)
{
    enum status status = choose_places(cli, demonstration, fault);

    if (status)
        return status;
    status = node_listen(&demonstration->node, &demonstration->options, fault);
    if (status)
        return status;
    status = fill(cli, demonstration, fault);
    if (status)
        return status;
    status = node_start(demonstration->node, fault);
    return status ? status : simulate(demonstration, fault);
}

enum exit_code
demo_run(struct cli *cli)
{
    struct demonstration demonstration = { 0 };
    struct fault fault = { 0 };

    signals_block(); /* from here on there may be a folder to remove */
    secret_start();
    enum exit_code code = demo_start(cli, &demonstration, &fault) ? cli_fail(cli, &fault)
                                                                  : print_demo(cli, &demonstration);
    if (code == EXIT_DONE)
        signals_wait();
    simulator_stop(demonstration.simulator);
    if (demonstration.node)
        stop_guard_start();
    node_stop(demonstration.node);
    temp_dir_remove(&demonstration.temp_dir);
    return code;
}
