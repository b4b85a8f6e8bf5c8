import { songLength } from "./month.js";
import { artistName, songTitle } from "./names.js";
import { type Random, weighted } from "./random.js";

export interface Song {
  artist: string;
  title: string;
  /** The `length` column, in seconds. */
  length: number;
}

const artists = 6400;
const songsOfOneArtist = 14;
const hits = 40;

// Listening is skewed, in the manner of Zipf: few artists and few of their songs are asked for often, and
// thousands of songs once. The powers are written with Math.sqrt, see random.ts.
const artistOf = weighted(
  Array.from({ length: artists }, (_, rank) => 1 / (Math.sqrt(rank + 11) * Math.sqrt(Math.sqrt(rank + 11)))),
);
const songOf = weighted(Array.from({ length: songsOfOneArtist }, (_, rank) => 1 / Math.sqrt(rank + 1)));
const hitOf = weighted(Array.from({ length: hits }, (_, rank) => 1 / (rank + 6)));

/** What there is to play. Artists and songs are named the first time somebody plays them. */
export class Catalogue {
  readonly #random: Random;
  readonly #artists = new Map<number, string>();
  readonly #songs = new Map<string, Song>();
  /** Names already given: an artist's name is one artist's, a title is one song of its artist. */
  readonly #taken = new Set<string>();

  constructor(random: Random) {
    this.#random = random;
  }

  play(): Song {
    const isHit = this.#random.chance(0.05);
    const artist = isHit ? hitOf(this.#random) : artistOf(this.#random);
    const rank = isHit ? 0 : songOf(this.#random);
    const key = `${artist} ${rank}`;
    let song = this.#songs.get(key);
    if (!song) {
      song = this.#newSong(artist);
      this.#songs.set(key, song);
    }
    return song;
  }

  #newSong(artistRank: number): Song {
    let artist = this.#artists.get(artistRank);
    if (artist === undefined) {
      artist = this.#untaken(() => artistName(this.#random));
      this.#artists.set(artistRank, artist);
    }
    const prefix = `${artist}\n`;
    const title = this.#untaken(() => prefix + songTitle(this.#random)).slice(prefix.length);
    return { artist, title, length: Math.round(songLength(this.#random) * 1e5) / 1e5 };
  }

  #untaken(name: () => string): string {
    let text = name();
    while (this.#taken.has(text)) text = name();
    this.#taken.add(text);
    return text;
  }
}
