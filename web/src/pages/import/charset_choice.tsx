// A file that is not UTF-8: its names in the charsets of Excel, of which a person sees the right one.
import { useEffect, useId, useState } from "preact/hooks";
import type { ImportPreview, SensorList } from "../../api";
import { previewImport } from "../../api";

const CHARSETS = [
  { name: "windows-1252", words: "Western European (Windows-1252)" },
  { name: "windows-1250", words: "Central European (Windows-1250)" },
];
const NAMES_SHOWN = 4;

const foreign = (text: string) => /[^\u0000-\u007f]/.test(text);

/** Texts that differ between charsets: names first, then any field. */
function samples({ columns, rows }: ImportPreview): string[] {
  const name = columns.findIndex(({ column }) => column === "name");
  const heads = columns.flatMap(({ header }) => header ?? []);
  const texts = rows.flatMap(({ fields }) => (name < 0 ? fields : [fields[name] ?? ""]));
  const all = [...texts, ...rows.flatMap(({ fields }) => fields), ...heads].filter(foreign);
  return [...new Set(all)].slice(0, NAMES_SHOWN);
}

/** By charset: samples, or null if the bytes do not fit. */
function useSamples(organization: string, list: SensorList): Map<string, string[] | null> {
  const [known, setKnown] = useState(new Map<string, string[] | null>());
  useEffect(() => {
    const abort = new AbortController();
    setKnown(new Map());
    const put = (name: string, texts: string[] | null) => {
      if (!abort.signal.aborted) setKnown((before) => new Map(before).set(name, texts));
    };
    // One after the other: an organization runs few requests with many rows at a time.
    const ask = async () => {
      for (const { name } of CHARSETS) {
        try {
          const asked = { ...list, charset: name, columns: null };
          put(name, samples(await previewImport(organization, asked, abort.signal)));
        } catch {
          put(name, null);
        }
      }
    };
    void ask();
    return () => abort.abort();
  }, [organization, list.bytes]);
  return known;
}

interface Props {
  organization: string;
  list: SensorList;
  onCharset: (charset: string) => void;
}

export function CharsetChoice({ organization, list, onCharset }: Props) {
  const id = useId();
  const known = useSamples(organization, list);
  return (
    <fieldset class="charsets">
      <legend>The file is not in UTF-8. In which line are the names right?</legend>
      {CHARSETS.map(({ name, words }) => {
        const texts = known.get(name);
        return (
          <label key={name}>
            <input
              type="radio"
              name={id}
              checked={list.charset === name}
              disabled={texts === null}
              onChange={() => onCharset(name)}
            />
            <span>
              {words}
              <strong>
                {texts === undefined
                  ? "Reading"
                  : texts === null
                    ? "The file does not fit."
                    : texts.join(" · ") || "The list has no such letters."}
              </strong>
            </span>
          </label>
        );
      })}
      <p class="field-hint">
        If neither is right, save the list in the spreadsheet as “CSV UTF-8” and choose it again.
      </p>
    </fieldset>
  );
}
