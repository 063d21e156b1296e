/** Puts octets one behind the other. */
export const joinOctets = (...parts: readonly Uint8Array[]): Uint8Array => joinAll(parts);

/** The same of a list, which may be longer than a call has room for. */
export function joinAll(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
