export type { Answer, Directive } from "./answer.ts";
export {
  CordonClient,
  type AnswerListener,
  type ClientContext,
  type CordonClientOptions,
  type OfflineEpochListener,
  type Visibility,
} from "./cordon-client.ts";
export type { ClientStorage } from "./kept.ts";
