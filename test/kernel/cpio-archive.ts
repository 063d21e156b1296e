/** An archive as a Linux kernel unpacks it at its start (cpio, "newc"). */

const directoryMode = 0o040755;
const fileMode = 0o100755;

/** Names that end with "/" are folders. */
export function cpioArchive(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts = [...files].flatMap(([path, octets], place) => {
    const isFolder = path.endsWith("/");
    return entry(place + 1, isFolder ? path.slice(0, -1) : path, isFolder ? directoryMode : fileMode, octets);
  });
  return Buffer.concat([...parts, ...entry(0, "TRAILER!!!", 0, new Uint8Array(0))]);
}

function entry(inode: number, name: string, mode: number, octets: Uint8Array): Uint8Array[] {
  const fields = [inode, mode, 0, 0, 1, 0, octets.length, 0, 0, 0, 0, name.length + 1, 0];
  const head = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}${name}\0`;
  return [Buffer.from(head.padEnd((head.length + 3) & ~3, "\0")), octets, new Uint8Array(-octets.length & 3)];
}
