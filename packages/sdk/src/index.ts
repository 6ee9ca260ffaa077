export { CordonClient, type CommandOptions, type CordonClientOptions, type QueryOptions } from "./client.ts";
export { ApiError } from "./errors.ts";
export { defaultRetry, type RetryOptions } from "./retry.ts";
