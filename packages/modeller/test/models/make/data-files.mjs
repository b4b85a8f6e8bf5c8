// The data of the models, by the names of the files.

import * as goods from "./goods.mjs";
import * as messages from "./messages.mjs";
import * as places from "./places.mjs";
import { plays } from "./plays.mjs";

/** What is in each file of data/. */
export const dataFiles = {
  "plays.csv": plays(),
  "inbox.csv": messages.inbox(),
  "channel-messages.csv": messages.channelMessages(),
  "followers.tsv": messages.followers(),
  "timeline.jsonl": messages.timeline(),
  "posts.jsonl": messages.posts(),
  "comments.csv": messages.comments(),
  "page-views.csv": messages.pageViews(),
  "audit-log.csv": messages.auditLog(),
  "cart.tsv": goods.cart(),
  "cart-changes.csv": goods.cartChanges(),
  "stock.csv": goods.stock(),
  "products.jsonl": goods.products(),
  "order-lines.csv": goods.orderLines(),
  "parcels.csv": goods.parcels(),
  "ledger.csv": goods.ledger(),
  "customers.csv": goods.customers(),
  "restaurant.csv": goods.restaurant(),
  "weather.csv": places.weather(),
  "meters.csv": places.meters(),
  "rooms.jsonl": places.rooms(),
  "rounded-readings.csv": places.roundedReadings(),
  "trades.csv": places.trades(),
  "leaderboard.csv": places.leaderboard(),
  "cells.csv": places.cells(),
  "reservations.csv": places.reservations(),
  "points-of-interest.csv": places.pointsOfInterest(),
  "availability.csv": places.availability(),
  "tracks.csv": places.tracks(),
  "timetable.csv": places.timetable(),
  "books.csv": places.books(),
};
