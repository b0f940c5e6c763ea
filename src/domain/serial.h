/* serial.h - the six bytes that identify a sensor. */
#ifndef DOMAIN_SERIAL_H
#define DOMAIN_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct serial {
    uint8_t bytes[6];
};

enum { SERIAL_TEXT_SIZE = 13 }; /* twelve hex digits and NUL */

/* Reads twelve hex digits in upper or lower case, as people paste them (domain/pasted.h), and with
 * "0x" or "SN" directly in front. False leaves *out as it was. */
bool serial_parse(struct serial *out, const char *text, size_t length);

enum { SERIAL_EXPLAINED_SIZE = 200 };

/* A sentence for the person who typed a text that serial_parse() refuses, without a period. It
 * names the harm that a spreadsheet does to a serial: 2,82E+11, or zeros that are missing. */
void serial_explain(char out[SERIAL_EXPLAINED_SIZE], const char *text, size_t length);

/* Writes upper-case hex, which serial_parse() reads. */
void serial_format(char out[SERIAL_TEXT_SIZE], struct serial serial);

/* The six bytes as one number, big endian, 0 to 2^48 - 1. Numbers sort like the texts. */
uint64_t serial_number(struct serial serial);
struct serial serial_from_number(uint64_t number); /* ignores the upper 16 bits */

#endif
