/** Names of properties and words made of English titles: "Measured value of CO2 concentration" → "co2Concentration". Pure. */

const fillers = /\b(?:measured|the|of|a|an|value|values|setting|set|property)\b/gi;

/** Empty when the title has nothing to make a name of. */
export function nameOf(title: string): string {
  const plain = title
    .normalize("NFKD")
    .replaceAll(/\([^)]*\)/g, " ")
    .replaceAll(/['’]s?\b/g, "");
  const words = wordsIn(plain.replaceAll(fillers, " "));
  const [first = "", ...rest] = words.length > 0 ? words : wordsIn(plain);
  const name = [first.toLowerCase(), ...rest.map(capitalised)].join("").slice(0, 60);
  return /^[a-z]/i.test(name) ? name : name === "" ? "" : `n${name}`;
}

function wordsIn(text: string): string[] {
  return text.split(/[^A-Za-z0-9]+/).filter(Boolean);
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
}
