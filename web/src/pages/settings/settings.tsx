// The settings of the organization.
import { announce } from "../../announce";
import { changeOrganization } from "../../api";
import { Field } from "../../components/field";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { TimeZoneField } from "../../components/time_zone_field";
import { useDraft } from "../../drafts";
import { useOrganization } from "../../layout/organization_page";
import { PageHead, useTitle } from "../../layout/shell";
import { useSession } from "../../session";
import { useSubmit } from "../../use_submit";
import { DeviceToken } from "./device_token";

const ORDERS = [
  ["oldest_first", "Oldest first, by redemption"],
  ["shortest_first", "Shortest first"],
  ["longest_first", "Longest first"],
] as const;

export function Settings() {
  useTitle("Settings");
  const organization = useOrganization();
  const { reload } = useSession();
  const name = useDraft("name", organization.name);
  const timeZone = useDraft("time zone", organization.stored_time_zone);
  const keepsZone = timeZone.value === organization.stored_time_zone;
  const order = useDraft("pool order", organization.pool_order);
  const noticeTime = useDraft("notice time", organization.notice_time);
  const forget = () => {
    for (const draft of [name, timeZone, order, noticeTime]) draft.forget();
  };
  const discard = () => {
    name.set(organization.name);
    timeZone.set(organization.stored_time_zone);
    order.set(organization.pool_order);
    noticeTime.set(organization.notice_time);
  };
  const unsaved =
    !keepsZone ||
    name.value !== organization.name ||
    order.value !== organization.pool_order ||
    noticeTime.value !== organization.notice_time;
  const submit = useSubmit();
  const send = () =>
    submit.run(async () => {
      await changeOrganization(organization.id, {
        name: name.value.trim(),
        ...(keepsZone ? {} : { time_zone: timeZone.value }),
        pool_order: order.value,
        notice_time: noticeTime.value,
      });
      forget();
      announce("Settings saved");
      organization.reread();
      await reload();
    });
  const problem = submit.besides("name", "time_zone", "notice_time");
  return (
    <>
      <PageHead title="Settings" sentence={`These apply to all of ${organization.name}.`} />
      <section class="settings" aria-labelledby="settings-organization">
        <h2 id="settings-organization">Organization</h2>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          {problem && <ProblemNote problem={problem} />}
          <Field label="Name" value={name.value} onValue={name.set} error={submit.at("name")} />
          <TimeZoneField
            value={timeZone.value}
            onValue={timeZone.set}
            error={
              submit.at("time_zone") ??
              (organization.time_zone_missing && keepsZone
                ? "The server no longer has this time zone. Choose another one."
                : null)
            }
          />
          {!keepsZone && (
            <p class="note">Licenses already assigned keep their end dates.</p>
          )}
          <div class="field">
            <label for="pool-order">Which license is taken from the pool</label>
            <select
              id="pool-order"
              value={order.value}
              onChange={(event) => order.set(event.currentTarget.value)}
            >
              {ORDERS.map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          </div>
          <Field
            label="Notices are sent at"
            type="time"
            hint="In the time zone above."
            value={noticeTime.value}
            onValue={noticeTime.set}
            error={submit.at("notice_time")}
          />
          <div class="actions">
            <SubmitButton pending={submit.pending}>Save</SubmitButton>
            {unsaved && (
              <button type="button" class="quiet" onClick={discard}>
                Discard the changes
              </button>
            )}
          </div>
        </form>
      </section>
      <DeviceToken />
    </>
  );
}
