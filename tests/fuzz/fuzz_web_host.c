/* fuzz_web_host.c - no Host, Origin or header may crash its check; a host that is read is written
 * in a form that reads as the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/web_host.h"
#include "base/web_origin.h"
#include "edge/http/access.h"
#include "edge/http/header_checks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
    if (!truth)
        abort();
}

static void
try_host(const char *text)
{
    char written[WEB_HOST_TEXT_SIZE], again[WEB_HOST_TEXT_SIZE];
    struct web_host host;

    if (!web_host_read(&host, text, strlen(text)))
        return;
    web_host_write(written, &host);
    must(web_host_read(&host, written, strlen(written)));
    web_host_write(again, &host);
    must(!strcmp(written, again));
}

static void
try_origin(const char *text)
{
    char origin[WEB_ORIGIN_SIZE], again[WEB_ORIGIN_SIZE];

    if (!web_origin_read(origin, text))
        return;
    must(web_origin_read(again, origin) && !strcmp(origin, again));
    must(access_origin_accepted(text, NULL, origin));
    must(access_origin_accepted(origin, strstr(origin, "//") + 2, NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct header_checks checks = { .version = "HTTP/1.1" };
    struct arena arena;

    if (size > 4096)
        return 0;
    arena_init(&arena, 64 * 1024);
    char *text = arena_text(&arena, (const char *)data, size);
    try_host(text);
    try_origin(text);
    header_checks_add(&checks, text, text);
    header_checks_add(&checks, "Host", text);
    must(!strpbrk(text, "\r\n\x7f") || checks.bad_value);
    must(!strpbrk(text, " :\t\r\n") || checks.bad_name);
    arena_clear(&arena);
    return 0;
}
