// A notebook while it is written.

interface Cell {
  cell_type: "markdown" | "code";
  id: string;
  metadata: { tags?: string[] };
  source: string[];
}

const linesOf = (text: string) => text.split(/(?<=\n)/);

export class Draft {
  readonly #cells: Cell[] = [];

  /** Paragraphs of Markdown; those of nothing are left out. */
  text(...paragraphs: (string | undefined)[]): this {
    const written = paragraphs.filter((it): it is string => it !== undefined && it !== "").join("\n\n");
    const last = this.#cells.at(-1);
    // Text after text is one cell.
    if (last?.cell_type === "markdown") last.source = linesOf(`${last.source.join("")}\n\n${written}`);
    else this.#add("markdown", written);
    return this;
  }

  code(...lines: string[]): this {
    this.#add("code", lines.join("\n"));
    return this;
  }

  #add(cell_type: Cell["cell_type"], text: string): void {
    const id = `${cell_type}-${this.#cells.length + 1}`;
    this.#cells.push({ cell_type, id, metadata: {}, source: linesOf(text) });
  }

  /**
   * The notebook as Jupyter writes it.
   * @param links to the other notebooks, for its head and foot
   * @param model what a run of it must check
   */
  json(links: string, model: object): string {
    const navigation = (place: string): Cell => ({
      cell_type: "markdown",
      id: `navigation-${place}`,
      metadata: { tags: ["navigation"] },
      source: [links],
    });
    const cells = [navigation("head"), ...this.#cells, navigation("foot")].map((cell) => {
      const { cell_type, id, metadata, source } = cell;
      return cell_type === "code"
        ? { cell_type, execution_count: null, id, metadata, outputs: [], source }
        : cell;
    });
    const metadata = {
      kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" },
      language_info: { file_extension: ".ts", mimetype: "text/typescript", name: "typescript" },
      sparkify: model,
    };
    return `${JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
  }
}
