/** The proxy auto-configuration file on the LAN page: what lies in the home, and the provider's own names, go there directly; all else by the gateway. Pure. */

/** `authority`: the home's proxy. `provider`: the provider's host, which its proxy does not lead to. */
export function homePacFile(authority: string, provider: string | undefined): string {
  const own =
    provider === undefined
      ? ""
      : `  if (host === ${JSON.stringify(provider)} || dnsDomainIs(host, ${JSON.stringify(`.${provider}`)})) return "DIRECT";\n`;
  return `function FindProxyForURL(url, host) {
  if (isPlainHostName(host) || host === "localhost" || dnsDomainIs(host, ".localhost") || dnsDomainIs(host, ".local")) return "DIRECT";
${own}  if (/^(?:127|10|192\\.168|169\\.254|172\\.(?:1[6-9]|2\\d|3[01]))\\.[\\d.]+$/.test(host)) return "DIRECT";
  if (/^\\[?(?:::1|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i.test(host)) return "DIRECT";
  return "PROXY ${authority}";
}
`;
}
