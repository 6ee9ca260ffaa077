import type { FastifyReply, FastifyRequest } from "fastify";

import type { KeyOwner } from "../accounts/api-keys.ts";
import type { Listening } from "../endpoints/register-player-api.ts";
import type { OpenLibrary } from "../library/open-library.ts";
import type { Node } from "./answer.ts";
import type { Parameters } from "./parameters.ts";

/** One call of an endpoint by somebody whom the gate lets in. */
export interface Call {
  readonly owner: KeyOwner;
  readonly parameters: Parameters;
  readonly library: OpenLibrary;
  readonly listening: Listening;
  readonly nowMs: () => number;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What it answers; null: it has answered by itself, with a file. */
export type Endpoint = (call: Call) => Node | null | Promise<Node | null>;
