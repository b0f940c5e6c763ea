#include "main/serve.h"

#include <stdio.h>

#include "base/log.h"
#include "edge/cli/answer.h"
#include "main/node.h"
#include "main/notify.h"
#include "main/signals.h"

static void
write_addresses(struct json_writer *json, const void *what)
{
    const struct node *node = what;
    char http[ADDRESS_TEXT_SIZE], coap[ADDRESS_TEXT_SIZE];

    node_http_address(node, http);
    node_coap_address(node, coap);
    json_put_text(json, "http", http);
    json_put_text(json, "coap", coap);
}

static void
print_addresses(const struct node *node)
{
    char http[ADDRESS_TEXT_SIZE], coap[ADDRESS_TEXT_SIZE];

    node_http_address(node, http);
    node_coap_address(node, coap);
    printf("Tenure %s serves http://%s and coap://%s\n", TENURE_VERSION, http, coap);
    if (node_user_count(node) == 0)
        printf("There is no user yet. Make one for the same store: "
               "tenure user add --email YOU@EXAMPLE.COM --operator\n");
    fflush(stdout);
}

enum exit_code
serve_run(struct cli *cli)
{
    struct node_options options;
    struct fault fault = { 0 };
    struct node *node;

    if (node_options_read(&cli->settings, &options, &fault) ||
        node_start(&node, &options, &fault))
        return cli_fail(cli, &fault);
    enum exit_code code = EXIT_DONE;
    if (cli->json)
        code = cli_answer(cli, write_addresses, node);
    else
        print_addresses(node);
    if (code == EXIT_DONE) {
        notify_ready();
        signals_wait();
    }
    notify_stopping();
    log_line(LOG_INFO, "server.stopping", " ");
    node_stop(node);
    return code;
}
