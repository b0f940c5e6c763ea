#include "main/serve.h"

#include <stdio.h>

#include "base/log.h"
#include "edge/cli/answer.h"
#include "main/node.h"
#include "main/signals.h"
#include "main/systemd.h"

struct told {
    char http[ADDRESS_TEXT_SIZE], coap[ADDRESS_TEXT_SIZE];
    char set_up[SETTING_VALUE_MOST_BYTES + 64]; /* the link, or "" */
};

static struct told
serve_tell(const struct node *node)
{
    const char *token = node_set_up_token(node);
    struct told told = { .set_up = "" };

    node_http_address(node, told.http);
    node_coap_address(node, told.coap);
    if (*token)
        snprintf(told.set_up, sizeof told.set_up, "%s/set-up/%s", node_public_url(node), token);
    return told;
}

static void
write_told(struct json_writer *json, const void *what)
{
    const struct told *told = what;

    json_put_text(json, "http", told->http);
    json_put_text(json, "coap", told->coap);
    json_put_text(json, "set_up", *told->set_up ? told->set_up : NULL);
}

static enum exit_code
print_told(const struct cli *cli, const struct told *told)
{
    if (cli->json)
        return cli_answer(cli, write_told, told);
    printf("Tenure %s serves http://%s and coap://%s\n", TENURE_VERSION, told->http, told->coap);
    if (*told->set_up)
        printf("There is no user yet. This link makes the first one, an operator: %s\n"
               "So does, for the same store: tenure user add --email YOU@EXAMPLE.COM --operator\n",
               told->set_up);
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
    struct told told = serve_tell(node);
    enum exit_code code = print_told(cli, &told);
    if (code == EXIT_DONE) {
        notify_ready();
        signals_wait();
    }
    notify_stopping();
    log_line(LOG_INFO, "server.stopping", " ");
    node_stop(node);
    return code;
}
