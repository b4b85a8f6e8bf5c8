// Facts of TypeScript and JavaScript, by the compiler's parser that the kernel of the notebooks uses too.

import ts from "@tslab/typescript-for-tslab";
import type { Expression, Facts } from "./facts.js";

/** A text that is longer is no path, and deeper expressions are none. */
const longestText = 1000;
const deepest = 60;
const mostItems = 100;
/** Of one source: what it says beyond that is not read. */
const mostNodes = 300_000;

/** What the source says. */
export function readTypeScript(text: string): Facts {
  const facts: Facts = { known: true, imports: [], assigned: [], functions: [], calls: [] };
  try {
    const file = ts.createSourceFile("cell.ts", text, ts.ScriptTarget.Latest, false);
    new Reader(facts).visit(file);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // too deep
    facts.known = false;
  }
  return facts;
}

class Reader {
  #left = mostNodes;

  constructor(private readonly facts: Facts) {}

  visit = (node: ts.Node): void => {
    if (--this.#left < 0) return;
    this.#read(node);
    ts.forEachChild(node, this.visit);
  };

  #read(node: ts.Node): void {
    const { imports, assigned, functions, calls } = this.facts;
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier))
      imports.push(node.moduleSpecifier.text);
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const call = this.#expression(node);
      calls.push(call);
      const [first] = node.arguments ?? [];
      const loads =
        node.expression.kind === ts.SyntaxKind.ImportKeyword || nameIn(node.expression) === "require";
      if (loads && first && ts.isStringLiteralLike(first)) imports.push(first.text);
    }
    if (ts.isVariableDeclaration(node) && node.initializer && ts.isIdentifier(node.name)) {
      assigned.push([node.name.text, this.#expression(node.initializer)]);
      this.#function(node.name.text, node.initializer);
    }
    if (ts.isPropertyAssignment(node) || (ts.isPropertyDeclaration(node) && node.initializer))
      assigned.push([`.${nameIn(node.name)}`, this.#expression(node.initializer)]);
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken)
      assigned.push([nameIn(node.left), this.#expression(node.right)]);
    if (ts.isParameter(node) && node.initializer)
      assigned.push([nameIn(node.name), this.#expression(node.initializer)]);
    if (ts.isForOfStatement(node) && ts.isVariableDeclarationList(node.initializer))
      for (const { name } of node.initializer.declarations)
        assigned.push([nameIn(name), ["item", this.#expression(node.expression)]]);
    if ((ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && node.name)
      functions.push([nameIn(node.name), node.parameters.map(({ name }) => nameIn(name))]);
    if (ts.isClassDeclaration(node) && node.name) {
      const made = node.members.find(ts.isConstructorDeclaration);
      if (made) functions.push([node.name.text, made.parameters.map(({ name }) => nameIn(name))]);
    }
  }

  /** A function that is a value. */
  #function(name: string, value: ts.Expression): void {
    if (ts.isArrowFunction(value) || ts.isFunctionExpression(value))
      this.facts.functions.push([name, value.parameters.map((one) => nameIn(one.name))]);
  }

  #expression(node: ts.Node | undefined, depth = 0): Expression {
    if (node === undefined || depth > deepest || --this.#left < 0) return null;
    const inner = (part: ts.Node | undefined) => this.#expression(part, depth + 1);
    const several = (parts: readonly ts.Node[]) => parts.slice(0, mostItems).map(inner);
    if (ts.isStringLiteralLike(node)) return node.text.length <= longestText ? node.text : null;
    if (ts.isIdentifier(node)) return ["name", node.text];
    if (ts.isPropertyAccessExpression(node)) return ["of", inner(node.expression), node.name.text];
    if (ts.isMetaProperty(node)) return ["name", "import.meta"];
    if (ts.isCallExpression(node) || ts.isNewExpression(node))
      return ["call", inner(node.expression), several(node.arguments ?? []), {}];
    if (ts.isTemplateExpression(node))
      return [
        "joined",
        [
          node.head.text,
          ...node.templateSpans.flatMap((span) => [inner(span.expression), span.literal.text]),
        ],
      ];
    if (ts.isBinaryExpression(node)) {
      const kind = node.operatorToken.kind;
      if (kind === ts.SyntaxKind.PlusToken) return ["+", inner(node.left), inner(node.right)];
      if (kind === ts.SyntaxKind.QuestionQuestionToken || kind === ts.SyntaxKind.BarBarToken)
        return ["either", several([node.left, node.right])];
      return null;
    }
    if (ts.isConditionalExpression(node)) return ["either", several([node.whenTrue, node.whenFalse])];
    if (ts.isArrayLiteralExpression(node)) return ["list", several(node.elements)];
    if (ts.isElementAccessExpression(node)) return ["item", inner(node.expression)];
    if (
      ts.isAwaitExpression(node) ||
      ts.isParenthesizedExpression(node) ||
      ts.isAsExpression(node) ||
      ts.isNonNullExpression(node)
    )
      return inner(node.expression);
    return null;
  }
}

/** The name of a variable, or `.name` of a property that is set. */
function nameIn(node: ts.Node): string {
  if (ts.isIdentifier(node) || ts.isStringLiteralLike(node)) return node.text;
  return ts.isPropertyAccessExpression(node) ? `.${node.name.text}` : "";
}
