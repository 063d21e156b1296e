/** The proxy auto-configuration file for browsers and systems: what lies in the home stays there, all else goes by the proxy. */

/** Holds no secret: a browser asks its person for the credential. `host`: the provider's. */
export function pacFile(host: string, proxyPort: number): string {
  return `function FindProxyForURL(url, host) {
  if (isPlainHostName(host) || host === "localhost" || dnsDomainIs(host, ".localhost") || dnsDomainIs(host, ".local")) return "DIRECT";
  if (host === ${JSON.stringify(host)} || dnsDomainIs(host, ${JSON.stringify(`.${host}`)})) return "DIRECT";
  if (/^(?:127|10|192\\.168|169\\.254|172\\.(?:1[6-9]|2\\d|3[01]))\\.[\\d.]+$/.test(host)) return "DIRECT";
  if (/^\\[?(?:::1|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i.test(host)) return "DIRECT";
  return "HTTPS ${host}:${proxyPort}";
}
`;
}
