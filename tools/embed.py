#!/usr/bin/env python3
"""Turns a folder of built web pages into one C file: embed.py DIST OUT.c

The table's type is declared in src/edge/http/embedded.h. The bytes come in by the assembler's .incbin, which
compiles in no time; their hashes stand in the C text, so that a changed file always compiles anew.
"""
import gzip
import hashlib
import pathlib
import sys

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}

HEAD = """\
/* Made by tools/embed.py. */
#include "edge/http/embedded.h"

/* One block a file, read by the assembler. Global but hidden, so that link-time optimization finds them too. */
#define INCLUDE_BYTES(name, file)                                                                \\
    __asm__(".section .rodata\\n\\t.globl " #name "\\n\\t.hidden " #name "\\n\\t.balign 16\\n" #name \\
            ":\\n\\t.incbin \\"" file "\\"\\n\\t.previous");                                         \\
    extern const unsigned char name[]
"""


def fail(reason):
    sys.exit(f"embed.py: {reason}")


def quoted(path):
    text = str(path)
    if any(symbol in text for symbol in '"\\\n'):
        fail(f"the path {text} cannot stand in an assembler string")
    return text


def main(dist, out):
    dist, out = pathlib.Path(dist).resolve(), pathlib.Path(out).resolve()
    files = sorted((path for path in dist.rglob("*") if path.is_file()),
                   key=lambda path: path.relative_to(dist).as_posix().encode())
    if dist / "index.html" not in files:
        fail(f"{dist} holds no index.html: build the pages first")
    packed = out.parent / (out.name + ".gz")
    packed.mkdir(exist_ok=True)
    blocks, rows = [], []
    for number, path in enumerate(files):
        content = path.read_bytes()
        content_type = CONTENT_TYPES.get(path.suffix) or fail(f"no content type is known for {path.name}")
        digest = hashlib.sha256(content).hexdigest()
        zipped = gzip.compress(content, 9, mtime=0)
        name = f"embedded_bytes_{number}"
        blocks.append(f'INCLUDE_BYTES({name}, "{quoted(path)}"); /* {digest} */')
        gzip_bytes, gzip_size = "NULL", 0
        if len(zipped) < 0.95 * len(content):
            target = packed / f"{digest[:32]}.gz"
            target.write_bytes(zipped)
            gzip_bytes, gzip_size = f"embedded_gzip_{number}", len(zipped)
            blocks.append(f'INCLUDE_BYTES({gzip_bytes}, "{quoted(target)}");')
        rows.append(f'    {{"/{path.relative_to(dist).as_posix()}", "{content_type}", "\\"{digest[:32]}\\"",\n'
                    f"     {name}, {len(content)}, {gzip_bytes}, {gzip_size}}},")
    out.write_text("\n".join([
        HEAD, *blocks, "", "const struct embedded_file embedded_files[] = {", *rows, "};",
        "const size_t embedded_files_count = sizeof embedded_files / sizeof embedded_files[0];", ""]))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        fail("usage: embed.py DIST OUT.c")
    main(sys.argv[1], sys.argv[2])
