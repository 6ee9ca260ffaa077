export type { CommandOptions, PageOptions, QueryOptions } from "./calls.ts";
export { CordonClient, type CordonClientOptions } from "./client.ts";
export { ApiError } from "./errors.ts";
export { defaultRetry, type RetryOptions } from "./retry.ts";
