/** Which process has a UDP port, as Linux tells it: /proc/net/udp and udp6 (proc(5)) name sockets, /proc/PID/fd who holds them. */

import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, join } from "node:path";

export interface PortOwner {
  /** The local address of the socket: IPv4 in dots, `::` for every address of both families, else as the kernel writes it. */
  readonly address: string;
  readonly inode: string;
  /** Unknown where the process belongs to somebody else. */
  readonly pid?: number;
  /** Its program and the first words after it: what a person knows it by. */
  readonly name?: string;
}

/** Who has sockets at this UDP port; undefined where the system does not tell it this way. */
export function udpPortOwners(port: number, proc = "/proc"): readonly PortOwner[] | undefined {
  const tables = ["udp", "udp6"].map((name) => read(join(proc, "net", name)));
  if (tables[0] === undefined) return undefined;
  const sockets = tables.flatMap((table) => (table === undefined ? [] : socketsAt(port, table)));
  const holders = sockets.length === 0 ? new Map<string, number>() : holdersOf(sockets, proc);
  return sockets.map((socket) => {
    const pid = holders.get(socket.inode);
    return pid === undefined ? socket : { ...socket, pid, name: nameOf(pid, proc) };
  });
}

interface SocketRow {
  readonly address: string;
  readonly inode: string;
}

/** Rows of /proc/net/udp: the second column is the local address and port in hexadecimal, the tenth the inode. */
function socketsAt(port: number, table: string): SocketRow[] {
  return table.split("\n").flatMap((row) => {
    const [, local = "", , , , , , , , inode = ""] = row.trim().split(/\s+/);
    const [hex = "", hexPort = ""] = local.split(":");
    return Number.parseInt(hexPort, 16) === port && /^\d+$/.test(inode) ? [{ address: addressOf(hex), inode }] : [];
  });
}

/** IPv4 addresses stand there as one number in this machine's order of octets, which is little-endian on all that Node runs on. */
function addressOf(hex: string): string {
  if (/^0+$/.test(hex) && hex.length > 8) return "::";
  if (hex.length !== 8) return hex.toLowerCase();
  const octets = hex.match(/../g) ?? [];
  return octets
    .toReversed()
    .map((octet) => Number.parseInt(octet, 16))
    .join(".");
}

function holdersOf(sockets: readonly SocketRow[], proc: string): Map<string, number> {
  const wanted = new Map(sockets.map(({ inode }) => [`socket:[${inode}]`, inode]));
  const holders = new Map<string, number>();
  for (const pid of list(proc).filter((name) => /^\d+$/.test(name))) {
    for (const fd of list(join(proc, pid, "fd"))) {
      const inode = wanted.get(link(join(proc, pid, "fd", fd)));
      if (inode !== undefined) holders.set(inode, Number(pid));
    }
  }
  return holders;
}

/** Words only, no options: what follows an option may be a secret. */
function nameOf(pid: number, proc: string): string {
  const words = (read(join(proc, String(pid), "cmdline")) ?? "").split("\0").filter((word) => word !== "");
  const firstOption = words.findIndex((word) => word.startsWith("-"));
  const told = words.slice(0, firstOption < 0 ? 3 : Math.min(3, firstOption));
  return told.map((word) => basename(word)).join(" ");
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
