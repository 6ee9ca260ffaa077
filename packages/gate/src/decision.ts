/** What one client must do now. As JSON it is exactly what contracts 4 says. */
export type Directive =
  | {
      readonly measure: "refuse_client" | "reauthenticate" | "change_password" | "redownload";
      /** The id of the rule that decided. */
      readonly rule: string;
      readonly required: true;
    }
  | {
      readonly measure: "upgrade";
      readonly rule: string;
      /** False for a recommendation. */
      readonly required: boolean;
      readonly link?: string;
      /** Only there when the version is not in the installation's store. */
      readonly available?: false;
    };

/** It may be frozen, and one object may be the answer to many requests. */
export interface Decision {
  readonly allow: boolean;
  /** At most one a measure, in the order of `measures`. */
  readonly directives: readonly Directive[];
}
