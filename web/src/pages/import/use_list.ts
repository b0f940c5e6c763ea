// The list to import: where it comes from, how it is read, and what the server finds in it.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ImportPreview, Problem, SensorList } from "../../api";
import { previewImport } from "../../api";
import { asProblem } from "../../use_resource";

export const BYTES_AT_MOST = 16 * 1024 * 1024;

/** A text that is being typed is read after this pause. */
const PAUSE_MS = 300;

export interface Source extends SensorList {
  /** The name of the file; null: it is pasted. */
  file: string | null;
}

export interface Read {
  /** With the meaning of each column. */
  list: SensorList;
  preview: ImportPreview;
}

interface Found {
  of: Source;
  preview: ImportPreview | null;
  problem: Problem | null;
}

/** The server's reading of a source; both are null while it is unknown. */
export function usePreview(
  organization: string,
  source: Source | null,
): { read: Read | null; problem: Problem | null } {
  const [found, setFound] = useState<Found | null>(null);
  const last = useRef<Blob | null>(null);
  // The meaning of the columns changes nothing of what the table has.
  const key = source && `${source.charset} ${source.header}`;
  useEffect(() => {
    if (!source) return setFound(null);
    const abort = new AbortController();
    const typing = source.file === null && last.current !== source.bytes;
    last.current = source.bytes;
    const ask = () =>
      previewImport(organization, { ...source, columns: null }, abort.signal).then(
        (preview) => setFound({ of: source, preview, problem: null }),
        (error: unknown) => {
          if (!abort.signal.aborted)
            setFound({ of: source, preview: null, problem: asProblem(error) });
        },
      );
    const timer = setTimeout(() => void ask(), typing ? PAUSE_MS : 0);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [organization, source?.bytes, key]);
  if (!source || !found || found.of.bytes !== source.bytes) return { read: null, problem: null };
  const same = found.of.charset === source.charset && found.of.header === source.header;
  if (!same || !found.preview) return { read: null, problem: same ? found.problem : null };
  const { preview } = found;
  const columns = source.columns ?? preview.columns.map(({ column }) => column ?? "");
  return {
    read: { list: { ...source, header: preview.header, columns }, preview },
    problem: null,
  };
}
