#include "edge/http/static_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edge/http/answer.h"
#include "edge/http/embedded.h"
#include "edge/http/encoding.h"

static int
compare_path(const void *path, const void *file)
{
    return strcmp(path, ((const struct embedded_file *)file)->path);
}

static const struct embedded_file *
static_files_find(const char *path)
{
    return bsearch(path, embedded_files, embedded_files_count, sizeof embedded_files[0],
                   compare_path);
}

const char *
static_files_asset(const char *name)
{
    size_t folder = strlen("/assets/"), length = strlen(name);

    for (size_t i = 0; i < embedded_files_count; i++) {
        const char *path = embedded_files[i].path;
        if (!strncmp(path, "/assets/", folder) && !strncmp(path + folder, name, length))
            return path;
    }
    return NULL;
}

/* Is `path` in a folder that serves programs? */
static bool
of_programs(const char *path)
{
    static const char *const folders[] = { "/api",      "/assets", "/healthz", "/readyz",
                                           "/problems", "/docs",   "/metrics", "/calendar" };

    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        size_t length = strlen(folders[i]);
        if (!strncmp(path, folders[i], length) && (path[length] == '/' || path[length] == '\0'))
            return true;
    }
    return false;
}

/* The last part of a file name has a dot. */
static bool
names_file(const char *path)
{
    return strchr(strrchr(path, '/'), '.') != NULL;
}

/* RFC 9110, section 13.1.2: "*" or a list of tags, in weak comparison. */
static bool
has_tag(const char *if_none_match, const char *etag)
{
    return if_none_match && (strstr(if_none_match, etag) || !strcmp(if_none_match, "*"));
}

static void
answer_file(struct http_request *http, const struct embedded_file *file, bool for_ever)
{
    struct http_answer *answer = &http->answer;
    bool gzip = file->gzip_bytes && encoding_accepts_gzip(http->headers.accept_encoding);
    char etag[80];

    /* A strong tag names bytes: compressed content needs another one. */
    snprintf(etag, sizeof etag, "%.*s%s\"", (int)strlen(file->etag) - 1, file->etag,
             gzip ? "-gzip" : "");
    answer->cache = for_ever ? "public, max-age=31536000, immutable" : "no-cache";
    answer_header(http, "ETag", etag);
    if (file->gzip_bytes)
        answer_header(http, "Vary", "Accept-Encoding");
    if (has_tag(http->headers.if_none_match, etag)) {
        answer->code = 304;
        return;
    }
    answer->code = 200;
    answer->content_type = file->content_type;
    answer->bytes = gzip ? file->gzip_bytes : file->bytes;
    answer->size = gzip ? file->gzip_size : file->size;
    if (gzip)
        answer_header(http, "Content-Encoding", "gzip");
}

bool
static_files_serve(struct http_request *http)
{
    size_t length = strcspn(http->target, "?");
    const char *path = arena_text(&http->arena, http->target, length);
    const struct embedded_file *file = path ? static_files_find(path) : NULL;

    if (!path || http->method != HTTP_GET)
        return false;
    if (!file && !of_programs(path) && !names_file(path))
        file = static_files_find("/index.html");
    if (!file)
        return false;
    answer_file(http, file, !strncmp(path, "/assets/", 8));
    return true;
}
