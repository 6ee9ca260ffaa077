/** Codes of OpenSubsonic's `error` (opensubsonic.netlify.app/docs/responses/error) that Overture answers with. */
type SubsonicCode = 0 | 10 | 20 | 30 | 40 | 41 | 42 | 43 | 44 | 50 | 70;

const messages: Readonly<Record<SubsonicCode, string>> = {
  0: "Something went wrong.",
  10: "Required parameter is missing.",
  20: "Incompatible client version. Client must upgrade.",
  30: "Incompatible protocol version. Server must upgrade.",
  40: "Wrong username or password.",
  41: "Token authentication not supported: use an API key.",
  42: "Provided authentication mechanism not supported.",
  43: "Multiple conflicting authentication mechanisms provided.",
  44: "Invalid API key.",
  50: "User is not authorized for the given operation.",
  70: "The requested data was not found.",
};

/** Answered as `status: failed` with HTTP 200: clients look nowhere else. */
export class SubsonicError extends Error {
  readonly code: SubsonicCode;
  readonly helpUrl: string | null;

  constructor(code: SubsonicCode, more: { readonly message?: string; readonly helpUrl?: string } = {}) {
    super(more.message ?? messages[code]);
    this.name = "SubsonicError";
    this.code = code;
    this.helpUrl = more.helpUrl ?? null;
  }
}
