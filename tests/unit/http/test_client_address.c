#include "edge/http/client_address.h"

#include "base/address.h"
#include "support/check.h"

TEST(who_asks_is_the_peer_or_whom_the_trusted_proxy_names)
{
    static const struct {
        const char *peer, *trusted, *forwarded, *want;
    } rows[] = {
        { "192.0.2.7:40000", NULL, NULL, "192.0.2.7" },
        { "[::ffff:192.0.2.7]:40000", "", NULL, "192.0.2.7" },
        { "[2001:db8:1:2:3:4:5:6]:1", "", NULL, "2001:db8:1:2::" },
        /* A client that is not trusted can send any header. */
        { "192.0.2.7:40000", NULL, "198.51.100.1", "192.0.2.7" },
        { "192.0.2.7:40000", "127.0.0.1", "198.51.100.1", "192.0.2.7" },
        { "127.0.0.1:40000", "127.0.0.1", "198.51.100.1", "198.51.100.1" },
        { "[::ffff:127.0.0.1]:1", "127.0.0.1", "198.51.100.1", "198.51.100.1" },
        { "[2001:db8::7]:1", "2001:db8::7", "198.51.100.1", "198.51.100.1" },
        { "[2001:db8::7]:1", "[2001:db8:0:0::7]", "198.51.100.1", "198.51.100.1" },
        { "[2001:db8::8]:1", "2001:db8::7", "198.51.100.1", "2001:db8::" }, /* its neighbor */
        { "127.0.0.1:1", "127.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::" },
        { "127.0.0.1:1", "127.0.0.1", "::ffff:198.51.100.1", "198.51.100.1" },
        /* The last one is the proxy's word, those before it are the client's. */
        { "127.0.0.1:1", "127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1" },
        { "127.0.0.1:1", "127.0.0.1", "x,,\t 198.51.100.1 \t", "198.51.100.1" },
        { "127.0.0.1:1", "127.0.0.1", "198.51.100.1:4711", "198.51.100.1" },
        { "127.0.0.1:1", "127.0.0.1", "[2001:db8:1:2::3]:4711", "2001:db8:1:2::" },
        { "127.0.0.1:1", "127.0.0.1", "[2001:db8:1:2::3]", "2001:db8:1:2::" },
        /* No address: the proxy itself. */
        { "127.0.0.1:1", "127.0.0.1", "", "127.0.0.1" },
        { "127.0.0.1:1", "127.0.0.1", "unknown", "127.0.0.1" },
        { "127.0.0.1:1", "127.0.0.1", "198.51.100.1,", "127.0.0.1" },
        { "127.0.0.1:1", "127.0.0.1", "198.51.100.1 198.51.100.2", "127.0.0.1" },
        { "127.0.0.1:1", "127.0.0.1", NULL, "127.0.0.1" },
        { "127.0.0.1:1", "127.0.0.1",
          "1111111111111111111111111111111111111111111111111111111111111111111111111",
          "127.0.0.1" },
    };
    char text[INET6_ADDRSTRLEN];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct address peer;
        check_row(rows[i].forwarded ? rows[i].forwarded : rows[i].peer);
        check(address_parse(&peer, rows[i].peer));
        client_address_text(text, &(struct client_address_from){
                                      .peer = (const struct sockaddr *)&peer.storage,
                                      .trusted_proxy = rows[i].trusted,
                                      .forwarded = rows[i].forwarded,
                                  });
        check_text(text, rows[i].want);
    }
    client_address_text(text, &(struct client_address_from){ .trusted_proxy = "127.0.0.1" });
    check_text(text, "unknown");
}
