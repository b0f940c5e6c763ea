#include "edge/http/connections.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/utc.h"
#include "support/check.h"

enum { MOST = 200 };

/* The server's and the client's end of some connections. */
static struct {
    struct connections *all;
    struct http_connection *at[MOST + 2];
    int ours[MOST + 2], theirs[MOST + 2];
    size_t count;
} net;

static void
net_open(void)
{
    net.all = connections_open(MOST);
    net.count = 0;
}

static size_t
net_connect(const char *address, bool is_proxy)
{
    struct connection_peer peer = { .is_proxy = is_proxy };
    size_t n = net.count++;
    int pair[2];

    check_int(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    net.ours[n] = peer.socket = pair[0];
    net.theirs[n] = pair[1];
    snprintf(peer.address, sizeof peer.address, "%s", address);
    net.at[n] = connection_begin(net.all, &peer);
    return n;
}

static void
net_connect_many(const char *address, size_t count)
{
    while (count-- > 0)
        net_connect(address, false);
}

/* *said: what the server has sent. True: the connection goes on. */
static bool
net_lives(size_t n, char said[1024])
{
    ssize_t size = recv(net.theirs[n], said, 1023, MSG_DONTWAIT);

    said[size > 0 ? size : 0] = '\0';
    return size < 0;
}

static bool
net_is_open(size_t n)
{
    char said[1024];

    return net_lives(n, said);
}

static size_t
net_open_count(void)
{
    size_t count = 0;

    for (size_t i = 0; i < net.count; i++)
        count += net_is_open(i);
    return count;
}

static void
net_close(void)
{
    for (size_t i = 0; i < net.count; i++) {
        connection_end(net.all, net.at[i]);
        close(net.ours[i]);
        close(net.theirs[i]);
    }
    connections_close(net.all);
}

TEST(an_address_has_its_share_of_connections_and_a_proxy_any_number)
{
    char said[1024];

    net_open();
    net_connect_many("192.0.2.1", CONNECTIONS_LEAST_OF_ADDRESS);
    check_int((int)net_open_count(), CONNECTIONS_LEAST_OF_ADDRESS);
    check(!net_lives(net_connect("192.0.2.1", false), said));
    check(strstr(said, "HTTP/1.1 429 ") == said && strstr(said, "\r\nRetry-After: "));
    check(net_is_open(net_connect("192.0.2.2", false)));
    net_close();

    net_open();
    for (size_t i = 0; i < MOST; i++)
        net_connect("192.0.2.1", true);
    check_int((int)net_open_count(), MOST);
    net_close();
}

TEST(in_a_full_server_the_address_with_most_connections_gives_way)
{
    net_open();
    size_t quiet = net_connect("192.0.2.9", false);
    net_connect_many("192.0.2.1", 100);
    net_connect_many("192.0.2.2", MOST - 101);
    connection_enter(net.all, net.at[quiet], PHASE_IDLE);
    connection_enter(net.all, net.at[50], PHASE_IDLE);
    check_int((int)net_open_count(), MOST);
    check(net_is_open(net_connect("192.0.2.3", false)));
    check(!net_is_open(50)); /* the idle one of the heaviest */
    check(net_is_open(quiet));
    check_int((int)net_open_count(), MOST);
    net_close();
}

TEST(a_full_server_that_works_for_all_refuses_the_newest)
{
    char said[1024];

    net_open();
    net_connect_many("192.0.2.1", 100);
    net_connect_many("192.0.2.2", 100);
    for (size_t i = 0; i < MOST; i++)
        connection_enter(net.all, net.at[i], PHASE_WORK);
    check(!net_lives(net_connect("192.0.2.3", false), said));
    check(strstr(said, "HTTP/1.1 503 ") == said);
    check_int((int)net_open_count(), MOST);
    net_close();
}

TEST(a_phase_has_its_time_and_work_has_none)
{
    static const struct {
        enum connection_phase phase;
        int seconds;
    } rows[] = {
        { PHASE_IDLE, CONNECTION_IDLE_SECONDS },
        { PHASE_HEAD, CONNECTION_HEAD_SECONDS },
        { PHASE_BODY, CONNECTION_BODY_SECONDS },
        { PHASE_ANSWER, CONNECTION_ANSWER_SECONDS },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        net_open();
        int64_t began = monotonic_nanoseconds();
        connection_enter(net.all, net.at[net_connect("192.0.2.1", false)], rows[i].phase);
        int64_t ends = monotonic_nanoseconds() + rows[i].seconds * INT64_C(1000000000);
        connections_end_late(net.all, began + (rows[i].seconds - 1) * INT64_C(1000000000));
        check(net_is_open(0));
        connections_end_late(net.all, ends);
        check(!net_is_open(0));
        net_close();
    }
    net_open();
    connection_enter(net.all, net.at[net_connect("192.0.2.1", false)], PHASE_WORK);
    connections_end_late(net.all, INT64_MAX - 1);
    check(net_is_open(0));
    net_close();
}

TEST(a_client_that_sends_gains_time_up_to_the_whole_time)
{
    net_open();
    connection_enter(net.all, net.at[net_connect("192.0.2.1", false)], PHASE_BODY);
    connection_progress(net.all, net.at[0], (size_t)1 << 30);
    int64_t whole = monotonic_nanoseconds() + CONNECTION_BODY_SECONDS * INT64_C(1000000000);
    connections_end_late(net.all, whole - INT64_C(5000000000));
    check(net_is_open(0));
    connections_end_late(net.all, whole); /* it did not gain more */
    check(!net_is_open(0));
    net_close();
}
