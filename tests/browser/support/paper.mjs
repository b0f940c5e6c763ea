// The pages of a printed page: what the browser draws on each.
import { inflateSync } from "node:zlib";

/** The content stream of each page of a PDF as the browser writes it, in order. */
export function sheetsOf(pdf) {
  const text = pdf.toString("latin1");
  const objects = new Map();
  for (const found of text.matchAll(/(?:^|\n)(\d+) 0 obj\r?\n/g)) {
    const from = found.index + found[0].length;
    objects.set(found[1], text.slice(from, text.indexOf("\nendobj", from)));
  }
  const content = (id) => {
    const body = objects.get(id);
    const from = body.indexOf("stream\n") + "stream\n".length;
    const length = Number(/\/Length (\d+)/.exec(body)[1]);
    return inflateSync(Buffer.from(body.slice(from, from + length), "latin1")).toString("latin1");
  };
  const kids = [...objects.values()].find((body) => /\/Type \/Pages\b/.test(body) && !/\/Parent/.test(body));
  const inOrder = (body) =>
    [.../\/Kids \[([^\]]*)\]/.exec(body)[1].matchAll(/(\d+) 0 R/g)].flatMap(([, id]) =>
      /\/Type \/Pages\b/.test(objects.get(id)) ? inOrder(objects.get(id)) : [id],
    );
  return inOrder(kids).map((id) => content(/\/Contents (\d+) 0 R/.exec(objects.get(id))[1]));
}
