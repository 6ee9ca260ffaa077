export interface DemoMusicConfig {
  readonly folder: string;
}

/** An album is there, complete; the last message says that all are. */
export type DemoMusicMessage = { readonly kind: "album"; readonly made: number } | { readonly kind: "done" };
