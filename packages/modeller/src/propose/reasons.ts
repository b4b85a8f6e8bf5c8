// The reasoning of a key, in the steps of the walkthrough: equality, range, order, uniqueness; then static columns and size.

import type { Asked } from "./asked.js";
import type { Bucket, Reason, Size } from "./proposal.js";
import type { Shape } from "./sizes.js";
import { count, names, sizeText } from "./words.js";

export interface Sizes {
  /** The largest partition as it is, and grown. */
  size: Size;
  later: Size;
  /** The same, grown, without a bucket. */
  unsplit: Size;
}

export function reasonsFor(asked: Asked, shape: Shape, sizes: Sizes): Reason[] {
  return [
    given(asked),
    ...lastGiven(asked, shape, sizes),
    ...rangeAndOrder(asked),
    ...toldApart(asked, shape),
    ...statics(asked, shape),
    ...size(asked, shape, sizes),
  ];
}

const given = (asked: Asked): Reason => ({
  step: "given",
  text: `${names(asked.given)} ${asked.given.length === 1 ? "is" : "are"} given with =: the partition key, so that one request goes to one partition.`,
});

/** The last column that is given sorts where an answer is one row, and the partitions of the others are small. */
function lastGiven({ given: all, growth }: Asked, { partitionKey }: Shape, { later }: Sizes): Reason[] {
  const last = all.at(-1);
  if (!last || partitionKey.includes(last)) return [];
  const shorter = names(partitionKey);
  return [
    {
      step: "size",
      text: `An answer is one row, and all rows of one ${shorter} are few (at most ${count(later.rows)}${growth.factor > 1 ? ", grown" : ""}): so ${last.name} becomes a clustering column, and ${shorter} alone partitions. One request then also gives a range of ${last.name}, or all of it. ((${names(all)})) is as good for this question.`,
    },
  ];
}

function rangeAndOrder({ between, order }: Asked): Reason[] {
  const reasons: Reason[] = [];
  if (between)
    reasons.push({
      step: "range",
      text: `A range of ${between.name} is given: it is the first clustering column, so that a range is one stretch of a partition.`,
    });
  if (order.length > 0)
    reasons.push({
      step: "order",
      text: `The rows come by ${order.map(({ column, order: direction }) => `${column.name} ${direction}`).join(", ")}: clustering columns in this order and direction, so that no sort is needed.`,
    });
  return reasons;
}

function toldApart({ each, between, order }: Asked, { clustering }: Shape): Reason[] {
  const rest = each.filter((column) => column !== between && !order.some((one) => one.column === column));
  if (rest.length > 0)
    return [
      {
        step: "told apart",
        text: `${names(rest)} ${rest.length === 1 ? "tells" : "tell"} the rows of an answer apart: without it one would overwrite another.`,
      },
    ];
  return each.length > 0 && clustering.length > 0
    ? [{ step: "told apart", text: "These columns tell the rows of an answer apart already." }]
    : [];
}

const statics = (asked: Asked, { statics: columns }: Shape): Reason[] =>
  columns.length === 0
    ? []
    : [
        {
          step: "static",
          text: `${names(columns)} ${columns.length === 1 ? "has" : "have"} one value for each ${names(asked.given)}: static, kept once for each partition.`,
        },
      ];

const inBuckets = ({ by, of, count: number }: Bucket) =>
  by === "hash" ? `a hash of ${of} in ${number} buckets` : `the ${by} of ${of}`;

function size({ growth }: Asked, { bucket }: Shape, { size: now, later, unsplit }: Sizes): Reason[] {
  const isGrown = growth.factor > 1;
  const reasons: Reason[] = [];
  if (bucket)
    reasons.push({
      step: "size",
      text: `The largest partition${isGrown ? `, grown ${count(growth.factor)} times,` : ""} would have ${sizeText(unsplit)}: too many. So ${inBuckets(bucket)} splits it: ${bucket.column}.`,
    });
  reasons.push({
    step: "size",
    text: `The largest partition has ${sizeText(now)}${isGrown ? `; grown ${sizeText(later)}` : ""}.`,
  });
  return reasons;
}
