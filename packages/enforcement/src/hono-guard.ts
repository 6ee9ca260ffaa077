import type { OpenGuardOptions } from "./guard-options.ts";
import { guardWeb } from "./web-guard.ts";

/** What the guard needs of a Hono context. */
export interface HonoContext {
  readonly req: { readonly raw: Request };
}

export type HonoGuardOptions<Context extends HonoContext = HonoContext> = OpenGuardOptions<Context>;

/**
 * Hono middleware: guards what is registered after it and answers OFREP's routes. `describe` is given the context, so that it
 * can read what earlier middleware has set. Hono itself is not imported.
 */
export function honoGuard<Context extends HonoContext>(
  options: HonoGuardOptions<Context>,
): (context: Context, next: () => Promise<void>) => Promise<Response | undefined> {
  return async (context, next) => {
    const response = await guardWeb(options, context, context.req.raw);
    if (response !== null) return response;
    await next();
    return undefined;
  };
}
