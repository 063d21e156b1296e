/** What the benches use of the npm packages that are measured beside ours; neither carries types. */

declare module "echonet-lite" {
  interface EchonetLite {
    parseBytes(octets: ArrayLike<number>): { readonly DETAILs: Readonly<Record<string, string>> } | null;
    sendELDATA(ip: string, frame: Readonly<Record<string, unknown>>): unknown;
    /** What a socket hands its datagrams to. */
    returner(octets: Uint8Array, from: { readonly address: string }, userFunction: () => void): void;
    /** Where a frame goes once it is formatted. */
    sendBase: (ip: string, octets: Uint8Array) => unknown;
  }
  const echonetLite: EchonetLite;
  export = echonetLite;
}

declare module "node-echonet-lite/lib/core/core.js" {
  interface Core {
    /** A frame and the values in it, with names and text for people. */
    parse(octets: Buffer): { readonly message: { readonly prop: readonly { readonly edt: unknown }[] } } | null;
    /** One value, or null when the package knows no such property. */
    _parsePropertyData(classGroup: number, classCode: number, epc: number, edt: Buffer): unknown;
  }
  const core: Core;
  export = core;
}
