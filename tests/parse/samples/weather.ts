import type { Station } from "./station";

/** Degrees in either scale. */
export type Degrees = number;

type Report<T> = {
  station: string;
  values: T[];
};

type Listener = (report: Report<Degrees>) => void;

export interface Source<T> extends Iterable<T> {
  readonly name: string;
  read(at: Date): Promise<T>;
  onError: (error: Error) => void;
}

export enum Sky {
  Clear,
  Clouded = "clouded",
}

declare const enum Level { Low, High }

declare function legacyRead(port: number): string;

declare global {
  interface Window {
    weather: Source<Degrees>;
  }
}

declare module "barometer" {
  export class Barometer {
    pressure(): number;
  }
}

/** Numbers and texts. */
export function parse(value: string): Degrees;
export function parse(value: number): Degrees;
// Both end here.
export function parse(value: string | number): Degrees {
  return Number(value);
}

function isSky(value: unknown): value is Sky {
  return value === Sky.Clear || value === Sky.Clouded;
}

/**
 * What all sensors share.
 */
export abstract class Sensor<T extends Degrees> implements Source<T> {
  static #count = 0;
  private readonly listeners: Listener[] = [];

  static {
    Sensor.#count += 1;
  }

  constructor(public readonly name: string, protected port?: number) {}

  /** Left to the sensor. */
  abstract read(at: Date): Promise<T>;

  // Follows the sensor.
  listen(listener: Listener): () => void;
  listen(listener: Listener, once: boolean): () => void;
  listen(listener: Listener, once = false): () => void {
    this.listeners.push(listener);
    return () => this.listeners.pop();
  }

  get last(): Degrees {
    return 0;
  }

  set last(value: Degrees) {
    this.port = value;
  }

  #reset(): void {}

  async *stream(): AsyncGenerator<T> {
    yield await this.read(new Date());
  }

  onError = async (error: Error): Promise<void> => {
    console.error(error);
  };
}

@Injectable({ providedIn: "root" })
export class Forecast {
  @Input() city = "";

  constructor(@Inject(STATION) private station: Station) {}

  private days(count: number): number[] {
    return Array.from({ length: count }, (_, day) => day);
  }
}

@Component({
  selector: "weather-map",
})
class WeatherMap {}

namespace Units.Wind {
  /** Knots. */
  export const knots = (metres: number) => metres * 1.944;

  export function beaufort(metres: number): number {
    return Math.round((metres / 0.836) ** (2 / 3));
  }
}

export const client = {
  base: "/api",
  // One report.
  get(path: string) {
    return fetch(path);
  },
  put: async <T,>(path: string, body: T): Promise<Response> => {
    return fetch(path, { method: "PUT", body: JSON.stringify(body) });
  },
} as const;

export const toCelsius = (value: Degrees): Degrees => ((value - 32) * 5) / 9;

let handler: Listener = function (report) {
  console.log(report.values.length);
};

export const selectWarm = createSelector([selectAll], (reports: Report<Degrees>[]) =>
  reports.filter((report) => report.values.some((value) => value > 25)),
);

const pending = Promise.all([1, 2].map(async (port) => port));

export default class {
  refresh(): void {}
}
