/** ECHONET object codes (ECHONET Lite specification, part II, 3.2.4): class group, class and instance in three octets. */

/** A 24-bit number: 0x013001 is instance 1 of class 0x0130. */
export type Eoj = number;

/** The node itself; every node has one. */
export const nodeProfileEoj: Eoj = 0x0ef001;

/** What this gateway is to other nodes. */
export const controllerEoj: Eoj = 0x05ff01;

/** The class, 16 bits: class group and class. */
export function classOf(eoj: Eoj): number {
  return eoj >>> 8;
}

/** The instance, 1 to 127; 0 addresses every instance of the class. */
export function instanceOf(eoj: Eoj): number {
  return eoj & 0xff;
}

export function isNodeProfile(eoj: Eoj): boolean {
  return classOf(eoj) === classOf(nodeProfileEoj);
}

/** Whether `eoj` is meant when `asked` is addressed: itself, or any instance of its class for instance 0. */
export function isAddressedBy(eoj: Eoj, asked: Eoj): boolean {
  return eoj === asked || (instanceOf(asked) === 0 && classOf(eoj) === classOf(asked));
}

/** Six lower-case hexadecimal digits. */
export function formatEoj(eoj: Eoj): string {
  return eoj.toString(16).padStart(6, "0");
}

/** Two lower-case hexadecimal digits. */
export function formatEpc(epc: number): string {
  return epc.toString(16).padStart(2, "0");
}
