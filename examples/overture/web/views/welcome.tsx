import { Mark } from "../parts/icon.tsx";
import { goToSignIn } from "../state/session.ts";

/** Before anybody has signed in. */
export function Welcome({ failed }: { readonly failed: boolean }) {
  return (
    <main class="welcome">
      <Mark />
      <h1 tabIndex={-1}>Overture</h1>
      <p class="welcome-line">Your records, wherever you are.</p>
      {failed && (
        <p class="notice is-trouble" role="alert">
          The sign-in did not come to its end. Please try again.
        </p>
      )}
      <p class="actions is-middle">
        <button type="button" class="button is-large" onClick={goToSignIn}>
          Sign in
        </button>
      </p>
      <p class="fine">
        <a href="/forgotten">I forgot my password</a> · <a href="/recovery">I can't get in at all</a>
      </p>
    </main>
  );
}
