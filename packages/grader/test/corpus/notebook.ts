// Notebooks written as plain text: a line "%% markdown" or "%% code" begins a cell.

export interface Notebook {
  /** The kernel's name, as in the notebook's metadata. */
  kernel: string;
  text: string;
}

/** A Python notebook. What stands in it is taken as it is; only a backtick and `${` need a backslash. */
export const python = notebookOf("python3");

/** A TypeScript notebook, in the same way. */
export const tslab = notebookOf("tslab");

function notebookOf(kernel: string) {
  return (strings: TemplateStringsArray): Notebook => {
    const text = (strings.raw[0] as string).replaceAll("\\`", "`").replaceAll("\\${", "${");
    return { kernel, text: text.replace(/^\n/, "") };
  };
}

/** What is to be replaced, and by what. */
export type Edit = [from: string | RegExp, to: string];

/**
 * Replaces pieces of a text, one edit after the other.
 * @throws Error where a piece is not there, or a string is there twice (a RegExp with the flag g may match often)
 */
export function edited<Text extends string | Notebook>(text: Text, edits: Edit[]): Text {
  if (typeof text !== "string") return Object.assign({}, text, { text: edited(text.text, edits) });
  return edits.reduce((now: string, [from, to]) => {
    const times = typeof from === "string" ? now.split(from).length - 1 : (now.match(from)?.length ?? 0);
    if (times === 0 || (typeof from === "string" && times > 1))
      throw new Error(`Expected once in the text, found ${times} times: ${from}`);
    return now.replace(from, () => to);
  }, text) as Text;
}

const languages: Record<string, object> = {
  python3: {
    kernelspec: { name: "python3", display_name: "Python 3", language: "python" },
    language_info: { name: "python", file_extension: ".py", mimetype: "text/x-python" },
  },
  "conda-env-sparkify-py": {
    kernelspec: {
      name: "conda-env-sparkify-py",
      display_name: "Python [conda env:sparkify]",
      language: "python",
    },
    language_info: { name: "python", version: "3.6.3", file_extension: ".py", mimetype: "text/x-python" },
  },
  tslab: {
    kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" },
    language_info: { name: "typescript", file_extension: ".ts", mimetype: "text/typescript" },
  },
};

/** The text of the .ipynb file. Nothing in it was executed. */
export function toIpynb({ kernel, text }: Notebook): string {
  const [before, ...parts] = text.split(/^%% (markdown|code)\n/m);
  if (before !== "")
    throw new Error(`Expected "%% markdown" or "%% code" in the first line, found: ${before}`);
  const cells = [];
  for (let part = 0; part < parts.length; part += 2) {
    const cell = {
      cell_type: parts[part],
      id: `cell-${part / 2}`,
      metadata: {},
      source: (parts[part + 1] as string).trim().split(/(?<=\n)/),
    };
    cells.push(parts[part] === "code" ? { ...cell, execution_count: null, outputs: [] } : cell);
  }
  const metadata = languages[kernel] ?? {
    kernelspec: { name: kernel, display_name: kernel, language: "unknown" },
  };
  return JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1);
}
