import { useCallback, useEffect, useState } from "preact/hooks";

import { ApiError, get } from "./api.ts";

export type Loaded<Answer> =
  | { readonly kind: "loading" }
  | { readonly kind: "here"; readonly answer: Answer }
  | { readonly kind: "failed"; readonly status: number; readonly why: string };

/** The last answers, so that going back shows a page at once; each is asked for anew all the same. */
const answers = new Map<string, unknown>();
const answersMax = 60;

function keep(path: string, answer: unknown): void {
  answers.delete(path);
  answers.set(path, answer);
  for (const oldest of answers.keys()) {
    if (answers.size <= answersMax) break;
    answers.delete(oldest);
  }
}

/** After signing out, or when what was shown has changed. */
export function forgetAnswers(): void {
  answers.clear();
}

/** An answer of the service for a page, and what asks for it again; `offline` stands in when nobody answers. */
export function useLoad<Answer>(
  path: string,
  offline?: () => Promise<Answer | null>,
): readonly [Loaded<Answer>, () => void] {
  const [loaded, setLoaded] = useState<{ readonly path: string; readonly now: Loaded<Answer> }>({
    path: "",
    now: { kind: "loading" },
  });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let left = false;
    const load = async () => {
      try {
        const answer = await get<Answer>(path);
        keep(path, answer);
        if (!left) setLoaded({ path, now: { kind: "here", answer } });
      } catch (error) {
        const instead = (await offline?.().catch(() => null)) ?? null;
        const { status, message } = error instanceof ApiError ? error : { status: 0, message: String(error) };
        const now: Loaded<Answer> =
          instead === null ? { kind: "failed", status, why: message } : { kind: "here", answer: instead };
        if (!left)
          setLoaded((before) =>
            before.path === path && before.now.kind === "here" ? before : { path, now },
          );
      }
    };
    void load();
    return () => {
      left = true;
    };
  }, [path, turn]);
  const again = useCallback(() => setTurn((last) => last + 1), []);
  if (loaded.path === path) return [loaded.now, again];
  const known = answers.get(path) as Answer | undefined;
  return [known === undefined ? { kind: "loading" } : { kind: "here", answer: known }, again];
}
