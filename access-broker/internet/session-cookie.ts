/** The cookie that carries a session: to this very origin only, over TLS only, out of reach of scripts (RFC 6265bis, `__Host-`). Pure. */

const name = "__Host-genkan";
const attributes = "Path=/; Secure; HttpOnly; SameSite=Lax";
const days = 30;

export function sessionCookie(token: string): string {
  return `${name}=${token}; ${attributes}; Max-Age=${days * 24 * 60 * 60}`;
}

export const noSessionCookie: string = `${name}=; ${attributes}; Max-Age=0`;

/** The cookie of a device from which somebody has logged in: it opens nothing. */
const deviceName = "__Host-genkan-device";
const deviceDays = 180;

export function deviceCookie(token: string): string {
  return `${deviceName}=${token}; ${attributes}; Max-Age=${deviceDays * 24 * 60 * 60}`;
}

export const deviceToken = (headers: Headers): string | undefined => cookieNamed(headers, deviceName);

/** The cookie of the bare host that shows a person their homes: it opens none of them. */
const homesName = "__Host-genkan-homes";
const homesHours = 24;

export function homesCookie(token: string): string {
  return `${homesName}=${token}; ${attributes}; Max-Age=${homesHours * 60 * 60}`;
}

export const noHomesCookie: string = `${homesName}=; ${attributes}; Max-Age=0`;
export const homesToken = (headers: Headers): string | undefined => cookieNamed(headers, homesName);

/** The token of a session; undefined when there is none, or more than one, or it is no token. */
export function sessionToken(headers: Headers): string | undefined {
  const token = cookieNamed(headers, name);
  return token !== undefined && /^[A-Za-z0-9_-]{43}$/.test(token) ? token : undefined;
}

/** Undefined when there is none, or more than one. */
export function cookieNamed(headers: Headers, wanted: string): string | undefined {
  const told = (headers.get("cookie") ?? "")
    .split(/;\s*/)
    .filter((pair) => pair.startsWith(`${wanted}=`))
    .map((pair) => pair.slice(wanted.length + 1));
  return told.length === 1 ? told[0] : undefined;
}
