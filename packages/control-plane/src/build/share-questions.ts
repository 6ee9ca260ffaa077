import {
  AccountHasher,
  constructLevel1,
  constructLevel2,
  encodeFingerprints,
  type AccountHashes,
  type AccountSection,
  type FuseLevel,
} from "@cordon/bundle";
import {
  DirectoryShare,
  type BytesHasher,
  type FoundMembers,
  type HashesOfBlock,
  type MemberBits,
} from "./directory-share.ts";
import type { IdBlock } from "./id-block.ts";
import type { ListedIds } from "./listed-ids.ts";

/** What a holder of a share can be asked, by name; each question is plain data, so that a thread can be asked too. */
export interface Questions {
  begin: { readonly given: { readonly salt: number; readonly listed: ListedIds }; readonly answer: null };
  add: { readonly given: IdBlock; readonly answer: FoundMembers };
  select: {
    readonly given: { readonly members: MemberBits; readonly areMembers: boolean };
    readonly answer: readonly HashesOfBlock[];
  };
  passing: {
    readonly given: {
      readonly members: MemberBits;
      readonly areMembers: boolean;
      readonly level1: FuseLevel;
    };
    readonly answer: readonly HashesOfBlock[];
  };
  isExact: {
    readonly given: {
      readonly members: MemberBits;
      readonly section: AccountSection;
      readonly count: number;
    };
    readonly answer: boolean;
  };
  /** `isPossible` is false when two of the listed have the same hash. */
  level1: {
    readonly given: { readonly listed: AccountHashes; readonly others: number };
    readonly answer: { readonly level: FuseLevel | null; readonly isPossible: boolean };
  };
  level2: {
    readonly given: { readonly listed: AccountHashes; readonly passing: AccountHashes };
    readonly answer: FuseLevel | null;
  };
  fingerprints: { readonly given: AccountHashes; readonly answer: Uint8Array | null };
}

export type QuestionName = keyof Questions;

export type Answer<Name extends QuestionName> = Questions[Name]["answer"];

/** A question as it is put. */
export type Question = {
  [Name in QuestionName]: { readonly name: Name; readonly given: Questions[Name]["given"] };
}[QuestionName];

/** One share and its answers. */
export class ShareAnswers {
  readonly #hasherOf: (salt: number) => BytesHasher;
  #share: DirectoryShare | null = null;

  constructor(hasherOf: (salt: number) => BytesHasher = (salt) => new AccountHasher(salt)) {
    this.#hasherOf = hasherOf;
  }

  answer(question: Question): Answer<QuestionName> {
    switch (question.name) {
      case "begin":
        this.#share = new DirectoryShare(this.#hasherOf(question.given.salt), question.given.listed);
        return null;
      case "add":
        return this.#begun().add(question.given);
      case "select":
        return this.#begun().select(question.given.members, question.given.areMembers);
      case "passing": {
        const { members, areMembers, level1 } = question.given;
        return this.#begun().passing(members, areMembers, level1);
      }
      case "isExact": {
        const { members, section, count } = question.given;
        return this.#begun().isExact(members, section, count);
      }
      case "level1": {
        const level = constructLevel1(question.given.listed, question.given.others);
        return { level: level ?? null, isPossible: level !== undefined };
      }
      case "level2":
        return constructLevel2(question.given.listed, question.given.passing);
      case "fingerprints":
        return encodeFingerprints(question.given);
    }
  }

  #begun(): DirectoryShare {
    if (this.#share === null) throw new Error("a share was asked before it began");
    return this.#share;
  }
}
