/** The flow editor's own API, as the editor in the browser uses it: log in, read the flow, deploy. */

import type { Addresses } from "../journeys/home.ts";

export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly wires?: readonly (readonly string[])[];
}

export type DeployKind = "full" | "flows" | "nodes";

export interface EditorClient {
  flow(): Promise<readonly FlowNode[]>;
  /** Any other answer, as JSON. */
  read(path: string): Promise<unknown>;
  deploy(flow: readonly FlowNode[], kind: DeployKind): Promise<void>;
}

export async function editorClient({ editor, editorPassword }: Addresses): Promise<EditorClient> {
  if (editor === null || editorPassword === null) throw new Error("the home was started without --editor");
  const login = await fetch(new URL("auth/token", editor), {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      client_id: "node-red-admin",
      grant_type: "password",
      scope: "*",
      username: "genkan",
      password: editorPassword,
    }),
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${token}`, "node-red-api-version": "v2" };
  const read = async (): Promise<{ flows: FlowNode[]; rev: string }> =>
    (await fetch(new URL("flows", editor), { headers })).json() as Promise<{ flows: FlowNode[]; rev: string }>;
  return {
    flow: async () => (await read()).flows,
    read: async (path) => (await fetch(new URL(path, editor), { headers })).json(),
    async deploy(flows, kind) {
      const { rev } = await read();
      const response = await fetch(new URL("flows", editor), {
        method: "POST",
        headers: { ...headers, "content-type": "application/json", "node-red-deployment-type": kind },
        body: JSON.stringify({ flows, rev }),
      });
      if (!response.ok) throw new Error(`deploy: ${response.status} ${await response.text()}`);
    },
  };
}

/** The flow without the wires from one node to another. */
export const cut = (flow: readonly FlowNode[], from: string, to: string): FlowNode[] =>
  flow.map((node) =>
    node.id === from && node.wires
      ? { ...node, wires: node.wires.map((port) => port.filter((id) => id !== to)) }
      : node,
  );
