import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { udpPortOwners } from "../../host/port-owner.ts";

const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const row = (local: string, inode: string): string =>
  `  12: ${local} 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 ${inode} 2 0000000000000000 0`;

describe("Who has a UDP port", () => {
  it.skipIf(process.platform !== "linux")("is this very process, when it has bound it", async () => {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.7.50");
    await once(socket, "listening");
    const owners = udpPortOwners(socket.address().port);
    socket.close();
    expect(owners).toContainEqual(expect.objectContaining({ address: "127.0.7.50", pid: process.pid }));
    expect(owners?.[0]?.name).toMatch(/node/);
  });

  describe("as the system's tables tell it", () => {
    let proc: string;
    beforeEach(() => {
      proc = mkdtempSync(join(tmpdir(), "genkan-proc-"));
      mkdirSync(join(proc, "net"));
    });
    afterEach(() => rmSync(proc, { recursive: true }));

    const process = (pid: number, inode: string, ...words: string[]): void => {
      mkdirSync(join(proc, String(pid), "fd"), { recursive: true });
      symlinkSync(`socket:[${inode}]`, join(proc, String(pid), "fd", "7"));
      writeFileSync(join(proc, String(pid), "cmdline"), words.map((word) => `${word}\0`).join(""));
    };

    it("is named by its program and first words, never by an option, which may hold a secret", () => {
      writeFileSync(
        join(proc, "net", "udp"),
        [head, row("0501A8C0:0E1A", "111"), row("0501A8C0:0E1B", "112"), ""].join("\n"),
      );
      writeFileSync(join(proc, "net", "udp6"), [head, row(`${"0".repeat(32)}:0E1A`, "113"), ""].join("\n"));
      process(40, "111", "/usr/bin/python3", "/opt/home/bridge.py", "--password", "secret");
      process(41, "113", "/usr/bin/homed", "a", "b", "c");
      process(42, "999", "/usr/bin/other");
      expect(udpPortOwners(3610, proc)).toEqual([
        { address: "192.168.1.5", inode: "111", pid: 40, name: "python3 bridge.py" },
        { address: "::", inode: "113", pid: 41, name: "homed a b" },
      ]);
    });

    it("is not told where the process belongs to somebody else, and is nobody where the port is free", () => {
      const ofOne = `${"0".repeat(24)}0100007F:0E1A`;
      writeFileSync(join(proc, "net", "udp"), [head, row("00000000:0E1A", "111"), "nonsense"].join("\n"));
      writeFileSync(join(proc, "net", "udp6"), [head, row(ofOne, "112")].join("\n"));
      expect(udpPortOwners(3610, proc)).toEqual([
        { address: "0.0.0.0", inode: "111" },
        { address: `${"0".repeat(24)}0100007f`, inode: "112" },
      ]);
      expect(udpPortOwners(9, proc)).toEqual([]);
    });

    it("is unknown where there are no such tables", () => {
      expect(udpPortOwners(3610, join(proc, "nowhere"))).toBeUndefined();
    });
  });
});
