// Importing sensors: choose or paste a list, check the result for each row, then import all of it.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { announce } from "../../announce";
import type { ImportAnswer, ImportRow, Problem } from "../../api";
import { importSensors } from "../../api";
import { changed } from "../../changes";
import { Empty, ProblemNote } from "../../components/notes";
import { count, number } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { PageHead, useTitle } from "../../layout/shell";
import { Link } from "../../router";
import { asProblem } from "../../use_resource";
import { Answer } from "./answer";
import { ListForm } from "./list_form";
import type { SensorList } from "./read_list";
import { readList } from "./read_list";
import { Sending } from "./sending";

type Step =
  | { kind: "list" }
  | { kind: "checking" }
  | { kind: "checked"; answer: ImportAnswer | null; problem: Problem | null; seconds: number }
  | { kind: "importing"; seconds: number }
  | { kind: "done"; answer: ImportAnswer };

export function ImportSensors() {
  useTitle("Import sensors");
  const { id } = useOrganization();
  const [text, setText] = useState("");
  const [file, setFile] = useState<string | null>(null);
  const [step, setStep] = useState<Step>({ kind: "list" });
  const [sent, setSent] = useState(0);
  const abort = useRef<AbortController | null>(null);
  const list = useMemo(() => (text.trim() ? readList(text) : null), [text]);
  useEffect(() => () => abort.current?.abort(), [id]);

  const send = (dry: boolean, csv: string) => {
    setSent(0);
    abort.current?.abort();
    const mine = (abort.current = new AbortController());
    return importSensors(id, csv, dry, { signal: mine.signal, onSent: setSent });
  };
  const check = async (wanted: SensorList) => {
    setStep({ kind: "checking" });
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1000;
    try {
      const answer = await send(true, wanted.csv);
      setStep({ kind: "checked", answer, problem: null, seconds: seconds() });
    } catch (error) {
      if (!stopped(error))
        setStep({ kind: "checked", answer: null, problem: asProblem(error), seconds: seconds() });
    }
  };
  const run = async (wanted: SensorList, seconds: number) => {
    setStep({ kind: "importing", seconds });
    try {
      const answer = await send(false, wanted.csv);
      setStep({ kind: "done", answer });
      changed();
      announce(`${count(answer.results.length, "sensor", "sensors")} imported`);
    } catch (error) {
      if (!stopped(error))
        setStep({ kind: "checked", answer: null, problem: asProblem(error), seconds });
    }
  };
  const take = (name: string | null, content: string) => {
    setFile(name);
    setText(content);
    setStep({ kind: "list" });
    const read = name !== null && content.trim() ? readList(content) : null;
    if (read && !read.problem) void check(read);
  };

  return (
    <>
      <nav class="crumbs" aria-label="Path">
        <Link href={`/o/${id}/licenses`}>License Manager</Link>
      </nav>
      <PageHead
        title="Import sensors"
        sentence="Each new sensor takes one license, starting immediately. Either all rows are imported or none."
      />
      {step.kind === "done" ? (
        <Done answer={step.answer} onMore={() => take(null, "")} />
      ) : (
        <div class="import">
          <ListForm
            text={text}
            file={file}
            list={list}
            busy={step.kind === "checking" || step.kind === "importing"}
            onText={(content) => take(null, content)}
            onFile={take}
            onCheck={() => {
              if (list && !list.problem) void check(list);
            }}
          />
          {step.kind === "checking" && (
            <Sending words="Checking" rows={list?.rows.length ?? 0} sent={sent} expected={null} />
          )}
          {step.kind === "importing" && (
            <Sending
              words="Importing"
              rows={list?.rows.length ?? 0}
              sent={sent}
              expected={step.seconds}
            />
          )}
          {step.kind === "checked" && list && (
            <Checked
              list={list}
              answer={step.answer}
              problem={step.problem}
              onImport={() => void run(list, step.seconds)}
              onAgain={() => void check(list)}
            />
          )}
        </div>
      )}
    </>
  );
}

const stopped = (error: unknown) => error instanceof DOMException && error.name === "AbortError";

interface CheckedProps {
  list: SensorList;
  answer: ImportAnswer | null;
  problem: Problem | null;
  onImport: () => void;
  onAgain: () => void;
}

function Checked({ list, answer, problem, onImport, onAgain }: CheckedProps) {
  const { id } = useOrganization();
  const results = answer?.results ?? (problem?.more.results as ImportRow[] | undefined) ?? [];
  const { needed, left } = problem?.more ?? {};
  const short = typeof needed === "number" && typeof left === "number";
  return (
    <section class="section" aria-labelledby="answer-title">
      <h2 id="answer-title">What would happen</h2>
      {problem && results.length === 0 && (
        <ProblemNote
          problem={problem}
          retry={problem.status >= 500 || problem.status === 0 ? onAgain : undefined}
        >
          {short && (
            <p>
              {number(needed)} needed, {number(left)} left: {number(needed - left)} too few.{" "}
              <Link href={`/o/${id}/licenses`}>Add an activation code</Link>
            </p>
          )}
        </ProblemNote>
      )}
      {answer && (
        <div class="import-act">
          <button type="button" onClick={onImport}>
            Import {count(answer.results.length, "sensor", "sensors")}
          </button>
          <p class="faint">{count(answer.licenses_left, "license", "licenses")} will be left.</p>
        </div>
      )}
      {results.length > 0 && <Answer list={list} results={results} refused={problem !== null} />}
    </section>
  );
}

function Done({ answer, onMore }: { answer: ImportAnswer; onMore: () => void }) {
  const { id } = useOrganization();
  const resumed = answer.results.filter(({ result }) => result === "resumed").length;
  const added = answer.results.length - resumed;
  return (
    <Empty title={`${count(answer.results.length, "sensor", "sensors")} imported`}>
      <p>
        {count(added, "takes", "take")} a new license
        {resumed > 0 && `, ${count(resumed, "continues", "continue")} with the license they had`}.{" "}
        {count(answer.licenses_left, "license is", "licenses are")} left.
      </p>
      <div class="empty-actions">
        <Link href={`/o/${id}/licenses`}>Go to the License Manager</Link>
        <button type="button" class="link" onClick={onMore}>
          Import another list
        </button>
      </div>
    </Empty>
  );
}
