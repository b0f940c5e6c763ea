#include "main/port.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"

bool
port_is_free(const char *text, int type)
{
    struct address address;
    int on = 1, probe;

    if (!address_parse(&address, text))
        return false;
    probe = socket(address.storage.ss_family, type | SOCK_CLOEXEC, 0);
    if (probe < 0)
        return false;
    /* As a server does, so that ended connections do not count. */
    if (type == SOCK_STREAM)
        setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool is_free = !bind(probe, (const struct sockaddr *)&address.storage, address.size);
    close(probe);
    return is_free;
}
