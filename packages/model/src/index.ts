export { CordonError, InputError, type InputPath } from "./errors.ts";
export { canonicalJson, isJsonObject, type Json, type JsonObject } from "./json.ts";
export { compareCodePoints } from "./text.ts";
export { formatInstant, parseDuration, parseInstant, parseLogTimeUs } from "./instant.ts";
export { covers, isDataClass, touches, type DataClass } from "./data-class.ts";
export { appStores, platforms, type AppStore, type Platform } from "./client.ts";
export { documentText, type SourceText } from "./document-text.ts";
