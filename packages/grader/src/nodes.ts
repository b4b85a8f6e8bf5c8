// The Cassandras of a job: a new one for each submission, so that nothing of an earlier one is left, whatever it wrote into
// Cassandra's own tables. While one is used the next one starts.

import { join } from "node:path";
import { Gate } from "./gate.js";
import { GradingNode, port, portMustBeFree } from "./node.js";

/** The nodes, and the door through which submissions reach the one that is used. */
export class Nodes {
  #spare: Promise<GradingNode> | undefined;
  /** The one that is used. */
  #taken: GradingNode | undefined;
  readonly #all = new Set<GradingNode>();
  #count = 0;

  private constructor(
    private readonly directory: string,
    readonly gate: Gate,
  ) {}

  /** @param caged whether submissions look for Cassandra in a cage, or on this machine's port */
  static async open(directory: string, caged: boolean): Promise<Nodes> {
    if (!caged) await portMustBeFree();
    const nodes = new Nodes(directory, caged ? await Gate.asSocket() : await Gate.asPort(port));
    nodes.#startSpare(); // while the first submission is read and copied
    return nodes;
  }

  /** A node without any data, to which the gate leads. @param more whether another one will be needed after it */
  async take(more: boolean): Promise<GradingNode> {
    const spare = this.#spare ?? this.#start();
    this.#spare = undefined;
    const node = await spare.catch(() => this.#start()); // on a busy machine a start can fail
    this.#taken = node;
    this.gate.leadTo(node.port);
    if (more) this.#startSpare();
    return node;
  }

  #startSpare(): void {
    this.#spare = this.#start();
    this.#spare.catch(() => {}); // who takes it is told
  }

  async #start(): Promise<GradingNode> {
    const node = new GradingNode(join(this.directory, `node-${++this.#count}`), this.gate);
    this.#all.add(node);
    try {
      await node.start();
      return node;
    } catch (error) {
      await this.discard(node);
      throw error;
    }
  }

  /** Ends a node and deletes what it held. From then on the gate leads nowhere: a new node may get its port. */
  async discard(node: GradingNode): Promise<void> {
    if (this.#all.delete(node) && this.#taken === node) this.gate.leadTo(undefined);
    await node.destroy();
  }

  /** Ends all of them. */
  async stop(): Promise<void> {
    await Promise.all([...this.#all].map((node) => node.stop()));
    await this.gate.close();
  }
}
