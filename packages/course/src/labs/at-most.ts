// Many requests side by side, but not all at once.

/**
 * Does something with each item, with at most so many under way: a thousand requests at once would only wait in line, and
 * keep others waiting.
 * @returns the results, in the order of the items
 * @example const users = await atMost(32, ids, (id) => client.execute(query, [id], { prepare: true }));
 */
export async function atMost<Item, Result>(
  most: number,
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const left = [...items].entries();
  const results: Result[] = [];
  const one = async () => {
    for (const [index, item] of left) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: most }, one));
  return results;
}
