#include "main/commands.h"

#include <stdio.h>
#include <systemd/sd-daemon.h>

#include "base/log.h"
#include "edge/cli/answer.h"
#include "main/node.h"
#include "main/signals.h"
#include "main/stop_guard.h"

struct serving {
    char http[ADDRESS_TEXT_SIZE], coap[ADDRESS_TEXT_SIZE];
    char set_up[SETTING_VALUE_MOST_BYTES + 64]; /* the link, or "" */
};

static struct serving
serving_of(const struct node *node)
{
    const char *token = node_set_up_token(node);
    struct serving serving = { .set_up = "" };

    node_http_address(node, serving.http);
    node_coap_address(node, serving.coap);
    if (*token)
        snprintf(serving.set_up, sizeof serving.set_up, "%s/set-up/%s", node_public_url(node),
                 token);
    return serving;
}

static void
write_serving(struct json_writer *json, const void *what)
{
    const struct serving *serving = what;

    json_put_text(json, "http", serving->http);
    json_put_text(json, "coap", serving->coap);
    json_put_text(json, "set_up", *serving->set_up ? serving->set_up : NULL);
}

static enum exit_code
print_serving(const struct cli *cli, const struct serving *serving)
{
    if (cli->json)
        return cli_answer(cli, write_serving, serving);
    printf("Tenure %s serves http://%s and coap://%s\n", TENURE_VERSION, serving->http,
           serving->coap);
    if (*serving->set_up)
        printf("There is no user yet. This link creates the first one, an operator: %s\n"
               "This command does, too: tenure user add --email YOU@EXAMPLE.COM --operator\n",
               serving->set_up);
    return cli_done(cli);
}

enum exit_code
serve_run(struct cli *cli)
{
    struct node_options options;
    struct fault fault = { 0 };
    struct node *node = NULL;

    if (node_options_read(&cli->settings, &options, &fault) || node_listen(&node, &options, &fault)
        || node_start(node, &fault)) {
        node_stop(node);
        return cli_fail(cli, &fault);
    }
    struct serving serving = serving_of(node);
    enum exit_code code = print_serving(cli, &serving);
    if (code == EXIT_DONE) {
        sd_notify(0, "READY=1");
        signals_wait();
    }
    sd_notify(0, "STOPPING=1");
    log_line(LOG_INFO, "server.stopping", " ");
    stop_guard_start();
    node_stop(node);
    return code;
}
