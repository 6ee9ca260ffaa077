import { everybodyAgain } from "../test-point.ts";

export { everybodyAgain };
export const upgrade = {
  id: "android",
  measure: "upgrade",
  where: { platform: "android" },
  below: "1.1.0",
  required: "2014-05-27T00:00:00Z",
  stores: { "google-play": { available: "2014-05-27T00:00:00Z", link: "https://play.example/app" } },
};
export const newPassword = { ...everybodyAgain, id: "newpw", measure: "change_password" };
export const trusted = {
  id: "trusted",
  measure: "refuse_client",
  where: { platform: "android" },
  trusted: ["website"],
};
export const offline = { id: "offline", measure: "redownload", where: { platform: "android" }, epoch: 2 };
