// Alarm rules: conditions, sensors and recipients.
import { useState } from "preact/hooks";
import { announce } from "../../announce";
import type { AlarmRule, Person } from "../../api";
import { changeAlarmRule, getAlarmRules, getPeople, removeAlarmRule } from "../../api";
import { ConfirmDialog } from "../../components/confirm_dialog";
import { MoreButton, useMore } from "../../components/load_more";
import { Empty, ProblemNote } from "../../components/notes";
import { Skeleton } from "../../components/skeleton";
import { Sign } from "../../components/state_sign";
import { count } from "../../format";
import { useOrganization } from "../../layout/organization_page";
import { PageHead, useTitle } from "../../layout/shell";
import { useLive } from "../../live";
import { Link } from "../../router";
import { useSession } from "../../session";
import { useResource } from "../../use_resource";
import { useSubmit } from "../../use_submit";
import { RuleDialog } from "./rule_dialog";
import { conditionWords, moreWords } from "./rule_words";

type Open = { kind: "edit"; rule: AlarmRule | null } | { kind: "delete"; rule: AlarmRule } | null;

export function Alarms() {
  useTitle("Alarm rules");
  const { id, role } = useOrganization();
  const manages = role !== "analyst";
  const list = useResource(id, (signal) => getAlarmRules(id, {}, signal), id);
  const more = useMore(id, list, (cursor, limit) => getAlarmRules(id, { cursor, limit }));
  useLive(list.refresh);
  const people = useResource(
    `${id} people ${manages}`,
    async (signal): Promise<Person[]> =>
      manages ? (await getPeople(id, {}, signal)).items.filter((one) => one.state === "active") : [],
    id,
  );
  const [open, setOpen] = useState<Open>(null);
  const done = () => {
    setOpen(null);
    list.reload();
  };
  return (
    <>
      <PageHead title="Alarm rules" sentence="Rules are checked while measurements are saved.">
        <Link class="button secondary" href={`/o/${id}/alerts`}>
          Alerts
        </Link>
        {manages && (
          <button type="button" onClick={() => setOpen({ kind: "edit", rule: null })}>
            Add rule
          </button>
        )}
      </PageHead>
      {list.problem && <ProblemNote problem={list.problem} retry={list.reload} />}
      {people.problem && <ProblemNote problem={people.problem} retry={people.reload} />}
      {!list.data && !list.problem && <Skeleton />}
      {list.data && more.items.length === 0 && (
        <Empty title="No alarm rules yet">
          <p>
            A rule starts an alert when a value crosses a limit, a sensor is silent, its
            battery is low, a probe reports errors, its clock is wrong, or it is
            tampered with.
          </p>
        </Empty>
      )}
      {more.items.length > 0 && (
        <table class="table cards" role="table" aria-busy={list.loading || undefined}>
          <caption class="visually-hidden">Alarm rules</caption>
          <thead role="rowgroup">
            <tr role="row">
              {["Rule", "Sensor", "E-mail to"].map((words) => (
                <th key={words} role="columnheader" scope="col">
                  {words}
                </th>
              ))}
              {manages && (
                <th role="columnheader" scope="col">
                  <span class="visually-hidden">Actions</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {more.items.map((rule) => (
              <Rule key={rule.id} organization={id} rule={rule} manages={manages} onOpen={setOpen} onChanged={list.reload} />
            ))}
          </tbody>
        </table>
      )}
      <MoreButton more={more} />
      {open?.kind === "edit" && (
        <RuleDialog
          organization={id}
          rule={open.rule}
          members={people.data ?? []}
          onClose={() => setOpen(null)}
          onDone={done}
        />
      )}
      {open?.kind === "delete" && (
        <DeleteDialog organization={id} rule={open.rule} onClose={() => setOpen(null)} onDone={done} />
      )}
    </>
  );
}

interface RuleProps {
  organization: string;
  rule: AlarmRule;
  manages: boolean;
  onOpen: (open: Open) => void;
  onChanged: () => void;
}

function Rule({ organization, rule, manages, onOpen, onChanged }: RuleProps) {
  const words = conditionWords(rule);
  const further = moreWords(rule);
  return (
    <tr role="row">
      <th role="rowheader" scope="row" class="cell-sensor">
        {words}
        {further && <span class="faint rule-more">{further}</span>}
      </th>
      <td role="cell" data-label="Sensor">
        {rule.serial ? (
          <Link href={`/o/${organization}/sensors/${rule.serial}`}>{rule.sensor_name || rule.serial}</Link>
        ) : (
          "All sensors"
        )}
      </td>
      <td role="cell" data-label="E-mail to">
        {rule.recipients.length > 0 ? (
          count(rule.recipients.length, "member", "members")
        ) : (
          <Nobody organization={organization} rule={rule} manages={manages} onChanged={onChanged} />
        )}
      </td>
      {manages && (
        <td role="cell" class="cell-act">
          <button
            type="button"
            class="quiet"
            aria-label={`Change ${words}`}
            onClick={() => onOpen({ kind: "edit", rule })}
          >
            Change
          </button>
          <button
            type="button"
            class="quiet"
            aria-label={`Delete ${words}`}
            onClick={() => onOpen({ kind: "delete", rule })}
          >
            Delete
          </button>
        </td>
      )}
    </tr>
  );
}

/** Says that a rule has no recipients, with a button that adds the user. */
function Nobody({ organization, rule, manages, onChanged }: Omit<RuleProps, "onOpen">) {
  const { session } = useSession();
  const submit = useSubmit();
  const add = () =>
    submit.run(async () => {
      await changeAlarmRule(organization, rule.id, { recipients: [session!.user.id] });
      announce("You get e-mail about this rule");
      onChanged();
    });
  return (
    <span class="rule-nobody">
      <Sign state="soon">nobody</Sign>
      {manages && session && (
        <button
          type="button"
          class="quiet"
          aria-label={`E-mail me: ${conditionWords(rule)}`}
          disabled={submit.pending}
          onClick={() => void add()}
        >
          E-mail me
        </button>
      )}
      {submit.problem && <ProblemNote problem={submit.problem} />}
    </span>
  );
}

interface DeleteProps {
  organization: string;
  rule: AlarmRule;
  onClose: () => void;
  onDone: () => void;
}

function DeleteDialog({ organization, rule, onClose, onDone }: DeleteProps) {
  const remove = async () => {
    await removeAlarmRule(organization, rule.id);
    announce("Rule deleted");
    onDone();
  };
  return (
    <ConfirmDialog
      title={`Delete ${conditionWords(rule)}`}
      deed="Delete"
      run={remove}
      onClose={onClose}
    >
      <p>Its alerts are kept. Open alerts end now.</p>
    </ConfirmDialog>
  );
}
