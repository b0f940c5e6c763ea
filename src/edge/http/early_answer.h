/* early_answer.h - the answers to a connection that ends before its request is complete. */
#ifndef EDGE_HTTP_EARLY_ANSWER_H
#define EDGE_HTTP_EARLY_ANSWER_H

enum early_answer {
    EARLY_NONE,
    EARLY_LATE,     /* 408 request_timeout: the request took too long */
    EARLY_TOO_MANY, /* 429 too_many_connections, of this address */
    EARLY_BUSY,     /* 503 busy: too many connections in all */
    EARLY_ANSWER_COUNT
};

/* Sends the answer if the socket takes it at once, and ends both directions (shutdown(2)). The
 * owner still closes the socket. The socket must not be in the midst of another answer. */
void early_answer_end(int socket, enum early_answer answer);

#endif
