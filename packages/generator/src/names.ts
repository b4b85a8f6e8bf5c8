import type { Random } from "./random.js";

// Every person, artist and song is put together from these short lists. Only the metropolitan areas are real.

const womensNames =
  "Nora Iris Beatriz Odile Greta Priya Wanda Tamsin Leona Mireille Ingrid Paloma Rosalind Freya Yasmin Della " +
  "Corinne Esme Noemi Harriet Juno Lucinda Petra Sabine Thea Ursula Vera Winifred";
const mensNames =
  "Aldo Bertrand Cyrus Desmond Emil Felix Gideon Hugo Ivo Jasper Kofi Leander Milo Nestor Orson Pascal Quentin " +
  "Rafael Silas Tobias Umberto Vikram Wendell Yusuf";
const familyNames =
  "Abernathy Barlow Castellano Dunmore Eastwick Farrow Greenhalgh Hollis Iverson Jessop Kowalczyk Lindqvist " +
  "Marchetti Nakamura Okafor Pemberton Quill Rourke Sandoval Thackeray Underhill Vandermeer Whitlock Yardley " +
  "Zielinski O'Malley Fitzroy Hargreave Mbeki Penhallow";

export const metroAreas: readonly string[] = [
  "San Jose-Sunnyvale-Santa Clara, CA",
  "San Francisco-Oakland-Hayward, CA",
  "Los Angeles-Long Beach-Anaheim, CA",
  "San Diego-Carlsbad, CA",
  "Fresno, CA",
  "Seattle-Tacoma-Bellevue, WA",
  "Spokane-Spokane Valley, WA",
  "Portland-Vancouver-Hillsboro, OR-WA",
  "Boise City, ID",
  "Salt Lake City, UT",
  "Denver-Aurora-Lakewood, CO",
  "Albuquerque, NM",
  "Tucson, AZ",
  "Las Vegas-Henderson-Paradise, NV",
  "Dallas-Fort Worth-Arlington, TX",
  "Austin-Round Rock, TX",
  "El Paso, TX",
  "Oklahoma City, OK",
  "Kansas City, MO-KS",
  "Omaha-Council Bluffs, NE-IA",
  "Minneapolis-St. Paul-Bloomington, MN-WI",
  "Duluth, MN-WI",
  "Madison, WI",
  "Chicago-Naperville-Elgin, IL-IN-WI",
  "Detroit-Warren-Dearborn, MI",
  "Toledo, OH",
  "Cincinnati, OH-KY-IN",
  "Louisville/Jefferson County, KY-IN",
  "Memphis, TN-MS-AR",
  "Knoxville, TN",
  "Baton Rouge, LA",
  "Mobile, AL",
  "Savannah, GA",
  "Jacksonville, FL",
  "Tampa-St. Petersburg-Clearwater, FL",
  "Charleston-North Charleston, SC",
  "Raleigh, NC",
  "Virginia Beach-Norfolk-Newport News, VA-NC",
  "Baltimore-Columbia-Towson, MD",
  "Pittsburgh, PA",
  "New York-Newark-Jersey City, NY-NJ-PA",
  "Buffalo-Cheektowaga-Niagara Falls, NY",
  "Providence-Warwick, RI-MA",
  "Boston-Cambridge-Newton, MA-NH",
  "Burlington-South Burlington, VT",
  "Urban Honolulu, HI",
  "Anchorage, AK",
];

const stageNames =
  "Otis Marlo Tansy Reverend Clementine Ossian Bettina Cosmo Delphine Ezra Fenella Gus Hattie Ignace Jolene " +
  "Kit Lazlo Minka Nils Oona Pepper Rufus Saffron Thelma Ulric Vesper Wilhelmina Xanthe Yorick Zelda";
const accentedNames = "Björnulf Renée Søren Núria Zoë Gaël Jürgen Inés Mårten Brígida";
const nameStarts =
  "Bal Cor Dral Eld Fen Gar Hol Ix Jor Kel Lor Mar Nev Os Pel Quar Ros Sul Tal Ul Vor Wes Yar Zan";
export const nameMiddles = ["", "a", "e", "i", "o", "er"];
const nameEnds =
  "brook dane fell gard holt kin lund moor nath quist rane stead thorn vale wick worth zell mere";
const accentedEnds = "ström bäck gård löv fière çon";
const groups = "Quartet Trio Orchestra Sisters Brothers Band Collective Revue Ensemble Singers";

const adjectives =
  "Copper Borrowed Crooked Paper Quiet Velvet Salted Hollow Tin Patient Wooden Amber Folded Northern Idle Feral " +
  "Gentle Rusted Painted Lopsided Woollen Second-Hand Narrow Overdue Sunlit Frostbitten Unposted Slow Marbled Tall";
const nouns =
  "Kettle Lantern Tramline Orchard Gable Compass Thimble Harbour Staircase Meadow Satchel Weathervane Ferry Attic " +
  "Bicycle Lighthouse Almanac Teacup Chimney Ladder Postcard Umbrella Cellar Bramble Turnstile Wardrobe Pendulum " +
  "Magpie Trellis Anchor Notebook Corridor Envelope Hedgerow Jukebox Sundial Doorbell Tugboat Windmill Mackerel";
const verbs =
  "Follow Carry Mend Whistle Paint Forget Borrow Answer Polish Chase Fold Gather Hide Lend Measure Open Trade " +
  "Unwrap Visit Water";
const hours =
  "Noon|Midnight|Half Past Nine|Low Tide|First Light|Closing Time|the End of May|Suppertime|the Third Bell|Dusk";
const accentedWords = "Café Mañana Señal Forêt Köln Drömmen Été Corazón Måne Rêverie";
const suffixes =
  " (Album Version)| (Album Version)| (LP Version)| (Live)| (Radio Edit)| (Remastered)| (Acoustic)| (Demo)";

const words = (list: string) => list.split(" ");
/** Also put together by the benchmark, which needs millions of titles. */
export const lists = {
  F: words(womensNames),
  M: words(mensNames),
  families: words(familyNames),
  stage: words(stageNames),
  accentedStage: words(accentedNames),
  starts: words(nameStarts),
  ends: words(nameEnds),
  accentedEnds: words(accentedEnds),
  groups: words(groups),
  adjectives: words(adjectives),
  nouns: words(nouns),
  verbs: words(verbs),
  accentedWords: words(accentedWords),
  hours: hours.split("|"),
  suffixes: suffixes.split("|"),
};

export interface Person {
  firstName: string;
  lastName: string;
  gender: "F" | "M";
}

export function newPerson(random: Random): Person {
  const gender = random.chance(0.57) ? "F" : "M";
  return { firstName: random.pick(lists[gender]), lastName: random.pick(lists.families), gender };
}

/** Text that went through UTF-8 twice too often, as some of a real log is: "ö" has become four characters. */
export function garble(text: string): string {
  const once = Buffer.from(text, "utf8").toString("latin1");
  return Buffer.from(once, "utf8").toString("latin1");
}

/** Most accented text of the logs is garbled; the rest is right, and a repair must leave it alone. */
const asLogged = (random: Random, accented: string) => (random.chance(0.85) ? garble(accented) : accented);

const surname = (random: Random) =>
  random.pick(lists.starts) + random.pick(nameMiddles) + random.pick(lists.ends);

export function artistName(random: Random): string {
  const { pick } = random;
  const roll = random.next();
  if (roll < 0.026) return asLogged(random, `${pick(lists.accentedStage)} ${surname(random)}`);
  if (roll < 0.05)
    return asLogged(random, `${pick(lists.stage)} ${pick(lists.starts)}${pick(lists.accentedEnds)}`);
  if (roll < 0.07) return `${pick(lists.stage)}'s ${pick(lists.adjectives)} ${pick(lists.nouns)}s`;
  if (roll < 0.2) return `The ${surname(random)} ${pick(lists.groups)}`;
  if (roll < 0.3) return `${surname(random)} And The ${pick(lists.adjectives)} ${pick(lists.groups)}`;
  if (roll < 0.42) return surname(random);
  if (roll < 0.48) return `DJ ${surname(random)}`;
  if (roll < 0.53) return `${surname(random)} / ${surname(random)}`;
  return `${pick(lists.stage)} ${surname(random)}`;
}

export function songTitle(random: Random): string {
  const { pick } = random;
  const adjective = pick(lists.adjectives);
  const noun = pick(lists.nouns);
  const other = pick(lists.nouns);
  const verb = pick(lists.verbs);
  const suffix = random.chance(0.2) ? pick(lists.suffixes) : "";
  const roll = random.next();
  if (roll < 0.0015) return `The "${adjective}" ${noun}${suffix}`;
  if (roll < 0.034) return `Don't ${verb} the ${noun}${suffix}`;
  if (roll < 0.07) return `${pick(lists.stage)}'s ${adjective} ${noun}${suffix}`;
  if (roll < 0.085) return `It's ${pick(lists.hours)} in ${surname(random)}${suffix}`;
  if (roll < 0.1) return `I'm the ${adjective} ${noun}${suffix}`;
  if (roll < 0.11) return `${verb}, ${pick(lists.verbs)}, ${pick(lists.verbs)}${suffix}`;
  if (roll < 0.12) return `${adjective} ${noun}, ${pick(lists.adjectives)} ${other}${suffix}`;
  if (roll < 0.13) return asLogged(random, `${pick(lists.accentedWords)} ${surname(random)}${suffix}`);
  if (roll < 0.2) return `${adjective} ${noun}${suffix}`;
  if (roll < 0.3) return `${noun} at ${pick(lists.hours)}${suffix}`;
  if (roll < 0.45) return `The ${noun} of ${surname(random)}${suffix}`;
  if (roll < 0.6) return `${verb} My ${adjective} ${noun}${suffix}`;
  if (roll < 0.75) return `${adjective} ${noun} for ${surname(random)}${suffix}`;
  if (roll < 0.85) return `${verb} the ${noun} at ${pick(lists.hours)}${suffix}`;
  return `From ${noun} to ${other}${suffix}`;
}
