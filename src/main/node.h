/* node.h - starts and stops, in order, everything that serves. */
#ifndef MAIN_NODE_H
#define MAIN_NODE_H

#include "base/address.h"
#include "base/secret.h"
#include "base/web_origin.h"
#include "main/backend.h"
#include "main/outgoing.h"
#include "service/account/people.h"

struct node;

struct node_options {
    struct store_place place;
    const char *http; /* "127.0.0.1:8080"; port 0: the system chooses */
    const char *coap;
    const char *coap_prefix;
    char public_url[WEB_ORIGIN_SIZE]; /* as a browser sends it; "" for none */
    const char *trusted_proxy;
    enum sign_up sign_up;
    enum claim_policy claim;
    bool clock_check; /* compare the clock with the database's */
    size_t http_threads;
    struct outgoing_options outgoing;
};

/* Reads the settings; the texts live as long as they do.
 *   STATUS_INVALID as backend_place() */
enum status node_options_read(const struct settings *settings, struct node_options *out,
                              struct fault *fault);

/* Takes the ports before anything is created, then claims the store before anything in it changes.
 * Clients that connect wait until the node starts. The options live as long as the node. On failure
 * *out is NULL.
 *   STATUS_INVALID  a setting is not valid
 *   STATUS_BROKEN   a port is in use
 *   failures of backend_claim() */
enum status node_listen(struct node **out, const struct node_options *options, struct fault *fault);

/* Opens the store, migrates it and serves. A signal ends the process until the first thread starts;
 * from then on main/signals.h handles signals, even after a failure. The caller always stops the
 * node.
 *   failures of backend_open() */
enum status node_start(struct node *node, struct fault *fault);

/* Stops accepting requests and packets, stores and answers pending ones, and closes. NULL is
 * allowed. */
void node_stop(struct node *node);

/* The addresses it listens on, with the real ports: base/address.h. */
void node_http_address(const struct node *node, char out[ADDRESS_TEXT_SIZE]);
void node_coap_address(const struct node *node, char out[ADDRESS_TEXT_SIZE]);

/* The origin of its pages: as set, else the address it listens on. No slash at its end. */
const char *node_public_url(const struct node *node);

/* The token of the set-up link, which can make the first user while this node runs; "" if a user
 * existed at the start. */
const char *node_set_up_token(const struct node *node);

#endif
