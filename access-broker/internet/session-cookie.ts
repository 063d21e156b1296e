/** The cookie that carries a session: to this very origin only, over TLS only, out of reach of scripts (RFC 6265bis, `__Host-`). Pure. */

const name = "__Host-genkan";
const attributes = "Path=/; Secure; HttpOnly; SameSite=Lax";
const days = 30;

export function sessionCookie(token: string): string {
  return `${name}=${token}; ${attributes}; Max-Age=${days * 24 * 60 * 60}`;
}

export const noSessionCookie: string = `${name}=; ${attributes}; Max-Age=0`;

/** The token of a session; undefined when there is none, or more than one, or it is no token. */
export function sessionToken(headers: Headers): string | undefined {
  const told = (headers.get("cookie") ?? "")
    .split(/;\s*/)
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [token = ""] = told;
  return told.length === 1 && /^[A-Za-z0-9_-]{43}$/.test(token) ? token : undefined;
}
