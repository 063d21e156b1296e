/** The script of the page that takes an invitation: what stands after # in its address goes into the field, and out of the address. */

/** A field with `data-fragment`. The fragment never leaves the browser in a request line (RFC 9110 §7.1). */
export const fragmentScript = `
for (const field of document.querySelectorAll("input[data-fragment]")) {
  if (location.hash.length < 2) continue;
  field.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
`;
