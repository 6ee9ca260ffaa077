import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { OvertureError } from "../src/index.ts";
import { readOptions } from "../src/options.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "overture-options-"));
  writeFileSync(join(folder, "public.pem"), "a key");
});
afterEach(() => rmSync(folder, { recursive: true }));

const environment = { OVERTURE_HOME: "/home", CORDON_URL: "http://127.0.0.1:7400", CORDON_TOKEN: "secret" };

test("options come from the command line, places and the token also from the environment", () => {
  const args = ["--cordon-key", join(folder, "public.pem"), "--instance", "two", "--access-token", "90s"];
  expect(readOptions(args, environment)).toMatchObject({
    homeFolder: "/home",
    controlPlaneUrl: "http://127.0.0.1:7400",
    controlPlaneToken: "secret",
    bundleKeys: ["a key"],
    instance: "two",
    port: 0,
    accessTokenMs: 90_000,
    beforeFirstBundle: "allow",
    withoutPlatform: "refuse",
  });
});

test.each([
  ["an unknown option", ["--colour", "blue"], "--colour"],
  ["a port that is none", ["--port", "70000"], "--port"],
  ["a missing key file", ["--cordon-key", "/nowhere.pem"], "/nowhere.pem"],
  ["a choice that is none", ["--before-first-bundle", "maybe"], "--before-first-bundle"],
  ["a name that is a path", ["--instance", "../other"], "--instance"],
  ["a duration without unit", ["--poll", "30"], "--poll"],
  ["a control plane that is no URL", ["--cordon", "here"], "--cordon"],
])("%s is told with its name", (_name, args, named) => {
  const read = () => readOptions(args, environment);
  expect(read).toThrow(OvertureError);
  expect(read).toThrow(named);
});

test("without a home, a control plane or its token there is nothing to start", () => {
  for (const missing of Object.keys(environment)) {
    expect(() => readOptions([], { ...environment, [missing]: undefined })).toThrow(OvertureError);
  }
});
