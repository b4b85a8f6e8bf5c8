// The ring of tokens as a picture: which node each range belongs to, and where partitions lie on it.

import { showPlot } from "@sparkify/lib";
import type { Client } from "cassandra-driver";

/** Where a token lies on the ring, clockwise from the top, in radians. */
const angleOf = (token: string | number | bigint) => (Number(token) / 2 ** 64 + 0.5) * 2 * Math.PI;

const plainAddress = (address: string) => address.replace(/:\d+$/, "");

interface Arc {
  node: string;
  from: number;
  to: number;
}

/** The ranges of the ring. A node's token is the end of its range; the range begins after the token before. */
export function tokenRing(client: Client): Arc[] {
  const ends = client.hosts
    .values()
    .flatMap(({ address, tokens }) =>
      tokens.map((token) => ({ node: plainAddress(address), to: angleOf(token) })),
    )
    .sort((a, b) => a.to - b.to);
  const [first] = ends;
  const last = ends.at(-1);
  if (!first || !last) return [];
  const arcs = ends.map((end, index) => ({ ...end, from: ends[index - 1]?.to ?? 0 }));
  // What comes after the last token belongs to the node with the first one.
  return [...arcs, { node: first.node, from: last.to, to: 2 * Math.PI }];
}

/**
 * The addresses of the nodes that hold the copies of a partition, the owner of its range first.
 * @example replicasOf(client, "lab_nodes", row.get("token(song)"));
 */
export function replicasOf(client: Client, keyspace: string, token: { toString(): string }): string[] {
  const { metadata } = client;
  const hosts = metadata.getReplicas(keyspace, metadata.newToken(token.toString())) ?? [];
  return hosts.map(({ address }) => plainAddress(address));
}

/**
 * Draws the ring, with partitions at their tokens.
 * @example await showTokenRing(client, [{ label: "Insomnia", token: "4242424242" }]);
 */
export async function showTokenRing(
  client: Client,
  partitions: { label: string; token: string }[],
): Promise<void> {
  const marks = partitions.map(({ label, token }) => ({ label, angle: angleOf(token) }));
  const radians = (field: string) => ({ field, type: "quantitative", scale: null, stack: null });
  const nodes = new Set(tokenRing(client).map(({ node }) => node));
  const places = marks.map(({ label, angle }) => `${label} ${Math.round((angle * 180) / Math.PI)}°`);
  await showPlot({
    description: `The ring of tokens: the ranges of ${[...nodes].join(", ")}; clockwise from the top lie ${places.join(", ")}`,
    width: 300,
    height: 300,
    padding: { left: 90, right: 20, top: 30, bottom: 30 },
    view: { stroke: null },
    layer: [
      {
        data: { values: tokenRing(client) },
        mark: { type: "arc", innerRadius: 85, outerRadius: 120, stroke: "white", strokeWidth: 2 },
        encoding: {
          theta: radians("from"),
          theta2: { field: "to" },
          color: {
            field: "node",
            type: "nominal",
            title: "the range belongs to",
            scale: { range: ["#4c78a8", "#f0a35e", "#72b7b2"] },
          },
        },
      },
      {
        data: { values: marks },
        mark: { type: "text", text: "●", fontSize: 13, radius: 102 },
        encoding: { theta: radians("angle") },
      },
      {
        data: { values: marks },
        mark: { type: "text", radius: 130, align: { expr: "datum.angle > PI ? 'right' : 'left'" } },
        encoding: { theta: radians("angle"), text: { field: "label" } },
      },
    ],
  });
}
