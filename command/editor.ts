/** The door of the flow editor: loopback only, a password made at first and shown once, a Host allow-list and strict headers. */

import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import type { RequestListener, Server } from "node:http";
import type { Host } from "../gateway-core/contract/clock.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";

export interface Editor {
  readonly url: string;
  /** Only when it was made just now. */
  readonly password?: string;
}

interface EditorDoor {
  /** What Node-RED needs to know of the door. */
  readonly settings: object;
  readonly editor: Editor;
  open(admin: RequestListener): Promise<void>;
}

const firstPort = 1880;
const user = { username: "genkan", permissions: "*" };

/** Binds the server to a free loopback port. @throws HomeError `address-unusable` */
export async function editorDoor(server: Server, host: Host): Promise<EditorDoor> {
  const { check, password } = passwordOf(host);
  const port = await listen(server, firstPort);
  const allowed = new Set([`localhost:${port}`, `127.0.0.1:${port}`]);
  return {
    editor: { url: `http://127.0.0.1:${port}/editor/`, ...(password === undefined ? {} : { password }) },
    settings: {
      httpAdminCookieOptions: { sameSite: "strict" },
      adminAuth: {
        type: "credentials",
        users: async (name: string) => (name === user.username ? user : null),
        authenticate: async (name: string, given: string) => (name === user.username && check(given) ? user : null),
      },
    },
    async open(admin) {
      server.on("request", (request, response) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        const path = request.url ?? "/";
        if (!allowed.has(request.headers.host ?? "")) response.writeHead(421).end("host-not-allowed\n");
        else if (path === "/editor") response.writeHead(308, { location: "/editor/" }).end();
        else if (!path.startsWith("/editor/")) response.writeHead(404).end("not-found\n");
        else {
          request.url = path.slice("/editor".length);
          admin(request, response);
        }
      });
    },
  };
}

const headers = {
  "content-security-policy":
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
    "font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; " +
    "frame-ancestors 'none'; form-action 'self'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** The kept check of the editor's password, or a new password with its check. */
function passwordOf(host: Host): { check(given: string): boolean; password?: string } {
  const kept = host.memory.read("editor-password");
  if (typeof kept === "string") return { check: (given) => isRight(kept, given) };
  const password = randomBytes(12).toString("base64url");
  const salt = randomBytes(16).toString("hex");
  const made = `${salt}:${scryptSync(password, salt, 32).toString("hex")}`;
  host.memory.write("editor-password", made);
  return { check: (given) => isRight(made, given), password };
}

function isRight(kept: string, given: string): boolean {
  const [salt = "", hash = ""] = kept.split(":");
  const wanted = Buffer.from(hash, "hex");
  return wanted.length === 32 && timingSafeEqual(scryptSync(given, salt, 32), wanted);
}

/** Listens on the first free port from `port` on. */
async function listen(server: Server, port: number): Promise<number> {
  for (let candidate = port; candidate < port + 100; candidate++) {
    const isBound = await new Promise<boolean>((resolve, reject) => {
      const onError = (error: NodeJS.ErrnoException): void => {
        if (error.code === "EADDRINUSE") resolve(false);
        else reject(new HomeError("address-unusable", `127.0.0.1:${candidate}: ${error.message}`, {}, error));
      };
      server.once("error", onError);
      server.listen(candidate, "127.0.0.1", () => {
        server.off("error", onError);
        resolve(true);
      });
    });
    if (isBound) return candidate;
  }
  throw new HomeError("address-unusable", `no port from ${port} on is free for the editor`);
}
