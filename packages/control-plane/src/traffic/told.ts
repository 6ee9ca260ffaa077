import type { Decision, Directive } from "@cordon/gate";
import { InputError } from "@cordon/model";

/** Distinct sets of directives; more than a policy for people has. */
const toldMax = 4_096;

/** One set of directives that clients are given, links left out. */
export interface Told {
  readonly allow: boolean;
  readonly directives: readonly ToldDirective[];
}

export interface ToldDirective {
  readonly measure: Directive["measure"];
  readonly rule: string;
  readonly required: boolean;
  /** Only there when the version is not in the installation's store. */
  readonly available?: false;
}

/** Sets of directives as small numbers; 0 is the empty one. */
export class ToldTable {
  readonly #indexes = new Map<string, number>([["", 0]]);
  readonly #all: Told[] = [{ allow: true, directives: [] }];

  /** Throws an InputError when there are too many. */
  indexOf({ allow, directives }: Decision): number {
    if (directives.length === 0) return 0;
    let key = "";
    for (const directive of directives) {
      const available = !("available" in directive);
      key += `${directive.measure}\0${directive.rule}\0${directive.required}\0${available}\0`;
    }
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    if (this.#all.length >= toldMax) {
      throw new InputError([], `over ${toldMax} distinct answers`, "a policy of fewer rules");
    }
    this.#all.push({ allow, directives: directives.map(withoutLink) });
    this.#indexes.set(key, this.#all.length - 1);
    return this.#all.length - 1;
  }

  at(index: number): Told {
    const told = this.#all[index];
    if (told === undefined) throw new RangeError(`no answer ${index}`);
    return told;
  }
}

function withoutLink(directive: Directive): ToldDirective {
  const { measure, rule, required } = directive;
  return { measure, rule, required, ...("available" in directive ? { available: false as const } : {}) };
}

/** Whether a directive by itself denies (contracts 4). */
export function denies({ measure, required }: ToldDirective): boolean {
  return required && measure !== "redownload";
}
