#include "main/port.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"

int
port_try(const char *text, int type)
{
    struct address address;
    int on = 1, error = 0;

    if (!address_parse(&address, text))
        return EINVAL;
    int probe = socket(address.storage.ss_family, type | SOCK_CLOEXEC, 0);
    if (probe < 0)
        return errno;
    /* As a server does, so that ended connections do not count. */
    if (type == SOCK_STREAM)
        setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(probe, (const struct sockaddr *)&address.storage, address.size))
        error = errno;
    close(probe);
    return error;
}

bool
port_is_free(const char *text, int type)
{
    return port_try(text, type) == 0;
}
