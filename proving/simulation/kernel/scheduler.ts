import { runMicrotasks } from './microtasks.ts';

/** Something that will happen, unless it is cancelled before. */
export interface Task {
  readonly due: number;
  readonly order: number;
  cancelled: boolean;
  readonly run: () => void;
}

/**
 * Virtual time. Tasks run in the order of their time, and of their making where that is the same; after each, every
 * promise reaction that it caused has run before the next one starts.
 */
export class Scheduler {
  #now: number;
  #made = 0;
  #ran = 0;
  /** A binary heap: no task is due later than its children. */
  readonly #heap: Task[] = [];

  /** `start`: epoch milliseconds. */
  constructor(start: number) {
    this.#now = start;
  }

  /** Epoch milliseconds. */
  get now(): number {
    return this.#now;
  }

  /** Tasks that have run. */
  get steps(): number {
    return this.#ran;
  }

  after(milliseconds: number, run: () => void): Task {
    const task = { due: this.#now + Math.max(0, milliseconds), order: this.#made++, cancelled: false, run };
    this.#heap.push(task);
    this.#rise(this.#heap.length - 1);
    return task;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(milliseconds, resolve);
    });
  }

  /** Runs everything that falls due up to `time`, which is then the time. */
  runUntil(time: number): void {
    runMicrotasks();
    for (let next = this.#heap[0]; next !== undefined && next.due <= time; next = this.#heap[0]) {
      this.#takeFirst();
      if (next.cancelled) continue;
      this.#now = next.due;
      this.#ran++;
      next.run();
      runMicrotasks();
    }
    this.#now = time;
  }

  #takeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(start: number): void {
    for (let at = start; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfEarlier(at, parent)) return;
      at = parent;
    }
  }

  #sink(start: number): void {
    for (let at = start; ;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const child = this.#earlier(right, left) ? right : left;
      if (!this.#swapIfEarlier(child, at)) return;
      at = child;
    }
  }

  #swapIfEarlier(one: number, other: number): boolean {
    if (!this.#earlier(one, other)) return false;
    const [first, second] = [this.#heap[one], this.#heap[other]];
    if (first === undefined || second === undefined) return false;
    this.#heap[one] = second;
    this.#heap[other] = first;
    return true;
  }

  #earlier(one: number, other: number): boolean {
    const [first, second] = [this.#heap[one], this.#heap[other]];
    if (first === undefined || second === undefined) return false;
    return first.due === second.due ? first.order < second.order : first.due < second.due;
  }
}
