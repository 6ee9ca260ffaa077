import type { Directive } from "@cordon/gate";

/** Whether a directive keeps its client from passing (contracts 4: all required ones but `redownload`). */
export function denies(directive: Directive): boolean {
  return directive.required && directive.measure !== "redownload";
}
