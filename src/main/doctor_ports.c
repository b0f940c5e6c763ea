/* doctor_ports.c - the lines of `tenure doctor` about the ports. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "main/doctor.h"
#include "main/port.h"

enum { ANSWER_SIZE = 4096, WAIT_MS = 2000, TRIES = 2 };

/* A wildcard address is asked at the loopback interface: address_format() writes "[::]:5683". */
static bool
ports_connect(const char *text, int type, int *out)
{
    char near[ADDRESS_TEXT_SIZE];
    struct address address;
    struct timeval patience = { .tv_sec = WAIT_MS / 1000 };
    const char *port = strrchr(text, ':');

    if (!strncmp(text, "0.0.0.0:", 8))
        snprintf(near, sizeof near, "127.0.0.1%s", port);
    else if (!strncmp(text, "[::]:", 5))
        snprintf(near, sizeof near, "[::1]%s", port);
    else
        snprintf(near, sizeof near, "%s", text);
    if (!address_parse(&address, near))
        return false;
    *out = socket(address.storage.ss_family, type | SOCK_CLOEXEC, 0);
    if (*out < 0)
        return false;
    setsockopt(*out, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(*out, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (!connect(*out, (const struct sockaddr *)&address.storage, address.size))
        return true;
    close(*out);
    return false;
}

/* Asks for /readyz. False: no Tenure answers. */
static bool
ask_http(const char *address, char answer[ANSWER_SIZE])
{
    static const char request[] =
        "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    size_t size = 0;
    int fd;

    if (!ports_connect(address, SOCK_STREAM, &fd))
        return false;
    ssize_t part = send(fd, request, sizeof request - 1, MSG_NOSIGNAL);
    while (part > 0 && size < ANSWER_SIZE - 1) {
        part = recv(fd, answer + size, ANSWER_SIZE - 1 - size, 0);
        size += part > 0 ? (size_t)part : 0;
    }
    close(fd);
    answer[size] = '\0';
    return strstr(answer, "\r\nX-Request-Id:") && strstr(answer, "\"store\":");
}

/* A CoAP ping: an empty message, which is answered by a reset (RFC 7252, section 4.3). */
static bool
ask_coap(const char *address)
{
    static const uint8_t ping[] = { 0x40, 0, 0x5d, 0x0c }, pong[] = { 0x70, 0, 0x5d, 0x0c };
    uint8_t answer[16];
    int fd;
    bool answers = false;

    if (!ports_connect(address, SOCK_DGRAM, &fd))
        return false;
    for (int i = 0; i < TRIES && !answers; i++)
        answers = send(fd, ping, sizeof ping, 0) == (ssize_t)sizeof ping
                  && recv(fd, answer, sizeof answer, 0) == (ssize_t)sizeof pong
                  && !memcmp(answer, pong, sizeof pong);
    close(fd);
    return answers;
}

/* True: the port is free, or a line says why not. */
static bool
check_own_port(struct doctor *doctor, const char *what, const char *address, int error)
{
    if (error == 0)
        doctor_find(doctor, what, VERDICT_OK, "%s is free", address);
    else if (error == EACCES)
        doctor_find(doctor, what, VERDICT_FAILED,
                    "this user may not listen on %s: choose a port above 1023 with --%s, and put a "
                    "proxy in front of it",
                    address, what);
    else if (error != EADDRINUSE)
        doctor_find(doctor, what, VERDICT_FAILED,
                    "nobody can listen on %s (%s): choose an address of this machine with --%s",
                    address, strerror(error), what);
    return error != EADDRINUSE;
}

static void
find_other_program(struct doctor *doctor, const char *what, const char *address)
{
    doctor_find(doctor, what, VERDICT_FAILED,
                "another program uses %s: stop it, or choose another port with --%s", address,
                what);
}

static void
check_http(struct doctor *doctor)
{
    const char *address = doctor->options.http;
    char answer[ANSWER_SIZE];

    if (check_own_port(doctor, "http", address, port_try(address, SOCK_STREAM)))
        return;
    if (!ask_http(address, answer))
        find_other_program(doctor, "http", address);
    else if (!strncmp(answer, "HTTP/1.1 200", 12))
        doctor_find(doctor, "http", VERDICT_OK, "a running Tenure answers at %s, and is ready",
                    address);
    else
        doctor_find(
            doctor, "http", VERDICT_FAILED,
            "a running Tenure answers at %s, but is not ready: the lines above and its log say "
            "why",
            address);
}

static void
check_coap(struct doctor *doctor)
{
    const char *address = doctor->options.coap;

    if (check_own_port(doctor, "coap", address, port_try(address, SOCK_DGRAM)))
        return;
    if (ask_coap(address))
        doctor_find(doctor, "coap", VERDICT_OK, "a running server answers at %s", address);
    else
        find_other_program(doctor, "coap", address);
}

void
doctor_check_ports(struct doctor *doctor)
{
    check_http(doctor);
    check_coap(doctor);
}
