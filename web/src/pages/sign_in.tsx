import { SignInForm } from "../components/sign_in_form";
import { Alone, useTitle } from "../layout/shell";
import { Link, navigate, Redirect, usePlace } from "../router";
import { homeOf, useSession } from "../session";

/** Only an address of this server: the query may come from anywhere. */
function safeNext(next: string | null): string | null {
  return next && /^\/(?![/\\])/.test(next) ? next : null;
}

export function SignIn() {
  useTitle("Sign in");
  const { session, ended, set } = useSession();
  const next = safeNext(usePlace().query.get("next"));
  if (session) return <Redirect to={next ?? homeOf(session)} />;
  return (
    <Alone>
      <h1>Sign in</h1>
      <SignInForm
        note={
          ended && (
            <p class="note" role="status">
              Your session has ended. Sign in to continue where you were.
            </p>
          )
        }
        onSession={(answer) => {
          set(answer);
          navigate(next ?? homeOf(answer), true);
        }}
      />
      <p class="alone-foot">
        <Link href="/forgot-password">Forgot your password?</Link>
      </p>
      <p class="alone-foot">
        New here? <Link href="/start">I have an activation code</Link>
      </p>
    </Alone>
  );
}
