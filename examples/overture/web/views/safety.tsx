import type { AffectedAnswer, HelpAnswer } from "../../src/api/help-api.ts";
import { Title, Whole } from "../parts/page-state.tsx";
import { useLoad } from "../state/load.ts";
import { dateWords } from "../state/words.ts";

const verdicts: Readonly<
  Record<AffectedAnswer["concerned"], { readonly title: string; readonly text: string }>
> = {
  asked: {
    title: "Something is asked of you",
    text: "Please do what Overture asks on top of this page. Then your account is as it should be.",
  },
  "would-be-asked": {
    title: "You were asked, and it is done",
    text: "Your account was among those that had something to do. You have done it; nothing is left.",
  },
  "not-asked": {
    title: "Nothing is asked of you",
    text: "No measure concerns your account. You need do nothing.",
  },
  unknown: {
    title: "We can't say right now",
    text: "Overture has no answer at the moment. Look again in a while.",
  },
};

/** "Was I affected?", and where help is. */
export function SafetyView() {
  const [affected, again] = useLoad<AffectedAnswer>("/api/affected");
  const [help] = useLoad<HelpAnswer>("/api/help");
  return (
    <>
      <Title>Was I affected?</Title>
      <Whole of={affected} again={again}>
        {(answer) => {
          const verdict = verdicts[answer.concerned];
          return (
            <>
              <section class={`verdict is-${answer.concerned}`}>
                <h2>{verdict.title}</h2>
                <p>{verdict.text}</p>
                {answer.advisoryUrl !== null && (
                  <p>
                    <a href={answer.advisoryUrl}>What happened, for everybody to read</a>
                  </p>
                )}
              </section>
              {answer.notices.length > 0 && (
                <section>
                  <h2>What we wrote to you</h2>
                  {answer.notices.map(({ at, subject, text }) => (
                    <article key={at + subject} class="letter">
                      <p class="kicker">{dateWords(at)}</p>
                      <h3>{subject}</h3>
                      <p class="letter-text">{text}</p>
                    </article>
                  ))}
                </section>
              )}
            </>
          );
        }}
      </Whole>
      <section>
        <h2>Help</h2>
        {help.kind === "here" && (
          <ul>
            <li>
              <a href={help.answer.forgottenUrl}>I forgot my password</a>
            </li>
            <li>
              <a href={help.answer.recoveryUrl}>My mail address is dead, or I can't get in at all</a>
            </li>
            {help.answer.builds.map(({ platform, store, storeName, link }) => (
              <li key={`${platform}/${store}`}>
                <a href={link}>
                  The real Overture for {platform}, from {storeName}
                </a>
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}
