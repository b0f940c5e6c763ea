// Taking a device off the list.
import { announce } from "../../announce";
import { removeDevice } from "../../api";
import { ConfirmDialog } from "../../components/confirm_dialog";

interface Props {
  serial: string;
  onClose: () => void;
  onRemoved: () => void;
}

export function DeviceRemoveDialog({ serial, onClose, onRemoved }: Props) {
  const run = async () => {
    await removeDevice(serial);
    announce(`${serial} is no longer listed`);
    onRemoved();
  };
  return (
    <ConfirmDialog title="Remove the device" deed="Remove" run={run} onClose={onClose}>
      <p>
        <strong>{serial}</strong> leaves the list, with its claim code and its organization. A sensor
        with this serial stays where it is.
      </p>
    </ConfirmDialog>
  );
}
