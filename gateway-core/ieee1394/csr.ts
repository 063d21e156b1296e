/** Addresses of control and status registers: the top 256 MiB of a node's 48-bit address space (ISO/IEC 13213, 4.2; IEEE 1394-1995, 8.3.2). */

/** Where the initial register space starts. */
export const initialRegisterSpace = 0xffff_f000_0000;

/** Where the configuration ROM starts. */
export const configRomAddress: number = initialRegisterSpace + 0x400;

/** A 48-bit address as twelve hexadecimal digits. */
export function formatAddress(address: number): string {
  return address.toString(16).padStart(12, "0");
}
