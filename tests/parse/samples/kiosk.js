#!/usr/bin/env node
"use strict";

/**
 * A kiosk that sells tickets: CommonJS, classes old and new.
 */
const { EventEmitter } = require("events");
const zones = [1, 2, 3];

(function () {
  // Runs before anything is sold.
  function warmUp() {
    return zones.length;
  }
  warmUp();
})();

/** Adds the tax. */
function withTax(price, rate = 0.07) {
  const round = (value) => Math.round(value * 100) / 100;
  return round(price * (1 + rate));
}

function* ticketNumbers(start) {
  for (let number = start; ; number++) yield number;
}

// The old way of writing a class.
function Drawer(coins) {
  this.coins = coins;
  this.isEmpty = function () {
    return this.coins === 0;
  };
}

Drawer.prototype.open = function (key) {
  return key === "secret";
};

Drawer.prototype = {
  close() {
    this.shut = true;
  },
  count: function () {
    return this.coins;
  },
};

/**
 * One machine.
 */
class Kiosk extends EventEmitter {
  static #sold = 0;
  #drawer = new Drawer(0);

  static {
    Kiosk.started = Date.now();
  }

  constructor(zone) {
    super();
    this.zone = zone;
  }

  /** What was sold by all machines. */
  static get sold() {
    return Kiosk.#sold;
  }

  set zone(value) {
    this._zone = value;
  }

  // Prints one ticket.
  async print(ticket) {
    await this.#feed(ticket);
    this.emit("printed", ticket);
  }

  #feed(ticket) {
    return new Promise((resolve) => setTimeout(resolve, 10, ticket));
  }

  async *[Symbol.asyncIterator]() {
    yield* ticketNumbers(1);
  }

  "out of order"() {}

  cancel = () => {
    this.ticket = null;
  };
}

const Printer = class {
  feed(lines) {
    return lines;
  }
};

const discounts = {
  child: 0.5,
  // Half for children.
  forAge(age) {
    return age < 14 ? this.child : 1;
  },
  "for-groups": (size) => (size > 9 ? 0.8 : 1),
  seasons: {
    summer: async function () {
      return 0.9;
    },
  },
};

const prices = { single: 2.8, day: 7 };

const cheapest = zones.map((zone) => zone * prices.single).sort((a, b) => a - b)[0];
const odd = zones.filter((zone) => zone % 2);

const refresh = debounce(() => {
  console.log(prices);
}, 200);

const first = 1,
  double = (value) => value * 2,
  triple = (value) => value * 3;

let onExit;
onExit = function () {
  process.exit(0);
};

process.on("SIGINT", () => {
  function goodbye() {
    console.log("bye");
  }
  goodbye();
});

exports.withTax = withTax;
exports.parseZone = function (text) {
  return Number.parseInt(text, 10);
};
module.exports.open = async (zone) => new Kiosk(zone);

module.exports = function createKiosk(zone) {
  return new Kiosk(zone);
};
