/** Where a request may come from. Homes are same-site to each other, so a cookie's SameSite protects none from another: origins do. Pure. */

import { HomeError } from "../../gateway-core/contract/errors.ts";

/** A request that only reads. */
const isReading = (method: string): boolean => method === "GET" || method === "HEAD";

/**
 * A browser says where a request comes from; a program that says nothing is judged by its session alone. From elsewhere a
 * person may only be led here.
 * @throws HomeError `origin-not-allowed`
 */
export function checkOrigin(method: string, headers: Headers, ownOrigin: string): void {
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  const mode = headers.get("sec-fetch-mode");
  const isOwn =
    (origin === null || origin === ownOrigin) && (site === null || site === "same-origin" || site === "none");
  const isLed = isReading(method) && mode === "navigate" && (origin === null || origin === ownOrigin);
  if (isOwn || isLed) return;
  throw new HomeError("origin-not-allowed", "only this origin's own pages may ask this", {
    origin: origin ?? "",
    site: site ?? "",
  });
}
