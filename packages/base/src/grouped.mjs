// Items by what they have in common. Node has Map.groupBy from release 21 on.

/**
 * @template Item
 * @param {Iterable<Item>} items
 * @param {(item: Item) => string} keyOf
 * @returns {Map<string, [Item, ...Item[]]>} the items of each key, keys and items in the order in which they come
 */
export function grouped(items, keyOf) {
  /** @type {Map<string, [Item, ...Item[]]>} */
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
