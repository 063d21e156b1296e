/** ECHONET Lite service codes, ESV (ECHONET Lite specification, part II, 3.2.5). */

const codes = {
  SetI_SNA: 0x50,
  SetC_SNA: 0x51,
  Get_SNA: 0x52,
  INF_SNA: 0x53,
  SetGet_SNA: 0x5e,
  SetI: 0x60,
  SetC: 0x61,
  Get: 0x62,
  INF_REQ: 0x63,
  SetGet: 0x6e,
  Set_Res: 0x71,
  Get_Res: 0x72,
  INF: 0x73,
  INFC: 0x74,
  INFC_Res: 0x7a,
  SetGet_Res: 0x7e,
} as const;

/** A service by the specification's own name. */
export type Esv = keyof typeof codes;

const names = new Map<number, Esv>(
  Object.keys(codes)
    .filter(isEsv)
    .map((name) => [codes[name], name]),
);

function isEsv(name: string): name is Esv {
  return Object.hasOwn(codes, name);
}

/** The name of a service code octet; undefined when the specification has none. */
export function decodeEsv(octet: number): Esv | undefined {
  return names.get(octet);
}

export function encodeEsv(esv: Esv): number {
  return codes[esv];
}

/** Whether frames of this service carry two lists of properties: first those to set, then those to get. */
export function hasTwoLists(esv: Esv): boolean {
  return esv === "SetGet" || esv === "SetGet_Res" || esv === "SetGet_SNA";
}
