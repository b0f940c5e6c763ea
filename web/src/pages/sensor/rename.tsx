// The sensor's name, changed in place.
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Sensor } from "../../api";
import { FieldError } from "../../components/field";
import { Icon } from "../../components/icon";
import { useDraft } from "../../drafts";
import { useSubmit } from "../../use_submit";
import { rename } from "../../verbs/sensors";
import { subjectOf } from "../../verbs/subject";

interface Props {
  organization: string;
  sensor: Sensor;
  editable: boolean;
  level?: 1 | 2;
}

export function Rename({ organization, sensor, editable, level = 1 }: Props) {
  const Heading = `h${level}` as "h1";
  const { value: typed, set: setTyped } = useDraft<string | null>(`name of ${sensor.serial}`, null);
  const input = useRef<HTMLInputElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  const submit = useSubmit();
  const open = typed !== null;
  // Before the next key arrives: an effect after painting would lose it.
  useLayoutEffect(() => {
    if (open) input.current?.select();
    else if (wasOpen.current) opener.current?.focus();
    wasOpen.current = open;
  }, [open]);

  const close = () => {
    submit.clear();
    setTyped(null);
  };
  const send = () =>
    submit.run(async () => {
      const name = (typed ?? "").trim();
      if (name !== (sensor.name ?? ""))
        await rename(subjectOf(organization, sensor), name, sensor.name ?? "");
      setTyped(null);
    });

  if (typed === null) {
    return (
      <div class="page-title">
        <div class="title-line">
          <Heading>{sensor.name || sensor.serial}</Heading>
          {editable && (
            <button
              type="button"
              ref={opener}
              class="quiet"
              onClick={() => setTyped(sensor.name ?? "")}
            >
              <Icon name="edit" />
              Rename
            </button>
          )}
        </div>
        <p class="faint serial">{sensor.serial}</p>
      </div>
    );
  }
  return (
    <form
      class="page-title rename"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Heading class="visually-hidden">{sensor.name || sensor.serial}</Heading>
      <div class="rename-line">
        <input
          ref={input}
          aria-label="Name"
          value={typed}
          autocomplete="off"
          aria-invalid={submit.problem ? "true" : undefined}
          aria-describedby={submit.problem ? "rename-error" : undefined}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            close();
          }}
        />
        <button type="submit" aria-busy={submit.pending || undefined}>
          Save
        </button>
        <button type="button" class="secondary" onClick={close}>
          Cancel
        </button>
      </div>
      <div aria-live="polite">
        {submit.problem && <FieldError id="rename-error">{submit.problem.detail}</FieldError>}
      </div>
      <p class="faint serial">{sensor.serial}</p>
    </form>
  );
}
