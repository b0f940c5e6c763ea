// Onboarding for a person with nothing but a code. The step follows from the session and the stored state,
// so that a reload continues at the same step.
import { useState } from "preact/hooks";
import { Alone, useTitle } from "../../layout/shell";
import { SignOutButton } from "../../layout/navigation";
import { Link, navigate, Redirect } from "../../router";
import type { Session } from "../../api";
import { homeOf, useSession } from "../../session";
import { AccountStep } from "./account_step";
import { CodeStep } from "./code_step";
import { OrganizationStep } from "./organization_step";
import type { Progress } from "./progress";
import { clearProgress, loadProgress, saveProgress } from "./progress";
import { RedeemStep } from "./redeem_step";
import { SensorsStep } from "./sensors_step";

type Step = "code" | "account" | "organization" | "redeem" | "sensors" | "done";

function stepOf(session: Session | null, progress: Progress): Step {
  if (
    session &&
    progress.organization &&
    session.organizations.some(({ id }) => id === progress.organization)
  )
    return "sensors";
  if (session && session.organizations.length > 0) return progress.code ? "redeem" : "done";
  if (!progress.code) return "code";
  return session ? "organization" : "account";
}

const STEPS: { words: string; steps: Step[] }[] = [
  { words: "Code", steps: ["code"] },
  { words: "Account", steps: ["account"] },
  { words: "Organization", steps: ["organization", "redeem"] },
  { words: "Sensors", steps: ["sensors"] },
];

function Steps({ step }: { step: Step }) {
  const now = STEPS.findIndex(({ steps }) => steps.includes(step));
  return (
    <ol class="steps" aria-label="Steps">
      {STEPS.map(({ words }, index) => (
        <li
          key={words}
          class={index < now ? "step-done" : undefined}
          aria-current={index === now ? "step" : undefined}
        >
          {words}
          {index < now && <span class="visually-hidden">, done</span>}
        </li>
      ))}
    </ol>
  );
}

export function Start() {
  useTitle("Start");
  const { session, set, reload } = useSession();
  const [progress, setProgress] = useState(loadProgress);
  const keep = (next: Progress) => {
    saveProgress(next);
    setProgress(next);
  };
  const step = stepOf(session, progress);
  const leaveTo = (address: string) => {
    clearProgress();
    navigate(address);
  };
  if (step === "done") return <Redirect to={homeOf(session!)} />;
  const redeemed = async (organization: string, quantity: number, term: string) => {
    keep({ organization, quantity, term });
    await reload();
  };
  return (
    <Alone aside={session && <SignOutButton />}>
      <Steps step={step} />
      {step === "code" && <CodeStep onCode={(code) => keep({ code })} />}
      {step === "account" && (
        <AccountStep code={progress.code!} onSession={set} onOtherCode={() => keep({})} />
      )}
      {step === "organization" && (
        <OrganizationStep code={progress.code!} onCreated={reload} onRedeemed={redeemed} />
      )}
      {step === "redeem" && (
        <RedeemStep
          code={progress.code!}
          organizations={session!.organizations}
          onRedeemed={redeemed}
          onSkip={() => leaveTo(homeOf(session!))}
        />
      )}
      {step === "sensors" && (
        <SensorsStep
          organization={progress.organization!}
          quantity={progress.quantity!}
          term={progress.term!}
          onDone={() => leaveTo(`/o/${progress.organization}/licenses`)}
        />
      )}
      {!session && (
        <p class="alone-foot">
          Have an account? <Link href="/sign-in">Sign in</Link>
        </p>
      )}
    </Alone>
  );
}
