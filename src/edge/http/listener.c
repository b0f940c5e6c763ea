#include "edge/http/listener.h"

#include <netinet/in.h>
#include <unistd.h>

enum { BACKLOG = 511 };

static bool
listener_set_up(int listening, struct address *wanted)
{
    struct sockaddr *name = (struct sockaddr *)&wanted->storage;
    int on = 1, off = 0;

    if (setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on))
        return false;
    if (wanted->storage.ss_family == AF_INET6
        && setsockopt(listening, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off))
        return false;
    if (bind(listening, name, wanted->size) || listen(listening, BACKLOG))
        return false;
    return !getsockname(listening, name, &wanted->size);
}

enum status
listener_open(int *out, struct address *bound, const char *address, struct fault *fault)
{
    *out = -1;
    if (!address_parse(bound, address))
        return fail(fault, STATUS_INVALID, "", "http",
                    "%s is not an address; write it as 127.0.0.1:8080 or [::]:8080", address);
    int listening = socket(bound->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listening < 0)
        return address_fail_listen(fault, "http", address);
    if (!listener_set_up(listening, bound)) {
        enum status status = address_fail_listen(fault, "http", address);
        close(listening);
        return status;
    }
    *out = listening;
    return STATUS_OK;
}
