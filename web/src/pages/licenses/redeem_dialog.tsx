// Adding an activation code: typed, previewed by a dry run, redeemed.
import { useEffect, useState } from "preact/hooks";
import type { Problem, Redemption } from "../../api";
import { getLicenseManager, previewCode, redeemCode } from "../../api";
import { codeState } from "../../code";
import { CodeField } from "../../components/code_field";
import { Dialog } from "../../components/dialog";
import { problemWords, ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { useDraft } from "../../drafts";
import { count, lastDay, licensesOf, number } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { asProblem, useResource } from "../../use_resource";
import { useSubmit } from "../../use_submit";

interface Props {
  organization: string;
  left: number | null;
  onClose: () => void;
  onRedeemed: (answer: Redemption) => void;
}

interface Preview {
  code: string;
  answer: Redemption | null;
  problem: Problem | null;
}

/** Problems that the same code would have again: another request would count as a guess. */
const FINAL = ["code_not_accepted", "code_expired", "code_revoked", "code_malformed"];

function usePreview(organization: string, code: string, complete: boolean): Preview | null {
  const [preview, setPreview] = useState<Preview | null>(null);
  useEffect(() => {
    if (!complete) return setPreview(null);
    const abort = new AbortController();
    previewCode(organization, code, abort.signal).then(
      (answer) => setPreview({ code, answer, problem: null }),
      (error: unknown) => {
        if (!abort.signal.aborted) setPreview({ code, answer: null, problem: asProblem(error) });
      },
    );
    return () => abort.abort();
  }, [organization, code, complete]);
  return preview?.code === code ? preview : null;
}

export function RedeemDialog({ organization, left, onClose, onRedeemed }: Props) {
  const draft = useDraft("activation code", "");
  const { value: code, set: setCode } = draft;
  const { complete } = codeState(code);
  const preview = usePreview(organization, code, complete);
  const submit = useSubmit();
  const problem = submit.problem ?? preview?.problem ?? null;
  const refused = problem !== null && FINAL.includes(problem.code);
  const send = () => {
    if (complete && !refused)
      void submit.run(async () => {
        const answer = await redeemCode(organization, code);
        draft.forget();
        onRedeemed(answer);
      });
  };
  const close = () => {
    draft.forget();
    onClose();
  };
  return (
    <Dialog title="Add activation code" onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <CodeField
          value={code}
          autofocus
          onValue={(typed) => {
            setCode(typed);
            submit.clear();
          }}
          error={problem && refused ? problemWords(problem) : null}
        />
        {problem && !refused && <ProblemNote problem={problem} />}
        <div aria-live="polite">
          {preview?.answer && (
            <PreviewNote organization={organization} answer={preview.answer} left={left} />
          )}
        </div>
        <div class="dialog-foot">
          <button type="button" class="secondary" onClick={close}>
            Cancel
          </button>
          <SubmitButton pending={submit.pending}>
            {preview?.answer
              ? `Add ${count(preview.answer.quantity, "license", "licenses")}`
              : "Add licenses"}
          </SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}

interface NoteProps {
  organization: string;
  answer: Redemption;
  left: number | null;
}

function PreviewNote({ organization, answer, left }: NoteProps) {
  return (
    <div class="note">
      <div>
        <p>
          <strong>{licensesOf(answer.quantity, answer.term)}</strong>
        </p>
        {left !== null && (
          <p>
            Licenses left: {number(left)} now, {number(answer.licenses_left)} afterwards.
          </p>
        )}
        {answer.renewed.length > 0 && <Renewed organization={organization} answer={answer} />}
      </div>
    </div>
  );
}

const NAMES_READ = 1000,
  NAMED_AT_MOST = 8;

/** The expired sensors that the new licenses renew immediately. */
function Renewed({ organization, answer }: { organization: string; answer: Redemption }) {
  const { time_zone } = useOrganization();
  const expired = useResource(
    "expired",
    (signal) => getLicenseManager(organization, { state: "expired", limit: NAMES_READ }, signal),
    organization,
  );
  const names = new Map(expired.data?.items.map(({ serial, name }) => [serial, name]));
  const shown = answer.renewed.slice(0, NAMED_AT_MOST);
  const rest = answer.renewed.length - shown.length;
  return (
    <>
      <p>
        {count(answer.renewed.length, "expired sensor renews", "expired sensors renew")} immediately:
      </p>
      <ul class="points">
        {shown.map(({ serial, expires_at }) => (
          <li key={serial}>
            {names.get(serial) || serial}, until {lastDay(expires_at, time_zone)}
          </li>
        ))}
        {rest > 0 && <li>and {number(rest)} more</li>}
      </ul>
    </>
  );
}
