// The device token: shown, renewed, required or not.
import { useState } from "preact/hooks";
import { announce } from "../../announce";
import { changeOrganization, renewDeviceToken } from "../../api";
import { CopyButton } from "../../components/copy";
import { Dialog } from "../../components/dialog";
import { ProblemNote } from "../../components/notes";
import { SubmitButton } from "../../components/submit_button";
import { Switch } from "../../components/switch";
import { useOrganization } from "../../layout/organization_page";
import { useSubmit } from "../../use_submit";

export function DeviceToken() {
  const organization = useOrganization();
  const [shown, setShown] = useState(false);
  const [renewing, setRenewing] = useState(false);
  const require = async (device_token_required: boolean) => {
    await changeOrganization(organization.id, { device_token_required });
    organization.reread();
  };
  return (
    <section class="settings" aria-labelledby="settings-token">
      <h2 id="settings-token">Device token</h2>
      <p>
        Sensors include it in their messages (as the cloud token), so that others cannot
        send in their name. Set it in all of them before you require it.
      </p>
      <Switch
        label="Device token required"
        shown="Required"
        on={organization.device_token_required}
        onChange={require}
      />
      {shown && <p class="link-whole">{organization.device_token}</p>}
      <div class="actions">
        {shown && <CopyButton text={organization.device_token ?? ""} label="Copy the token" />}
        <button type="button" class="secondary" onClick={() => setShown(!shown)}>
          {shown ? "Hide" : "Show"} the token
        </button>
        <button type="button" class="secondary" onClick={() => setRenewing(true)}>
          Renew the token
        </button>
      </div>
      {renewing && (
        <RenewDialog
          onClose={() => setRenewing(false)}
          onRenewed={() => {
            setRenewing(false);
            setShown(true);
          }}
        />
      )}
    </section>
  );
}

function RenewDialog({ onClose, onRenewed }: { onClose: () => void; onRenewed: () => void }) {
  const organization = useOrganization();
  const submit = useSubmit();
  const send = () =>
    submit.run(async () => {
      await renewDeviceToken(organization.id);
      announce("Device token renewed");
      organization.reread();
      onRenewed();
    });
  return (
    <Dialog title="Renew the device token" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {submit.problem && <ProblemNote problem={submit.problem} />}
        <p>The old token stops working immediately. Every sensor that uses it needs the new one.</p>
        <div class="dialog-foot">
          <button type="button" class="secondary" onClick={onClose}>
            Cancel
          </button>
          <SubmitButton pending={submit.pending}>Renew</SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}
