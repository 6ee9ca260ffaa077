import path from "node:path";
import type { ServerOptions } from "@cordon/server";
import { ConfigFields } from "./gate/config-fields.ts";
import { readInputText } from "./input-file.ts";
import { operatorRole } from "./operator-options.ts";
import { readYamlDocument } from "./yaml-document.ts";

type IssuerSettings = NonNullable<ServerOptions["issuer"]>;

const secretBytesMax = 4096;
const loopbackNames = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Where operators sign in, and what their groups may do: `issuer`, `clientId`, `clientSecretFile`, `groupsClaim` (default
 * `groups`) and `roles`, group by group. Throws a CliError with file and line.
 */
export async function readSignIn(file: string): Promise<IssuerSettings> {
  const document = await readYamlDocument(file);
  const { secretFile, ...settings } = document.check((value) => {
    const config = new ConfigFields(value, [], (at) => document.sourceAt(at));
    const issuer = config.text("issuer");
    if (!isIssuer(issuer))
      throw config.fault("issuer", `\`${issuer}\``, "an https URL (http on this machine alone)");
    const parsed = {
      issuer,
      clientId: config.text("clientId"),
      secretFile: config.text("clientSecretFile"),
      groupsClaim: config.optionalText("groupsClaim") ?? "groups",
      roles: rolesOf(config.mapping("roles")),
    };
    config.finish();
    return parsed;
  });
  const at = path.resolve(path.dirname(file), secretFile);
  const text = await readInputText(at, secretBytesMax, "the client's secret");
  return { ...settings, clientSecret: text.trim() };
}

function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" || (url?.protocol === "http:" && loopbackNames.has(url.hostname));
}

function rolesOf(groups: ConfigFields): IssuerSettings["roles"] {
  const roles = groups.keys().map((group) => {
    const list = groups.texts(group).map((text) => {
      const role = operatorRole(text);
      if (role !== null) return role;
      const expected = "some of viewer, investigator, responder, approver, administrator";
      throw groups.fault(group, `\`${text}\` is no role`, expected);
    });
    return [group, list] as const;
  });
  groups.finish();
  return new Map(roles);
}
