// Stations, meters, markets, hotels, timetables, libraries.

import { seededRandom } from "@sparkify/generator";
import { cents, csv, dayAfter, jsonLines, minutesAfter, plainTime, upTo } from "./text.mjs";

/** Names of stations are digits that begin with 0. Two stations are called alike. */
export function weather() {
  const random = seededRandom(41);
  const stations = [
    ["007", "Harbour"],
    ["012", "Harbour"],
    ["0113", "Hill"],
  ];
  const rows = stations.flatMap(([station, name]) =>
    upTo(64).map((number) => {
      const measured = minutesAfter("2026-01-10T00:00:00Z", number * 180);
      return {
        Station: station,
        "Station Name": name,
        Day: measured.slice(0, 10),
        "Measured At": plainTime(measured),
        Temperature: (random.whole(-80, 240) / 10).toFixed(1),
      };
    }),
  );
  return csv(rows, { delimiter: ";" });
}

export function meters() {
  const random = seededRandom(42);
  const rows = ["m1", "m2", "M1"].flatMap((meter) =>
    upTo(160).map((number) => ({
      meter,
      at: minutesAfter("2026-03-02T00:00:00Z", number * 180),
      kwh: random.whole(0, 4000) / 1000,
      volts: random.chance(0.02) ? "" : 220 + random.whole(0, 160) / 8,
    })),
  );
  return csv(rows, { delimiter: "|" });
}

/** Readings of several things by several sensors of a room. */
export function rooms() {
  const random = seededRandom(43);
  const rows = upTo(200).map((number) => ({
    room: random.pick(["attic", "cellar", "hall"]),
    sensor: `s${number % 5}`,
    at: minutesAfter("2026-02-03T04:05:00Z", Math.floor(number / 5) * 60),
    value: random.whole(100, 300) / 10,
  }));
  return jsonLines(rows);
}

/** A sensor that reports twice in a minute, to the minute: its name and the time name no reading. */
export function roundedReadings() {
  const random = seededRandom(44);
  const rows = upTo(120).map((number) => ({
    sensor: `s${number % 3}`,
    ts: minutesAfter("2026-02-03T04:05:00Z", Math.floor(number / 6)),
    value: number / 10 + random.whole(0, 9),
  }));
  return csv(rows);
}

/** Trades every ten minutes of six hours and a half; two at once. */
export function trades() {
  const random = seededRandom(45);
  const rows = upTo(3).flatMap((day) =>
    upTo(40).flatMap((number) =>
      ["OAK", "ASH"].flatMap((symbol, place) =>
        upTo(number % 8 === 0 ? 2 : 1).map((twin) => ({
          symbol,
          at: minutesAfter(`${dayAfter("2026-08-03", day)}T14:30:00Z`, number * 10),
          tradeId: 10_000 + day * 1000 + number * 20 + place * 4 + twin,
          price: cents(5000 + random.whole(-300, 300)),
          shares: random.whole(1, 500),
        })),
      ),
    ),
  );
  return csv(rows);
}

export function leaderboard() {
  const random = seededRandom(46);
  const games = ["Go", "chess", "Mühle"];
  const players = [
    "ada",
    "Bo",
    "cem",
    "Dee",
    "eli",
    "fay",
    "gus",
    "hal",
    "ivy",
    "jo",
    "kit",
    "lu",
    "max",
    "nia",
  ];
  // Few different scores, so that many players have the same one.
  const rows = games.flatMap((game) =>
    players.map((player) => ({
      game,
      player,
      score: random.whole(8, 14) * 100,
      reached: dayAfter("2026-01-01", random.whole(0, 90)),
    })),
  );
  return csv(random.shuffled(rows));
}

/** Geohash cells of five signs, some hundred places in them. */
export function cells() {
  const random = seededRandom(47);
  const names = ["Café Central", "Mini Market", "Station", "Museum", "Padaria"];
  const rows = upTo(120).map((number) => ({
    "Place Id": 7000 + number,
    Cell: random.pick(["eycs2", "eycs3", "eyck9"]),
    Category: random.pick(["eat", "shop", "see"]),
    // Chains: one name at several places of a cell.
    Name: random.pick(names),
    Lat: (38.7 + random.whole(0, 9999) / 100_000).toFixed(5),
    Lon: (-9.14 - random.whole(0, 9999) / 100_000).toFixed(5),
  }));
  return csv(rows);
}

const hotels = upTo(6).map((number) => ({
  hotel_id: `h${number}`,
  name: number % 3 === 0 ? "Grand Hotel" : `Hotel ${number}`,
  phone: `+351 21 ${1000 + number * 11}`,
}));

export function reservations() {
  const random = seededRandom(48);
  const taken = new Set();
  const rows = upTo(150).flatMap((number) => {
    const { hotel_id } = random.pick(hotels);
    const start_date = dayAfter("2026-09-01", random.whole(0, 8));
    const room_number = random.whole(101, 112);
    const place = `${hotel_id} ${start_date} ${room_number}`;
    if (taken.has(place)) return [];
    taken.add(place);
    const end_date = dayAfter(start_date, random.whole(1, 5));
    const guest_last_name = random.pick(["Duarte", "Byrne", "Eze", "Nagy"]);
    return [
      { confirm_number: `C${8000 + number}`, hotel_id, start_date, end_date, room_number, guest_last_name },
    ];
  });
  return csv(rows);
}

export function pointsOfInterest() {
  const random = seededRandom(49);
  const pois = ["Tower", "Old Bridge", "Aquarium", "São Jorge"];
  const rows = hotels.flatMap((hotel) =>
    random
      .shuffled(pois)
      .slice(0, random.whole(2, 4))
      .map((poi_name) => ({ poi_name, poi_text: `${poi_name}, seen by all`, ...hotel })),
  );
  return csv(rows);
}

export function availability() {
  const random = seededRandom(50);
  const rows = hotels.slice(0, 3).flatMap(({ hotel_id }) =>
    upTo(20).flatMap((day) =>
      [9, 10, 101, 102].map((room) => ({
        HOTEL_ID: hotel_id,
        DATE: dayAfter("2026-09-20", day),
        ROOM_NUMBER: room,
        IS_AVAILABLE: random.chance(0.6),
      })),
    ),
  );
  return csv(rows);
}

/** Two albums of one title in different years, two of one year: only title and year together name an album. */
export function tracks() {
  const random = seededRandom(51);
  const titles = ["Home", "Blue", "Live", "Greatest Hits"];
  const performers = ["The Lantern Keepers", "Odile Marchetti", "Three Small Engines", "Кедры", "Uma Only"];
  const rows = titles.flatMap((title, place) =>
    [1979, 1988, 2001, 2014].flatMap((year, turn) => {
      const album = { "Album Title": title, Year: year, Performer: performers[(place + turn * 2) % 5] };
      const genre = ["rock", "jazz", "pop"][(place + turn) % 3];
      return upTo(random.whole(9, 13)).map((number) => ({
        ...album,
        Genre: genre,
        Number: number + 1,
        Title: `${random.pick(["One", "No", "My"])} ${random.pick(["Sun", "Way", "Day"])}`,
      }));
    }),
  );
  return csv(rows);
}

/** Times without a date; two lines leave at once. */
export function timetable() {
  const stops = ["Rossio", "Cais do Sodré", "Alvalade"];
  const rows = stops.flatMap((stop, place) =>
    ["weekday", "Saturday", "Sunday"].flatMap((day, turn) =>
      upTo(14).flatMap((number) =>
        ["15E", "728"]
          .filter((line) => line === "728" || number % 2 === 0)
          .map((line) => ({
            Stop: stop,
            Day: day,
            Departure: minutesAfter("2026-01-01T05:00:00Z", number * (40 + turn * 10) + place * 3).slice(
              11,
              19,
            ),
            Line: line,
            Towards: line === "728" ? "Restelo" : "Algés",
          })),
      ),
    ),
  );
  return csv(rows);
}

export function books() {
  const random = seededRandom(52);
  const writers = ["Анна Лесная", "Πέτρος Νάκος", "田中葵"];
  const rows = upTo(60).map((number) => ({
    автор: writers[number % 3],
    год: 1990 + Math.floor(number / 9),
    τίτλος: `${random.pick(["Зима", "Θάλασσα", "雨"])} ${number}`,
    価格: cents(random.whole(500, 4000)),
  }));
  return csv(rows, { delimiter: ";" });
}
