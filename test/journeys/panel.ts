/** The simulated devices' own truth, read and set at their own front panel. */

interface PanelDevice {
  readonly address: string;
  readonly eoj: string;
  readonly properties: Readonly<Record<string, string>>;
}

export interface Panel {
  /** EDT in hex of a property of the first device of a class. */
  read(eojClass: string, epc: string): Promise<string | undefined>;
  /** Sets it at the device, as its own switch would. */
  set(eojClass: string, epc: string, edt: string): Promise<void>;
}

export function panel(url: string): Panel {
  const find = async (eojClass: string): Promise<PanelDevice> => {
    const devices = (await (await fetch(new URL("/devices", url))).json()) as PanelDevice[];
    const found = devices.find(({ eoj }) => eoj.startsWith(eojClass));
    if (found === undefined) throw new Error(`no device ${eojClass} on the panel`);
    return found;
  };
  return {
    read: async (eojClass, epc) => (await find(eojClass)).properties[epc],
    async set(eojClass, epc, edt) {
      const { address, eoj } = await find(eojClass);
      const response = await fetch(new URL(`/devices/${address}/${eoj}/${epc}`, url), {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ edt }),
      });
      if (!response.ok) throw new Error(await response.text());
    },
  };
}
