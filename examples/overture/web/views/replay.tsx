import { useState } from "preact/hooks";

import type { ReplayAnswer } from "../../src/api/replay-api.ts";
import { cordon } from "../cordon/ask.ts";
import { claimReplacedBuild } from "../cordon/build.ts";
import { Icon } from "../parts/icon.tsx";
import { Title, Whole } from "../parts/page-state.tsx";
import { post } from "../state/api.ts";
import { useLoad } from "../state/load.ts";
import { tell } from "../state/told.ts";

const steps = [
  {
    step: "reauthenticate",
    title: "Somebody got in",
    text: "Sessions from before this moment are closed, yours among them. You will be asked to sign in, and come back to this very song and second.",
  },
  {
    step: "upgrade",
    title: "The app had a hole",
    text: "Players older than the fixed one are no longer let in. You will see this store's button and what happens to your things.",
  },
  {
    step: "redownload",
    title: "Offline copies are issued anew",
    text: "The epoch rises: copies on this device are wiped at once and fetched again, each in its turn.",
  },
  { step: "clear", title: "All clear", text: "The measures are lifted. What you did stays done." },
] as const;

/** The incident once more, for one's own account: something plays, then the response comes. */
export function ReplayView() {
  const [replay, again] = useLoad<ReplayAnswer>("/api/replay");
  const [busy, setBusy] = useState(false);
  const press = async (step: string) => {
    setBusy(true);
    try {
      await post<ReplayAnswer>("/api/replay", { step });
      if (step === "upgrade") {
        claimReplacedBuild();
        location.reload();
        return;
      }
      await cordon.ask();
    } catch (error) {
      tell(error instanceof Error ? error.message : "That did not work");
    }
    setBusy(false);
    again();
  };
  return (
    <>
      <Title kicker="May 2014, once more">Replay the incident</Title>
      <p class="lead">
        Put a record on, take a playlist offline, and then let it happen. Each act goes to the control plane,
        is approved and signed there, and reaches this player like any other listener's.
      </p>
      <Whole of={replay} again={again}>
        {(answer) => (
          <>
            {!answer.available && (
              <p class="notice">
                There is no control plane here that plays along. Start everything with npm start.
              </p>
            )}
            <ol class="plain acts">
              {steps.map(({ step, title, text }, index) => (
                <li key={step} class={answer.inForce.includes(step) ? "act is-on" : "act"}>
                  <span class="act-number" aria-hidden="true">
                    {["I", "II", "III", "IV"][index]}
                  </span>
                  <div>
                    <h2>{title}</h2>
                    <p>{text}</p>
                    {answer.inForce.includes(step) && (
                      <p class="tag">
                        <Icon name="shield" /> in force
                      </p>
                    )}
                  </div>
                  <button
                    type="button"
                    class="button"
                    disabled={busy || !answer.available}
                    onClick={() => void press(step)}
                  >
                    {step === "clear" ? "Give the all clear" : "Let it happen"}
                  </button>
                </li>
              ))}
            </ol>
          </>
        )}
      </Whole>
    </>
  );
}
