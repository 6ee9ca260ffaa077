/** Who is asked, each in a process of its own; a floor does other work. */
export const structures: readonly { readonly name: string; readonly isFloor: boolean }[] = [
  { name: "cordon by account (text, hash included)", isFloor: false },
  { name: "cordon by ordinal", isFloor: false },
  { name: "Token Status List (index, inflated)", isFloor: false },
  { name: "JS Set of ids", isFloor: false },
  { name: "sorted array of ordinals, binary search", isFloor: false },
  { name: "floor: the id's hash alone", isFloor: true },
  { name: "floor: one character of the id", isFloor: true },
];
