import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

type TestResult = {
  readonly name: string;
  readonly isValid: boolean;
  readonly warnings: readonly unknown[];
  readonly errors: readonly unknown[];
};
type Validate = (
  tests: readonly unknown[],
  document: unknown,
) => Promise<{ readonly tests: readonly TestResult[] }>;

const require = createRequire(import.meta.url);

/** The validator has no types of its own. */
async function part(file: string): Promise<Readonly<Record<string, unknown>>> {
  const path = require.resolve(`@secvisogram/csaf-validator-lib/${file}`);
  return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
}

/** Names of the schema, mandatory and optional tests of CSAF 2.0 that a document does not pass without a warning. */
export async function csafFaults(document: unknown): Promise<string[]> {
  const validate = (await part("validate.js"))["default"] as Validate;
  const files = ["schemaTests.js", "mandatoryTests.js", "optionalTests.js"];
  const tests = (await Promise.all(files.map(part))).flatMap((tests) => Object.values(tests));
  const { tests: results } = await validate(tests, document);
  if (results.length < 50) throw new Error(`only ${results.length} tests ran`);
  return results
    .filter(({ isValid, warnings, errors }) => !isValid || errors.length > 0 || warnings.length > 0)
    .map(({ name }) => name);
}
