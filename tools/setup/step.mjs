// One visible step of a command: what it does, that it goes on, how long it took.

/**
 * Runs `work` under a title. On a terminal one line shows the latest news and the time; elsewhere a start
 * and an end line are printed.
 * @template T
 * @param {string} title
 * @param {(news: (text: string) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  const live = process.stdout.isTTY === true && !process.env.CI;
  let news = "";
  const draw = () => {
    const line = `… ${title} (${seconds()}) ${news}`;
    process.stdout.write(`\r\x1b[K${line.slice(0, (process.stdout.columns || 80) - 1)}`);
  };
  const timer = live ? setInterval(draw, 200) : undefined;
  if (!live) console.log(`… ${title}`);
  try {
    const result = await work((text) => {
      news = text.trim();
    });
    finish(`✔ ${title} (${seconds()})`);
    return result;
  } catch (error) {
    finish(`✘ ${title} (${seconds()})`);
    throw error;
  }

  /** @param {string} line */
  function finish(line) {
    clearInterval(timer);
    if (live) process.stdout.write("\r\x1b[K");
    console.log(line);
  }
}
