/** Words that may stand as a label of a figure: constants of ours and never what somebody sent, and no more of them than are kept in view. Pure. */

const mostWords = 64;

/** Takes a word as it is while it is a kebab-case constant and there is room; anything else is `other`. */
export function createBoundedWords(): (word: unknown) => string {
  const known = new Set<string>();
  return (word) => {
    if (typeof word !== "string" || !/^[a-z]{1,24}(?:-[a-z]{1,24}){0,4}$/.test(word)) return "other";
    if (!known.has(word) && known.size >= mostWords) return "other";
    known.add(word);
    return word;
  };
}
