import { Type, type Static } from "typebox";

/** What people will be shown of a notice in one language, by audience and channel. */
export const NoticePreviews = Type.Object(
  {
    locale: Type.String(),
    name: Type.String({ description: "what the language calls itself" }),
    locales: Type.Array(Type.String(), { description: "all languages that messages are written in" }),
    previews: Type.Array(
      Type.Object({
        audience: Type.String(),
        channel: Type.String(),
        locale: Type.String(),
        text: Type.String(),
        html: Type.Union([Type.String(), Type.Null()]),
      }),
    ),
  },
  { title: "NoticePreviews" },
);
export type NoticePreviews = Static<typeof NoticePreviews>;
