// Importing sensors: choose or paste a list, check the result for each row, then import all of it.
import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "../../announce";
import type { ImportAnswer, ImportRow, Problem, SensorList } from "../../api";
import { importSensors } from "../../api";
import { changed } from "../../changes";
import { shortenKey } from "../../code";
import { Empty, ProblemNote } from "../../components/notes";
import { useDraft } from "../../drafts";
import { count, date, licensesOf, number } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { PageHead, useTitle } from "../../layout/shell";
import { Link } from "../../router";
import { asProblem } from "../../use_resource";
import { RedeemDialog } from "../licenses/redeem_dialog";
import { Answer } from "./answer";
import { canCheck, ListForm } from "./list_form";
import { Sending } from "./sending";
import type { Source } from "./use_list";
import { usePreview } from "./use_list";

type Step =
  | { kind: "list" }
  | { kind: "checking" }
  | { kind: "checked"; answer: ImportAnswer | null; problem: Problem | null; seconds: number }
  | { kind: "importing"; seconds: number }
  | { kind: "done"; answer: ImportAnswer };

export function ImportSensors() {
  useTitle("Import sensors");
  const { id } = useOrganization();
  const { value: text, set: setText, forget: forgetText } = useDraft("list of sensors", "");
  const draft = useDraft<Source | null>("its bytes", null);
  const { value: source, set: setSource, forget: forgetSource } = draft;
  const [redeeming, setRedeeming] = useState(false);
  const [step, setStep] = useState<Step>({ kind: "list" });
  const [sent, setSent] = useState(0);
  const abort = useRef<AbortController | null>(null);
  /** A file is checked without a further step, also one that was chosen before. */
  const checkAtOnce = useRef(source !== null && source.file !== null);
  const { read, problem } = usePreview(id, source);
  useEffect(() => () => abort.current?.abort(), [id]);
  useEffect(() => {
    if (!read || !checkAtOnce.current) return;
    checkAtOnce.current = false;
    if (canCheck(read)) void check(read.list);
  }, [read?.preview]);

  const send = (dry: boolean, list: SensorList) => {
    setSent(0);
    abort.current?.abort();
    const mine = (abort.current = new AbortController());
    return importSensors(id, list, dry, { signal: mine.signal, onSent: setSent });
  };
  const check = async (wanted: SensorList) => {
    setStep({ kind: "checking" });
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1000;
    try {
      const answer = await send(true, wanted);
      setStep({ kind: "checked", answer, problem: null, seconds: seconds() });
    } catch (error) {
      if (!stopped(error))
        setStep({ kind: "checked", answer: null, problem: asProblem(error), seconds: seconds() });
    }
  };
  const run = async (wanted: SensorList, seconds: number) => {
    setStep({ kind: "importing", seconds });
    try {
      const answer = await send(false, wanted);
      forgetText();
      forgetSource();
      setStep({ kind: "done", answer });
      changed();
      announce(`${count(answer.results.length, "sensor", "sensors")} imported`);
    } catch (error) {
      if (!stopped(error))
        setStep({ kind: "checked", answer: null, problem: asProblem(error), seconds });
    }
  };
  const take = (file: string | null, bytes: Blob | null) => {
    abort.current?.abort();
    checkAtOnce.current = file !== null;
    setSource(bytes && { file, bytes, charset: null, header: null, columns: null });
    setStep({ kind: "list" });
  };
  const paste = (content: string) => {
    setText(content);
    take(null, content.trim() ? new Blob([content]) : null);
  };
  const readAgain = (change: Partial<Source>) => {
    abort.current?.abort();
    checkAtOnce.current = source?.file !== null && "charset" in change;
    setSource(source && { ...source, ...change });
    setStep({ kind: "list" });
  };
  const rows = read?.preview.row_count ?? 0;

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
        <Done answer={step.answer} onMore={() => paste("")} />
      ) : (
        <div class="import">
          <ListForm
            organization={id}
            text={text}
            source={source}
            read={read}
            problem={problem}
            busy={step.kind === "checking" || step.kind === "importing"}
            open={step.kind === "list" && !checkAtOnce.current}
            onText={paste}
            onFile={(file, bytes) => {
              setText("");
              take(file, bytes);
            }}
            onReading={readAgain}
            onCheck={() => {
              if (read && canCheck(read)) void check(read.list);
            }}
          />
          {step.kind === "checking" && (
            <Sending words="Checking" rows={rows} sent={sent} expected={null} />
          )}
          {step.kind === "importing" && (
            <Sending
              words="Importing"
              rows={rows}
              sent={sent}
              expected={step.seconds}
            />
          )}
          {step.kind === "checked" && read && (
            <Checked
              answer={step.answer}
              problem={step.problem}
              onImport={() => void run(read.list, step.seconds)}
              onAgain={() => void check(read.list)}
              onCode={() => setRedeeming(true)}
            />
          )}
          {redeeming && (
            <RedeemDialog
              organization={id}
              left={null}
              onClose={() => setRedeeming(false)}
              onRedeemed={({ quantity, term }) => {
                setRedeeming(false);
                announce(`${licensesOf(quantity, term)} added`);
                changed();
                if (read) void check(read.list);
              }}
            />
          )}
        </div>
      )}
    </>
  );
}

const stopped = (error: unknown) => error instanceof DOMException && error.name === "AbortError";

interface CheckedProps {
  onCode: () => void;
  answer: ImportAnswer | null;
  problem: Problem | null;
  onImport: () => void;
  onAgain: () => void;
}

function Checked({ answer, problem, onImport, onAgain, onCode }: CheckedProps) {
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
              <button type="button" class="link" onClick={onCode}>
                Add an activation code
              </button>
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
      {answer && <Taken answer={answer} />}
      {typeof problem?.more.not_judged === "number" && (
        <p role="status">
          {count(problem.more.not_judged, "row was", "rows were")} not checked: the server names only
          a few serials that are not available at a time.
        </p>
      )}
      {results.length > 0 && <Answer results={results} refused={problem !== null} />}
    </section>
  );
}

/** From which keys, and until when. */
function Taken({ answer }: { answer: ImportAnswer }) {
  if (answer.taken.length === 0) return <p>It takes no license from the pool.</p>;
  return (
    <ul class="points" aria-label="Licenses">
      {answer.taken.map(({ key, term, quantity, last_day }) => (
        <li key={key}>
          takes {licensesOf(quantity, term)} from the key {shortenKey(key)}, until {date(last_day)}
        </li>
      ))}
    </ul>
  );
}

function Done({ answer, onMore }: { answer: ImportAnswer; onMore: () => void }) {
  const { id } = useOrganization();
  const added = answer.taken.reduce((sum, { quantity }) => sum + quantity, 0);
  const resumed = answer.results.length - added;
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
