// A sensor's licenses: what happens next and why, the timeline, running, waiting and past licenses.
import { useState } from "preact/hooks";
import type { Forecast, License, LicenseRow } from "../../api";
import { CopyKey } from "../../components/copy";
import { date, day, moment, term } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import type { Subject } from "../../verbs/subject";
import { subjectOf } from "../../verbs/subject";
import { History } from "./history";
import { nextSentences } from "./next_words";
import { Queue } from "./queue";
import { TakeBackDialog } from "./take_back_dialog";
import { Timeline } from "./timeline";

interface Props {
  row: LicenseRow;
  licenses: License[];
  plan: Forecast | null;
  /** The level of the headings inside. */
  level: 3 | 4;
}

export function Licenses({ row, licenses, plan, level }: Props) {
  const { id, time_zone } = useOrganization();
  const Heading = `h${level}` as "h3";
  const subject = subjectOf(id, row);
  const running = licenses.find(({ state }) => state === "active");
  const waiting = licenses.filter(({ state }) => state === "queued");
  const past = licenses.filter(({ state }) => state === "expired" || state === "revoked");
  return (
    <div class="licenses-of">
      <div class="next">
        {nextSentences(row, licenses, plan, time_zone).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      {licenses.length > 0 && <Timeline licenses={licenses} timeZone={time_zone} />}
      {running && (
        <section>
          <Heading>Running</Heading>
          <Running subject={subject} license={running} queue={waiting} />
        </section>
      )}
      {waiting.length > 0 && (
        <section>
          <Heading>Waiting</Heading>
          <Queue subject={subject} queue={waiting} />
        </section>
      )}
      {past.length > 0 && (
        <section>
          <Heading>Past</Heading>
          <History licenses={past} called={subject.called} />
        </section>
      )}
    </div>
  );
}

interface RunningProps {
  subject: Subject;
  license: License;
  queue: License[];
}

function Running({ subject, license, queue }: RunningProps) {
  const { time_zone } = useOrganization();
  const [open, setOpen] = useState(false);
  return (
    <div class="running">
      <div class="queue-words">
        <p>
          <span title={moment(license.starts_at, time_zone)}>
            {day(license.starts_at, time_zone)}
          </span>{" "}
          to <span title={moment(license.expires_at, time_zone)}>{date(license.last_day)}</span>
        </p>
        <p class="under">
          {term(license.term)} · <CopyKey value={license.key} assigned={null} quantity={null} />
        </p>
        <p class="under">
          assigned {day(license.assigned_at, time_zone)} by {license.assigned_by}
        </p>
      </div>
      <div class="queue-controls">
        <button
          type="button"
          class="quiet"
          aria-label="Take back the running license"
          onClick={() => setOpen(true)}
        >
          Take back
        </button>
      </div>
      {open && (
        <TakeBackDialog
          subject={subject}
          license={license}
          queue={queue}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  );
}
