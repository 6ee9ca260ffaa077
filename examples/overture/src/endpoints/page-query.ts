/** Which part of a list is asked for. */
export interface PageQuery {
  readonly offset: number;
  readonly limit: number;
}

export const pageProperties = {
  offset: { type: "integer", minimum: 0, maximum: 10_000_000, default: 0 },
  limit: { type: "integer", minimum: 1, maximum: 500, default: 50 },
} as const;

export const idSchema = { type: "string", minLength: 1, maxLength: 64 } as const;
