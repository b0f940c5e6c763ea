/* The web pages, built and embedded in the program.
 *
 * The table is made at build time by tools/embed.py from the files that web/build.mjs writes,
 * sorted by path (strcmp order), so that a path is found by bsearch. Everything it points to is
 * constant and lives as long as the program. */
#ifndef EDGE_HTTP_EMBEDDED_H
#define EDGE_HTTP_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
    const char *path;         /* as requested: "/index.html", "/assets/app-2ZQ7H4KD.js" */
    const char *content_type; /* with its charset where it is text */
    const char *etag; /* with its quotes: a strong one (RFC 9110, section 8.8.3) over `bytes` */
    const unsigned char *bytes;
    size_t size;
    const unsigned char
        *gzip_bytes;  /* the same content gzipped (RFC 1952), or NULL where that saves under 5 % */
    size_t gzip_size; /* 0 where `gzip_bytes` is NULL */
};

/* The names under /assets/ carry a hash of the content: they may be cached for ever. /index.html
 * may not; it is the answer to every page address. */
extern const struct embedded_file embedded_files[];
extern const size_t embedded_files_count;

#endif
