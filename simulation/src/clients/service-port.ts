/** What one client must do, as the enforcement point said it (contracts 4). */
export interface Directive {
  readonly measure: string;
  readonly rule: string;
  readonly required: boolean;
  readonly link?: string;
  readonly available?: boolean;
}

/** What an app holds of its session. */
export interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Who opens the app, and with which build. */
export interface Caller {
  readonly index: number;
  readonly session: Session;
  readonly upgraded: boolean;
  /** Which of the service's instances this opening meets: any number. */
  readonly route: number;
}

export type TokenReply =
  { readonly admitted: true; readonly session: Session } | { readonly admitted: false };

/**
 * The protected service as an app sees it. Concurrency: any number of calls. Retries: the port itself tries again when
 * the connection fails, and throws when the service stays away; a refusal is an answer and never an error.
 */
export interface ServicePort {
  /** Asks what this client must do (OFREP). */
  directives(caller: Caller): Promise<readonly Directive[]>;
  /** Asks for music; false when it is denied. */
  play(caller: Caller): Promise<boolean>;
  /** Takes the offline playlists anew; false when it is denied. */
  download(caller: Caller): Promise<boolean>;
  /** Asks for a new token for the old session. */
  refresh(caller: Caller): Promise<TokenReply>;
  /** Signs in with user name and password. */
  signIn(caller: Caller): Promise<TokenReply>;
}
