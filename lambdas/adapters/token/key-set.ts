import { logEvents } from '../../contract/log-events.ts';
import { errorFields, type Log, type World } from '../../core/ports.ts';
import { readKeys, type VerificationKey } from './keys.ts';

/** An older set is asked for again by the handshake that finds it so. */
const freshMilliseconds = 5 * 60_000;

/** An older set is not trusted, though no newer one can be had. */
const trustedMilliseconds = 60 * 60_000;

/** How long nothing is asked for after a failure, or after a kid that a new set does not hold either. */
const pauseMilliseconds = 10_000;

/** The same after the first failure of a set that nobody has had yet; each further one doubles it, up to the above. */
const firstPauseMilliseconds = 1000;

/** There are no keys that may be trusted: none could be had yet, or none for an hour. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

export interface KeySetOptions {
  /** Fetches the document once, and rejects in a second or so. */
  readonly download: () => Promise<Buffer>;
  readonly world: Pick<World, 'now'>;
  readonly log: Log;
}

/**
 * The issuer's keys, as old as they may be.
 *
 * Anybody may send a token with any `kid`, so nobody's token makes others wait: one fetch serves all who need it at that
 * moment, a pause follows what was in vain, and meanwhile the keys that are held go on serving. A key that the issuer
 * withdraws is trusted for 5 minutes more, and for 60 while its set cannot be had.
 */
export class KeySet {
  readonly #options: KeySetOptions;
  #keys: readonly VerificationKey[] = [];
  /** When the set that is held was asked for, epoch milliseconds. */
  #askedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #lastFailure: unknown;
  #pausedAt = Number.NEGATIVE_INFINITY;
  #pause = 0;
  #underWay: Promise<boolean> | undefined;

  constructor(options: KeySetOptions) {
    this.#options = options;
  }

  /** Asks for the keys before anybody needs them. Never rejects: the first token asks again. */
  async hydrate(): Promise<void> {
    await this.#ask();
  }

  /**
   * The keys with this `kid` and algorithm in the newest set that can be had: none, one, or several, since nothing keeps an
   * issuer from publishing two of one `kid`.
   *
   * @throws KeysUnavailable
   */
  async named(kid: string, algorithm: unknown): Promise<readonly VerificationKey[]> {
    const fitting = () => this.#keys.filter((key) => key.kid === kid && key.algorithm === algorithm);
    if (this.#since(this.#askedAt) > freshMilliseconds || fitting().length === 0) {
      const renewed = await this.#ask();
      // Not by who came during the pause: whoever keeps guessing would keep a new key out.
      if (renewed && fitting().length === 0) this.#waitFor(pauseMilliseconds);
    }
    if (this.#since(this.#askedAt) <= trustedMilliseconds) return fitting();
    throw new KeysUnavailable('the keys of the issuer cannot be had', { cause: this.#lastFailure });
  }

  /** Whether a new set came; false also during a pause, in which nothing is asked for. */
  async #ask(): Promise<boolean> {
    if (this.#underWay === undefined && this.#since(this.#pausedAt) < this.#pause) return false;
    this.#underWay ??= this.#fetch().finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }

  async #fetch(): Promise<boolean> {
    const { download, world, log } = this.#options;
    const askedAt = world.now().getTime();
    try {
      this.#keys = readKeys(await download());
      this.#askedAt = askedAt;
      this.#failures = 0;
      return true;
    } catch (error) {
      this.#failures++;
      this.#lastFailure = error;
      const none = this.#keys.length === 0;
      const grown = firstPauseMilliseconds * 2 ** (this.#failures - 1);
      this.#waitFor(none ? Math.min(grown, pauseMilliseconds) : pauseMilliseconds);
      const ageSeconds = none ? undefined : Math.round(this.#since(this.#askedAt) / 1000);
      log.write('warn', logEvents.keysNotRefreshed, { ...errorFields(error), ageSeconds });
      return false;
    }
  }

  #waitFor(milliseconds: number): void {
    this.#pausedAt = this.#options.world.now().getTime();
    this.#pause = milliseconds;
  }

  /** Milliseconds between then and now, in whichever direction the clock was set meanwhile. */
  #since(then: number): number {
    return Math.abs(this.#options.world.now().getTime() - then);
  }
}
