// One visible step of a command: what it does, that it goes on, how long it took.

/**
 * What goes on now. Steps that run side by side share the one line.
 * @type {Set<{ title: string; seconds: () => string; news: string }>}
 */
const running = new Set();
/** @type {NodeJS.Timeout | undefined} */
let timer;

function draw() {
  const titles = [...running].map(({ title, seconds }) => `… ${title} (${seconds()})`);
  const [only] = running.size === 1 ? running : [];
  const line = `${titles.join(" ")} ${only?.news ?? ""}`;
  process.stdout.write(`\r\x1b[K${line.slice(0, (process.stdout.columns || 80) - 1)}`);
}

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
  const entry = { title, seconds, news: "" };
  running.add(entry);
  if (live) timer ??= setInterval(draw, 200);
  else console.log(`… ${title}`);
  try {
    const result = await work((text) => {
      entry.news = text.trim();
    });
    finish(`✔ ${title} (${seconds()})`);
    return result;
  } catch (error) {
    finish(`✘ ${title} (${seconds()})`);
    throw error;
  }

  /** @param {string} line */
  function finish(line) {
    running.delete(entry);
    if (running.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    if (live) process.stdout.write("\r\x1b[K");
    console.log(line);
  }
}
