#include "edge/http/early_answer.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/id.h"

enum { BODY_SIZE = 512, HEAD_SIZE = 512 };

static const struct {
    const char *line;   /* status code and reason */
    const char *member; /* "status" of the problem */
    const char *code, *title, *detail;
    const char *retry_after; /* the header, or "" */
} early[EARLY_ANSWER_COUNT] = {
    [EARLY_LATE] = { "408 Request Timeout", "408", "request_timeout", "The request took too long",
                     "The request did not arrive in time.", "" },
    [EARLY_TOO_MANY] = { "429 Too Many Requests", "429", "too_many_connections",
                         "This address has too many connections",
                         "Close some connections, then try again.", "Retry-After: 5\r\n" },
    [EARLY_BUSY] = { "503 Service Unavailable", "503", "busy", "The server is busy",
                     "The server has too many connections; try again.", "Retry-After: 5\r\n" },
};

static void
early_answer_send(int socket, enum early_answer answer)
{
    char body[BODY_SIZE], head[HEAD_SIZE], id[ID_TEXT_SIZE], text[HEAD_SIZE + BODY_SIZE];

    id_format(id, id_random());
    snprintf(body, sizeof body,
             "{\"type\":\"/problems/%s\",\"title\":\"%s\",\"status\":%s,\"detail\":\"%s\","
             "\"code\":\"%s\",\"request_id\":\"%s\"}",
             early[answer].code, early[answer].title, early[answer].member, early[answer].detail,
             early[answer].code, id);
    snprintf(head, sizeof head,
             "HTTP/1.1 %s\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
             "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: %s\r\n"
             "%sContent-Length: %zu\r\n\r\n",
             early[answer].line, id, early[answer].retry_after, strlen(body));
    snprintf(text, sizeof text, "%s%s", head, body);
    (void)!send(socket, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL);
}

void
early_answer_end(int socket, enum early_answer answer)
{
    if (answer != EARLY_NONE)
        early_answer_send(socket, answer);
    shutdown(socket, SHUT_RDWR);
}
