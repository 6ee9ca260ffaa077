/** A key of the fideslang taxonomy: `user.contact.email`. A key covers itself and its children. */
export type DataClass = string;

export function isDataClass(text: string): boolean {
  return /^[a-z0-9_]+(\.[a-z0-9_]+)*$/.test(text);
}

/** True when `parent` is `child` or an ancestor of it. */
export function covers(parent: DataClass, child: DataClass): boolean {
  return child === parent || child.startsWith(`${parent}.`);
}

/** True when either class covers the other: a read of one then touches the other. */
export function touches(read: DataClass, other: DataClass): boolean {
  return covers(read, other) || covers(other, read);
}
