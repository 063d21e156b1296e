/** The session of a home that is reached by a path of the bare host: a cookie of that path, and no other cookie (RFC 6265bis, `__Secure-`). Pure. */

const own = /^(__Host-genkan(?:-device)?)=/;
const pathName = (name: string): string => name.replace("__Host-", "__Secure-");
const ownNames = ["__Host-genkan", "__Host-genkan-device"];

/** A request's cookies as a home's own origin has them: of the bare host's own ones none is a home's. */
export function withOwnCookies(headers: Headers): Headers {
  const told = new Headers(headers);
  const pairs = (headers.get("cookie") ?? "").split(/;\s*/);
  const mine = pairs.flatMap((pair) => {
    const name = ownNames.find((one) => pair.startsWith(`${pathName(one)}=`));
    return name === undefined ? [] : [`${name}${pair.slice(name.length + 2)}`];
  });
  told.delete("cookie");
  if (mine.length > 0) told.set("cookie", mine.join("; "));
  return told;
}

/** The answer's cookies, ours alone, for the path. */
export function pathCookies(answer: Response, path: string): Response {
  const told = answer.headers.getSetCookie();
  answer.headers.delete("set-cookie");
  for (const cookie of told) {
    if (!own.test(cookie)) continue;
    answer.headers.append("set-cookie", cookie.replace("__Host-", "__Secure-").replace("Path=/;", `Path=${path}/;`));
  }
  return answer;
}
