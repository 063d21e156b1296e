/** Which passwords a person may choose (NIST SP 800-63B §3.1.1: length counts, composition rules do not). */

import { HomeError } from "../../gateway-core/contract/errors.ts";

const shortest = 10;
const longestOctets = 256;
const fewestDistinct = 5;

/** @throws HomeError `password-unsuitable`, with `reason`: short, long, simple or name. */
export function assertSuitablePassword(password: string, user: string, number: string): void {
  const characters = [...password.normalize("NFKC")];
  const reason = reasonAgainst(characters, user, number);
  if (reason === undefined) return;
  const minimum = shortest;
  throw new HomeError("password-unsuitable", `this password cannot be used: ${messages[reason]}`, { reason, minimum });
}

type Reason = "short" | "long" | "simple" | "name";

const messages: Readonly<Record<Reason, string>> = {
  short: `it has fewer than ${shortest} characters`,
  long: `it has more than ${longestOctets} octets`,
  simple: `it has fewer than ${fewestDistinct} different characters, or only a run of neighbours`,
  name: "it is made of the user's name or the access number",
};

function reasonAgainst(characters: readonly string[], user: string, number: string): Reason | undefined {
  const password = characters.join("");
  if (characters.length < shortest) return "short";
  if (Buffer.byteLength(password) > longestOctets) return "long";
  if (new Set(characters).size < fewestDistinct || isRun(characters)) return "simple";
  const plain = (text: string): string => text.toLowerCase().replaceAll("-", "");
  const rest = plain(password).replaceAll(plain(number), "").replaceAll(plain(user), "");
  return rest.length < 4 ? "name" : undefined;
}

/** "abcdefghij", "9876543210": each character is the neighbour of the one before. */
function isRun(characters: readonly string[]): boolean {
  const codes = characters.map((character) => character.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, at) => code - (codes[at] ?? 0));
  return [1, -1].some((step) => steps.filter((one) => one === step).length >= steps.length - 1);
}
