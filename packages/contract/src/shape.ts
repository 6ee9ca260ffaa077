import { Type, type TSchema } from "typebox";

/** Bodies take no keys but those that are named. */
export const strict = { additionalProperties: false };

export const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
