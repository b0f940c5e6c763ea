// Releasing a serial from the organization that has it, or moving it to another one.
import { useEffect, useState } from "preact/hooks";
import { announce } from "../../announce";
import type { Problem, Release } from "../../api";
import { previewRelease, releaseDevice } from "../../api";
import { Dialog } from "../../components/dialog";
import { Field } from "../../components/field";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { asProblem } from "../../use_resource";
import { useSubmit } from "../../use_submit";
import type { Chosen } from "./organization_field";
import { OrganizationField } from "./organization_field";

interface Props {
  serial: string;
  onClose: () => void;
  onReleased: () => void;
}

interface Preview {
  of: string;
  answer: Release | null;
  problem: Problem | null;
}

const COMPLETE = /^[0-9A-F]{12}$/;

/** The organization that has a complete serial; null while unknown. */
function usePreview(serial: string): Preview | null {
  const [preview, setPreview] = useState<Preview | null>(null);
  useEffect(() => {
    if (!COMPLETE.test(serial)) return;
    const abort = new AbortController();
    previewRelease(serial, abort.signal).then(
      (answer) => setPreview({ of: serial, answer, problem: null }),
      (error: unknown) => {
        if (!abort.signal.aborted)
          setPreview({ of: serial, answer: null, problem: asProblem(error) });
      },
    );
    return () => abort.abort();
  }, [serial]);
  return preview?.of === serial ? preview : null;
}

export function ReleaseDialog({ serial: given, onClose, onReleased }: Props) {
  const [typed, setTyped] = useState(given);
  const [next, setNext] = useState<Chosen | null>(null);
  const serial = typed.replace(/[\s:-]/g, "").toUpperCase();
  const preview = usePreview(serial);
  const submit = useSubmit();
  const besides = submit.problem
    ? submit.besides("organization_id")
    : (preview?.problem ?? null);
  const atSerial = besides?.status === 404 ? besides.detail : null;
  const from = preview?.answer?.released_from;
  const send = () =>
    submit.run(async () => {
      const done = await releaseDevice(serial, next?.id);
      announce(
        `${done.serial} released from ${done.released_from.name}` +
          (done.reserved_for ? `, reserved for ${done.reserved_for.name}` : ""),
      );
      onReleased();
    });
  return (
    <Dialog title="Release a serial" onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p>
          The sensor is removed from its organization. Its history and its running license stay
          there, and its waiting licenses go back to the pool. Both organizations get an e-mail.
        </p>
        {besides && !atSerial && <ProblemNote problem={besides} />}
        <Field
          label="Serial"
          value={typed}
          onValue={(value) => {
            setTyped(value);
            submit.clear();
          }}
          error={atSerial}
          autofocus={given === ""}
          autocomplete="off"
          spellcheck={false}
          class="serial-input"
          placeholder="282C02424EED"
          hint={
            from ? `${preview.answer?.name || serial}, a sensor of ${from.name}` : "12 hexadecimal digits"
          }
        />
        <OrganizationField
          label="Reserve it for"
          hint="Type a part of its name."
          value={next}
          onValue={setNext}
          error={submit.at("organization_id")}
          except={from?.id}
        />
        <div class="dialog-foot">
          <button type="button" class="secondary" onClick={onClose}>
            Cancel
          </button>
          <SubmitButton pending={submit.pending}>Release</SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}
