import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

/** Addresses of hosts, each name asked for once; and the other way round, which names an address was given by. */
export class AddressBook {
  /** @type {Map<string, Promise<string[]>>} */
  #addresses = new Map();
  /** @type {Map<string, Set<string>>} */
  #names = new Map();

  /**
   * @param {string} host a name or an address
   * @returns {Promise<string[]>}
   */
  addressesOf(host) {
    let found = this.#addresses.get(host);
    if (!found) {
      found = isIP(host) ? Promise.resolve([host]) : this.#lookUp(host);
      found.catch(() => {}); // awaited by those who need it
      this.#addresses.set(host, found);
    }
    return found;
  }

  /**
   * The names at this address; where it is none of theirs, the names of all.
   * @param {string} address
   */
  namesOf(address) {
    const all = [...this.#names.values()].flatMap((names) => [...names]);
    const known = this.#addresses.has(address) ? [] : all; // given as an address: no name stands for it
    return [...(this.#names.get(address) ?? known)];
  }

  /** @param {string} host */
  async #lookUp(host) {
    const addresses = (await lookup(host, { all: true })).map(({ address }) => address);
    for (const address of addresses) {
      this.#names.set(address, (this.#names.get(address) ?? new Set()).add(host));
    }
    return addresses;
  }
}
