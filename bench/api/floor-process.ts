/** The floor: Fastify with one insert into PostgreSQL for each command, and one select by key for each read. */
import fastify from "fastify";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"] ?? "", max: 16 });
await pool.query(
  "create table if not exists floor (id bigint generated always as identity primary key, text text)",
);
await pool.query("insert into floor (text) values ('x')");
const app = fastify();
app.get("/read", async () => {
  const { rows } = await pool.query("select id, text from floor where id = 1");
  return rows[0] as object;
});
app.post("/command", async (request, reply) => {
  await pool.query("insert into floor (text) values ($1)", [JSON.stringify(request.body)]);
  return reply.code(201).send({ done: true });
});
const url = await app.listen({ host: "127.0.0.1", port: 0 });
process.send?.(Number(new URL(url).port));
process.once("disconnect", () => process.exit(0));
