import { InviteOperator, OperatorRoles, type Invitation } from "@cordon/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Check } from "typebox/value";
import { changeRoles } from "../../operators/change-roles.ts";
import { OperatorError } from "../../operators/errors.ts";
import { inviteOperator } from "../../operators/invite-operator.ts";
import { operatorView } from "../../operators/operator-view.ts";
import { revokeOperator } from "../../operators/revoke-operator.ts";
import type { Session } from "../../operators/sessions.ts";
import { messagePage } from "../message-page.ts";
import { operatorsPage } from "../operators-page.ts";
import type { PageContext } from "../register-pages.ts";
import { field, fieldList, readerOf, senderOf, visitorOf } from "../visitor.ts";

/** The list of operators, and what an administrator does there. */
export function registerOperators(pages: FastifyInstance, { door }: PageContext): void {
  const show = async (reply: FastifyReply, session: Session, invitation: Invitation | null) => {
    const nowMs = door.clock();
    const operators = (await door.register.current()).operators().map((one) => operatorView(one, nowMs));
    const own = session.operator.name;
    const text = operatorsPage({ reader: readerOf(session, door), own, operators, invitation });
    return reply.type("text/html; charset=utf-8").send(text);
  };
  const isAdministrator = async (session: Session, reply: FastifyReply): Promise<boolean> => {
    if (session.operator.roles.includes("administrator")) return true;
    await reply
      .code(403)
      .type("text/html; charset=utf-8")
      .send(
        messagePage({
          title: "Not yours",
          text: "Only an administrator keeps the operators.",
          next: { href: "/", label: "Back to the status" },
          reader: readerOf(session, door),
        }),
      );
    return false;
  };
  const administrator = async (request: FastifyRequest, reply: FastifyReply): Promise<Session | null> => {
    const session = await senderOf(request, reply, door);
    return session !== null && (await isAdministrator(session, reply)) ? session : null;
  };

  pages.get("/operators", async (request, reply) => {
    const session = await visitorOf(request, door);
    if (session === null) return reply.redirect("/sign-in", 303);
    return (await isAdministrator(session, reply)) ? show(reply, session, null) : reply;
  });

  pages.post("/operators/invite", async (request, reply) => {
    const session = await administrator(request, reply);
    if (session === null) return reply;
    const displayName = field(request, "display_name");
    const asked: unknown = {
      name: field(request, "name"),
      roles: fieldList(request, "roles"),
      ...(displayName === "" ? {} : { displayName }),
    };
    if (!Check(InviteOperator, asked)) {
      const text = "a name is 1 to 64 of a-z 0-9 . _ @ - and begins with a letter or digit";
      throw new OperatorError("ERR_OPERATOR_NAME", text);
    }
    return show(reply, session, await inviteOperator(door, session.operator.name, asked));
  });

  pages.post("/operators/invite-again", async (request, reply) => {
    const session = await administrator(request, reply);
    if (session === null) return reply;
    const name = field(request, "operator");
    if ((await door.register.current()).operator(name) === null)
      throw new OperatorError("ERR_OPERATOR_UNKNOWN", `there is no operator \`${name}\``);
    return show(reply, session, await inviteOperator(door, session.operator.name, { name }));
  });

  pages.post("/operators/roles", async (request, reply) => {
    const session = await administrator(request, reply);
    if (session === null) return reply;
    const roles: unknown = fieldList(request, "roles");
    if (!Check(OperatorRoles, roles)) throw new OperatorError("ERR_OPERATOR_ROLES", "these are no roles");
    await changeRoles(door, session.operator.name, field(request, "operator"), roles);
    return reply.redirect("/operators", 303);
  });

  pages.post("/operators/revoke", async (request, reply) => {
    const session = await administrator(request, reply);
    if (session === null) return reply;
    await revokeOperator(door, session.operator.name, field(request, "operator"));
    return reply.redirect("/operators", 303);
  });
}
