// Shops, stocks, orders, parcels and money.

import { seededRandom } from "@sparkify/generator";
import { cents, csv, dayAfter, jsonLines, minutesAfter, upTo, uuid } from "./text.mjs";

export function cart() {
  const random = seededRandom(21);
  const products = upTo(12).map((number) => ({
    code: `P-${100 + number}`,
    price: cents(random.whole(99, 9999)),
  }));
  const rows = upTo(15).flatMap((customer) =>
    random
      .shuffled(products)
      .slice(0, random.whole(1, 6))
      .map(({ code, price }) => ({
        Customer: 1000 + customer,
        "Product Code": code,
        Quantity: random.whole(1, 5),
        Price: price,
      })),
  );
  return csv(rows, { delimiter: "\t", end: "\r\n" });
}

/** What was put into carts and taken out again: not what is in them. */
export function cartChanges() {
  const random = seededRandom(22);
  const rows = upTo(120).map((number) => ({
    change: number + 1,
    customer: random.whole(1, 8),
    product: `P-${random.whole(100, 106)}`,
    quantity: random.pick([1, 1, 2, 3, -1]),
  }));
  return csv(rows);
}

export function stock() {
  const random = seededRandom(23);
  const warehouses = [
    ["LIS1", "Lisbon"],
    ["LIS2", "Lisbon"],
    ["ORK1", "Cork"],
  ];
  const rows = upTo(25).flatMap((number) => {
    const sku = String(40_000 + number * 7);
    const description = number % 5 === 0 ? "lamp" : `thing ${number}`;
    return warehouses
      .filter(([warehouse]) => warehouse === "LIS1" || random.chance(0.8))
      .map(([warehouse, city]) => ({
        warehouse,
        city,
        sku,
        description,
        onHand: random.whole(0, 400),
        reorder: random.chance(0.2),
      }));
  });
  return csv(rows);
}

/** Several products have one price. */
export function products() {
  const random = seededRandom(24);
  const categories = ["Bikes & Parts", "lamps", "Ferramentas"];
  const rows = upTo(90).map((number) => ({
    productId: `p${number}`,
    category: categories[number % 3],
    price: random.pick([4.5, 9.99, 19.9, 19.9, 49, 120.25]),
    name: `${random.pick(["red", "small", "old"])} ${random.pick(["wheel", "lamp", "saw"])}`,
    attributes: random.chance(0.8)
      ? { colour: random.pick(["red", "blue"]), weight: `${random.whole(1, 90)} g` }
      : {},
    // Some are in no list at all.
    sizes: random.pick([["S", "M"], ["M"], ["XL", "S"], null]),
  }));
  return jsonLines(rows);
}

/** The lines of orders. A customer can order twice on a day. */
export function orderLines() {
  const random = seededRandom(25);
  const names = ["Ines Duarte", "Owen Byrne", "Ines Duarte", "Ngozi Eze"];
  const rows = upTo(60).flatMap((number) => {
    const customer = number % 4;
    const lines = upTo(random.whole(1, 5)).map((line) => ({
      Line: line + 1,
      SKU: `S${random.whole(10, 30)}`,
      Qty: random.whole(1, 9),
    }));
    const total = cents(random.whole(500, 90_000));
    return lines.map((line) => ({
      "Order No": 9000 + number,
      "Customer No": 71 + customer,
      "Customer Name": names[customer],
      "Ordered On": dayAfter("2025-11-20", Math.floor(number / 6) * 3),
      Total: total,
      ...line,
    }));
  });
  return csv(rows, { delimiter: ";" });
}

export function parcels() {
  const random = seededRandom(26);
  const steps = ["accepted", "sorted", "on the road", "at the door", "delivered"];
  const rows = upTo(30).flatMap((number) => {
    const begun = random.whole(0, 9000);
    return steps.slice(0, random.whole(1, 5)).map((status, step) => ({
      parcel: `RR${String(83_120_000 + number * 17)}PT`,
      at: minutesAfter("2026-06-01T05:00:00Z", begun + step * random.whole(300, 900) + step),
      status,
      office: random.pick(["Lisboa", "Évora", "Porto"]),
    }));
  });
  return csv(random.shuffled(rows));
}

/** Numbers of entries are longer than a bigint. */
export function ledger() {
  const random = seededRandom(27);
  const accounts = [
    ["PT50000201231234567890154", "Ines Duarte"],
    ["IE29AIBK93115212345678", "Owen Byrne"],
    ["IE64IRCE92050112345678", "Owen Byrne"],
    ["HU42117730161111101800000000", "Nagy Éva"],
  ];
  const rows = upTo(160).map((number) => {
    const [iban, holder] = random.pick(accounts);
    return {
      IBAN: iban,
      Holder: holder,
      "Booked On": dayAfter("2026-01-02", Math.floor(number / 5)),
      Entry: (98_765_432_109_876_543_210n + BigInt(number)).toString(),
      Amount: cents(random.whole(-50_000, 50_000)),
      Text: random.pick(["rent", "wages", "", "shop; cash"]),
    };
  });
  return csv(rows, { delimiter: "|" });
}

/** Post codes that begin with 0, and one that only differs by it. */
export function customers() {
  const random = seededRandom(28);
  const codes = ["01067", "1067", "04109", "80331", "00184"];
  const rows = upTo(60).map((number) => ({
    "Customer Id": uuid(random),
    "Post Code": random.pick(codes),
    Name: random.pick(["Ines Duarte", "Owen Byrne", "Ngozi Eze", "Nagy Éva"]),
    // Some have no telephone.
    Phone: number % 4 === 0 ? "" : `0${random.whole(100, 999)} ${random.whole(1000, 9999)}`,
  }));
  return csv(rows);
}

export function restaurant() {
  const random = seededRandom(29);
  const rows = upTo(90).map((number) => ({
    Table: random.whole(1, 6),
    Order: 300 + number,
    // Two orders begin at the same minute.
    From: minutesAfter("2026-07-03T18:00:00Z", Math.floor(number / 2) * 4),
    Select: random.pick(["soup", "caldo verde", "fish", "pudding"]),
    Where: random.pick(["in", "out"]),
  }));
  return csv(rows);
}
