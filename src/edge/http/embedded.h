/* embedded.h - the web pages, embedded in the program.
 *
 * tools/embed.py makes the table at build time from the files of web/build.mjs. It is sorted by
 * path (strcmp order), for bsearch. */
#ifndef EDGE_HTTP_EMBEDDED_H
#define EDGE_HTTP_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
    const char *path;         /* as requested: "/index.html", "/assets/app-2ZQ7H4KD.js" */
    const char *content_type; /* text types have a charset */
    const char *etag;         /* strong, in its quotes (RFC 9110, section 8.8.3) */
    const unsigned char *bytes;
    size_t size;
    const unsigned char *gzip_bytes; /* gzip (RFC 1952); NULL if it saves less than 5 % */
    size_t gzip_size;                /* 0 if gzip_bytes is NULL */
};

/* Names under /assets/ contain a hash of the content: browsers cache them forever. They do not
 * cache /index.html, the answer to every page address. */
extern const struct embedded_file embedded_files[];
extern const size_t embedded_files_count;

#endif
