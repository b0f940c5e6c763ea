// Over a page whose session has ended: the page stays, with all that was typed.
import type { Session } from "../api";
import { Dialog } from "./dialog";
import { SignInForm } from "./sign_in_form";

interface Props {
  email: string;
  onSession: (session: Session) => void;
  onClose: () => void;
  onLeave: () => void;
}

export function SignInAgain({ email, onSession, onClose, onLeave }: Props) {
  return (
    <Dialog title="Sign in again" onClose={onClose}>
      <SignInForm
        email={email}
        onSession={onSession}
        note={
          <p>
            Your session has ended. Sign in to go on where you are: what you typed is still here.
          </p>
        }
      />
      <p class="alone-foot">
        <button type="button" class="link" onClick={onLeave}>
          Leave this page
        </button>
      </p>
    </Dialog>
  );
}
