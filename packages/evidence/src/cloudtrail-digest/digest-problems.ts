import { compareCodePoints } from "@cordon/model";

import { digestLimits } from "./digest-limits.ts";

/** Why something is not proven. `text` names S3 objects and never a file of the source, `files` the files that it speaks of. */
export interface DigestProblem {
  readonly text: string;
  readonly files: readonly string[];
}

export class DigestProblems {
  readonly #files = new Map<string, Set<string>>();

  add(text: string, file?: string): void {
    const files = this.#files.get(text) ?? new Set<string>();
    this.#files.set(text, files);
    if (file !== undefined) files.add(file);
  }

  /** In an order that doesn't depend on the order of the files. */
  list(): DigestProblem[] {
    const problems = [...this.#files]
      .map(([text, files]) => ({
        text,
        files: [...files].sort(compareCodePoints).slice(0, digestLimits.problemFiles),
      }))
      .sort((a, b) => compareCodePoints(a.text, b.text));
    if (problems.length <= digestLimits.problems) return problems;
    const shown = problems.slice(0, digestLimits.problems);
    return [...shown, { text: `${problems.length - shown.length} more problems of the digests`, files: [] }];
  }
}
