// Licenses for many sensors: first a dry run, then all or nothing.
import { useEffect, useState } from "preact/hooks";
import type { AssignmentOrder, Assignments, LicenseFilter, Problem } from "../../api";
import { previewAssignments } from "../../api";
import { Dialog } from "../../components/dialog";
import { Field } from "../../components/field";
import { KeySelect } from "../../components/key_select";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { count, date, number } from "../../format";
import { asProblem } from "../../use_resource";
import { useSubmit } from "../../use_submit";
import { assignToMany } from "../../verbs/licenses";

interface Props {
  organization: string;
  /** The sensors: these, or all that match the filter. */
  serials: string[] | null;
  filter: LicenseFilter;
  names: Map<string, string>;
  /** Licenses in the pool. */
  left: number | null;
  onClose: () => void;
  onCode: () => void;
  onDone: () => void;
}

interface Preview {
  of: string;
  answer: Assignments | null;
  problem: Problem | null;
}

const MOST = 10,
  ROWS_SHOWN = 100,
  PAUSE_MS = 150;

/** Asks again when the pool has changed. */
function usePreview(
  organization: string,
  order: AssignmentOrder | null,
  left: number | null,
): Preview | null {
  const [preview, setPreview] = useState<Preview | null>(null);
  const of = JSON.stringify([order, left]);
  useEffect(() => {
    if (!order) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      previewAssignments(organization, order, abort.signal).then(
        (answer) => setPreview({ of, answer, problem: null }),
        (error: unknown) => {
          if (!abort.signal.aborted) setPreview({ of, answer: null, problem: asProblem(error) });
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [organization, of]);
  return preview?.of === of ? preview : null;
}

export function BulkDialog(props: Props) {
  const { organization, serials, filter, names, left, onClose, onCode, onDone } = props;
  const [typed, setTyped] = useState("1");
  const [key, setKey] = useState("");
  const each = Number(typed);
  const fits = Number.isInteger(each) && each >= 1 && each <= MOST;
  const order: AssignmentOrder | null = fits
    ? { ...(serials ? { serials } : { filter }), count: each, ...(key ? { key } : {}) }
    : null;
  const preview = usePreview(organization, order, left);
  const submit = useSubmit();
  useEffect(submit.clear, [left]);
  const problem = submit.problem ?? preview?.problem ?? null;
  const answer = preview?.answer ?? null;
  const size = serials?.length ?? answer?.results.length ?? null;
  const title =
    size === null
      ? "Assign licenses to all of these"
      : `Assign licenses to ${count(size, "sensor", "sensors")}`;
  const total = answer?.results.reduce((sum, { licenses }) => sum + licenses.length, 0) ?? 0;
  const nobody = answer !== null && answer.results.length === 0;
  const send = () => {
    if (order && !nobody)
      void submit.run(async () => {
        await assignToMany(organization, order);
        onDone();
      });
  };
  return (
    <Dialog title={title} wide onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <div class="pair">
          <Field
            label="Licenses for each"
            type="number"
            min="1"
            max={String(MOST)}
            inputMode="numeric"
            value={typed}
            onValue={(value) => {
              setTyped(value);
              submit.clear();
            }}
            error={fits ? submit.at("count") : `A whole number from 1 to ${MOST}.`}
            autofocus
          />
          <KeySelect
            organization={organization}
            value={key}
            onValue={(value) => {
              setKey(value);
              submit.clear();
            }}
          />
        </div>
        {problem && <Refusal problem={problem} onCode={onCode} />}
        <div aria-live="polite" aria-busy={(fits && !preview) || undefined} class="preview">
          {!problem && !answer && fits && <p class="faint">Checking what would happen…</p>}
          {answer && !problem && (
            <>
              <p>
                {nobody
                  ? "No sensor matches anymore."
                  : `Takes ${count(total, "license", "licenses")}; ${number(answer.licenses_left)} will be left.`}
              </p>
              {!nobody && <PreviewTable answer={answer} names={names} />}
            </>
          )}
        </div>
        <div class="dialog-foot">
          <button type="button" class="secondary" onClick={onClose}>
            Cancel
          </button>
          <SubmitButton pending={submit.pending}>
            {answer && !nobody ? `Assign ${count(total, "license", "licenses")}` : "Assign"}
          </SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}

function Refusal({ problem, onCode }: { problem: Problem; onCode: () => void }) {
  const { needed, left } = problem.more;
  return (
    <ProblemNote problem={problem}>
      {typeof needed === "number" && typeof left === "number" && (
        <p>
          {number(needed)} needed, {number(left)} left: {number(needed - left)} too few.
        </p>
      )}
      {problem.code === "no_licenses_left" && (
        <button type="button" class="secondary" onClick={onCode}>
          Add activation code
        </button>
      )}
    </ProblemNote>
  );
}

function PreviewTable({ answer, names }: { answer: Assignments; names: Map<string, string> }) {
  const rows = answer.results.slice(0, ROWS_SHOWN);
  const rest = answer.results.length - rows.length;
  return (
    <div class="preview-rows" tabIndex={0} role="group" aria-label="What would happen">
      <table class="table plain">
        <thead>
          <tr>
            <th scope="col">Sensor</th>
            <th scope="col">Starts</th>
            <th scope="col">Covered until</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ serial, licenses }) => (
            <tr key={serial}>
              <th scope="row">{names.get(serial) ?? serial}</th>
              <td>{licenses[0]?.state === "queued" ? "queued" : "immediately"}</td>
              <td class="nowrap">{date(licenses[licenses.length - 1]!.last_day)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rest > 0 && <p class="faint">and {count(rest, "sensor", "sensors")} more</p>}
    </div>
  );
}
