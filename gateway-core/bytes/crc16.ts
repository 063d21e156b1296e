/** The CRC of IEEE 1212 blocks (ISO/IEC 13213, 7.3): polynomial x^16 + x^12 + x^5 + 1, from zero, high bit first. Pure. */

/** The CRC-16 of octets in bus order. */
export function crc16(octets: Uint8Array): number {
  let crc = 0;
  for (const octet of octets) {
    crc ^= octet << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : crc << 1;
  }
  return crc;
}
