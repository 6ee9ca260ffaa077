import {
  accountFrom,
  actorOf,
  eventsMax,
  firstUs,
  mix,
  operations,
  sequenceFrom,
  stepUs,
  type EventsShape,
} from "./events.ts";

const template = Buffer.from(
  '{"ts":"2014-05-20T00:00:00.000Z","id":"00000000","actor":"s0000","op":"read","status":200,"seq":1000000000,"account":"10000000"}\n',
);
/** Bytes of every line, its end included. */
export const lineBytes = template.length;
const secondAt = template.indexOf("2014");
const secondLength = "2014-05-20T00:00:00".length;
const millisecondAt = secondAt + secondLength + 1;
const idAt = template.indexOf("00000000");
const actorAt = template.indexOf("s0000") + 1;
const operationAt = template.indexOf("read");
const statusAt = template.indexOf("200,");
const sequenceAt = template.indexOf("1000000000");
const accountAt = template.indexOf("10000000", sequenceAt + 10);

const zero = 0x30;
const hexDigits = Buffer.from("0123456789abcdef");
/** The digits of 0 to 9999, four bytes each. */
const fours = Buffer.from(
  Array.from({ length: 10_000 }, (_, value) => String(value).padStart(4, "0")).join(""),
);
const names = Buffer.from(
  Array.from({ length: 16 }, (_, part) => operations.find(({ upTo }) => part < upTo)?.name ?? "").join(""),
);

/** The log lines of the events, a buffer at a time; the buffer is the same one each time. */
export function* eventLines(shape: EventsShape, linesAtOnce = 8192): Generator<Buffer> {
  const { events, actors, accounts, seed } = shape;
  if (events > eventsMax || actors > 10_000 || accounts > 89_999_999)
    throw new RangeError(`at most ${eventsMax} events, 10000 actors and 89999999 accounts`);
  const lines = Math.min(linesAtOnce, Math.max(1, events));
  const buffer = Buffer.alloc(lines * lineBytes);
  for (let line = 0; line < lines; line += 1) template.copy(buffer, line * lineBytes);
  const step = stepUs(events);
  const firstMs = firstUs / 1000;
  const second = Buffer.alloc(secondLength);
  let secondNow = -1;
  let line = 0;
  for (let i = 0; i < events; i += 1) {
    const at = line * lineBytes;
    const ms = Math.floor((i * step) / 1000);
    const seconds = Math.floor(ms / 1000);
    if (seconds !== secondNow) {
      secondNow = seconds;
      second.write(new Date(firstMs + seconds * 1000).toISOString().slice(0, secondLength), "latin1");
    }
    // The year and the month never change: the days are in one month.
    for (let k = 8; k < secondLength; k += 1) buffer[at + secondAt + k] = second[k] ?? 0;
    three(buffer, at + millisecondAt, ms - seconds * 1000);

    const first = i * 4 + seed;
    const idHash = mix(first);
    for (let k = 0; k < 8; k += 1) buffer[at + idAt + k] = hexDigits[(idHash >>> (28 - 4 * k)) & 15] ?? 0;
    const doing = mix(first + 1);
    four(buffer, at + actorAt, actorOf(doing, actors));
    const part = (doing & 15) * 4;
    for (let k = 0; k < 4; k += 1) buffer[at + operationAt + k] = names[part + k] ?? 0;
    const isRefused = ((doing >>> 4) & 15) === 0 || i === events - 1;
    buffer[at + statusAt] = isRefused ? 0x34 : 0x32;
    buffer[at + statusAt + 2] = isRefused ? 0x33 : zero;
    const sequence = sequenceFrom + i;
    const low = sequence % 100_000_000;
    buffer[at + sequenceAt] = zero + Math.floor(sequence / 1_000_000_000);
    buffer[at + sequenceAt + 1] = zero + (Math.floor(sequence / 100_000_000) % 10);
    four(buffer, at + sequenceAt + 2, Math.floor(low / 10_000));
    four(buffer, at + sequenceAt + 6, low % 10_000);
    const account = accountFrom + (mix(first + 2) % accounts);
    four(buffer, at + accountAt, Math.floor(account / 10_000));
    four(buffer, at + accountAt + 4, account % 10_000);

    line += 1;
    if (line === lines) {
      yield buffer;
      line = 0;
    }
  }
  if (line > 0) yield buffer.subarray(0, line * lineBytes);
}

function four(buffer: Buffer, at: number, value: number): void {
  const from = value * 4;
  buffer[at] = fours[from] ?? 0;
  buffer[at + 1] = fours[from + 1] ?? 0;
  buffer[at + 2] = fours[from + 2] ?? 0;
  buffer[at + 3] = fours[from + 3] ?? 0;
}

function three(buffer: Buffer, at: number, value: number): void {
  const from = value * 4;
  buffer[at] = fours[from + 1] ?? 0;
  buffer[at + 1] = fours[from + 2] ?? 0;
  buffer[at + 2] = fours[from + 3] ?? 0;
}
