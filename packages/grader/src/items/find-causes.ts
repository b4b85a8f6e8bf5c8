// Why something is wrong, where that is one of the exercise's well-known mistakes: one cause may show in several items.

import { orderOf } from "@sparkify/model";
import type { Cause } from "../causes.js";
import type { Assessment } from "../grade.js";
import { failureOn, findingOn } from "../judge-table.js";
import { keyColumns } from "../renamed.js";
import type { ItemId } from "../rubric.js";
import type { Answered } from "./answered.js";

/** What the causes show in. */
const shownIn: Record<Cause, (id: ItemId) => boolean> = {
  "rows without a song": (id) => /^(q\d|key)$/.test(id),
  "ALLOW FILTERING": (id) => /^q\d$/.test(id),
  "float for a length": (id) => id === "types",
  "text for a number": (id) => /^(q\d|types)$/.test(id),
  "a name in the key": (id) => /^(q\d|key)$/.test(id),
  "descending order": (id) => /^q\d$/.test(id),
};

/** The causes of what is wrong with a question and its table. */
function causesIn({ asked, asking, table, contents, judged, renamed }: Answered): Cause[] {
  if (!table) return [];
  const { question } = asked;
  const orders = orderOf(question).map(({ column }) => renamed?.nameOf(column) ?? column);
  const evidence = findingOn(judged, "right types")?.evidence;
  const altered = evidence?.kind === "types" ? evidence.altered : [];
  const rawOf = (column: string) => table.held.get(column)?.raw ?? [];
  const isName = (raw: string) => raw === "firstName" || raw === "lastName";
  const keys = keyColumns(table);
  const isDescending =
    (asking?.select.orderBy ?? []).some(({ column, descending }) => descending && orders.includes(column)) ||
    table.columns.some(
      ({ name, kind, order }) => kind === "clustering" && order === "desc" && orders.includes(name),
    );
  const found: [Cause, boolean][] = [
    ["rows without a song", (contents?.silent ?? 0) > 0],
    ["ALLOW FILTERING", asking?.select.allowFiltering === true],
    [
      "float for a length",
      altered.some(({ column, type }) => type === "float" && rawOf(column)[0] === "length"),
    ],
    ["text for a number", altered.some(({ type }) => /^(text|ascii|varchar)$/.test(type))],
    [
      "a name in the key",
      failureOn(judged, "loses nothing") !== undefined &&
        keys.some(({ name }) => rawOf(name).some(isName)) &&
        !keys.some(({ name }) => rawOf(name).some((raw) => raw === "userId")),
    ],
    ["descending order", isDescending && failureOn(judged, "right order") !== undefined],
  ];
  return found.filter(([, isMet]) => isMet).map(([cause]) => cause);
}

/** Adds the causes to what is not right. */
export function addCauses(assessments: Map<ItemId, Assessment>, answered: Answered[]): void {
  for (const [id, assessment] of assessments) {
    if (assessment.verdict !== "fail" && assessment.verdict !== "partial") continue;
    const meant = /^q\d$/.test(id) ? answered.filter(({ asked }) => asked.id === id) : answered;
    const met = new Set(meant.flatMap(causesIn).filter((cause) => shownIn[cause](id)));
    if (met.size > 0) assessment.causes = [...met];
  }
}
